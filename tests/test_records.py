"""The codec: what is written is what the record says, key by key."""

from __future__ import annotations

import dataclasses
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reasons import DeadReason
from pipeline.records import (
    Dead,
    DeadLine,
    Enriched,
    EntityRecord,
    FileOrigin,
    KafkaOrigin,
    LedgerCounts,
    LedgerRecord,
    Origin,
    Rejected,
    encode,
    stamp,
)
from tests.strategies import records

WRITTEN = (Enriched, Rejected, Dead, DeadLine, EntityRecord, LedgerRecord)
ORIGINS = records(KafkaOrigin) | records(FileOrigin)


def plain(value: Any) -> Any:
    """The obvious version of the codec: classes as dicts in the order of their fields, tuples as lists."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.value if isinstance(value, Enum) else value


def order(value: Any) -> Any:
    """The keys of a JSON value as they follow each other."""
    if isinstance(value, dict):
        return [(key, order(item)) for key, item in value.items()]
    return [order(item) for item in value] if isinstance(value, list) else None


@pytest.mark.parametrize("record", WRITTEN, ids=lambda record: record.__name__)
@given(data=st.data())
def test_what_is_written_is_what_the_record_says(record: type, data: st.DataObject) -> None:
    """Reading the bytes gives every field and value back, in the order of the class, null where unknown."""
    value = data.draw(records(record))
    written = orjson.loads(encode(value))
    assert written == plain(value)
    assert order(written) == order(plain(value))


@given(records(Enriched))
def test_equal_records_give_equal_bytes(record: Enriched) -> None:
    """The same batch twice gives the same bytes."""
    assert encode(replace(record)) == encode(record)


@given(records(Enriched) | records(Rejected), ORIGINS, st.text("0123456789TZ:-", min_size=1))
def test_stamp_changes_two_fields_only(record: Enriched | Rejected, origin: Origin, at: str) -> None:
    """Origin and time are new, everything else is the same object, and the record that was given is as it was."""
    before = replace(record)
    stamped = stamp(record, origin, at)
    assert type(stamped) is type(record)
    assert (stamped.origin, stamped.processed_at) == (origin, at)
    for field in fields(record):
        if field.name not in ("origin", "processed_at"):
            assert getattr(stamped, field.name) is getattr(record, field.name)
    assert record == before


def test_reasons_are_keys_of_maps() -> None:
    """A map by reason is written with the reasons' strings."""
    assert orjson.loads(encode(LedgerCounts(1, {}, {DeadReason.TIMEOUT: 2})))["dead"] == {"timeout": 2}


@pytest.mark.parametrize("record", WRITTEN, ids=lambda record: record.__name__)
def test_records_are_frozen_and_slotted(record: type) -> None:
    """No step can change what another made, or hang something new on it."""
    assert dataclasses.fields(record)
    assert record.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__dict__" not in dir(record)
