"""One full record a schema, made of the real classes; its article was written for the project."""

from __future__ import annotations

from typing import Any

import orjson

from pipeline.fanout import Fanout, entity_records
from pipeline.reasons import CutKind, DeadReason, RejectReason
from pipeline.records import (
    Cut,
    DeadLine,
    Enriched,
    Entity,
    FileOrigin,
    KafkaOrigin,
    Language,
    LedgerCounts,
    LedgerRecord,
    Mention,
    Pipeline,
    PublishedAt,
    Rejected,
    Steps,
    encode,
)
from pipeline.spans import without_cuts

URL = "https://news.example.org/vienna/tram-49"
TITLE = "Vienna extends tram line 49"
BYLINE = "By the local desk"
BODY = (
    "Vienna will extend its tram line 49 by two kilometres. The city council approved the plan on 14 May 2024.\n"
    "Wiener Linien expects the work to cost 40 million euros."
)
RELATED = "Read more: How Vienna built its first tramway"
PAGE = "\n".join([TITLE, BYLINE, BODY, RELATED])
MADE_BY = Pipeline(version="0.1.0", models={"language": "8f434346648f6b96", "tagger": "2c26b46b68ffc68f"})
ORIGIN = KafkaOrigin("articles.raw.v1", 3, 41827)
ID = "5d41402abc4b2a76b9719d911017c592"
AT = "2024-05-15T06:12:09.482Z"


def raw() -> dict[str, Any]:
    """A raw record with every field that has a name, and one that has none."""
    html = "".join(f"<p>{line}</p>" for line in PAGE.split("\n"))
    return {
        "html": f"<html><body><article>{html}</article></body></html>",
        "url": "https://www.news.example.org/vienna/tram-49/?utm_source=feed",
        "title": TITLE,
        "published_at": "2024-05-14T16:30:00+02:00",
        "fetched_at": "2024-05-15T06:11:58Z",
        "language": "en",
        "source": "news.example.org",
        "section": "Transport",
    }


def enriched() -> Enriched:
    """The record made of it, with everything that the later steps add."""
    cuts = (
        _cut(f"{TITLE}\n", CutKind.HEADLINE, "title-copy", 0.98),
        _cut(f"{BYLINE}\n", CutKind.BYLINE, "byline-line", 0.95),
        _cut(f"\n{RELATED}", CutKind.RELATED, "read-more", 0.99),
    )
    text = without_cuts(PAGE, cuts)
    mentions = tuple(
        _mention(text, *found)
        for found in (
            ("Vienna", "Location", 0.99, 0),
            ("14 May 2024", "Date", 0.98, 1),
            ("Wiener Linien", "Organization", 0.97, 2),
            ("40 million euros", "Money", 0.96, 3),
        )
    )
    place = {"kb_id": "wikidata:Q1741", "country": "AT", "lat": 48.20849, "lon": 16.37208}
    return Enriched(
        schema="enriched/1",
        id=ID,
        url=URL,
        site="news.example.org",
        title=TITLE,
        byline=BYLINE,
        input="html",
        language=Language("en", 0.99),
        published_at=PublishedAt("2024-05-14T14:30:00Z", "second", "record", "2024-05-14T16:30:00+02:00"),
        fetched_at="2024-05-15T06:11:58Z",
        processed_at=AT,
        offset_unit="codepoint",
        text=text,
        confidence=0.97,
        method="model",
        cuts=cuts,
        mentions=mentions,
        entities=(
            Entity("geonames:2761369", "Location", "Vienna", 1, 0.41, 0.99, **place),  # type: ignore[arg-type]
            Entity("Date:14 may 2024", "Date", "14 May 2024", 1, 0.12, 0.98, value="2024-05-14"),
            Entity("Organization:wiener linien", "Organization", "Wiener Linien", 1, 0.34, 0.97),
            Entity("Money:40 million euros", "Money", "40 million euros", 1, 0.13, 0.96, value="EUR 40000000"),
        ),
        flags=("short",),
        steps=Steps(language="run", dates="run", entities="run", linking="run", places="run", fingerprint="run"),
        truncated=(),
        fingerprint="b3c1f09a6d2e4715",
        extra={"section": "Transport"},
        origin=ORIGIN,
        pipeline=MADE_BY,
    )


def _cut(text: str, kind: CutKind, rule: str, confidence: float) -> Cut:
    start = PAGE.index(text)
    return Cut(start, start + len(text), kind, rule, confidence, text)


def _mention(text: str, name: str, label: Any, confidence: float, entity: int) -> Mention:
    start = text.index(name)
    return Mention(start, start + len(name), label, name, confidence, entity)


def rejected() -> Rejected:
    """A page whose text comes with its scripts."""
    reason = RejectReason.NEEDS_JAVASCRIPT
    return Rejected(
        schema="rejected/1",
        id="7d793037a0760186574b0282f2f435e7",
        url="https://news.example.org/live",
        site="news.example.org",
        reason=reason,
        detail=reason.why,
        measurements={"characters": 38.0, "link_share": 0.0},
        text="Please enable JavaScript to read this.",
        origin=KafkaOrigin("articles.raw.v1", 3, 41828),
        processed_at=AT,
        pipeline=MADE_BY,
    )


def ledger() -> LedgerRecord:
    """A batch of 500 records."""
    return LedgerRecord(
        schema="ledger/1",
        group="articles",
        topic="articles.raw.v1",
        partition=3,
        first=41500,
        last=41999,
        counts=LedgerCounts(
            488, {RejectReason.NEEDS_JAVASCRIPT: 9}, {DeadReason.INVALID_JSON: 2, DeadReason.TIMEOUT: 1}
        ),
        sites={"news.example.org": (497, 488, 9, 0), "": (3, 0, 0, 3)},
        at=AT,
        measures={"news.example.org": (2_431_070, 1_960_510, 433_900, 488, 322_080, 20_190)},
    )


def dead_line() -> DeadLine:
    """A line of a file that breaks off."""
    return DeadLine(
        id="098f6bcd4621d373cade4e832627b4f6",
        reason=DeadReason.INVALID_JSON,
        detail="unexpected end of data",
        origin=FileOrigin("articles.jsonl", 17),
        value='{"text": "Vienna w',
        value_b64=None,
    )


def dead_headers() -> dict[str, str]:
    """The headers of the letter for such a record."""
    return {
        "content-type": "application/json",
        "article-id": "098f6bcd4621d373cade4e832627b4f6",
        "origin": "articles.raw.v1/3/41829",
        "reason": "invalid_json",
        "step": "decode",
        "attempt": "1",
        "__connect.errors.topic": "articles.raw.v1",
        "__connect.errors.partition": "3",
        "__connect.errors.offset": "41829",
        "__connect.errors.exception.class.name": "pipeline.reasons.DeadReason.INVALID_JSON",
        "__connect.errors.exception.message": "unexpected end of data",
    }


def examples() -> dict[str, Any]:
    """Every example by the short name of its schema; the entity record is what the stage makes of the article."""
    fanned = entity_records(encode(enriched()))
    assert isinstance(fanned, Fanout)
    records = {"enriched": enriched(), "rejected": rejected(), "ledger": ledger(), "dead_line": dead_line()}
    return {
        "raw": raw(),
        **{name: orjson.loads(encode(record)) for name, record in records.items()},
        "entity": orjson.loads(fanned.records[0][1]),
        "dead_headers": dead_headers(),
    }
