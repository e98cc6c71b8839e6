"""Whole pages and texts through the whole flow. A case is a folder of `tests/cases`; each of its fields is a test.

In a folder: `raw.html`, the page as bytes, or `raw.json`, a raw record; and `expected.json` with any of these fields:

    outcome  enriched, rejected or dead
    reason   why it is not enriched
    text     the clean text, as a list of its lines
    cuts     in order, [kinds, lines of the page]: neighbours of one kind are one cut; `label/headline` allows both
    flags    those of the record

To add one, write its raw file and run `python -m tests.test_cases NAME`: it writes what the pipeline makes of it today
as `expected.json`. Read that line by line, and mend it to what is right. The texts are our own, with invented names.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from pipeline import process
from pipeline.records import Enriched, Headers, Outcome

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())
PAGE: Headers = [("content-type", b"text/html")]  # the server names no charset
FIELDS = ("outcome", "reason", "text", "cuts", "flags")


@cache
def outcome(name: str) -> Outcome:
    """What the flow makes of a case."""
    page = CASES / name / "raw.html"
    return process(page.read_bytes(), PAGE) if page.exists() else process((CASES / name / "raw.json").read_bytes())


@cache
def expected(name: str) -> dict[str, Any]:
    """The fields of a case, as it states them."""
    fields: dict[str, Any] = json.loads((CASES / name / "expected.json").read_text("utf-8"))
    return fields


def observed(name: str) -> dict[str, Any]:
    """The same fields, as the flow makes them; what is not enriched has no cuts and no flags."""
    found = outcome(name)
    enriched = found if isinstance(found, Enriched) else None
    fields = {
        "outcome": type(found).__name__.lower(),
        "reason": None if isinstance(found, Enriched) else str(found.reason),
        "text": enriched.text.split("\n") if enriched else None,
        "cuts": _cuts(enriched) if enriched else None,
        "flags": list(enriched.flags) if enriched else None,
    }
    return {field: fields[field] for field in FIELDS if fields[field] is not None}


def _cuts(record: Enriched) -> list[list[str]]:
    lines = [(str(cut.kind), line) for cut in record.cuts or () for line in (cut.text or "").split("\n") if line]
    return [[kind, "\n".join(line for _, line in run)] for kind, run in groupby(lines, key=lambda one: one[0])]


def _lines(cuts: list[list[str]]) -> list[tuple[str, str]]:
    return [(kinds, line) for kinds, text in cuts for line in text.split("\n")]


@pytest.mark.parametrize(
    ("name", "field"), [(name, field) for name in NAMES for field in FIELDS if field in expected(name)]
)
def test_case(name: str, field: str) -> None:
    """The field is what the case says: the text to the letter, every line of a cut as a kind that it may have."""
    wanted, found = expected(name)[field], observed(name).get(field)
    if field == "cuts":
        allowed, cut = _lines(wanted), _lines(found or [])
        assert [line for _, line in allowed] == [line for _, line in cut]
        kinds = zip(allowed, cut, strict=True)
        assert [(line, kind) for (those, line), (kind, _) in kinds if kind not in those.split("/")] == []
    else:
        assert wanted == found


def test_every_case_says_something() -> None:
    """No case is without an outcome, an enriched one without its text, or has a field that no test reads."""
    for name in NAMES:
        fields = expected(name)
        assert set(fields) <= set(FIELDS), name
        assert "text" in fields if fields["outcome"] == "enriched" else fields["reason"], name


if __name__ == "__main__":
    for chosen in sys.argv[1:]:
        written = json.dumps(observed(chosen), ensure_ascii=False, indent=1) + "\n"
        (CASES / chosen / "expected.json").write_text(written, "utf-8")
