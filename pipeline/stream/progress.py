"""Is a stage getting on? What it holds, how far behind it is, and since when a partition has stood still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from confluent_kafka import Consumer, KafkaException, TopicPartition

from pipeline import metrics
from pipeline.metrics import Metrics
from pipeline.stream.messages import Consumed

_TICK_SECONDS = 1.0


@dataclass(slots=True)
class Standing:
    """One assigned partition: `lag` in records, `moved` the time of its last commit or of having nothing to do.

    `position` is the offset after the last committed record, `taken` after the last one taken, `end` where the consumer
    saw the end: markers of transactions lie between a last record and the end, so that offsets alone show no idleness.
    `oldest`: Unix time at which the oldest record that is not committed was sent, at the earliest; None: not known yet.
    """

    lag: int = 0
    moved: float = 0.0
    position: int | None = None
    taken: int | None = None
    end: int = -1
    oldest: float | None = None


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
    joined: bool = False
    turned: float | None = None  # when its loop last came round
    standings: dict[int, Standing] = field(default_factory=dict)
    _ticked: float = 0.0

    def assigned(self, partitions: Sequence[TopicPartition], now: float) -> None:
        """The assignment is now `partitions`; none is a normal state of an idle worker."""
        self.joined = True
        self.standings = {place.partition: Standing(moved=now) for place in partitions}
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

    def tick(self, consumer: Consumer, now: float, wall: float, in_flight: Sequence[int]) -> None:
        """Once a second: the lag against the last stable offset, as the consumer's fetches have seen it, and the sizes
        of the batches in flight."""
        if now - self._ticked < _TICK_SECONDS:
            return
        self._ticked = now
        places = [place for place in consumer.assignment() if place.partition in self.standings]
        for place in consumer.position(places) if places else []:
            standing = self.standings[place.partition]
            try:
                low, high = consumer.get_watermark_offsets(place, cached=True)
            except KafkaException:
                continue  # not fetched from yet
            reached = standing.position if standing.position is not None else place.offset
            standing.lag = max(0, high - max(reached, low)) if reached is not None and high >= 0 else 0
            if standing.position == standing.taken and standing.end >= high:
                standing.lag = 0
            if standing.lag == 0:
                standing.moved, standing.oldest = now, wall
            self.metrics.set(metrics.LAG, standing.lag, self.stage, str(place.partition))
            self.metrics.set(metrics.LAG_SECONDS, lag_seconds(standing, now, wall), self.stage, str(place.partition))
        self.metrics.set(metrics.IN_FLIGHT_BATCHES, len(in_flight), self.stage)
        self.metrics.set(metrics.IN_FLIGHT_RECORDS, sum(in_flight), self.stage)
        self.metrics.set(metrics.STALLED, len(self.stalled(now)), self.stage)

    def stalled(self, now: float) -> list[int]:
        """Partitions that fail `/readyz`."""
        return stalled(dict(self.standings), now, self.stall_seconds)


def _seconds(record: Consumed) -> float | None:
    return None if record.timestamp is None else record.timestamp / 1000
