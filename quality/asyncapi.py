"""The AsyncAPI 3.0 document of the topics: what is on them, under which key and headers, and who sends and receives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from pipeline import __version__
from pipeline.settings import Topics
from quality.examples import examples
from quality.schemas import Schema

_FORMAT = "application/schema+json;version=draft-07"  # the one that tools must read; no keyword used differs in it
_TEXT = {"type": "string"}
_ARTICLE = {
    "article-id": {**_TEXT, "pattern": "^[0-9a-f]{32}$"},
    "origin": {**_TEXT, "pattern": "^.+/[0-9]+/[0-9]+$", "description": "topic/partition/offset of the raw record"},
}
_TRACE = {"traceparent": {**_TEXT, "description": "W3C trace context, passed through"}}
_MADE = {"article-id": "5d41402abc4b2a76b9719d911017c592", "origin": "articles.raw.v1/3/41827"}


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of record: `topic` is a setting of group topics, `schema` a short name, '' for what is no JSON."""

    topic: str
    title: str
    schema: str
    key: str
    headers: Schema
    headers_example: dict[str, str]
    type: str | None = "application/json"


def _headers(required: Schema, optional: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def _output(topic: str, title: str, schema: str, key: str, more: Schema) -> Message:
    """A record that the stages make; `more` are its headers beside content type and schema."""
    told = {"content-type": "application/json", "schema": f"{schema}/1"}
    headers = _headers({name: {"const": value} for name, value in told.items()} | more, _TRACE if more else {})
    return Message(topic, title, schema, key, headers, told | (_MADE if more else {}))


_ASKED = {
    "content-type": {**_TEXT, "pattern": "^application/json", "description": "JSON where there is none"},
    "schema": {**_TEXT, "description": "missing means 1"},
}
_PAGE = {
    "content-type": {**_TEXT, "pattern": "^text/html", "description": "with the charset, where it is known"},
}
_FETCHED = {"url": {**_TEXT, "description": "where the page lies"}, "fetched-at": {**_TEXT, "description": "RFC 3339"}}
MESSAGES = {
    "raw": Message(
        "raw",
        "A raw article",
        "raw",
        "host of the site, else `source`, else null",
        _headers({}, {**_ASKED, **_TRACE}),
        {"content-type": "application/json"},
    ),
    "page": Message(
        "raw",
        "A page as the server sent it",
        "",
        "host of the site, else null",
        _headers(_PAGE, {**_FETCHED, **_TRACE}),
        {"content-type": "text/html; charset=utf-8", "url": "https://news.example.org/vienna/tram-49"},
        "text/html",
    ),
    "enriched": _output("enriched", "An article, clean and tagged", "enriched", "id of the article", _ARTICLE),
    "rejected": _output("rejected", "Readable, but not an article", "rejected", "id of the article", _ARTICLE),
    "dead": Message(
        "dead",
        "A record that could not be processed, as it was delivered",
        "",
        "key of the original record",
        {"schemaFormat": _FORMAT, "schema": {"$ref": "./dead_headers.schema.json"}},
        {},
        None,
    ),
    "ledger": _output("ledger", "What became of a batch of offsets", "ledger", "topic-partition of the batch", {}),
    "entity": _output("entities", "One article and one of its entities", "entity", "id of the entity", _ARTICLE),
}


@dataclass(frozen=True, slots=True)
class Operation:
    """Who does what with which messages of a topic."""

    who: str
    action: Literal["send", "receive"]
    topic: str
    messages: tuple[str, ...] = field(default=())


OPERATIONS = (
    Operation("feed", "send", "raw", ("raw", "page")),
    Operation("enrich", "receive", "raw", ("raw", "page")),
    Operation("enrich", "send", "enriched", ("enriched",)),
    Operation("enrich", "send", "rejected", ("rejected",)),
    Operation("enrich", "send", "dead", ("dead",)),
    Operation("enrich", "send", "ledger", ("ledger",)),
    Operation("entities", "receive", "enriched", ("enriched",)),
    Operation("entities", "send", "entities", ("entity",)),
    Operation("entities", "send", "dead", ("dead",)),
)


def asyncapi() -> dict[str, Any]:
    """The whole document; payloads are references to the schemas beside it, topics have their default names."""
    records = examples()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "articles",
            "version": __version__,
            "description": "Raw articles in, clean and tagged records out. Stage `enrich` takes each raw record to "
            "exactly one of enriched, rejected and dead; stage `entities` fans enriched ones out. Both exactly once.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic) for topic in Topics.model_fields},
        "operations": {_operation_name(operation): _operation(operation) for operation in OPERATIONS},
        "components": {"messages": {name: _message(name, message, records) for name, message in MESSAGES.items()}},
    }


def _channel(topic: str) -> dict[str, Any]:
    setting = Topics.model_fields[topic]
    names = [name for name, message in MESSAGES.items() if message.topic == topic]
    return {
        "address": setting.default,
        "description": f"{setting.description}. Another name: setting topics.{topic}. Partitioner murmur2.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }


def _operation_name(operation: Operation) -> str:
    return f"{operation.who}_{operation.action}s_{operation.topic}"


def _operation(operation: Operation) -> dict[str, Any]:
    channel = f"#/channels/{operation.topic}"
    return {
        "action": operation.action,
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in operation.messages],
    }


def _message(name: str, message: Message, records: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"name": name, "title": message.title, "headers": message.headers}
    if message.type:
        made["contentType"] = message.type
    if message.schema:
        made["payload"] = {"schemaFormat": _FORMAT, "schema": {"$ref": f"./{message.schema}.schema.json"}}
        made["examples"] = [{"headers": message.headers_example, "payload": records[message.schema]}]
    else:
        made["payload"] = {"description": "any bytes"} if message.type is None else _TEXT
        made["examples"] = [{"headers": message.headers_example or records["dead_headers"]}]
    key = {"type": ["string", "null"], "description": message.key}
    return {**made, "bindings": {"kafka": {"key": key, "bindingVersion": "0.5.0"}}}
