"""Every typed value of the flow and every record on a topic: frozen, slotted, encoded by orjson.

This file is the one truth for a record's shape: the JSON Schemas and AsyncAPI in `pipeline/schemas` are generated
from it. All keys are always present, null when unknown; offsets are code points, half-open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import orjson

from pipeline.reasons import CutKind, DeadReason, RejectReason
from pipeline.values import Block as Block
from pipeline.values import DateCandidate as DateCandidate
from pipeline.values import DateSource as DateSource
from pipeline.values import Flag as Flag
from pipeline.values import Headers as Headers
from pipeline.values import Input as Input
from pipeline.values import Json as Json
from pipeline.values import Limits as Limits
from pipeline.values import Page as Page
from pipeline.values import RawArticle as RawArticle

Label: TypeAlias = Literal["Person", "Organization", "Location", "Facility", "NORP", "Product", "Date", "Money", "Misc"]
Precision: TypeAlias = Literal["second", "minute", "day", "month", "year"]
StepState: TypeAlias = Literal["run", "none", "unsupported", "skipped"]
Truncation: TypeAlias = Literal["cuts.text", "cuts", "mentions"]


# --- values that steps hand to each other -------------------------------------------------------------------------


@dataclass(frozen=True)  # no slots: orjson writes it four times as fast without
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


@dataclass(frozen=True)  # no slots: orjson writes it four times as fast without
class Mention:
    """`text[start:end]` names something; `entity` is an index into the record's entities, null before grouping."""

    start: int
    end: int
    label: Label
    text: str
    confidence: float
    entity: int | None = None


@dataclass(frozen=True)  # no slots: orjson writes it four times as fast without
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
    place_confidence: float | None = None


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
    site: str | None = None  # for the ledger's row, where the record could be read so far


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
    measures: Mapping[str, tuple[int, int, int, int, int, int]] = field(default_factory=dict)  # sums of job.measures


def encode(record: object) -> bytes:
    """A record as UTF-8 JSON, keys in the order of the class."""
    return orjson.dumps(record, option=orjson.OPT_NON_STR_KEYS)


def stamp(record: Enriched | Rejected, origin: Origin, at: str) -> Enriched | Rejected:
    """The same record with where it came from and when it was made: the only fields that differ between two runs."""
    return replace(record, origin=origin, processed_at=at)
