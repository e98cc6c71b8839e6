"""Today's code over records whose outcome is known: what would change? Knows no Kafka, sends nothing."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import TypeAlias

import orjson

from pipeline.job import Job, Result
from pipeline.pool import Pool, ordered
from pipeline.reasons import DeadReason
from pipeline.records import FileOrigin, Headers, Json
from pipeline.sources.files import Sourced

UNKNOWN = "unknown"  # the outcome then of a raw record, which does not tell
_BATCH = 16
_LETTER = {"partition", "offset", "key", "headers", "value", "value_b64"}  # a line of `articles tail --json`
_DEAD = {"id", "reason", "detail", "origin", "value", "value_b64"}  # a line of `articles run --dead`
Change: TypeAlias = tuple[str, str]  # outcome then, outcome now


@dataclass(frozen=True, slots=True)
class Known:
    """A record, where it lies, and what became of it then: 'dead REASON', or UNKNOWN."""

    where: str
    value: bytes | None
    headers: Headers
    then: str = UNKNOWN
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """One record that changes: its article's id, and what the steps that gave up said, then and now."""

    where: str
    id: str
    site: str
    detail_then: str
    detail_now: str


@dataclass(slots=True)
class Diff:
    """How many records went from one outcome to another, and the first of each kind."""

    counts: Counter[Change] = field(default_factory=Counter)
    examples: dict[Change, list[Example]] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """Records with another outcome; all of them whose outcome then is not known."""
        return sum(count for (then, now), count in self.counts.items() if then != now)

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "records": self.counts.total(),
            "changed": self.changed,
            "outcomes": [
                {"then": then, "now": now, "count": count, "examples": [asdict(e) for e in self.examples[then, now]]}
                for (then, now), count in self.counts.most_common()
            ],
        }


def diff(records: Iterable[Known], pool: Pool, examples: int = 3) -> Diff:
    """Every record through the pool. Raises PoolError."""
    found = Diff()
    for batch, _, results in ordered(pool, _batches(records)):
        for known, result in zip(batch, results, strict=True):
            change = known.then, outcome(result)
            found.counts[change] += 1
            kept = found.examples.setdefault(change, [])
            if len(kept) < examples:
                kept.append(Example(known.where, result.id, result.site or "", known.detail, result.detail or ""))
    return found


def outcome(result: Result) -> str:
    """'enriched', 'rejected REASON' or 'dead REASON'."""
    return f"{result.outcome} {result.reason or ''}".rstrip()


def _batches(records: Iterable[Known]) -> Iterator[tuple[list[Known], Sequence[Job]]]:
    source = iter(records)
    while batch := list(islice(source, _BATCH)):
        yield batch, [Job(one.value, one.headers, FileOrigin(one.where, 1)) for one in batch]


def known(line: Sourced) -> Known:
    """A line of a file: of `articles run --dead`, of `articles tail --json`, or a raw record."""
    where = f"{line.origin.file}:{line.origin.line}"
    raw = Known(where, line.value, line.headers)
    try:
        fields = orjson.loads(line.value)
        names = fields.keys() if isinstance(fields, dict) else set()
        if names == _DEAD:
            return Known(where, _bytes(fields), (), f"dead {DeadReason(fields['reason'])}", str(fields["detail"]))
        if names == _LETTER:
            headers = tuple(
                (str(name), None if text is None else str(text).encode()) for name, text in fields["headers"]
            )
            told = dict(headers).get("reason")
            return Known(where, _bytes(fields), headers, f"dead {told.decode()}" if told else UNKNOWN)
    except (orjson.JSONDecodeError, ValueError, TypeError, KeyError):
        return raw  # no line of ours: that may be just why it is dead
    return raw


def _bytes(fields: dict[str, Json]) -> bytes | None:
    """The value of a line of ours. ValueError or TypeError when it is none."""
    if fields["value"] is not None:
        return str(fields["value"]).encode()
    try:
        return None if fields["value_b64"] is None else base64.b64decode(fields["value_b64"], validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
