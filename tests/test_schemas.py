"""The schemas are those of records.py and allow what the code makes; the examples beside them are true."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.job import Result
from pipeline.local import dead_line
from pipeline.reasons import DeadReason
from pipeline.records import Cut, EntityRecord, FileOrigin, encode
from pipeline.schemas import NAMES, example, schema
from pipeline.settings import Topics
from pipeline.spans import rebuild
from pipeline.stream.letters import Letters
from pipeline.stream.messages import Consumed
from pipeline.stream.stages import ledger_records
from quality import examples
from quality.schemas import BETWEEN, FIELDS, FOLDER, RECORDS, differences, main
from tests.strategies import records, texts

HEADERS = st.lists(st.tuples(texts(8), st.none() | st.binary(max_size=4)), max_size=3)


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


# --- what the code really makes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECORDS)
@given(data=st.data())
def test_any_record_is_allowed(name: str, data: st.DataObject) -> None:
    """Whatever the classes can hold, within the ranges of the contract, validates."""
    validator(name).validate(orjson.loads(encode(data.draw(records(RECORDS[name])))))


@given(st.sampled_from(DeadReason), texts(), HEADERS)
def test_the_headers_of_letters_are_allowed(
    reason: DeadReason, detail: str, before: list[tuple[str, bytes | None]]
) -> None:
    """For each reason, any detail, and any headers that the record had."""
    record = Consumed("articles.raw.v1", 0, 7, b"k", b"v", before)
    letter = Letters("articles.raw.v1.dlq", 10**6).write(record, reason, "decode", detail, "0" * 32, 0)
    ours = {name: value.decode("ascii") for name, value in letter.headers[-11:] if value is not None}
    validator("dead_headers").validate(ours)


@given(st.sampled_from(DeadReason), st.binary(max_size=20))
def test_dead_lines_are_allowed(reason: DeadReason, value: bytes) -> None:
    """Whatever bytes the record had."""
    result = Result("dead", str(reason), "0" * 32, None, "decode", "why")
    validator("dead_line").validate(orjson.loads(encode(dead_line(value, FileOrigin("f.jsonl", 1), result))))


def test_ledger_records_are_allowed() -> None:
    """A batch of two partitions with every outcome."""
    batch = [Consumed("articles.raw.v1", n % 2, n // 2, None, b"", ()) for n in range(8)]
    outcomes: list[tuple[Any, str | None]] = [("enriched", None), ("rejected", "error_page"), ("dead", "timeout")]
    results = [Result(*outcomes[n % 3], "0" * 32, "news.example.org" if n % 2 else None, None, None) for n in range(8)]
    entries = ledger_records(batch, results, "articles", "2024-05-15T06:12:09.482Z")
    assert len(entries) == 2
    for entry in entries:
        validator("ledger").validate(orjson.loads(encode(entry)))


# --- examples --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_schemas_and_allow_their_examples(name: str) -> None:
    """Each file is valid JSON Schema 2020-12, and the example beside it is valid by it."""
    Draft202012Validator.check_schema(schema(name))
    validator(name).validate(example(name))


def test_the_example_article_is_whole() -> None:
    """Every field is filled, cuts and text rebuild the page, and mentions hold what the text has at their offsets."""
    record = example("enriched")
    assert [name for name, value in record.items() if value is None] == []
    assert rebuild(record["text"], [Cut(**cut) for cut in record["cuts"]]) == examples.PAGE
    for mention in record["mentions"]:
        assert record["text"][mention["start"] : mention["end"]] == mention["text"]
        assert record["entities"][mention["entity"]]["name"] == mention["text"]
    for entity in record["entities"][1:]:
        assert entity["id"] == f"{entity['label']}:{entity['name'].casefold()}"


def test_the_example_entity_record_is_that_of_the_article() -> None:
    """The stage, which works on plain dicts, writes the fields of EntityRecord in their order."""
    record = example("entity")
    assert list(record) == [field.name for field in fields(EntityRecord)]
    assert record["entity"] == example("enriched")["entities"][0]
    assert record["article"]["id"] == example("enriched")["id"]


def test_the_example_ledger_record_balances() -> None:
    """Its counts sum to its range, by outcome and by site."""
    record = example("ledger")
    counts = record["counts"]
    rows = record["sites"].values()
    total = record["last"] - record["first"] + 1
    assert counts["enriched"] + sum(counts["rejected"].values()) + sum(counts["dead"].values()) == total
    assert [sum(column) for column in zip(*rows, strict=True)] == [
        total, counts["enriched"], sum(counts["rejected"].values()), sum(counts["dead"].values())
    ]  # fmt: skip


# --- names and files -------------------------------------------------------------------------------------------------


def test_schemas_go_by_topic_and_by_short_name() -> None:
    """Every topic of the settings has one, under both names."""
    assert {topic for topic in NAMES.values() if topic} == set(Topics().model_dump().values())
    for short, topic in NAMES.items():
        if topic:
            assert schema(topic) == schema(short)
            assert example(topic) == example(short)


def test_a_schema_is_the_caller_s_own() -> None:
    """Who changes what was returned changes nobody else's."""
    schema("ledger").clear()
    assert schema("ledger")["title"] == "ledger"


@pytest.mark.parametrize("name", ["", "articles.raw.v2", "../records", "asyncapi"])
def test_an_unknown_name_is_refused_with_the_names(name: str) -> None:
    """The error lists what there is; no path leads out of the folder."""
    with pytest.raises(ValueError, match=r"there are raw, enriched.*articles\.raw\.v1"):
        schema(name)


def test_files_are_those_that_records_give() -> None:
    """Who changes a record runs `make schemas`."""
    assert differences(FOLDER) == ""


@pytest.mark.parametrize("change", ["edited", "missing", "left over"])
def test_check_sees_a_difference(change: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0 for what was just written; 1 for a file that was edited, is missing or is no longer made."""
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0
    file = tmp_path / ("old.schema.json" if change == "left over" else "enriched.schema.json")
    if change == "missing":
        file.unlink()
    else:
        file.write_text("{}\n")
    assert main(["--check"], tmp_path) == 1
    assert file.name in capsys.readouterr().err


def test_other_arguments_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, usage on stderr, nothing written."""
    assert main(["--chekc"], tmp_path) == 2
    assert "usage" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_is_added_to_the_types_belongs_to_a_field() -> None:
    """No rule of the generator is left over from a field that was renamed."""
    names = {
        name
        for file in RECORDS
        for title, part in [(RECORDS[file].__name__, schema(file)), *schema(file).get("$defs", {}).items()]
        for field in part.get("properties", {})
        for name in (field, f"{title}.{field}", title)
    }
    assert FIELDS.keys() | BETWEEN.keys() <= names
