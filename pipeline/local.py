"""Source -> pool -> files: `articles run`. The same flow and pool as the worker's, without Kafka."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from pipeline.job import Job, Result
from pipeline.pool import Pool, ordered
from pipeline.reasons import DeadReason
from pipeline.records import DeadLine, FileOrigin, encode
from pipeline.sources.files import Sourced, SourceError

_BATCH_JOBS = 16
_BATCH_BYTES = 1_000_000


@dataclass(slots=True)
class Tally:
    """What became of the input: `records` were read, and each is enriched, rejected or dead.

    `unread` says why the input could not be read to its end; what came before it is accounted for.
    """

    records: int = 0
    unread: str | None = None
    enriched: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    dead: Counter[str] = field(default_factory=Counter)
    step_ns: Counter[str] = field(default_factory=Counter)

    def add(self, result: Result) -> None:
        """Counts one result."""
        self.step_ns.update(result.laps)
        if result.outcome == "enriched":
            self.enriched += 1
        else:
            (self.rejected if result.outcome == "rejected" else self.dead)[result.reason or ""] += 1

    @property
    def done(self) -> int:
        """How many results there are."""
        return self.enriched + self.rejected.total() + self.dead.total()

    @property
    def balanced(self) -> bool:
        """Is every record that was read accounted for, once?"""
        return self.records == self.done

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "records": self.records,
            "enriched": self.enriched,
            "rejected": dict(self.rejected),
            "dead": dict(self.dead),
            "balanced": self.balanced,
            "unread": self.unread,
            "cpu_us_by_step": {step: round(ns / 1000 / max(1, self.records), 1) for step, ns in self.step_ns.items()},
        }


@dataclass(frozen=True, slots=True)
class Sinks:
    """Files for each outcome; None counts only."""

    enriched: IO[bytes] | None
    rejected: IO[bytes] | None
    dead: IO[bytes] | None


def run(records: Iterable[Sourced], pool: Pool, sinks: Sinks, progress: Callable[[Tally], None]) -> Tally:
    """Every record through the pool, each result to its file in the order of the input. Raises PoolError, OSError."""
    tally = Tally()
    for batch, _, results in ordered(pool, _batches(_counted(records, tally))):
        for sourced, result in zip(batch, results, strict=True):
            _write(sourced, result, sinks)
            tally.add(result)
        progress(tally)
    return tally


def _counted(records: Iterable[Sourced], tally: Tally) -> Iterator[Sourced]:
    """Ends where the input breaks off, so that what came before goes its way."""
    try:
        for record in records:
            tally.records += 1
            yield record
    except SourceError as error:
        tally.unread = str(error)


def _batches(records: Iterable[Sourced]) -> Iterator[tuple[list[Sourced], Sequence[Job]]]:
    batch: list[Sourced] = []
    size = 0
    for record in records:
        batch.append(record)
        size += len(record.value)
        if len(batch) >= _BATCH_JOBS or size >= _BATCH_BYTES:
            yield batch, [Job(r.value, r.headers, r.origin) for r in batch]
            batch, size = [], 0
    if batch:
        yield batch, [Job(r.value, r.headers, r.origin) for r in batch]


def _write(sourced: Sourced, result: Result, sinks: Sinks) -> None:
    if result.outcome == "dead":
        if sinks.dead is not None:
            sinks.dead.write(encode(dead_line(sourced.value, sourced.origin, result)) + b"\n")
        return
    sink = sinks.enriched if result.outcome == "enriched" else sinks.rejected
    if sink is not None:
        sink.write(result.body + b"\n")


def dead_line(value: bytes, origin: FileOrigin, result: Result) -> DeadLine:
    """A dead record as a line: its bytes as text where they are UTF-8, else in base64."""
    try:
        text, packed = value.decode(), None
    except UnicodeDecodeError:
        text, packed = None, base64.b64encode(value).decode()
    return DeadLine(result.id, DeadReason(result.reason or ""), result.detail or "", origin, text, packed)
