"""Generators of test data, named by the shape of what they make."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from itertools import pairwise
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from pipeline.reasons import CutKind
from pipeline.records import Cut, Headers, Json

T = TypeVar("T")

# --- texts and bytes ------------------------------------------------------------------------------------------------

_SCRIPTS = "aé ßЖ中अ\u0301\u200d\u200f\u202e\xad\ufeff\ufffd\uffff\U0001f1e6\U0001f468\U0010ffff\0\x1f\x85\u2028\r\n\t"


def texts(max_size: int = 60) -> st.SearchStrategy[str]:
    """Any text that UTF-8 can hold: several scripts, combining and invisible characters, both sides of U+FFFF."""
    odd = st.text(st.sampled_from(_SCRIPTS), max_size=max_size)
    return odd | st.text(st.characters(exclude_categories=["Cs"]), max_size=max_size)


def broken_texts(max_size: int = 60) -> st.SearchStrategy[str]:
    """Any Python string, lone surrogates among its characters."""
    return st.text(st.characters() | st.sampled_from("a\ud800\udfff\U0001f468"), max_size=max_size)


def hostile_bytes(max_size: int = 400) -> st.SearchStrategy[bytes]:
    """What may lie on a topic: noise, text in some encoding, JSON, and JSON or HTML that was broken on its way."""
    encodings = st.sampled_from(["utf-8", "utf-16", "utf-16-le", "utf-8-sig", "cp1252", "koi8-r"])
    encoded = st.builds(lambda text, name: text.encode(name, "replace"), texts(), encodings)
    markup = hostile_html().map(lambda text: text.encode("utf-8", "replace"))
    whole = st.one_of(raw_values(), markup, encoded)
    cut_off = st.builds(lambda value, end: value[: end % (len(value) + 1)], whole, st.integers(0, max_size))
    spoilt = st.builds(_spoilt, whole, st.integers(0, max_size), st.binary(max_size=4))
    return st.one_of(st.binary(max_size=max_size), whole, cut_off, spoilt)


def _spoilt(value: bytes, at: int, noise: bytes) -> bytes:
    at %= len(value) + 1
    return value[:at] + noise + value[at + len(noise) :]


_TAGS = ("p", "div", "article", "table", "tr", "td", "ul", "script", "style", "svg", "a", "title", "template", "b")
_PIECES = ("<!--", "-->", "<![CDATA[", "]]>", "<", ">", "&", "&#0;", "&#xD800;", "&nbsp;", "&amp", "\0", "<p ", '="')


def hostile_html(max_size: int = 30) -> st.SearchStrategy[str]:
    """Tags opened and closed in any order, attributes, broken comments and entities, text between."""
    tag = st.sampled_from(_TAGS)
    opened = st.builds("<{} class='{}'>".format, tag, st.sampled_from(("", "share", "related", "comments")))
    part = st.one_of(opened, tag.map("</{}>".format), st.sampled_from(_PIECES), texts(20))
    return st.lists(part, max_size=max_size).map("".join)


# --- JSON -----------------------------------------------------------------------------------------------------------


_NAMES = ("share-bar", "postBody", "HTMLText x", "a bC DE", "nav", "article" * 40, "ÉcoleNews col-md-6", "")
_STYLES = ("style='DISPLAY : none'", "style", "hidden", "rel=author", "style='color:red'")


def nested_html(max_size: int = 40) -> st.SearchStrategy[str]:
    """Elements that hold, hide or name others and text of any alphabet: most of it well-formed, some left open."""
    named = st.builds("{}='{}'".format, st.sampled_from(("class", "id", "role", "itemprop")), st.sampled_from(_NAMES))
    attributes = st.lists(named | st.sampled_from(_STYLES), max_size=3).map(" ".join)
    tag = st.sampled_from((*_TAGS, "nav", "form", "aside", "span", "em", "noscript", "br", "h1", "li", "x-y"))
    opened = st.builds("<{} {}>".format, tag, attributes)
    closed = tag.map("</{}>".format)
    text = texts(8) | st.sampled_from(("word", " ", "\n ", "&#133;", "&#28;", "&nbsp;"))
    pieces = st.one_of(opened, opened, closed, text)
    return st.lists(pieces, max_size=max_size).map("".join)


def json_values(max_leaves: int = 10) -> st.SearchStrategy[Json]:
    """What orjson and the standard library both read and write: 64-bit integers, finite floats, no lone surrogates."""
    integers = st.integers(-(2**63), 2**64 - 1)
    plain = st.one_of(st.none(), st.booleans(), integers, st.floats(allow_nan=False, allow_infinity=False), texts(20))
    return st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts(10), inner, max_size=4),
        max_leaves=max_leaves,
    )


def json_objects(max_leaves: int = 10) -> st.SearchStrategy[dict[str, Json]]:
    """JSON objects with any keys."""
    return st.dictionaries(texts(10), json_values(max_leaves), max_size=4)


def raw_objects() -> st.SearchStrategy[dict[str, Json]]:
    """Raw records as objects: any of the known fields with any value, mostly strings, and unknown ones."""
    content = ("text", "html", "html_base64")
    others = ("url", "title", "published_at", "fetched_at", "language", "source", "extra", "id")
    value = texts() | texts() | json_values(4)
    known = st.dictionaries(st.sampled_from(content + others), value, max_size=6)
    pages = st.fixed_dictionaries({"html": hostile_html()})
    return st.builds(lambda *parts: {k: v for part in parts for k, v in part.items()}, json_objects(4), pages | known)


def hostile_values() -> st.SearchStrategy[Json]:
    """What `json.dumps` writes and orjson may refuse: numbers of any size, NaN, infinity, lone surrogates."""
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | broken_texts(20)
    return st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(broken_texts(5), inner, max_size=3)
    )


def hostile_objects() -> st.SearchStrategy[dict[str, Json]]:
    """Raw records as `json.dumps` writes them: known fields with what they should not hold, NaN, lone surrogates."""
    names = ("text", "html", "html_base64", "url", "title", "published_at", "fetched_at", "language", "source", "extra")
    urls = st.builds("https://{}/{}".format, broken_texts(12), broken_texts(12))
    values = hostile_values()
    told = broken_texts() | texts() | hostile_html() | urls
    known = st.dictionaries(st.sampled_from(names), told | told | told | values, max_size=8)
    others = st.dictionaries(broken_texts(8), values, max_size=3)
    return st.builds(lambda some, more: {**more, **some}, known, others)


def headers_() -> st.SearchStrategy[Headers]:
    """Headers of Kafka: the names that are read, in any form, and any other; no value, noise, or what is understood."""
    read = ("content-type", "Content-Type", "url", "fetched-at", "schema", "", "\0", " url ")
    types = (b"text/html", b"text/html; charset=zip", b"text/html;charset=utf-16", b"application/xhtml+xml")
    value = st.none() | st.binary(max_size=20) | st.sampled_from((*types, b"1", b"raw/1"))
    return st.lists(st.tuples(st.sampled_from(read) | st.text(), value), max_size=4)


def raw_values() -> st.SearchStrategy[bytes]:
    """Raw records as they lie on the topic."""
    return raw_objects().map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


# --- cuts -----------------------------------------------------------------------------------------------------------


@st.composite
def pages_with_cuts(draw: st.DrawFn, text: st.SearchStrategy[str] | None = None) -> tuple[str, tuple[Cut, ...]]:
    """A page text and cuts of it: sorted, not empty, not overlapping, neighbours touching now and then."""
    page = draw(texts() if text is None else text)
    edges = sorted(draw(st.sets(st.integers(0, len(page)), max_size=12)))
    ranges = [pair for pair in pairwise(edges) if draw(st.booleans())]
    kinds = st.sampled_from(CutKind)
    return page, tuple(Cut(start, end, draw(kinds), "rule", 0.5, page[start:end]) for start, end in ranges)


# --- records --------------------------------------------------------------------------------------------------------

_UNIT = st.floats(0, 1)
_TIMES = st.datetimes().map(lambda time: time.isoformat(timespec="milliseconds") + "Z")
_HEX_IDS = st.text("0123456789abcdef", min_size=32, max_size=32)
_NAMED = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
_BY_FIELD: dict[str, st.SearchStrategy[Any]] = {  # 'Class.field', else 'field': narrower than the type
    "confidence": _UNIT,
    "salience": _UNIT,
    "place_confidence": st.none() | _UNIT,
    "Enriched.id": _HEX_IDS,
    "Rejected.id": _HEX_IDS,
    "Dead.id": _HEX_IDS,
    "DeadLine.id": _HEX_IDS,
    "ArticleRef.id": _HEX_IDS,
    "Entity.id": st.integers(1, 10**8).map("geonames:{}".format) | _NAMED.map("Person:{}".format),
    "url": st.none() | _NAMED.map("https://{}.example/".format),
    "site": st.none() | _NAMED.map("{}.example".format),
    "processed_at": st.none() | _TIMES,
    "fetched_at": st.none() | _TIMES,
    "at": _TIMES,
    "ArticleRef.published_at": st.none() | st.sampled_from(("2024", "2024-05", "2024-05-14", "2024-05-14T14:30:00Z")),
    "PublishedAt.value": st.sampled_from(("2024", "2024-05", "2024-05-14", "2024-05-14T14:30Z")) | _TIMES,
    "code": st.sampled_from(("en", "de", "pt-BR", "zh-Hant")),
    "ArticleRef.language": st.sampled_from((None, "en", "de", "pt-BR", "zh-Hant")),
    "country": st.none() | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2),
    "lat": st.none() | st.floats(-90, 90),
    "lon": st.none() | st.floats(-180, 180),
    "count": st.integers(1, 10**6),
    "line": st.integers(1, 10**6),
    "flags": st.lists(st.sampled_from(("short", "paywalled", "repaired_encoding")), unique=True).map(tuple),
    "truncated": st.lists(st.sampled_from(("cuts.text", "cuts", "mentions")), unique=True).map(tuple),
    "value_b64": st.none(),
    "DeadLine.value": texts(),
    "extra": json_objects(),
    **dict.fromkeys(("rule", "name", "kb_id", "topic", "group", "file", "version", "Mention.text"), _NAMED),
}


def records(record: type[T]) -> st.SearchStrategy[T]:
    """Records of a class of pipeline.records, with everything in them that its schema allows."""
    hints = get_type_hints(record)
    assert is_dataclass(record)
    by_field = {}
    for name in (field.name for field in fields(record)):
        narrow = _BY_FIELD.get(f"{record.__name__}.{name}", _BY_FIELD.get(name))
        by_field[name] = _of(hints[name]) if narrow is None else narrow
    return st.builds(record, **by_field)


def _of(hint: Any) -> st.SearchStrategy[Any]:
    origin, args = get_origin(hint), get_args(hint)
    if is_dataclass(hint):
        return records(hint)  # type: ignore[arg-type]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if origin is Literal:
        return st.sampled_from(args)
    if origin in (Union, UnionType):
        return st.one_of(*map(_of, args))
    if origin is tuple:
        many = args[1:] == (Ellipsis,)
        return st.lists(_of(args[0]), max_size=3).map(tuple) if many else st.tuples(*map(_of, args))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return st.dictionaries(_of(args[0]), _of(args[1]), max_size=3)
    finite = st.floats(-math.ldexp(1, 60), math.ldexp(1, 60))
    return {str: texts(20), int: st.integers(0, 2**53), float: finite, type(None): st.none()}[hint]
