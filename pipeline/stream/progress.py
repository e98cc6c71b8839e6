"""Is a stage getting on? What it holds, how far behind it is, and since when a partition has stood still."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from confluent_kafka import Consumer, KafkaException, TopicPartition

from pipeline import metrics
from pipeline.metrics import Metrics

_TICK_SECONDS = 1.0


@dataclass(slots=True)
class Standing:
    """One assigned partition: `lag` in records, `moved` the time of its last commit or of having nothing to do.

    `position` is the offset after the last committed record, `taken` after the last one taken, `end` where the consumer
    saw the end: markers of transactions lie between a last record and the end, so that offsets alone show no idleness.
    """

    lag: int = 0
    moved: float = 0.0
    position: int | None = None
    taken: int | None = None
    end: int = -1


def stalled(standings: dict[int, Standing], now: float, seconds: float) -> list[int]:
    """The partitions with lag that have not moved for `seconds`."""
    return sorted(p for p, s in standings.items() if s.lag > 0 and now - s.moved > seconds)


@dataclass(slots=True)
class Progress:
    """A stage's counters; written by its thread, read by the health pages."""

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
        self.metrics.clear(metrics.LAG, stage=self.stage)
        self.metrics.set(metrics.ASSIGNED, len(partitions), self.stage)

    def committed(self, offsets: Sequence[TopicPartition], records: int, started: float, now: float) -> None:
        """A batch is visible."""
        for place in offsets:
            standing = self.standings.get(place.partition)
            if standing is not None:
                standing.position, standing.moved = place.offset, now
        self.metrics.observe(metrics.TRANSACTION_SECONDS, now - started, self.stage)
        self.metrics.add(metrics.BATCHES, 1, self.stage, "committed")
        self.metrics.add(metrics.BATCH_RECORDS, records, self.stage)

    def took(self, partition: int, offset: int) -> None:
        """The records before `offset` are in work."""
        if partition in self.standings:
            self.standings[partition].taken = offset

    def reached_end(self, partition: int, offset: int) -> None:
        """There is nothing more before `offset`."""
        if partition in self.standings:
            self.standings[partition].end = offset

    def aborted(self) -> None:
        """A batch was given back."""
        self.metrics.add(metrics.BATCHES, 1, self.stage, "aborted")

    def tick(self, consumer: Consumer, now: float) -> None:
        """Once a second: the lag against the last stable offset, as the consumer's fetches have seen it."""
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
                standing.moved = now
            self.metrics.set(metrics.LAG, standing.lag, self.stage, str(place.partition))
        self.metrics.set(metrics.STALLED, len(self.stalled(now)), self.stage)

    def stalled(self, now: float) -> list[int]:
        """Partitions that fail `/readyz`."""
        return stalled(dict(self.standings), now, self.stall_seconds)
