"""The two stages: `enrich` sends raw records through the pool, `entities` fans an enriched record out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline import metrics
from pipeline.fanout import NotEnriched, entity_records
from pipeline.job import Job, Result, failed
from pipeline.metrics import Metrics
from pipeline.pool import Pool
from pipeline.reasons import DeadReason
from pipeline.records import Headers, KafkaOrigin, LedgerCounts, LedgerRecord, encode
from pipeline.settings import Settings, Topics
from pipeline.stream.breaker import WELL, Breaker
from pipeline.stream.letters import FIRST_ORIGIN, Letters
from pipeline.stream.messages import Consumed, Output

ENRICH, ENTITIES = "enrich", "entities"
_CHUNK = 32  # records a child takes at once: small enough that children share a batch, large enough for few switches
_PASSED_ON = frozenset({"traceparent", FIRST_ORIGIN})
_JSON = ("content-type", b"application/json")


def group_of(settings: Settings, stage: str) -> str:
    """The consumer group of a stage."""
    return f"{settings.worker.group}-{stage}"


@dataclass(frozen=True, slots=True)
class Enrich:
    """Raw records through the flow, in child processes."""

    pool: Pool
    topics: Topics
    letters: Letters
    group: str
    metrics: Metrics
    breaker: Breaker = field(default_factory=lambda: Breaker(None))

    @property
    def name(self) -> str:
        """Its name in logs and metrics."""
        return ENRICH

    @property
    def source(self) -> str:
        """The topic it reads."""
        return self.topics.raw

    def may_take(self, now: float) -> bool:
        """Not while the breaker is open."""
        return self.breaker.may_take(now)

    def submit(self, records: Sequence[Consumed]) -> EnrichWork:
        """Starts the batch; the children share it in chunks."""
        self.breaker.took(time.monotonic())
        jobs = [Job(r.value, r.headers, KafkaOrigin(r.topic, r.partition, r.offset)) for r in records]
        futures = [self.pool.submit(jobs[start : start + _CHUNK]) for start in range(0, len(jobs), _CHUNK)]
        return EnrichWork(self, records, jobs, futures)


class EnrichWork:
    """A batch in the pool."""

    def __init__(
        self, stage: Enrich, records: Sequence[Consumed], jobs: Sequence[Job], futures: Sequence[Future[list[Result]]]
    ) -> None:
        self._stage = stage
        self._records = records
        self._jobs = jobs
        self._futures = futures
        self._back = 0  # futures known to be done
        self._results: list[Result] = []

    def wait(self, seconds: float) -> bool:
        """Are all chunks back, at the latest after `seconds`?"""
        deadline = time.monotonic() + seconds
        while self._back < len(self._futures):  # one after the other: to wait for all at once costs a look at each
            try:
                self._futures[self._back].exception(max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                return False
            self._back += 1
        return True

    def begun(self) -> bool:
        """Has a child taken the first chunk?"""
        return self._futures[0].running() or self._futures[0].done()

    def drop(self) -> None:
        """Takes back the chunks that no child has begun."""
        for future in self._futures:
            future.cancel()

    def outputs(self, refused: dict[int, str]) -> list[Output]:
        """A record for each record, and a ledger record for each partition."""
        results = [result for future in self._futures for result in future.result()]
        for index, why in refused.items():
            results[index] = failed(self._jobs[index], DeadReason.TOO_LARGE, f"the broker refuses the record: {why}")
        self._results = results
        _check(self._stage, _outcomes(results))
        outputs = [self._output(i, r, d) for i, (r, d) in enumerate(zip(self._records, results, strict=True))]
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        for entry in ledger_records(self._records, results, self._stage.group, at):
            key = f"{entry.topic}-{entry.partition}".encode()
            outputs.append(Output(self._stage.topics.ledger, key, encode(entry), (_JSON, ("schema", b"ledger/1"))))
        return outputs

    def _output(self, index: int, record: Consumed, result: Result) -> Output:
        if result.outcome == "dead":
            reason = DeadReason(result.reason or "")
            step, detail = result.step or "", result.detail or ""
            return self._stage.letters.write(record, reason, step, detail, result.id, index)
        topics = self._stage.topics
        topic = topics.enriched if result.outcome == "enriched" else topics.rejected
        article = result.id.encode()
        headers = _headers(f"{result.outcome}/1".encode(), article, record.origin, record)
        return Output(topic, article, result.body, headers, index)

    def committed(self) -> None:
        """Counts the batch."""
        _passed(self._stage, _outcomes(self._results))
        outcomes = Counter((result.outcome, result.reason or "") for result in self._results)
        for (outcome, reason), count in outcomes.items():
            self._stage.metrics.add(metrics.PROCESSED, count, ENRICH, outcome, reason)
        laps: Counter[str] = Counter()
        for result in self._results:
            for step, nanoseconds in result.laps.items():  # Counter.update costs five times as much
                laps[step] += nanoseconds
        for step, nanoseconds in laps.items():
            self._stage.metrics.add(metrics.STEP_SECONDS, nanoseconds / 1e9, step)
        for reason, count in self._stage.pool.take_kills().items():
            self._stage.metrics.add(metrics.CHILDREN_LOST, count, reason)


def _outcomes(results: Sequence[Result]) -> list[str]:
    """What the breaker counts."""
    return [result.reason or "" if result.outcome == "dead" else WELL for result in results]


def _check(stage: Enrich | Entities, outcomes: Sequence[str]) -> None:
    """Raises Held where too many are dead."""
    try:
        stage.breaker.check(outcomes, time.monotonic())
    finally:
        stage.metrics.set(metrics.BREAKER_OPEN, stage.breaker.why is not None, stage.name)


def _passed(stage: Enrich | Entities, outcomes: Sequence[str]) -> None:
    stage.breaker.passed(outcomes)
    stage.metrics.set(metrics.BREAKER_OPEN, 0, stage.name)


def _headers(schema: bytes, article: bytes, origin: bytes, record: Consumed) -> Headers:
    """The headers of a result; a trace goes on, and so does where a replayed record first lay."""
    trace = [(name, value) for name, value in dict(record.headers[::-1]).items() if name in _PASSED_ON]
    return (_JSON, ("schema", schema), ("article-id", article), ("origin", origin), *trace)


def ledger_records(records: Sequence[Consumed], results: Sequence[Result], group: str, at: str) -> list[LedgerRecord]:
    """One entry a partition: its range of offsets and what became of them."""
    by_partition: dict[tuple[str, int], list[tuple[int, Result]]] = {}
    for record, result in zip(records, results, strict=True):
        by_partition.setdefault((record.topic, record.partition), []).append((record.offset, result))
    return [
        _ledger_record(group, topic, partition, entries, at) for (topic, partition), entries in by_partition.items()
    ]


def _ledger_record(group: str, topic: str, partition: int, entries: list[tuple[int, Result]], at: str) -> LedgerRecord:
    sites: dict[str, list[int]] = {}
    measures: dict[str, list[int]] = {}
    columns = {"enriched": 1, "rejected": 2, "dead": 3}
    reasons: dict[str, Counter[str]] = {"rejected": Counter(), "dead": Counter()}
    for _, result in entries:
        row = sites.setdefault(result.site or "", [0, 0, 0, 0])
        row[0] += 1
        row[columns[result.outcome]] += 1
        if result.measures:
            known = measures.get(result.site or "", (0,) * len(result.measures))
            measures[result.site or ""] = [a + b for a, b in zip(known, result.measures, strict=True)]
        if result.outcome != "enriched":
            reasons[result.outcome][result.reason or ""] += 1
    enriched = sum(row[1] for row in sites.values())
    return LedgerRecord(
        schema="ledger/1",
        group=group,
        topic=topic,
        partition=partition,
        first=entries[0][0],
        last=entries[-1][0],
        counts=LedgerCounts(enriched, reasons["rejected"], reasons["dead"]),  # type: ignore[arg-type]
        sites={site: (row[0], row[1], row[2], row[3]) for site, row in sites.items()},
        at=at,
        measures=measures,  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True)
class Entities:
    """Enriched records to one record an article and entity; cheap enough to stay in the worker's own thread."""

    topics: Topics
    letters: Letters
    metrics: Metrics
    breaker: Breaker = field(default_factory=lambda: Breaker(None))

    @property
    def name(self) -> str:
        """Its name in logs and metrics."""
        return ENTITIES

    @property
    def source(self) -> str:
        """The topic it reads."""
        return self.topics.enriched

    def may_take(self, now: float) -> bool:
        """Not while the breaker is open."""
        return self.breaker.may_take(now)

    def submit(self, records: Sequence[Consumed]) -> EntitiesWork:
        """Does the work at once."""
        self.breaker.took(time.monotonic())
        return EntitiesWork(self, records)


class EntitiesWork:
    """A batch that is done when it is made."""

    def __init__(self, stage: Entities, records: Sequence[Consumed]) -> None:
        self._stage = stage
        self._records = records
        self._counts: Counter[tuple[str, str]] = Counter()
        self._outcomes: list[str] = []

    def wait(self, seconds: float) -> bool:  # noqa: ARG002  (the protocol of a batch in flight)
        """It is."""
        return True

    def begun(self) -> bool:
        """It is even done."""
        return True

    def drop(self) -> None:
        """Nothing is left to do."""

    def outputs(self, refused: dict[int, str]) -> list[Output]:
        """The entity records of every article, or its dead letter when it is no enriched record."""
        self._counts.clear()
        self._outcomes.clear()
        outputs: list[Output] = []
        for index, record in enumerate(self._records):
            if index in refused:
                outputs.append(self._letter(record, DeadReason.TOO_LARGE, refused[index], index))
                continue
            made = entity_records(record.value, record.headers)
            if isinstance(made, NotEnriched):
                outputs.append(self._letter(record, made.reason, made.detail, index))
                continue
            self._counts["enriched", ""] += 1
            self._outcomes.append(WELL)
            headers = _headers(b"entity/1", made.article_id, made.origin, record)
            outputs += [Output(self._stage.topics.entities, key, value, headers, index) for key, value in made.records]
        _check(self._stage, self._outcomes)
        return outputs

    def _letter(self, record: Consumed, reason: DeadReason, detail: str, index: int) -> Output:
        self._counts["dead", str(reason)] += 1
        self._outcomes.append(str(reason))
        article = (dict(record.headers).get("article-id") or b"").decode("ascii", "replace")
        return self._stage.letters.write(record, reason, ENTITIES, detail, article, index)

    def committed(self) -> None:
        """Counts the batch."""
        _passed(self._stage, self._outcomes)
        for (outcome, reason), count in self._counts.items():
            self._stage.metrics.add(metrics.PROCESSED, count, ENTITIES, outcome, reason)
