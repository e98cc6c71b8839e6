"""Values of date and money mentions against 270 that were read by hand: python -m quality.values.score [NER_DIR].

`annotated.jsonl` has ids and offsets, no text, of three draws with seeds: `dates` (150) and `sums` (60) from
worldwide-dev, read before the grammar was written, and `relative` (60) from worldwide-train, of weekdays, days and
months without a year alone, read before the finished grammar was run on them. `published` is the dateline's date where
there is one, else assumed from what the article tells of; `countries` are those of its places. Precision is over
mentions that get a value, recall over those that have one.

First run, before any change: dates .964 and .931, sums 1.0 and .964, relative .942
and .845.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.enrich.entities import dategrammar
from pipeline.enrich.entities import money as money_module
from pipeline.enrich.entities.values import sentence_around, value_of
from pipeline.records import PublishedAt

ANNOTATED = Path(__file__).with_name("annotated.jsonl")
DRAWS = ("dates", "sums", "relative")
FLOOR = 0.95  # of precision
ROUNDS = 5


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines, compressed or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def published(day: str) -> PublishedAt:
    """A day as a record states it."""
    return PublishedAt(day, "day", "meta", day)


def judged(texts: dict[str, str]) -> Iterator[tuple[dict[str, Any], str | None, str]]:
    """Each annotated mention, the value found, and its text with a little around it."""
    for row in read_lines(ANNOTATED):
        text, start, end = texts[row["id"]], row["start"], row["end"]
        day = published(row["published"]) if "published" in row else None
        places = frozenset(row.get("countries", ()))
        found = value_of(row["label"], text[start:end], *sentence_around(text, start, end), day, places)
        yield (
            row,
            found,
            f"{text[max(0, start - 60) : start]}[{text[start:end]}]{text[end : end + 40]}".replace("\n", " "),
        )


def report(texts: dict[str, str], show: bool) -> dict[str, tuple[float, float]]:
    """Precision and recall by draw, printed with what is wrong and, on request, what is missing."""
    counts: Counter[tuple[str, str]] = Counter()
    for row, found, context in judged(texts):
        kind = "right" if found == row["value"] else "missing" if found is None else "wrong"
        counts[row["draw"], "none" if kind == "right" and found is None else kind] += 1
        if kind == "wrong" or (show and kind == "missing"):
            print(f"{kind}: {row['value']} found {found}: {context}")
    scores = {}
    for draw in DRAWS:
        right, wrong, missing = (counts[draw, kind] for kind in ("right", "wrong", "missing"))
        valued = sum(row["draw"] == draw and row["value"] is not None for row in read_lines(ANNOTATED))
        scores[draw] = right / (right + wrong), right / valued
        print(
            f"{draw}: {right} right, {wrong} wrong, {missing} missing, {counts[draw, 'none']} rightly none; "
            f"precision {scores[draw][0]:.3f}, recall {scores[draw][1]:.3f}"
        )
    return scores


def coverage(articles: list[dict[str, Any]], name: str) -> None:
    """How many gold mentions get a value, and what one costs in microseconds, cold (memo emptied) and warm."""
    mentions = [
        (label, text[start:end], *sentence_around(text, start, end), published("2022-07-26"))
        for text, spans in ((article["text"], article["ents"]) for article in articles)
        for start, end, label in spans
        if label in ("Date", "Money")
    ]
    for label in ("Date", "Money"):
        chosen = [mention for mention in mentions if mention[0] == label]
        valued = sum(value_of(*mention) is not None for mention in chosen)
        times = []
        for is_cold in (True, False):
            best = float("inf")
            for _ in range(ROUNDS):
                if is_cold:
                    dategrammar.read.cache_clear()
                    money_module.read.cache_clear()
                begin = time.process_time()
                for mention in chosen:
                    value_of(*mention)
                best = min(best, time.process_time() - begin)
            times.append(best / len(chosen) * 1e6)
        print(
            f"{name} {label}: {valued} of {len(chosen)} get a value; {times[0]:.1f} us each, {times[1]:.1f} remembered"
        )


def main(arguments: list[str]) -> int:
    """Prints the report; 1 where precision is below FLOOR."""
    show = "--missing" in arguments
    rest = [argument for argument in arguments if not argument.startswith("--")]
    folder = Path(rest[0]) if rest else Path(os.environ.get("ARTICLES_DATA", "../shared/data")) / "ner"
    dev, train = (read_lines(folder / f"worldwide-{split}.jsonl.gz") for split in ("dev", "train"))
    scores = report({article["id"]: article["text"] for article in dev + train}, show)
    coverage(dev, "dev")
    coverage(train, "train")
    return 0 if all(precision >= FLOOR for precision, _ in scores.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
