"""The schemas refuse every record that was tampered with: a field dropped, renamed, of a wrong type, out of range."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.records import Json, encode
from pipeline.schemas import example, schema
from quality.schemas import RECORDS
from tests.strategies import records

SAMPLES: dict[str, Json] = {
    "null": None,
    "boolean": True,
    "integer": 7,
    "number": 1.5,
    "string": "no such value",
    "array": [],
    "object": {},
}


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


def refused(name: str, value: Json) -> bool:
    return not validator(name).is_valid(value)


# --- tampering, by the types of records.py alone ---------------------------------------------------------------------


def allowed(hint: Any) -> set[str]:
    """The JSON types that a type hint stands for."""
    origin, args = get_origin(hint), get_args(hint)
    if hint is Any:
        return set(SAMPLES)
    if origin in (Union, UnionType):
        return {kind for arg in args for kind in allowed(arg)}
    if is_dataclass(hint) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return {"object"}
    if origin is tuple:
        return {"array"}
    if origin is Literal or (isinstance(hint, type) and issubclass(hint, Enum)):
        return set()  # not even any string
    return {str: {"string"}, int: {"integer"}, float: {"integer", "number"}, NoneType: {"null"}}[hint]


def tampered(value: Json, hint: Any, path: str) -> Iterator[tuple[str, Json]]:
    """Every copy of a value with one thing wrong: the value of a wrong type, a field or an item dropped or renamed."""
    for kind in SAMPLES.keys() - allowed(hint):
        yield f"{path} is {kind}", SAMPLES[kind]
    yield from _inside(value, hint, path)


def _inside(value: Json, hint: Any, path: str) -> Iterator[tuple[str, Json]]:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        for arg in args:
            if is_dataclass(arg) and isinstance(value, dict) and value.keys() != {field.name for field in fields(arg)}:
                continue  # another class of the union
            yield from _inside(value, arg, path)
    elif isinstance(value, dict) and is_dataclass(hint):
        hints = get_type_hints(hint)
        for name, item in value.items():
            others = {key: other for key, other in value.items() if key != name}
            yield f"{path}.{name} dropped", others
            yield f"{path}.{name} renamed", {**others, f"{name}_": item}
            yield from ((p, {**value, name: bad}) for p, bad in tampered(item, hints[name], f"{path}.{name}"))
        yield f"{path} with one more field", {**value, "one_more": None}
    elif isinstance(value, dict) and args and args[1] is not Any:  # a map; the inside of extra is free
        for key, item in value.items():
            yield from ((p, {**value, key: bad}) for p, bad in tampered(item, args[1], f"{path}[{key}]"))
            if args[0] is not str:
                yield f"{path}[{key}] renamed", {**value, f"{key}_": item}
    elif isinstance(value, list) and origin is tuple:
        for index, item in enumerate(value):
            changed = tampered(item, args[0], f"{path}[{index}]")
            yield from ((p, [*value[:index], bad, *value[index + 1 :]]) for p, bad in changed)
        if args[1:] != (Ellipsis,):
            yield f"{path} with one item less", value[1:]
            yield f"{path} with one item more", [*value, value[0]]


def variants(name: str) -> Iterator[Json]:
    """The example, and what it does not show: the other kind of origin, and a record that was cut short."""
    record = example(name)
    yield record
    if "origin" in record:
        yield {**record, "origin": {"file": "articles.jsonl", "line": 17}}
        yield {**record, "origin": {"topic": "articles.raw.v1", "partition": 3, "offset": 41827}}
    if "truncated" in record:
        yield {**record, "truncated": ["cuts.text"]}


@pytest.mark.parametrize("name", RECORDS)
def test_a_tampered_example_is_refused(name: str) -> None:
    """Each field dropped, renamed or of a wrong type fails, in nested objects, items and maps too, all but the inside
    of `extra`; an entry that is missing in a map, or has another name in an open one, is a map all the same."""
    for record in variants(name):
        assert not refused(name, record)
        changes = dict(tampered(record, RECORDS[name], name))
        assert len(changes) > 5 * len(fields(RECORDS[name]))
        assert [path for path, changed in changes.items() if not refused(name, changed)] == []


@pytest.mark.parametrize("name", RECORDS)
@settings(max_examples=50)
@given(data=st.data())
def test_any_tampered_record_is_refused(name: str, data: st.DataObject) -> None:
    """The same of records of any shape: with nulls, empty lists, and the other kind of origin."""
    value = orjson.loads(encode(data.draw(records(RECORDS[name]))))
    path, changed = data.draw(st.sampled_from(list(tampered(value, RECORDS[name], name))))
    assert refused(name, changed), path


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("enriched", "schema", "enriched/2"),
        ("enriched", "id", "5D41402ABC4B2A76B9719D911017C592"),
        ("enriched", "id", "5d41402abc4b2a76b9719d911017c59"),
        ("enriched", "url", "http://news.example.org/"),
        ("enriched", "site", ""),
        ("enriched", "input", "pdf"),
        ("enriched", "confidence", 1.01),
        ("enriched", "offset_unit", "utf16"),
        ("enriched", "processed_at", "2024-05-14 16:30:00"),
        ("enriched", "fetched_at", "2024-05-14T16:30:00+02:00"),
        ("enriched", "published_at.value", "14 May 2024"),
        ("enriched", "published_at.precision", "week"),
        ("enriched", "language.code", "English!"),
        ("enriched", "cuts.0.start", -1),
        ("enriched", "cuts.0.kind", "advertisement"),
        ("enriched", "mentions.0.label", "PERSON"),
        ("enriched", "entities.0.country", "at"),
        ("enriched", "entities.0.id", "vienna"),
        ("enriched", "entities.0.id", "location:vienna"),
        ("enriched", "entities.0.id", "geonames:Q1741"),
        ("enriched", "entities.1.id", "Date:"),
        ("enriched", "entities.0.lat", 90.5),
        ("enriched", "entities.0.count", 0),
        ("enriched", "entities.0.salience", -0.1),
        ("enriched", "flags", ["short", "short"]),
        ("enriched", "truncated", ["text"]),
        ("enriched", "steps.entities", "failed"),
        ("rejected", "reason", "timeout"),
        ("entity", "first.start", -1),
        ("ledger", "counts.dead", {"not_an_article": 1}),
        ("ledger", "counts.rejected.needs_javascript", -1),
        ("ledger", "sites", {"news.example.org": [1, 1, 0]}),
        ("dead_line", "origin.line", 0),
        ("dead_line", "value_b64", "YQ=="),
        ("dead_headers", "attempt", "0"),
        ("dead_headers", "reason", "not_an_article"),
        ("raw", "html", 5),
        ("raw", "url", ["https://news.example.org/"]),
    ],
)
def test_values_out_of_range_are_refused(name: str, path: str, value: Json) -> None:
    """Of the right type but not of the contract."""
    record = copy.deepcopy(example(name))
    *way, last = path.split(".")
    place: Any = record
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    assert last in place
    place[last] = value
    assert refused(name, record)


# --- raw records and the headers of dead letters, which are not closed -----------------------------------------------


@pytest.mark.parametrize("content", ["text", "html", "html_base64"])
def test_a_raw_record_is_any_object_with_content(content: str) -> None:
    """One field is enough, any others may be there; null is as good as nothing."""
    assert not refused("raw", {content: "x"})
    assert not refused("raw", {content: "x", "title": None, "tags": [1, {"a": None}], "id": 5})
    assert refused("raw", {content: None})
    assert refused("raw", {"url": "https://news.example.org/", content + "_": "x"})


@pytest.mark.parametrize("value", [None, True, 7, "text", [], [{"text": "x"}], {}], ids=repr)
def test_what_is_no_object_or_empty_is_no_raw_record(value: Json) -> None:
    """JSON alone is not enough."""
    assert refused("raw", value)


def test_known_fields_of_a_raw_record_have_their_type() -> None:
    """Each of them of another type is refused: the flow would call it wrong_type."""
    record = {**example("raw"), "text": "x", "html_base64": "eA==", "extra": {}}
    for name in schema("raw")["properties"]:
        kinds = SAMPLES.keys() - {"null", "object" if name == "extra" else "string"}
        assert all(refused("raw", {**record, name: SAMPLES[kind]}) for kind in kinds), name


def test_a_letter_without_one_of_its_headers_is_refused() -> None:
    """Each header that says why is there, under its name, as a string."""
    headers = example("dead_headers")
    required = schema("dead_headers")["required"]
    assert set(required) | {"content-type"} == set(headers)
    for name in required:
        others = {key: value for key, value in headers.items() if key != name}
        assert refused("dead_headers", others), name
        assert refused("dead_headers", {**others, f"{name}_": headers[name]}), name
        assert all(refused("dead_headers", {**headers, name: SAMPLES[k]}) for k in SAMPLES.keys() - {"string"}), name
