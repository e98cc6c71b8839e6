"""The demo's sample is what it says: counts, inputs, languages, kinds of cuts, and honest expectations."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from functools import cache
from typing import Any

import orjson
import pytest

from pipeline import flow
from pipeline.reasons import CutKind, DeadReason, RejectReason
from pipeline.records import Dead, Enriched, Json, Limits, encode
from pipeline.sample import SLOW_DEPTH, Sample, load
from pipeline.sample.compare import differences
from pipeline.stream.embedded import MAX_RECORD_BYTES


@cache
def samples() -> tuple[Sample, ...]:
    """The sample, read once."""
    return tuple(load())


def enriched() -> list[Sample]:
    """The records that are articles."""
    return [sample for sample in samples() if sample.expected.outcome == "enriched"]


def delivered(sample: Sample) -> str:
    """What the scraper delivered, as text."""
    record = orjson.loads(sample.value)
    if "html_base64" in record:
        return base64.b64decode(record["html_base64"]).decode("cp1252")
    return str(record.get("html") or record["text"])


def test_counts() -> None:
    """Thirty articles, three pages that are none, three poison values, each with a name of its own."""
    outcomes = [sample.expected.outcome for sample in samples()]
    assert outcomes == ["enriched"] * 30 + ["rejected"] * 3 + ["dead"] * 3
    assert len({sample.name for sample in samples()}) == len(samples())


def test_is_small() -> None:
    """What is committed stays below 250 KB; only the page that is slow to parse, built in code, is large."""
    *small, slow = samples()
    assert sum(len(sample.value) for sample in small) < 200_000
    assert 900_000 < len(slow.value) < MAX_RECORD_BYTES  # the embedded broker's limit


def test_inputs() -> None:
    """Eighteen articles are HTML, one of them in base64, and twelve are text."""
    shapes = [next(key for key in ("html", "html_base64", "text") if key in orjson.loads(s.value)) for s in enriched()]
    assert {shape: shapes.count(shape) for shape in shapes} == {"html": 17, "html_base64": 1, "text": 12}


def test_every_kind_of_cut_occurs() -> None:
    """Every kind of cut is expected somewhere, and one article has nothing to cut."""
    assert set().union(*(sample.expected.cuts for sample in enriched())) == set(CutKind)
    assert any(not sample.expected.cuts for sample in enriched() if "short" not in sample.expected.flags)


def test_languages() -> None:
    """Eight languages with four scripts besides Latin; English prevails."""
    languages = [sample.expected.language for sample in enriched()]
    assert set(languages) == {"en", "de", "fr", "es", "ar", "uk", "ja", "zh"}
    assert languages.count("en") >= 20


def test_reasons() -> None:
    """Three reasons to reject and three to die, each once."""
    assert [sample.expected.reason for sample in samples()[30:]] == [
        RejectReason.NOT_AN_ARTICLE,
        RejectReason.ERROR_PAGE,
        RejectReason.NEEDS_JAVASCRIPT,
        DeadReason.INVALID_JSON,
        DeadReason.NO_CONTENT,
        DeadReason.TIMEOUT,
    ]


def test_every_flag_occurs() -> None:
    """Short, paywalled and repaired articles are all there."""
    assert set().union(*(s.expected.flags for s in enriched())) == {"short", "paywalled", "repaired_encoding"}


@pytest.mark.parametrize("sample", enriched(), ids=lambda sample: sample.name)
def test_expectation_is_in_the_record(sample: Sample) -> None:
    """The clean text expected begins and ends with delivered text, and is no stub unless flagged so."""
    expected, source = sample.expected, " ".join(delivered(sample).replace("&amp;", "&").split())
    assert expected.begins is not None
    assert expected.ends is not None
    assert expected.characters is not None
    if "repaired_encoding" in expected.flags:
        assert "â€™" in source
    else:
        assert source.index(expected.begins) < source.rindex(expected.ends)
    assert expected.characters <= len(re.sub(r"\s", "", source))
    assert expected.characters > (100 if expected.flags & {"short", "paywalled"} else 300)


@pytest.mark.parametrize("sample", enriched(), ids=lambda sample: sample.name)
def test_entities_are_named_in_english_articles(sample: Sample) -> None:
    """English articles name one to four entities that stand in their text; other languages demand none."""
    expected = sample.expected
    if expected.language != "en" or "short" in expected.flags:
        assert expected.entities is None
        return
    assert expected.entities is not None
    assert 1 <= len(expected.entities) <= 4
    if "repaired_encoding" not in expected.flags:
        assert all(name in " ".join(delivered(sample).split()) for _label, name in expected.entities)


def test_poison_is_poison() -> None:
    """The poison is what it says: no JSON; no page; a page inside the limits on size and depth."""
    bad_json, missing_fields, slow = (sample.value for sample in samples()[33:])
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(bad_json)
    assert not {"text", "html", "html_base64"} & set(orjson.loads(missing_fields))
    html = orjson.loads(slow)["html"]
    assert len(html.encode()) <= Limits().html_bytes
    assert Limits().depth > SLOW_DEPTH + 2
    assert html.count("<span>") == SLOW_DEPTH


def test_every_value_is_one_line() -> None:
    """Every value fits on one line, so that the sample can be fed from a file too."""
    assert all(b"\n" not in sample.value for sample in samples())


def outcome(sample: Sample) -> tuple[str, str | None, Json]:
    """What the flow makes of a record: outcome, reason, and the record as it is written."""
    made = flow.process(sample.value, sample.headers)
    if isinstance(made, Dead):
        return "dead", str(made.reason), None
    body = orjson.loads(encode(made))
    return ("enriched", None, body) if isinstance(made, Enriched) else ("rejected", str(made.reason), body)


@pytest.mark.parametrize("sample", samples()[:-1], ids=lambda sample: sample.name)
def test_every_record_comes_out_as_expected(sample: Sample) -> None:
    """The flow makes of each record what a careful editor does; the last one needs the deadline of the pool."""
    assert differences(sample.expected, *outcome(sample)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "rejected"},
        {"reason": RejectReason.ERROR_PAGE},
        {"cuts": frozenset([CutKind.OTHER])},
        {"begins": "Nobody"},
        {"ends": "nowhere."},
        {"characters": 1},
        {"language": "de"},
        {"published": "1999"},
        {"entities": (("Person", "Nobody"),)},
        {"flags": frozenset(["repaired_encoding", "short"])},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_every_difference_is_told(wrong: dict[str, Any]) -> None:
    """A record that is not what is expected of it, in any one thing, is told of."""
    sample = enriched()[0]
    assert len(differences(replace(sample.expected, **wrong), *outcome(sample))) == 1
