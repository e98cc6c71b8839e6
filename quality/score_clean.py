"""Scores cleaning: `python -m quality.score_clean`. Harm on clean articles, F1 beside trafilatura's.

Reads ARTICLES_DATA (default ../shared/data). F1 is on shingles of 4 words, means over pages: of HTML mode, and of text
mode on the whole text that a page shows.
"""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.enrich.clean import clean_html, clean_text
from pipeline.enrich.clean.extract import main_text
from pipeline.reasons import CutKind
from pipeline.spans import rebuild

DATA = Path(os.environ.get("ARTICLES_DATA", "../shared/data"))
PAGES = ("fundus", "mozilla-readability", "newspaper4k")


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a set."""
    with gzip.open(DATA / f"{name}.jsonl.gz") as lines:
        yield from map(json.loads, lines)


def shingle_f1(gold: str, ours: str) -> float:
    """F1 on the sets of 4-word shingles of two texts."""
    sets = []
    for text in (gold, ours):
        words = re.findall(r"\w+", text.lower())
        sets.append({tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3))})
    return 2 * len(sets[0] & sets[1]) / max(1, len(sets[0]) + len(sets[1]))


def harm() -> tuple[float, int]:
    """Share of the characters of clean articles that are cut, and how many articles lose any."""
    lost = total = touched = 0
    for row in rows("articles/worldwide-raw"):
        cut = sum(len(c.text or "") for c in clean_text(row["text"]).cuts if c.rule != "outer_whitespace")
        lost, total, touched = lost + cut, total + len(row["text"]), touched + bool(cut)
    return lost / total, touched


def main() -> None:
    """Prints the table."""
    share, touched = harm()
    print(f"harm on worldwide-raw: {share:.3%} of characters, {touched} articles touched")
    cut_chars = other = 0
    for name in PAGES:
        ours, theirs, as_text, refused = [], [], [], 0
        for row in rows(f"pages/{name}"):
            cleaned = clean_html(row["html"])
            assert rebuild(cleaned.text, cleaned.cuts) == cleaned.page.text
            ours.append(shingle_f1(row["body"], cleaned.text))
            as_text.append(shingle_f1(row["body"], clean_text(cleaned.page.text).text))
            theirs.append(shingle_f1(row["body"], main_text(row["html"])))
            refused += cleaned.refusal is not None
            cut_chars += sum(c.end - c.start for c in cleaned.cuts)
            other += sum(c.end - c.start for c in cleaned.cuts if c.kind is CutKind.OTHER)
        count = len(ours)
        f1 = f"F1 {sum(ours) / count:.4f}, trafilatura {sum(theirs) / count:.4f}, as text {sum(as_text) / count:.4f}"
        print(f"{name}: {count} pages, {f1}, refused {refused}")
    print(f"cut characters of kind other: {other / max(1, cut_chars):.2%}")


if __name__ == "__main__":
    main()
