"""Does a record come out as its expectation says? Every difference, in words."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.records import Json
from pipeline.sample import Expected


def differences(expected: Expected, outcome: str, reason: str | None, record: Json) -> list[str]:
    """What differs between what came out of the pipeline and what was expected; `record` is None for a dead one."""
    if outcome != expected.outcome or (reason or None) != (None if expected.reason is None else str(expected.reason)):
        return [f"{outcome} {reason or ''}, expected {expected.outcome} {expected.reason or ''}"]
    return list(_enriched(expected, record)) if outcome == "enriched" else []


def _enriched(expected: Expected, record: Json) -> Iterator[str]:
    text = record["text"]
    kinds = {cut["kind"] for cut in record["cuts"]}
    wanted = {str(kind) for kind in expected.cuts}
    if kinds != wanted:
        yield f"kinds cut: missing {sorted(wanted - kinds)}, not expected {sorted(kinds - wanted)}"
    if expected.begins is not None and not text.startswith(expected.begins):
        yield f"begins {text[:40]!r}, expected {expected.begins!r}"
    if expected.ends is not None and not text.endswith(expected.ends):
        yield f"ends {text[-40:]!r}, expected {expected.ends!r}"
    characters = sum(not c.isspace() for c in text)
    if expected.characters is not None and characters != expected.characters:
        yield f"{characters} characters, expected {expected.characters}"
    language = record["language"] and record["language"]["code"]
    if language != expected.language:
        yield f"language {language}, expected {expected.language}"
    published = record["published_at"] and record["published_at"]["value"]
    if published != expected.published:
        yield f"published {published}, expected {expected.published}"
    found = {(e["label"], e["name"]) for e in record["entities"] or ()}
    missing = [name for name in expected.entities or () if name not in found]
    if missing:
        yield f"entities missing: {missing}"
    if set(record["flags"]) != set(expected.flags):
        yield f"flags {record['flags']}, expected {sorted(expected.flags)}"
