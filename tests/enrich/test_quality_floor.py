"""Quality has a floor: what cleaning gets right of a corpus may rise, not fall. Lowering a floor shows in review.

The model has seen these pages: the figures are for noticing that something broke; `quality.boilerplate.score` has the
honest ones. Pages of the project's own are compared exactly in tests/test_cases.py.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import orjson
import pytest

from pipeline.enrich.clean import clean_html
from quality.boilerplate.measures import counts, f1

FLOORS = {"newspaper4k": (0.985, 22), "mozilla-readability": (0.960, 123)}


@pytest.mark.data
@pytest.mark.parametrize("name", FLOORS)
def test_f1_on_seen_pages(name: str, data_dir: Path) -> None:
    """F1 on shingles of four words."""
    floor, pages = FLOORS[name]
    with gzip.open(data_dir / "pages" / f"{name}.jsonl.gz") as lines:
        rows = [orjson.loads(line) for line in lines]
    assert len(rows) == pages
    found, _, _ = f1([counts(row["body"], clean_html(row["html"]).text) for row in rows])
    assert found >= floor
