"""The whole data flow on one screen: the bytes of a raw record in, Enriched, Rejected or Dead out.

Pure: no clock, no files but the models, no state. Equal bytes give equal results.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal, TypeAlias

from pipeline import __version__
from pipeline.enrich.clean import clean
from pipeline.enrich.clean.model import load_model
from pipeline.enrich.dates import published, timestamp
from pipeline.enrich.decode import decode
from pipeline.enrich.entities import find_entities, load_tagger
from pipeline.enrich.entities.gazetteer import load_gazetteer
from pipeline.enrich.entities.overrides import OverridesFile
from pipeline.enrich.entities.tagger import Tags
from pipeline.enrich.identity import article_id, canonical_url, site
from pipeline.enrich.language import LANGUAGE_MODEL, identify
from pipeline.enrich.page import read_page
from pipeline.reasons import DeadReason
from pipeline.records import (
    Cleaned,
    Cut,
    Dead,
    Enriched,
    Entity,
    Flag,
    Headers,
    Language,
    Limits,
    Outcome,
    Pipeline,
    RawArticle,
    Rejected,
    Steps,
    StepState,
    encode,
)

MAX_TAGGED = 500_000  # characters of a text that is tagged: 0.5 s, and no newspaper's article has a fifth of it
CutsMode: TypeAlias = Literal["full", "spans", "off"]
Watch: TypeAlias = Callable[[str, object], None]


@dataclass(frozen=True, slots=True)
class Rules:
    """What an operator may choose of the flow."""

    limits: Limits = field(default_factory=Limits)
    cuts: CutsMode = "full"
    entity_languages: tuple[str, ...] = ("en",)
    output_bytes: int = 3 * 8 * 1024 * 1024
    overrides: OverridesFile = field(default_factory=OverridesFile)
    spacy_pipeline: str | None = None  # tags in place of our tagger


def _unwatched(_step: str, _value: object) -> None:
    """The watch of those who do not watch."""


def process(
    value: bytes | None, headers: Headers = (), *, rules: Rules | None = None, watch: Watch = _unwatched
) -> Outcome:
    """One raw record through every step. `watch(step, value)` is told what each step returned, as it returns it."""
    rules = rules or Rules()
    raw = decode(value, headers, rules.limits)
    watch("decode", raw)
    if isinstance(raw, Dead):
        return raw
    page = read_page(raw)
    watch("page", page)
    cleaned = clean(page)
    watch("clean", cleaned)
    if cleaned.refusal is not None:
        return _rejected(raw, value, cleaned, made_by(rules.overrides.checksum, rules.spacy_pipeline))
    language = identify(cleaned.text, raw.language or page.language)
    watch("language", language)
    published_at = published(raw, page, cleaned.text)
    watch("dates", published_at)
    supported = language is not None and language.code.split("-")[0] in rules.entity_languages
    tagged = supported and len(cleaned.text) <= MAX_TAGGED
    mentions, entities = None, None
    if tagged:
        own = rules.overrides.of(site(raw.url))
        mentions, entities = find_entities(
            cleaned.text, published_at=published_at, overrides=own, tagger=_tagger(rules.spacy_pipeline)
        )
    watch("entities", entities)
    return Enriched(
        schema="enriched/1",
        id=article_id(raw.url, raw.delivered, value),
        url=canonical_url(raw.url),
        site=site(raw.url),
        title=raw.title or page.title,
        byline=page.byline,
        input=raw.input,
        language=language,
        published_at=published_at,
        fetched_at=timestamp(raw.fetched_at),
        processed_at=None,
        offset_unit="codepoint",
        text=cleaned.text,
        confidence=cleaned.confidence,
        method=cleaned.method,
        cuts=_shown(cleaned.cuts, rules.cuts),
        mentions=None if mentions is None else tuple(mentions),
        entities=None if entities is None else tuple(entities),
        flags=_joined(raw.flags, cleaned.flags),
        steps=_steps(language, published_at, supported, entities),
        truncated=(),
        fingerprint=None,
        extra=raw.extra,
        origin=None,
        pipeline=made_by(rules.overrides.checksum, rules.spacy_pipeline),
    )


def _rejected(raw: RawArticle, value: bytes | None, cleaned: Cleaned, made: Pipeline) -> Rejected:
    assert cleaned.refusal is not None
    return Rejected(
        schema="rejected/1",
        id=article_id(raw.url, raw.delivered, value),
        url=canonical_url(raw.url),
        site=site(raw.url),
        reason=cleaned.refusal,
        detail=cleaned.refusal.why,
        measurements=cleaned.measurements,
        text=cleaned.text,
        origin=None,
        processed_at=None,
        pipeline=made,
    )


def _shown(cuts: tuple[Cut, ...], mode: CutsMode) -> tuple[Cut, ...] | None:
    if mode == "off":
        return None
    return cuts if mode == "full" else tuple(replace(cut, text=None) for cut in cuts)


def _joined(first: tuple[Flag, ...], second: tuple[Flag, ...]) -> tuple[Flag, ...]:
    return first + tuple(flag for flag in second if flag not in first)


def _found(value: object) -> StepState:
    return "run" if value else "none"


def _steps(language: Language | None, published_at: object, supported: bool, entities: list[Entity] | None) -> Steps:
    untagged: StepState = "unsupported" if language and not supported else "skipped"
    tagged = untagged if entities is None else _found(entities)
    placed = [entity for entity in entities or () if entity.country or entity.kb_id]
    return Steps(
        language=_found(language),
        dates=_found(published_at),
        entities=tagged,
        linking=tagged,
        places=untagged if entities is None else _found(placed),
        fingerprint="skipped",  # made by a later step
    )


def _tagger(spacy_pipeline: str | None) -> Tags:
    if spacy_pipeline is None:
        return load_tagger()
    from pipeline.enrich.entities.spacy import load_spacy

    return load_spacy(spacy_pipeline)


@cache
def made_by(overrides: str | None = None, spacy_pipeline: str | None = None) -> Pipeline:
    """Which code, models and overrides (their checksum) make the records of this process; loads the models."""
    tagger = _tagger(spacy_pipeline)
    models = {"clean": load_model().checksum, "language": LANGUAGE_MODEL, "tagger": tagger.checksum}
    models["places"] = load_gazetteer().checksum
    if overrides is not None:
        models["overrides"] = overrides
    return Pipeline(version=__version__, models=models)


def fit(record: Enriched | Rejected, limit: int) -> tuple[Enriched | Rejected | Dead, bytes]:
    """The record and its bytes, degraded by rule until it fits `limit` bytes: cut texts, cuts, mentions, then dead."""
    body = encode(record)
    while len(body) > limit and isinstance(record, Enriched):
        smaller = _smaller(record)
        if smaller is None:
            break
        record, body = smaller, encode(smaller)
    if len(body) > limit:
        detail = f"the record made from it has {len(body)} bytes, over the limit of {limit}"
        return Dead(record.id, DeadReason.TOO_LARGE, "size", detail, record.site), b""
    return record, body


def _smaller(record: Enriched) -> Enriched | None:
    if record.cuts and any(cut.text is not None for cut in record.cuts):
        return replace(record, cuts=_shown(record.cuts, "spans"), truncated=(*record.truncated, "cuts.text"))
    if record.cuts:
        return replace(record, cuts=None, truncated=(*record.truncated, "cuts"))
    if record.mentions:
        return replace(record, mentions=None, truncated=(*record.truncated, "mentions"))
    return None
