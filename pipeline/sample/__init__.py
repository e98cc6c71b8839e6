"""The demo's 36 raw records, written for the project, and what a careful editor makes of each.

`articles.jsonl` holds 30 news articles and 3 pages that are no articles, one raw record a line, as scrapers deliver
them. `poison.bin` holds two values that cannot be read, one a line; the third, a page that is slow to parse, is built
here. `expected.jsonl` has one line a record, in the same order. All events and persons are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import orjson

from pipeline.reasons import CutKind, DeadReason, RejectReason
from pipeline.records import Flag, Label

HEADERS: tuple[tuple[str, bytes], ...] = (("content-type", b"application/json"),)
SLOW_DEPTH = 4900  # open elements; the limit is 5000
SLOW_TAGS = 230_000  # each makes the parser walk the open elements; the page stays under the embedded broker's 1 MB


@dataclass(frozen=True, slots=True)
class Expected:
    """What becomes of a record. All but name, outcome and reason concern enriched records.

    `cuts` is the exact set of kinds cut; `begins` and `ends` are the clean text's first and last characters, at most
    40; `characters` is how many it has that are not white space; `published` is the value of `published_at`;
    `entities` must be among those found, None where the language is not tagged or nothing is demanded.
    """

    name: str
    outcome: Literal["enriched", "rejected", "dead"]
    reason: RejectReason | DeadReason | None
    cuts: frozenset[CutKind]
    begins: str | None
    ends: str | None
    characters: int | None
    language: str | None
    published: str | None
    entities: tuple[tuple[Label, str], ...] | None
    flags: frozenset[Flag]


@dataclass(frozen=True, slots=True)
class Sample:
    """One raw record: its value and headers as they are put on the raw topic, and its expectation."""

    name: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    expected: Expected


def slow_page() -> bytes:
    """A raw record inside every bound that is checked before parsing, whose page takes seconds of CPU to parse.

    Elements that are no special ones stay open to the end, and every `<hr>` looks through all of them for a `<p>`.
    """
    html = "<!DOCTYPE html><title>A page that does not end</title><body>" + "<span>" * SLOW_DEPTH + "<hr>" * SLOW_TAGS
    return orjson.dumps({"url": "https://slow.example/2024/06/page-that-does-not-end/", "html": html})


def _expected(line: bytes) -> Expected:
    fields = orjson.loads(line)
    reason, entities = fields["reason"], fields["entities"]
    reasons: dict[str, type[RejectReason] | type[DeadReason]] = {"rejected": RejectReason, "dead": DeadReason}
    return Expected(
        name=fields["name"],
        outcome=fields["outcome"],
        reason=None if reason is None else reasons[fields["outcome"]](reason),
        cuts=frozenset(CutKind(kind) for kind in fields["cuts"]),
        begins=fields["begins"],
        ends=fields["ends"],
        characters=fields["characters"],
        language=fields["language"],
        published=fields["published"],
        entities=None if entities is None else tuple((label, name) for label, name in entities),
        flags=frozenset(fields["flags"]),
    )


def _lines(name: str) -> list[bytes]:
    """The non-empty lines of a file of this package; only LF ends a line."""
    return [line for line in files(__name__).joinpath(name).read_bytes().split(b"\n") if line]


def load() -> list[Sample]:
    """The 36 records in the order of the demo: articles, pages that are none, poison; built at each call."""
    values = [*_lines("articles.jsonl"), *_lines("poison.bin"), slow_page()]
    expectations = map(_expected, _lines("expected.jsonl"))
    return [
        Sample(expected.name, value, HEADERS, expected) for value, expected in zip(values, expectations, strict=True)
    ]
