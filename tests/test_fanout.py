"""The work of stage `entities`: one record an entity, and a reason for all that is no enriched record."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fanout import Fanout, NotEnriched, entity_records
from pipeline.records import Enriched, FileOrigin, Headers, Json, Mention, encode
from quality.examples import ID, ORIGIN, enriched
from tests.strategies import hostile_bytes, json_values, records


def fanned(record: Enriched) -> Fanout:
    found = entity_records(encode(record))
    assert isinstance(found, Fanout)
    return found


@given(records(Enriched).filter(lambda record: record.origin is not None))
def test_one_record_an_entity(record: Enriched) -> None:
    """Keys are entity ids, each record carries its entity, the article, and the place of its first mention."""
    many = replace(record, mentions=None if record.mentions is None else tuple(
        replace(mention, entity=index % 2) for index, mention in enumerate(record.mentions)
    ))  # fmt: skip
    found = fanned(many)
    values = [orjson.loads(value) for _, value in found.records]
    assert [entity.id.encode() for entity in record.entities or ()] == [key for key, _ in found.records]
    assert [orjson.loads(encode(entity)) for entity in record.entities or ()] == [value["entity"] for value in values]
    for index, value in enumerate(values):
        first = next((mention for mention in many.mentions or () if mention.entity == index), None)
        assert (None if first is None else {"start": first.start, "end": first.end}) == value["first"]
        assert (record.id, record.url, record.title) == tuple(value["article"][name] for name in ("id", "url", "title"))
        assert (value["entity"]["count"], value["entity"]["salience"]) == (value["count"], value["salience"])


def test_the_first_mention_is_the_first_in_the_text() -> None:
    """Of several mentions of an entity the one that stands first."""
    two = (Mention(0, 6, "Location", "Vienna", 0.9, 0), Mention(40, 46, "Location", "Vienna", 0.9, 0))
    assert orjson.loads(fanned(replace(enriched(), mentions=two)).records[0][1])["first"] == {"start": 0, "end": 6}


def test_what_was_not_tagged_or_cut_short() -> None:
    """No entities, no records; mentions that were left out leave `first` null."""
    assert fanned(replace(enriched(), mentions=None, entities=None)).records == []
    assert fanned(replace(enriched(), mentions=(), entities=())).records == []
    short = fanned(replace(enriched(), mentions=None, truncated=("mentions",)))
    assert [orjson.loads(value)["first"] for _, value in short.records] == [None] * 4


def test_the_origin_is_that_of_the_raw_record() -> None:
    """As a header, for either kind of origin, in ASCII."""
    assert fanned(enriched()).origin == f"{ORIGIN.topic}/{ORIGIN.partition}/{ORIGIN.offset}".encode()
    assert fanned(replace(enriched(), origin=FileOrigin("dé.jsonl", 17))).origin == b"d\\xe9.jsonl/17"
    assert fanned(enriched()).article_id == ID.encode()


@pytest.mark.parametrize("told", [None, b"1", b"enriched/1"])
def test_a_missing_schema_means_version_1(told: bytes | None) -> None:
    """In the headers, and in the value."""
    value = orjson.loads(encode(enriched()))
    del value["schema"]
    for headers in ([("schema", told)], []):
        assert isinstance(entity_records(orjson.dumps(value), headers), Fanout)


@pytest.mark.parametrize(
    ("value", "headers", "reason"),
    [
        (None, [], "no_value"),
        (b"", [], "invalid_json"),
        (b'{"schema": NaN}', [], "invalid_json"),
        (b"[" * 100_000, [], "invalid_json"),
        (b"[]", [], "not_an_object"),
        (b"null", [], "not_an_object"),
        (b'{"schema": "enriched/2"}', [], "unsupported_schema"),
        (b'{"schema": "rejected/1"}', [], "unsupported_schema"),
        (encode(enriched()), [("schema", b"enriched/2")], "unsupported_schema"),
        (encode(enriched()), [("schema", b"enriched/1"), ("schema", b"")], "unsupported_schema"),
        (b'{"schema": "enriched/1"}', [], "wrong_type"),
        (encode(replace(enriched(), origin=None)), [], "wrong_type"),
    ],
)
def test_reasons(value: bytes | None, headers: Headers, reason: str) -> None:
    """Each kind of record that is none of ours has its reason."""
    found = entity_records(value, headers)
    assert isinstance(found, NotEnriched)
    assert (reason, True) == (found.reason, 0 < len(found.detail) < 200)


@given(hostile_bytes())
def test_any_bytes_have_an_answer(value: bytes) -> None:
    """Nothing that may lie on the topic raises."""
    assert isinstance(entity_records(value), NotEnriched)


@given(st.sampled_from(sorted(orjson.loads(encode(enriched())))), json_values())
def test_a_spoilt_field_has_an_answer(name: str, spoilt: Json) -> None:
    """Whatever one field holds, in the record, its mentions or its entities."""
    record = orjson.loads(encode(enriched()))
    for value in (
        {**record, name: spoilt},
        {**record, "mentions": [{**record["mentions"][0], "entity": spoilt}]},
        {**record, "mentions": [spoilt]},
        {**record, "entities": [spoilt]},
        {**record, "entities": [{**record["entities"][0], "id": spoilt}]},
    ):
        assert isinstance(entity_records(orjson.dumps(value)), Fanout | NotEnriched)
