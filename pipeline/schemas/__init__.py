"""The JSON Schemas (2020-12) of everything that is read or written. The files are generated: `make schemas`."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import orjson

NAMES = {
    "raw": "articles.raw.v1",
    "enriched": "articles.enriched.v1",
    "rejected": "articles.rejected.v1",
    "dead_headers": "articles.raw.v1.dlq",  # the value of a dead letter is what was delivered, whatever it was
    "ledger": "articles.ledger.v1",
    "entity": "articles.entities.v1",
    "dead_line": None,  # a line of `articles run --dead`
}
_SHORT = {topic: short for short, topic in NAMES.items() if topic}


def schema(name: str) -> dict[str, Any]:
    """The schema of a topic's values (of its headers for the dead letters), by the topic's default name or the short
    one. ValueError for any other name."""
    return _read(name, "{}.schema.json")


def example(name: str) -> dict[str, Any]:
    """A full record that the schema allows, by the same names."""
    return _read(name, "examples/{}.json")


def _read(name: str, path: str) -> dict[str, Any]:
    short = _SHORT.get(name, name)
    if short not in NAMES:
        raise ValueError(f"no schema {name!r}; there are {', '.join([*NAMES, *_SHORT])}")
    value: dict[str, Any] = orjson.loads(files(__name__).joinpath(path.format(short)).read_bytes())
    return value
