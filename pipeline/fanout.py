"""One enriched record to one record for each of its entities: the work of stage `entities`, pure."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from pipeline.reasons import DeadReason
from pipeline.records import Headers, Json

_SCHEMAS = frozenset({b"1", b"enriched/1"})  # what the header may say; without it the record is version 1


@dataclass(frozen=True, slots=True)
class Fanout:
    """Keys and encoded EntityRecords, in order of first mention."""

    article_id: bytes
    origin: bytes
    records: list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class NotEnriched:
    """What lay on the enriched topic is no enriched record."""

    reason: DeadReason
    detail: str


def entity_records(value: bytes | None, headers: Headers = ()) -> Fanout | NotEnriched:
    """The records of an article; none when it was not tagged. Plain dicts: a record costs microseconds, not tens."""
    named = [told for name, told in headers if name == "schema" and told is not None]
    if named and named[-1] not in _SCHEMAS:
        return NotEnriched(DeadReason.UNSUPPORTED_SCHEMA, "the schema header is not enriched/1, the only version known")
    if value is None:
        return NotEnriched(DeadReason.NO_VALUE, "an enriched record without a value")
    try:
        article = orjson.loads(value)
    except orjson.JSONDecodeError:
        return NotEnriched(DeadReason.INVALID_JSON, "an enriched record that is not JSON")
    if not isinstance(article, dict):
        return NotEnriched(DeadReason.NOT_AN_OBJECT, "an enriched record that is not an object")
    if article.get("schema", "enriched/1") != "enriched/1":
        return NotEnriched(DeadReason.UNSUPPORTED_SCHEMA, "an enriched record of an unknown schema")
    try:
        return _fanout(article)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        return NotEnriched(DeadReason.WRONG_TYPE, f"an enriched record that breaks its schema: {type(error).__name__}")


def _fanout(article: Json) -> Fanout:
    origin = article["origin"]
    reference = {
        "id": article["id"],
        "url": article["url"],
        "site": article["site"],
        "title": article["title"],
        "language": article["language"]["code"] if article["language"] else None,
        "published_at": article["published_at"]["value"] if article["published_at"] else None,
    }
    first: dict[int, Json] = {}
    for mention in reversed(article["mentions"] or ()):
        first[mention["entity"]] = {"start": mention["start"], "end": mention["end"]}
    records = []
    for index, entity in enumerate(article["entities"] or ()):
        record = {
            "schema": "entity/1",
            "entity": entity,
            "article": reference,
            "count": entity["count"],
            "salience": entity["salience"],
            "first": first.get(index),
            "origin": origin,
        }
        records.append((entity["id"].encode("utf-8", "replace"), orjson.dumps(record)))
    parts = ("topic", "partition", "offset") if "topic" in origin else ("file", "line")
    place = "/".join(str(origin[part]) for part in parts)
    return Fanout(article["id"].encode(), place.encode("ascii", "backslashreplace"), records)
