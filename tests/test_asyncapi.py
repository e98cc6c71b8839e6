"""The AsyncAPI document: whole, every reference leads somewhere, every example is valid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from pipeline.settings import Topics
from quality.asyncapi import OPERATIONS
from quality.schemas import FOLDER

DOCUMENT: dict[str, Any] = orjson.loads((FOLDER / "asyncapi.json").read_bytes())
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]


def references(value: Any) -> Iterator[str]:
    """Every $ref below a value."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def resolve(reference: str) -> Any:
    """What a reference leads to, in the document or in a file beside it; KeyError or OSError when nowhere."""
    file, _, pointer = reference.partition("#")
    value: Any = orjson.loads((FOLDER / file).read_bytes()) if file else DOCUMENT
    for step in pointer.split("/")[1:]:
        value = value[step]
    return value


def schema_of(part: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a payload or of headers, in its envelope or not, as a reference or not."""
    found = part.get("schema", part) if "schemaFormat" in part else part
    target: dict[str, Any] = resolve(found["$ref"]) if "$ref" in found else found
    return target


def test_the_document_has_what_asyncapi_3_asks_for() -> None:
    """Version, title, and for each part the keys without which tools refuse it."""
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert DOCUMENT["info"].keys() >= {"title", "version"}
    assert all(channel.keys() >= {"address", "messages"} for channel in DOCUMENT["channels"].values())
    assert all(operation.keys() >= {"action", "channel", "messages"} for operation in DOCUMENT["operations"].values())
    assert {operation["action"] for operation in DOCUMENT["operations"].values()} == {"send", "receive"}
    assert all(message.keys() >= {"name", "title", "headers", "payload", "bindings"} for message in MESSAGES.values())


def test_channels_are_the_topics() -> None:
    """Each topic of the settings under its default name."""
    assert {name: channel["address"] for name, channel in DOCUMENT["channels"].items()} == Topics().model_dump()


def test_every_reference_leads_somewhere() -> None:
    """In the document and into the files beside it."""
    found = list(references(DOCUMENT))
    assert len(found) > 30
    for reference in found:
        assert resolve(reference)


def test_operations_and_channels_agree() -> None:
    """An operation's messages are of its channel; each channel is sent to, each message sent, none under two names."""
    assert len(DOCUMENT["operations"]) == len(OPERATIONS)
    sent = set()
    for operation in DOCUMENT["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])
        if operation["action"] == "send":
            sent |= {message["$ref"] for message in operation["messages"]}
    in_channels = {
        f"#/channels/{name}/messages/{message}"
        for name, channel in DOCUMENT["channels"].items()
        for message in channel["messages"]
    }
    assert sent == in_channels
    assert {reference.rpartition("/")[2] for reference in sent} == MESSAGES.keys()


@pytest.mark.parametrize("name", MESSAGES)
def test_examples_are_valid(name: str) -> None:
    """Headers and payload of each example, by the schemas that the message names."""
    message = MESSAGES[name]
    assert message["examples"]
    for example in message["examples"]:
        Draft202012Validator(schema_of(message["headers"])).validate(example["headers"])
        if "payload" in example:
            Draft202012Validator(schema_of(message["payload"])).validate(example["payload"])


@pytest.mark.parametrize("name", ["enriched", "rejected", "entity", "ledger"])
def test_the_schema_header_is_the_record_s_own(name: str) -> None:
    """Who reads headers alone and who reads values learn the same version."""
    [example] = MESSAGES[name]["examples"]
    assert example["headers"]["schema"] == example["payload"]["schema"]
