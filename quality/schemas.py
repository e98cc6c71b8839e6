"""Writes pipeline/schemas from records.py: `python -m quality.schemas`; with `--check` exits 1 where a file differs.

The types of the records say most; `FIELDS` adds what a Python type cannot: patterns and ranges.
"""

from __future__ import annotations

import difflib
import json
import sys
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from inspect import getdoc
from pathlib import Path
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from pipeline.reasons import DeadReason
from pipeline.records import DeadLine, Enriched, EntityRecord, Label, LedgerRecord, Rejected

Schema: TypeAlias = dict[str, Any]

FOLDER = Path(__file__).parent.parent / "pipeline" / "schemas"
RECORDS = {
    "enriched": Enriched,
    "rejected": Rejected,
    "entity": EntityRecord,
    "ledger": LedgerRecord,
    "dead_line": DeadLine,
}

_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
TIME = {"pattern": f"^{_DATE}T{_CLOCK}Z$", "description": "RFC 3339, UTC"}
CUT_TIME = {
    "pattern": r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?Z)?)?)?$",
    "description": "RFC 3339, UTC, cut to its precision: 2024-05 for a month",
}
ARTICLE_ID = {
    "pattern": "^[0-9a-f]{32}$",
    "description": "id of the article: of its canonical URL, else of its text, else of its bytes",
}
URL = {"pattern": "^https://", "description": "canonical URL"}
SITE = {"minLength": 1, "description": "host of the URL, without www."}
ENTITY_ID = f"^(geonames:[0-9]+|({'|'.join(get_args(Label))}):.+)$"
UNIT = {"minimum": 0, "maximum": 1}

# by 'Class.field', else by 'field': what is added to the schema of the field's type
FIELDS: dict[str, Schema] = {
    "confidence": UNIT,
    "salience": {**UNIT, "description": "how much of the article is about it"},
    "processed_at": TIME,
    "fetched_at": TIME,
    "LedgerRecord.at": TIME,
    "PublishedAt.value": CUT_TIME,
    "ArticleRef.published_at": CUT_TIME,
    "Enriched.id": ARTICLE_ID,
    "Rejected.id": ARTICLE_ID,
    "DeadLine.id": ARTICLE_ID,
    "ArticleRef.id": ARTICLE_ID,
    "url": URL,
    "site": SITE,
    "Enriched.text": {"description": "the page text without the cuts"},
    "Enriched.cuts": {"description": "offsets in the page text; null with records.cuts = off or where truncated"},
    "Enriched.mentions": {"description": "offsets in `text`; null where the language is not tagged or where truncated"},
    "Enriched.entities": {"description": "in order of first mention; null where the language is not tagged"},
    "Enriched.flags": {"uniqueItems": True},
    "Enriched.truncated": {"uniqueItems": True, "description": "what was left out because the record was too large"},
    "Enriched.extra": {"description": "every field of the raw record that is not named in its schema"},
    "Language.code": {"pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"},
    "ArticleRef.language": {"pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"},
    "Cut.rule": {"minLength": 1},
    "Cut.text": {"description": "null with records.cuts = spans or where truncated"},
    "Mention.text": {"minLength": 1},
    "Entity.id": {"pattern": ENTITY_ID, "description": "geonames:703448, else label:casefolded name"},
    "Entity.name": {"minLength": 1},
    "Entity.count": {"minimum": 1, "description": "how many mentions name it"},
    "EntityRecord.count": {"minimum": 1},
    "Entity.kb_id": {"minLength": 1, "description": "id in a knowledge base"},
    "Entity.country": {"pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2"},
    "Entity.place_confidence": {**UNIT, "description": "probability of the place, else of the country"},
    "Entity.lat": {"minimum": -90, "maximum": 90, "description": "degrees, WGS 84"},
    "Entity.lon": {"minimum": -180, "maximum": 180, "description": "degrees, WGS 84"},
    "Entity.value": {"description": "the normal form of a date or an amount"},
    "KafkaOrigin.topic": {"minLength": 1},
    "FileOrigin.file": {"minLength": 1},
    "FileOrigin.line": {"minimum": 1},
    "Pipeline.version": {"minLength": 1},
    "Pipeline.models": {"description": "checksum by name of model"},
    "LedgerRecord.topic": {"minLength": 1},
    "LedgerRecord.group": {"minLength": 1},
    "LedgerRecord.first": {"description": "first offset"},
    "LedgerRecord.last": {"description": "last offset, inclusive"},
    "LedgerRecord.measures": {
        "description": "sums over the enriched records of a site: characters of the page and of the text, thousandths "
        "of confidence; of those that were tagged: articles, words, mentions"
    },
    "LedgerRecord.sites": {"description": "in, enriched, rejected, dead by site; '' where the site is not known"},
    "DeadLine.value_b64": {"pattern": "^[A-Za-z0-9+/]*={0,2}$", "contentEncoding": "base64"},
}
# by class: what holds between fields
BETWEEN: dict[str, Schema] = {
    "DeadLine": {
        "oneOf": [
            {"properties": {"value": {"type": "string"}, "value_b64": {"type": "null"}}},
            {"properties": {"value": {"type": "null"}, "value_b64": {"type": "string"}}},
        ]
    }
}
_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer", "minimum": 0},  # offsets, counts, indexes
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
}


def record_schema(name: str, record: type) -> Schema:
    """The schema of one of the records, with the classes it is made of under `$defs`."""
    defs: dict[str, Schema] = {}
    body = _object(record, defs)
    return _document(name) | body | ({"$defs": dict(sorted(defs.items()))} if defs else {})


def _document(name: str) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:articles:{name.replace('_', '-')}:1",
        "title": name,
    }


def _object(record: type, defs: dict[str, Schema]) -> Schema:
    hints = get_type_hints(record)
    names = [field.name for field in fields(record)]
    properties = {}
    for name in names:
        more = FIELDS.get(f"{record.__name__}.{name}", FIELDS.get(name, {}))
        properties[name] = _schema(hints[name], defs) | more
    closed = {"type": "object", "additionalProperties": False, "required": names, "properties": properties}
    return {"description": getdoc(record) or "", **closed, **BETWEEN.get(record.__name__, {})}


def _schema(hint: Any, defs: dict[str, Schema]) -> Schema:
    """The schema of a type hint; classes go to `defs`. TypeError for a hint that no record has used so far."""
    origin, args = get_origin(hint), get_args(hint)
    if is_dataclass(hint) or (isinstance(hint, type) and issubclass(hint, Enum)):
        assert isinstance(hint, type)
        if hint.__name__ not in defs:
            defs[hint.__name__] = {}  # held open, so that a class may hold itself
            defs[hint.__name__] = _enum(hint) if issubclass(hint, Enum) else _object(hint, defs)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    if origin is Literal:
        return {"const": args[0]} if len(args) == 1 else {"type": "string", "enum": list(args)}
    if origin in (Union, types.UnionType):
        return _union([_schema(arg, defs) for arg in args])
    if origin is tuple:
        return _array(args, defs)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _map(args[0], args[1], defs)
    if hint not in _PLAIN:
        raise TypeError(f"no JSON Schema is known for {hint!r}")
    return dict(_PLAIN[hint])


def _union(members: list[Schema]) -> Schema:
    match members:
        case [{"type": str(kind)} as member, {"type": "null"}] if "enum" not in member:
            return {**member, "type": [kind, "null"]}
        case _:
            return {"anyOf": [part for member in members for part in member.get("anyOf", [member])]}


def _array(args: tuple[Any, ...], defs: dict[str, Schema]) -> Schema:
    items = {"type": "array", "items": _schema(args[0], defs)}
    if args[1:] == (Ellipsis,):
        return items
    if len(set(args)) > 1:
        raise TypeError("a tuple of several types: say how before using one in a record")
    return {**items, "minItems": len(args), "maxItems": len(args)}


def _map(key: Any, value: Any, defs: dict[str, Schema]) -> Schema:
    schema: Schema = {"type": "object"}
    if key is not str:
        schema["propertyNames"] = _schema(key, defs)
    values = _schema(value, defs)
    return {**schema, "additionalProperties": values} if values else schema


def _enum(members: type[Enum]) -> Schema:
    lines = [f"- {member.value}: {getattr(member, 'why', '')}" for member in members]
    description = "\n".join([getdoc(members) or "", *lines])
    return {"description": description, "type": "string", "enum": [member.value for member in members]}


def raw_schema() -> Schema:
    """The raw record, which is input: described here, not by a class, since it is open and half of it optional."""
    text = {"type": ["string", "null"]}
    content = {
        "text": {**text, "description": "the article as text"},
        "html": {**text, "description": "the page as HTML, decoded; wins over `text`"},
        "html_base64": {**text, "contentEncoding": "base64", "description": "the page as the server sent it"},
    }
    told = {
        "url": {**text, "description": "where the page lies; the article's id is made of it"},
        "title": {**text, "description": "the headline; wins over that of the page"},
        "published_at": {**text, "description": "when the article was published, as the source states it"},
        "fetched_at": {**text, "description": "when the page was fetched; RFC 3339"},
        "language": {**text, "description": "BCP 47"},
        "source": {**text, "description": "who delivers the record; the key where there is no URL"},
        "extra": {"type": ["object", "null"], "description": "merged with the fields not named here, which win"},
    }
    return {
        **_document("raw"),
        "description": "articles.raw.v1: one article as delivered. Fields not named here are carried under `extra`.",
        "type": "object",
        "anyOf": [{"required": [name], "properties": {name: {"type": "string"}}} for name in content],
        "properties": {**content, **told},
    }


def dead_headers_schema() -> Schema:
    """The headers of a dead letter as an object of strings; the original record's own headers stay beside them."""
    connect = {
        "topic": {"type": "string", "minLength": 1},
        "partition": {"type": "string", "pattern": "^[0-9]+$"},
        "offset": {"type": "string", "pattern": "^[0-9]+$"},
        "exception.class.name": {
            "type": "string",
            "enum": [f"pipeline.reasons.DeadReason.{reason.name}" for reason in DeadReason],
        },
        "exception.message": {"type": "string", "pattern": "^[\\x00-\\x7F]*$"},
    }
    ours = {
        "article-id": {"type": "string", "pattern": "^([0-9a-f]{32})?$"},
        "origin": {"type": "string", "pattern": "^.+/[0-9]+/[0-9]+$", "description": "topic/partition/offset"},
        "reason": _enum(DeadReason),
        "step": {"type": "string", "minLength": 1, "description": "the step of the flow that gave up"},
        "attempt": {"type": "string", "pattern": "^[1-9][0-9]*$", "description": "counts replays from 1"},
        **{f"__connect.errors.{name}": schema for name, schema in connect.items()},
    }
    later = {
        "pipeline-version": {"type": "string", "description": "the version of the pipeline that gave up"},
        "first-origin": {"type": "string", "description": "of a replayed record: where it lay when it was new"},
    }
    return {
        **_document("dead_headers"),
        "description": "articles.raw.v1.dlq: the headers that say why, beside those of the original record.",
        "type": "object",
        "required": list(ours),
        "properties": ours | later,
    }


def schemas() -> dict[str, Schema]:
    """Every schema by its short name."""
    made = {name: record_schema(name, record) for name, record in RECORDS.items()}
    return {"raw": raw_schema(), "dead_headers": dead_headers_schema(), **made}


def documents() -> Iterator[tuple[str, str]]:
    """Path below pipeline/schemas and text of every generated file."""
    from quality.asyncapi import asyncapi  # both read the constants above
    from quality.examples import examples

    for name, schema in schemas().items():
        yield f"{name}.schema.json", _text(schema)
    for name, record in examples().items():
        yield f"examples/{name}.json", _text(record)
    yield "asyncapi.json", _text(asyncapi())


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def differences(folder: Path) -> str:
    """What `folder` lacks, has too much or has otherwise than generated, as a unified diff; '' for nothing."""
    made = dict(documents())
    there = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.json")}
    parts: list[str] = []
    for name in sorted(made.keys() | there.keys()):
        old, new = there.get(name, "").splitlines(True), made.get(name, "").splitlines(True)
        parts += difflib.unified_diff(old, new, f"{name} (there)", f"{name} (generated)")
    return "".join(parts)


def main(arguments: list[str], folder: Path = FOLDER) -> int:
    """0; with `--check` 1 where a file differs; 2 for any other argument."""
    if arguments == ["--check"]:
        text = differences(folder)
        sys.stderr.write(text and f"{text}the schemas differ from records.py: make schemas\n")
        return 1 if text else 0
    if arguments:
        sys.stderr.write("usage: python -m quality.schemas [--check]\n")
        return 2
    for name, content in documents():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
