"""The corpora of ARTICLES_DATA (default: ../shared/data beside the repository), read row by row."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

FOLDER = Path(os.environ.get("ARTICLES_DATA") or Path(__file__).parents[2] / "shared" / "data")
Row = dict[str, Any]


def rows(name: str) -> Iterator[Row]:
    """The rows of a set: 'pages/fundus', 'ner/worldwide-dev', 'articles/open-raw'."""
    with gzip.open(FOLDER / f"{name}.jsonl.gz") as lines:
        yield from map(orjson.loads, lines)
