"""Values that steps hand to each other and that lie on no topic; `pipeline.records` passes them on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

Headers: TypeAlias = Sequence[tuple[str, bytes | None]]
Json: TypeAlias = Any  # what orjson reads and writes
Input: TypeAlias = Literal["html", "text"]
DateSource: TypeAlias = Literal["record", "json-ld", "meta", "url", "text"]
Flag: TypeAlias = Literal["short", "paywalled", "repaired_encoding"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that are checked before anything is parsed."""

    record_bytes: int = 8 * 1024 * 1024
    html_bytes: int = 5 * 1024 * 1024
    depth: int = 5000


@dataclass(frozen=True, slots=True)
class RawArticle:
    """One raw record after decoding: `content` is HTML source or text, repaired; `delivered` the text as it came."""

    input: Input
    content: str
    delivered: str | None = None
    url: str | None = None
    title: str | None = None
    published_at: str | None = None
    fetched_at: str | None = None
    language: str | None = None
    source: str | None = None
    extra: Mapping[str, Json] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()


class Block(NamedTuple):
    """One line of the page text, `text[start:end]`, with what the markup says of it. A tuple: pages have hundreds."""

    start: int
    end: int
    tag: str = ""  # the nearest block element, '' for text input
    hints: tuple[str, ...] = ()  # class, id and role tokens of the element and its ancestors, nearest first
    link_chars: int = 0  # how many of its characters are in links
    element: int = 0  # its element: block elements are counted as they start, the body is 0
    parent: int = 0  # the element around that one
    outer: int = 0  # and the one around the parent
    depth: int = 0  # how many block elements are open, its own too, the body not


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """A date as the page states it, not yet parsed."""

    source: DateSource
    raw: str


@dataclass(frozen=True, slots=True)
class Page:
    """What the delivered page shows: its visible text, one block a line, and what its markup says of itself."""

    text: str
    blocks: tuple[Block, ...]
    html: str | None = None
    title: str | None = None
    byline: str | None = None
    published_at: tuple[DateCandidate, ...] = ()
    language: str | None = None
    paywalled: bool = False  # schema.org isAccessibleForFree is false
