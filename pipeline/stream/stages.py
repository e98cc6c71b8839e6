"""The two stages: `enrich` sends raw records through the pool, `entities` fans an enriched record out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, wait
from datetime import UTC, datetime

from pipeline import metrics
from pipeline.fanout import NotEnriched, entity_records
from pipeline.job import Job, Result, failed
from pipeline.metrics import Metrics
from pipeline.pool import Pool
from pipeline.reasons import DeadReason
from pipeline.records import KafkaOrigin, LedgerCounts, LedgerRecord, encode
from pipeline.settings import Topics
from pipeline.stream.letters import dead_letter
from pipeline.stream.messages import Consumed, Output

_CHUNK = 16  # records a child takes at once: small enough that children share a batch, large enough for few switches
_JSON = ("content-type", b"application/json")


class Enrich:
    """Raw records through the flow, in child processes."""

    name = "enrich"

    def __init__(self, pool: Pool, topics: Topics, group: str, counts: Metrics) -> None:
        self.source = topics.raw
        self._pool = pool
        self._topics = topics
        self._group = group
        self._metrics = counts

    def submit(self, records: Sequence[Consumed]) -> EnrichWork:
        """Starts the batch; the children share it in chunks."""
        jobs = [Job(r.value, r.headers, KafkaOrigin(r.topic, r.partition, r.offset)) for r in records]
        futures = [self._pool.submit(jobs[start : start + _CHUNK]) for start in range(0, len(jobs), _CHUNK)]
        return EnrichWork(records, jobs, futures, self._topics, self._group, self._metrics, self._pool)


class EnrichWork:
    """A batch in the pool."""

    def __init__(
        self,
        records: Sequence[Consumed],
        jobs: Sequence[Job],
        futures: Sequence[Future[list[Result]]],
        topics: Topics,
        group: str,
        counts: Metrics,
        pool: Pool,
    ) -> None:
        self._records = records
        self._jobs = jobs
        self._futures = futures
        self._topics = topics
        self._group = group
        self._metrics = counts
        self._pool = pool
        self._results: list[Result] = []

    def wait(self, seconds: float) -> bool:
        """Are all chunks back, at the latest after `seconds`?"""
        return not wait(self._futures, seconds).not_done

    def outputs(self, refused: dict[int, str]) -> list[Output]:
        """A record for each record, and a ledger record for each partition."""
        results = [result for future in self._futures for result in future.result()]
        for index, why in refused.items():
            results[index] = failed(self._jobs[index], DeadReason.TOO_LARGE, f"the broker refuses the record: {why}")
        self._results = results
        outputs = [self._output(i, r, d) for i, (r, d) in enumerate(zip(self._records, results, strict=True))]
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        for entry in ledger_records(self._records, results, self._group, at):
            key = f"{entry.topic}-{entry.partition}".encode()
            outputs.append(Output(self._topics.ledger, key, encode(entry), (_JSON, ("schema", b"ledger/1"))))
        return outputs

    def _output(self, index: int, record: Consumed, result: Result) -> Output:
        if result.outcome == "dead":
            reason = DeadReason(result.reason or "")
            step, detail = result.step or "", result.detail or ""
            return dead_letter(record, self._topics.dead, reason, step, detail, result.id, index)
        topic = self._topics.enriched if result.outcome == "enriched" else self._topics.rejected
        schema = f"{result.outcome}/1".encode()
        headers: list[tuple[str, bytes | None]] = [_JSON, ("schema", schema), ("article-id", result.id.encode()), ("origin", record.origin)]
        headers += [h for h in record.headers if h[0] == "traceparent"][:1]
        return Output(topic, result.id.encode(), result.body, headers, index)

    def committed(self) -> None:
        """Counts the batch."""
        outcomes = Counter((result.outcome, result.reason or "") for result in self._results)
        for (outcome, reason), count in outcomes.items():
            self._metrics.add(metrics.PROCESSED, count, Enrich.name, outcome, reason)
        laps: Counter[str] = Counter()
        for result in self._results:
            laps.update(result.laps)
        for step, nanoseconds in laps.items():
            self._metrics.add(metrics.STEP_SECONDS, nanoseconds / 1e9, step)
        for reason, count in self._pool.take_kills().items():
            self._metrics.add(metrics.CHILDREN_LOST, count, reason)


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
    columns = {"enriched": 1, "rejected": 2, "dead": 3}
    reasons: dict[str, Counter[str]] = {"rejected": Counter(), "dead": Counter()}
    for _, result in entries:
        row = sites.setdefault(result.site or "", [0, 0, 0, 0])
        row[0] += 1
        row[columns[result.outcome]] += 1
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
    )


class Entities:
    """Enriched records to one record an article and entity; cheap enough to stay in the worker's own thread."""

    name = "entities"

    def __init__(self, topics: Topics, counts: Metrics) -> None:
        self.source = topics.enriched
        self._topics = topics
        self._metrics = counts

    def submit(self, records: Sequence[Consumed]) -> EntitiesWork:
        """Does the work at once."""
        return EntitiesWork(records, self._topics, self._metrics)


class EntitiesWork:
    """A batch that is done when it is made."""

    def __init__(self, records: Sequence[Consumed], topics: Topics, counts: Metrics) -> None:
        self._records = records
        self._topics = topics
        self._metrics = counts
        self._counts: Counter[tuple[str, str]] = Counter()

    def wait(self, seconds: float) -> bool:  # noqa: ARG002  (the protocol of a batch in flight)
        """It is."""
        return True

    def outputs(self, refused: dict[int, str]) -> list[Output]:
        """The entity records of every article, or its dead letter when it is no enriched record."""
        self._counts.clear()
        outputs: list[Output] = []
        for index, record in enumerate(self._records):
            if index in refused:
                outputs.append(self._letter(record, DeadReason.TOO_LARGE, refused[index], index))
                continue
            made = entity_records(record.value)
            if isinstance(made, NotEnriched):
                outputs.append(self._letter(record, made.reason, made.detail, index))
                continue
            self._counts["enriched", ""] += 1
            headers: list[tuple[str, bytes | None]] = [_JSON, ("schema", b"entity/1"), ("article-id", made.article_id), ("origin", made.origin)]
            headers += [h for h in record.headers if h[0] == "traceparent"][:1]
            outputs += [Output(self._topics.entities, key, value, headers, index) for key, value in made.records]
        return outputs

    def _letter(self, record: Consumed, reason: DeadReason, detail: str, index: int) -> Output:
        self._counts["dead", str(reason)] += 1
        article = dict(record.headers).get("article-id") or b""
        return dead_letter(record, self._topics.dead, reason, "entities", detail, article.decode("ascii", "replace"), index)

    def committed(self) -> None:
        """Counts the batch."""
        for (outcome, reason), count in self._counts.items():
            self._metrics.add(metrics.PROCESSED, count, Entities.name, outcome, reason)
