"""The first step: the bytes and headers of a raw record to a RawArticle, or to the reason why it is dead."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import orjson

from pipeline.enrich.charset import decode_html
from pipeline.enrich.depth import too_deep
from pipeline.enrich.identity import article_id, site
from pipeline.enrich.repair import MAX_LINE, one_line, repair, whole
from pipeline.enrich.shadow import open_shadow_roots
from pipeline.reasons import DeadReason
from pipeline.records import Dead, Headers, Input, Json, Limits, RawArticle

_SCHEMAS = frozenset({"1", "raw/1"})  # what the header may say; without it the record is version 1
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_CONTENT = ("html", "html_base64", "text")  # the first that is not blank is read
_OPTIONAL = ("url", "title", "published_at", "fetched_at", "language", "source")
_KNOWN = frozenset((*_CONTENT, *_OPTIONAL, "extra"))
_JSON_DEPTH = 200  # orjson writes 254 levels, and `extra` stands one or two below the top of what is written
_BYTES_A_TAG = 128  # of the largest page: it may hold 40,960 tags, and the fullest of 888 real ones holds 19,629
_LEAST = 1000  # tags or lines that any page or text may have
_GLANCE = 200_000  # characters of a page of too many tags whose depth is told
_BYTES_A_LINE = 160  # of the largest record: its text may have 52,428 lines
_JSON_TYPES = {bool: "a boolean", int: "a number", float: "a number", list: "an array", dict: "an object"}
_BLANK = re.compile(r"[\s\x00-\x1f\x7f\x81\x8d\x8f\x90\x9d\ufeff]*+")
_CHARSET = re.compile(r"(?i);\s*charset\s*=\s*[\"']?([^\s;\"']{1,40})")

Object: TypeAlias = dict[str, Json]


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why the value, or a part of it, cannot be read; `detail` never holds any of the content."""

    reason: DeadReason
    detail: str


def decode(value: bytes | None, headers: Headers, limits: Limits) -> RawArticle | Dead:
    """A raw record, decoded and repaired, or dead with its reason. Pure, linear in the value's length, never raises.

    With a `content-type` of HTML the value is the page itself, else a JSON object.
    """
    given = _read_headers(headers)
    fields: Object = {}
    if value is None:
        found: RawArticle | _Fault = _Fault(DeadReason.NO_VALUE, "the record has no value")
    elif len(value) > limits.record_bytes:
        detail = f"the record has {len(value)} bytes, over the limit of {limits.record_bytes}"
        found = _Fault(DeadReason.TOO_LARGE, detail)
    elif given.get("schema", "1") not in _SCHEMAS:
        found = _Fault(DeadReason.UNSUPPORTED_SCHEMA, "the schema header is not raw/1, the only version that is known")
    elif given.get("content-type", "").partition(";")[0].strip().lower() in _PAGE_TYPES:
        fields = {"url": given.get("url"), "fetched_at": given.get("fetched-at")}
        found = _read_page(value, given["content-type"], fields, limits)
    else:
        parsed = _parse(value)
        if isinstance(parsed, _Fault):
            found = parsed
        else:
            fields = parsed
            found = _read_object(fields, limits)
    if isinstance(found, RawArticle):
        return found
    url = _string(fields, "url")
    return Dead(article_id(url, _delivered(fields), value), found.reason, "decode", found.detail, site(url))


def _read_headers(headers: Headers) -> dict[str, str]:
    """Headers by lower-case name, the last of each; those without a value do not count."""
    given = ((name.strip().lower(), value) for name, value in headers if value is not None)
    return {name: value.decode("utf-8", "replace").strip() for name, value in given}


def _parse(value: bytes) -> Object | _Fault:
    try:
        parsed = orjson.loads(value)
    except orjson.JSONDecodeError:
        try:
            parsed = _parse_slowly(value)
        except json.JSONDecodeError as error:
            return _Fault(DeadReason.INVALID_JSON, f"{error.msg} at character {error.pos}")
        except UnicodeDecodeError as error:
            return _Fault(DeadReason.INVALID_JSON, f"not {error.encoding} at byte {error.start}")
        except RecursionError:
            return _too_deep()
    if not _is_shallow(parsed):
        return _too_deep()
    if not isinstance(parsed, dict):
        return _Fault(DeadReason.NOT_AN_OBJECT, f"the value is {_type(parsed)}")
    return parsed


def _parse_slowly(value: bytes) -> Json:
    """What orjson refuses and the contract takes: NaN, a byte order mark, UTF-16, UTF-32, lone surrogates."""
    text = value.decode(json.detect_encoding(value), "surrogatepass")
    parsed = json.loads(
        text.removeprefix("\ufeff"), parse_constant=lambda _: None, parse_float=_number, parse_int=_integer
    )
    return _whole(parsed) if _is_shallow(parsed) else parsed


def _integer(digits: str) -> int | float | None:
    """An integer of 64 bits, else the nearest float, as orjson reads it."""
    if len(digits) <= 20 and -(2**63) <= (number := int(digits)) < 2**64:
        return number
    return _number(digits)


def _number(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _whole(parsed: Json) -> Json:
    """The same JSON without lone surrogates; not deeper than _JSON_DEPTH."""
    if isinstance(parsed, str):
        return whole(parsed)
    if isinstance(parsed, list):
        return [_whole(item) for item in parsed]
    if isinstance(parsed, dict):
        return {whole(key): _whole(item) for key, item in parsed.items()}
    return parsed


def _is_shallow(parsed: Json) -> bool:
    level = [parsed]
    for _ in range(_JSON_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return True
    return False


def _too_deep() -> _Fault:
    return _Fault(DeadReason.TOO_DEEP, f"the JSON is nested more than {_JSON_DEPTH} levels deep")


def _type(parsed: Json) -> str:
    return "null" if parsed is None else _JSON_TYPES.get(type(parsed), "a string")


def _read_object(fields: Object, limits: Limits) -> RawArticle | _Fault:
    wrong = [name for name in (*_CONTENT, *_OPTIONAL) if not isinstance(fields.get(name), str | None)]
    if wrong:
        detail = ", ".join(f"{name} is {_type(fields[name])}" for name in wrong)
        return _Fault(DeadReason.WRONG_TYPE, f"{detail}; a string or null is allowed")
    extra = _extra(fields)
    kind = next((name for name in _CONTENT if not _is_blank(fields.get(name))), None)
    if kind is None:
        return _Fault(DeadReason.NO_CONTENT, "html, html_base64 and text are missing or blank")
    content = fields[kind]
    if kind == "text":
        return _read_text(content, fields, extra, limits)
    if kind == "html":
        size = len(content) if content.isascii() else len(content.encode())
        return _too_large(size, limits) if size > limits.html_bytes else _read_html(content, fields, extra, limits)
    try:
        page = base64.b64decode(content, validate=True)
    except ValueError:
        return _Fault(DeadReason.WRONG_TYPE, "html_base64 is a string, but not base64 (RFC 4648, 4, no line ends)")
    return _read_page(page, "", fields, limits, extra)


def _extra(fields: Object) -> Object:
    """The fields that the contract does not name; those of the record win over those of its own `extra`."""
    others = {name: value for name, value in fields.items() if name not in _KNOWN}
    inner = fields.get("extra")
    if isinstance(inner, dict):
        return {**inner, **others}
    return others if inner is None else {"extra": inner, **others}


def _read_page(
    page: bytes, content_type: str, fields: Object, limits: Limits, extra: Mapping[str, Json] | None = None
) -> RawArticle | _Fault:
    if len(page) > limits.html_bytes:
        return _too_large(len(page), limits)
    charset = _CHARSET.search(content_type)
    html = decode_html(page, charset[1] if charset else None)
    if _is_blank(html):
        return _Fault(DeadReason.NO_CONTENT, "the page is blank")
    return _read_html(html, fields, extra or {}, limits)


def _read_text(text: str, fields: Object, extra: Mapping[str, Json], limits: Limits) -> RawArticle | _Fault:
    article = _article("text", text, fields, extra)
    lines = article.content.count("\n") + article.content.count("\x85")
    limit = max(limits.record_bytes // _BYTES_A_LINE, _LEAST)
    if lines > limit:
        return _Fault(DeadReason.TOO_LARGE, f"the text has {lines} lines, over the limit of {limit}")
    return article


def _read_html(html: str, fields: Object, extra: Mapping[str, Json], limits: Limits) -> RawArticle | _Fault:
    article = _article("html", html, fields, extra)
    tags, limit = html.count("<"), max(limits.html_bytes // _BYTES_A_TAG, _LEAST)
    seen = article.content[:_GLANCE] if tags > limit else article.content
    if problem := too_deep(open_shadow_roots(seen), limits.depth):
        return _Fault(DeadReason.TOO_DEEP, problem)
    if tags > limit:
        return _Fault(DeadReason.TOO_LARGE, f"the page has {tags} tags, over the limit of {limit}")
    return article


def _too_large(size: int, limits: Limits) -> _Fault:
    return _Fault(DeadReason.TOO_LARGE, f"the page has {size} bytes, over the limit of {limits.html_bytes}")


def _article(kind: Input, content: str, fields: Object, extra: Mapping[str, Json]) -> RawArticle:
    content, is_repaired = repair(content)
    title = _string(fields, "title")
    return RawArticle(
        input=kind,
        content=content,
        delivered=_delivered(fields),
        url=_string(fields, "url"),
        title=one_line(repair(title[:MAX_LINE])[0]) or None if title else None,
        published_at=_string(fields, "published_at"),
        fetched_at=_string(fields, "fetched_at"),
        language=_string(fields, "language"),
        source=_string(fields, "source"),
        extra=extra,
        flags=("repaired_encoding",) if is_repaired else (),
    )


def _string(fields: Object, name: str) -> str | None:
    """A field without space around it; None when it is missing, blank or no string."""
    value = fields.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _delivered(fields: Object) -> str | None:
    """The text exactly as it came, for the id; a blank one tells no articles apart and does not count."""
    return None if _is_blank(fields.get("text")) else fields["text"]


def _is_blank(content: str | None) -> bool:
    """Whether nothing is left once it is repaired."""
    return not isinstance(content, str) or _BLANK.fullmatch(content) is not None
