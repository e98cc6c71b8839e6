"""Is a stage getting on? What it holds, how far behind it is, and since when a partition has stood still."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from confluent_kafka import Consumer, KafkaException, TopicPartition

from pipeline import metrics
from pipeline.metrics import Metrics
from pipeline.stream.messages import Consumed

_TICK_SECONDS = 1.0
_STARVED = 5  # times the seconds of a stall
Look: TypeAlias = Callable[[Iterable[TopicPartition], float], Mapping[tuple[str, int], int]]  # as Ends.look


@dataclass(slots=True)
class Standing:
    """One assigned partition: `lag` in records, `moved` the time of its last commit or of having nothing to do.

    `position` is the offset after the last committed record, `taken` after the last one taken, `end` where the consumer
    saw the end: markers of transactions lie between a last record and the end, so that offsets alone show no idleness.
    `oldest`: Unix time at which the oldest record that is not committed was sent, at the earliest; None: not known yet.
    `start` is the committed offset at the assignment, `told` the end as the brokers tell another client, `hungry` the
    time since when there is something to take, nothing keeps us from it, and nothing comes.
    """

    lag: int = 0
    moved: float = 0.0
    position: int | None = None
    taken: int | None = None
    end: int = -1
    oldest: float | None = None
    start: int = 0
    told: int = -1
    hungry: float | None = None


def stalled(standings: dict[int, Standing], now: float, seconds: float) -> list[int]:
    """The partitions with lag that have not moved for `seconds`."""
    return sorted(p for p, s in standings.items() if s.lag > 0 and now - s.moved > seconds)


def lag_seconds(standing: Standing, now: float, wall: float) -> float:
    """Age of its oldest uncommitted record, by Kafka's timestamps; time without a commit where none was seen yet."""
    if standing.lag == 0:
        return 0.0
    return max(0.0, now - standing.moved if standing.oldest is None else wall - standing.oldest)


@dataclass(slots=True)
class Progress:
    """A stage's counters; written by its thread, read by the health pages. `now` is monotonic, `wall` Unix time."""

    stage: str
    metrics: Metrics
    stall_seconds: float = 60.0
    look: Look = lambda _places, _now: {}
    joined: bool = False
    turned: float | None = None  # when its loop last came round
    standings: dict[int, Standing] = field(default_factory=dict)
    _ticked: float = 0.0

    def assigned(self, partitions: Sequence[TopicPartition], now: float) -> None:
        """The assignment is now `partitions`, with the offsets to start at; none is normal for an idle worker."""
        self.joined = True
        self.standings = {p.partition: Standing(moved=now, start=max(0, p.offset)) for p in partitions}
        for metric in (metrics.LAG, metrics.LAG_SECONDS):
            self.metrics.clear(metric, stage=self.stage)
        self.metrics.set(metrics.ASSIGNED, len(partitions), self.stage)

    def took(self, records: Sequence[Consumed]) -> None:
        """These records, in order, are in work."""
        for record in reversed(records):  # the first of a partition comes last
            standing = self.standings.get(record.partition)
            if standing is not None and standing.taken == standing.position:  # nothing else of it is in work
                standing.oldest = _seconds(record)
        for record in records:
            if record.partition in self.standings:
                self.standings[record.partition].taken = record.offset + 1

    def committed(self, records: Sequence[Consumed], started: float, now: float) -> None:
        """A batch is visible, whose delivery began at `started`."""
        for last in {record.partition: record for record in records}.values():
            standing = self.standings.get(last.partition)
            if standing is not None:
                standing.position, standing.moved, standing.oldest = last.offset + 1, now, _seconds(last)
        self.metrics.observe(metrics.TRANSACTION_SECONDS, now - started, self.stage)
        self.metrics.add(metrics.BATCHES, 1, self.stage, "committed")
        self.metrics.add(metrics.BATCH_RECORDS, len(records), self.stage)

    def reached_end(self, partition: int, offset: int) -> None:
        """There is nothing more before `offset`."""
        if partition in self.standings:
            self.standings[partition].end = offset

    def aborted(self) -> None:
        """A batch was given back."""
        self.metrics.add(metrics.BATCHES, 1, self.stage, "aborted")

    def tick(
        self, consumer: Consumer, now: float, wall: float, in_flight: Sequence[int], *, taking: bool = True
    ) -> None:
        """Once a second: the lag against the last stable offset, and the sizes of the batches in flight.

        That offset is the newest of what the consumer's fetches have seen and what the brokers say when they are asked.
        """
        if now - self._ticked < _TICK_SECONDS:
            return
        self._ticked = now
        places = [place for place in consumer.assignment() if place.partition in self.standings]
        for (_, partition), end in self.look(places, now).items():
            if partition in self.standings:
                self.standings[partition].told = end
        for place in consumer.position(places) if places else []:
            standing = self.standings[place.partition]
            standing.lag = _lag(consumer, place, standing)
            if standing.lag == 0:
                standing.moved, standing.oldest = now, wall
            idle = taking and standing.lag > 0 and (not in_flight or standing.position == standing.taken)
            standing.hungry = (standing.hungry or now) if idle else None
            self.metrics.set(metrics.LAG, standing.lag, self.stage, str(place.partition))
            self.metrics.set(metrics.LAG_SECONDS, lag_seconds(standing, now, wall), self.stage, str(place.partition))
        self.metrics.set(metrics.IN_FLIGHT_BATCHES, len(in_flight), self.stage)
        self.metrics.set(metrics.IN_FLIGHT_RECORDS, sum(in_flight), self.stage)
        self.metrics.set(metrics.STALLED, len(self.stalled(now)), self.stage)

    def stalled(self, now: float) -> list[int]:
        """Partitions that fail `/readyz`."""
        return stalled(dict(self.standings), now, self.stall_seconds)

    def starved(self, now: float) -> list[int]:
        """Partitions of which brokers say that they hold records, and from which none has come for five times as long
        as makes a stall, with nothing in work: the client is stuck, and a new one may not be."""
        return sorted(
            partition
            for partition, standing in self.standings.items()
            if standing.told >= 0
            and standing.hungry is not None
            and now - standing.hungry > _STARVED * self.stall_seconds
        )


def _lag(consumer: Consumer, place: TopicPartition, standing: Standing) -> int:
    """Records of a partition before the last stable offset that are not committed."""
    try:
        low, seen = consumer.get_watermark_offsets(place, cached=True)
    except KafkaException:
        low, seen = -1, -1
    end = max(seen, standing.told)
    if seen < 0:  # nothing has been fetched: all there is, from the committed offset on
        return max(0, end - standing.start)
    if standing.position == standing.taken and standing.end >= end:
        return 0
    reached = standing.position if standing.position is not None else max(place.offset, standing.start)
    return max(0, end - max(reached, low))


def _seconds(record: Consumed) -> float | None:
    return None if record.timestamp is None else record.timestamp / 1000
