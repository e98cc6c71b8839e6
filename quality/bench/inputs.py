"""What is measured on: the corpora of ARTICLES_DATA where they are, else the project's sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from pipeline.records import FileOrigin
from pipeline.sample import load
from pipeline.sources.files import Sourced, read
from quality.corpora import FOLDER

_ARTICLES = "articles/worldwide-raw.jsonl.gz"
_PAGES = ("fundus", "mozilla-readability", "newspaper4k", "trafilatura-half")
_SAMPLE_ARTICLES = 30  # of the sample's records, the first are articles; the last is made to hang parsers


@dataclass(frozen=True, slots=True)
class Corpus:
    """Raw records as JSON objects, and a line that says what they are."""

    name: str
    records: list[dict[str, Any]]


def articles() -> Corpus:
    """The scraped articles, as text."""
    if (FOLDER / _ARTICLES).is_file():
        records = [orjson.loads(record.value) for record in read([str(FOLDER / _ARTICLES)])]
        return Corpus(f"{len(records)} articles of {_ARTICLES}", records)
    records = [orjson.loads(sample.value) for sample in load()[:_SAMPLE_ARTICLES]]
    return Corpus(f"the sample's {len(records)} articles, for want of ARTICLES_DATA", records)


def pages() -> Corpus:
    """The real pages, as HTML; none without the corpora."""
    records = []
    for name in _PAGES:
        path = FOLDER / "pages" / f"{name}.jsonl.gz"
        for record in read([str(path)]) if path.is_file() else ():
            fields = orjson.loads(record.value)
            records.append({key: fields[key] for key in ("id", "url", "html") if key in fields})
    return Corpus(f"{len(records)} pages of pages/" if records else "no pages, for want of ARTICLES_DATA", records)


def sized(corpus: Corpus, count: int, size: int) -> Iterator[Sourced]:
    """`count` records of `size` bytes each, with URLs of their own, made of the articles' texts one after the other."""
    texts = [record["text"] for record in corpus.records if record.get("text")]
    for number in range(count):
        fields = {"url": f"https://site{number % 200}.example/news/{number:07}", "text": ""}
        text, room = "", size - len(orjson.dumps(fields))
        turn = number
        while len(orjson.dumps(text)) < room + 2:
            text += texts[turn % len(texts)] + "\n\n"
            turn += 1
        fields["text"] = _cut(text, room)
        yield Sourced(orjson.dumps(fields), (), FileOrigin("bench", number + 1))


def _cut(text: str, room: int) -> str:
    """The longest beginning of `text` that takes at most `room` bytes inside JSON quotes."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(orjson.dumps(text[:middle])) <= room + 2 else (low, middle - 1)
    return text[:low]
