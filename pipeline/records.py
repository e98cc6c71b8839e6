"""Every typed value of the flow and every record on a topic: frozen, slotted, encoded by orjson.

This file is the one truth for a record's shape: the JSON Schemas and AsyncAPI in `pipeline/schemas` are generated
from it. All keys are always present, null when unknown; offsets are code points, half-open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import orjson

from pipeline.reasons import CutKind, DeadReason, RejectReason

Headers: TypeAlias = Sequence[tuple[str, bytes | None]]
Json: TypeAlias = Any  # what orjson reads and writes
Input: TypeAlias = Literal["html", "text"]
Label: TypeAlias = Literal[
    "Person", "Organization", "Location", "Facility", "NORP", "Product", "Date", "Money", "Misc"
]
Precision: TypeAlias = Literal["second", "minute", "day", "month", "year"]
DateSource: TypeAlias = Literal["record", "json-ld", "meta", "url", "text"]
StepState: TypeAlias = Literal["run", "none", "unsupported", "skipped"]
Flag: TypeAlias = Literal["short", "paywalled", "repaired_encoding"]
Truncation: TypeAlias = Literal["cuts.text", "cuts", "mentions"]


# --- values that steps hand to each other -------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Block:
    """One line of the page text, `text[start:end]`, with what the markup says of it."""

    start: int
    end: int
    tag: str = ""  # the nearest block element, '' for text input
    hints: tuple[str, ...] = ()  # class, id and role tokens of the element and its ancestors, nearest first
    link_chars: int = 0  # how many of its characters are in links


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


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of the page text that is not the article: `page.text[start:end] == text`."""

    start: int
    end: int
    kind: CutKind
    rule: str
    confidence: float
    text: str | None


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The article's own text: the page text without the cuts. With `refusal` the page is not an article."""

    text: str
    page: Page
    cuts: tuple[Cut, ...]
    confidence: float
    method: str
    refusal: RejectReason | None = None
    measurements: Mapping[str, float] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()


# --- parts of records ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Language:
    """BCP 47 code and the identifier's probability."""

    code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class PublishedAt:
    """`value` is RFC 3339 UTC, cut to `precision` (2024-05 for a month); `raw` is the text it was read from."""

    value: str
    precision: Precision
    source: DateSource
    raw: str


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` names something; `entity` is an index into the record's entities, null before grouping."""

    start: int
    end: int
    label: Label
    text: str
    confidence: float
    entity: int | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """What one or several mentions name, in order of first mention."""

    id: str
    label: Label
    name: str
    count: int
    salience: float
    confidence: float
    kb_id: str | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """What became of each optional step: ran and found (run), ran and found none, not supported, not run (skipped)."""

    language: StepState
    dates: StepState
    entities: StepState
    linking: StepState
    places: StepState
    fingerprint: StepState


@dataclass(frozen=True, slots=True)
class KafkaOrigin:
    """Where a raw record came from: a topic."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class FileOrigin:
    """Where a raw record came from: a line of a file, from 1."""

    file: str
    line: int


Origin: TypeAlias = KafkaOrigin | FileOrigin


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Which code and which models made a record."""

    version: str
    models: Mapping[str, str]


# --- outcomes -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Enriched:
    """articles.enriched.v1: clean text, every cut, entities."""

    schema: Literal["enriched/1"]
    id: str
    url: str | None
    site: str | None
    title: str | None
    byline: str | None
    input: Input
    language: Language | None
    published_at: PublishedAt | None
    fetched_at: str | None
    processed_at: str | None
    offset_unit: Literal["codepoint"]
    text: str
    confidence: float
    method: str
    cuts: tuple[Cut, ...] | None
    mentions: tuple[Mention, ...] | None
    entities: tuple[Entity, ...] | None
    flags: tuple[Flag, ...]
    steps: Steps
    truncated: tuple[Truncation, ...]
    fingerprint: str | None
    extra: Mapping[str, Json]
    origin: Origin | None
    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class Rejected:
    """articles.rejected.v1: readable, but not an article; `text` is the best attempt all the same."""

    schema: Literal["rejected/1"]
    id: str
    url: str | None
    site: str | None
    reason: RejectReason
    detail: str
    measurements: Mapping[str, float]
    text: str
    origin: Origin | None
    processed_at: str | None
    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class Dead:
    """A record that could not be processed; the letter keeps the original bytes, this says why."""

    id: str
    reason: DeadReason
    step: str
    detail: str


Outcome: TypeAlias = Enriched | Rejected | Dead


@dataclass(frozen=True, slots=True)
class DeadLine:
    """A dead record in a file of `articles run --dead`: `value` as text where it is UTF-8, else `value_b64`."""

    id: str
    reason: DeadReason
    detail: str
    origin: Origin
    value: str | None
    value_b64: str | None


# --- other topics -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """The article that an entity record speaks of."""

    id: str
    url: str | None
    site: str | None
    title: str | None
    language: str | None
    published_at: str | None


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EntityRecord:
    """articles.entities.v1: one article and one entity; `first` its first mention, null where mentions were cut off."""

    schema: Literal["entity/1"]
    entity: Entity
    article: ArticleRef
    count: int
    salience: float
    first: Span | None
    origin: Origin


@dataclass(frozen=True, slots=True)
class LedgerCounts:
    """How many of a batch's records took which way."""

    enriched: int
    rejected: Mapping[RejectReason, int]
    dead: Mapping[DeadReason, int]


@dataclass(frozen=True, slots=True)
class LedgerRecord:
    """articles.ledger.v1: one batch of one partition, offsets `first` to `last` inclusive; the counts sum to it."""

    schema: Literal["ledger/1"]
    group: str
    topic: str
    partition: int
    first: int
    last: int
    counts: LedgerCounts
    sites: Mapping[str, tuple[int, int, int, int]]  # in, enriched, rejected, dead
    at: str


# --- codec --------------------------------------------------------------------------------------------------------

def encode(record: object) -> bytes:
    """A record as UTF-8 JSON, keys in the order of the class."""
    return orjson.dumps(record, option=orjson.OPT_NON_STR_KEYS)


def stamp(record: Enriched | Rejected, origin: Origin, at: str) -> Enriched | Rejected:
    """The same record with where it came from and when it was made: the only fields that differ between two runs."""
    return replace(record, origin=origin, processed_at=at)
