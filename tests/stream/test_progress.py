"""How far behind a stage is, in records and seconds, and when it has stood still for too long; time is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from confluent_kafka import TopicPartition

from pipeline.metrics import Metrics
from pipeline.stream.messages import Consumed
from pipeline.stream.progress import Progress

WALL = 1_700_000_000.0


@dataclass
class Consumer:
    """What a tick asks of the client: where each partition stands, and its first and last stable offset."""

    ends: dict[int, tuple[int, int]]
    places: dict[int, int] = field(default_factory=dict)

    def assignment(self) -> list[TopicPartition]:
        return [TopicPartition("raw", partition) for partition in self.ends]

    def position(self, places: list[TopicPartition]) -> list[TopicPartition]:
        return [TopicPartition("raw", p.partition, self.places.get(p.partition, 0)) for p in places]

    def get_watermark_offsets(self, place: TopicPartition, cached: bool) -> tuple[int, int]:
        assert cached, "a question to the broker every second"
        return self.ends[place.partition]


def made(*partitions: int) -> Progress:
    """A stage that was given these partitions at 0 s, and calls it a stall after 60 s."""
    progress = Progress("enrich", Metrics(), stall_seconds=60.0)
    progress.assigned([TopicPartition("raw", partition) for partition in partitions], 0.0)
    return progress


def records(*offsets: int, partition: int = 0, age: float = 0.0) -> list[Consumed]:
    """Records of a partition, the first sent `age` seconds before WALL, each other a second after the one before."""
    sent = [int((WALL - age + n) * 1000) for n in range(len(offsets))]
    return [Consumed("raw", partition, o, None, b"", (), timestamp=t) for o, t in zip(offsets, sent, strict=True)]


def told(progress: Progress, name: str, partition: int | None = None) -> float | None:
    """What the page shows of a gauge, None where it shows nothing."""
    where = 'stage="enrich"' if partition is None else f'partition="{partition}",stage="enrich"'
    lines = [line.split() for line in progress.metrics.render().decode().splitlines()]
    found = [float(line[1]) for line in lines if line[0] == f"{name}{{{where}}}"]
    return found[0] if found else None


def lag(progress: Progress, partition: int = 0) -> tuple[float | None, float | None]:
    """Lag in records and in seconds."""
    return tuple(told(progress, f"articles_consumer_lag{unit}", partition) for unit in ("", "_seconds"))  # type: ignore[return-value]


def test_lag_is_counted_from_the_committed_offset() -> None:
    """What was taken is behind until it is committed; its age is that of the oldest record in work."""
    progress, consumer = made(0), Consumer({0: (0, 10)})
    progress.took(records(0, 1, 2, age=100.0))
    progress.took(records(3, 4, age=50.0))
    progress.tick(consumer, 1.0, WALL, [3, 2])  # type: ignore[arg-type]
    assert lag(progress) == (10, 100.0)
    progress.committed(records(0, 1, 2, age=100.0), 1.0, 2.0)
    progress.tick(consumer, 2.0, WALL + 1, [2])  # type: ignore[arg-type]
    assert lag(progress) == (7, 99.0), "the record after the last committed one was not sent before it"


def test_partitions_have_their_own_lag() -> None:
    """Two partitions in one batch, in any order."""
    progress, consumer = made(0, 1), Consumer({0: (0, 4), 1: (0, 2)})
    progress.took([*records(0, age=9.0), *records(0, partition=1, age=7.0), *records(1, age=8.0)])
    progress.tick(consumer, 1.0, WALL, [3])  # type: ignore[arg-type]
    assert (lag(progress, 0), lag(progress, 1)) == ((4, 9.0), (2, 7.0))


def test_a_record_after_hours_of_nothing_is_young() -> None:
    """The last stable offset may end in a marker: with nothing after the last record there is no lag and no age."""
    progress, consumer = made(0), Consumer({0: (0, 3)})
    progress.took(records(0, 1))
    progress.committed(records(0, 1), 0.0, 1.0)
    progress.reached_end(0, 3)
    progress.tick(consumer, 7200.0, WALL + 7200, [])  # type: ignore[arg-type]
    assert lag(progress) == (0, 0)
    consumer.ends[0] = (0, 5)
    progress.tick(consumer, 7201.0, WALL + 7201, [])  # type: ignore[arg-type]
    assert lag(progress) == (3, 1.0)


def test_before_anything_was_read_the_age_is_the_time_since_the_assignment() -> None:
    """Nobody knows how old what was not read is."""
    progress = made(0)
    progress.tick(Consumer({0: (0, 8)}), 30.0, WALL, [])  # type: ignore[arg-type]
    assert lag(progress) == (8, 30.0)


def test_records_without_a_timestamp_have_no_age_of_their_own() -> None:
    """Then too it is the time since the last commit."""
    progress = made(0)
    progress.took([Consumed("raw", 0, 0, None, b"", ())])
    progress.tick(Consumer({0: (0, 8)}), 30.0, WALL, [1])  # type: ignore[arg-type]
    assert lag(progress) == (8, 30.0)


def test_what_is_in_flight_is_shown() -> None:
    """Records and batches, and none when none is."""
    progress, consumer = made(0), Consumer({0: (0, 8)})
    progress.tick(consumer, 1.0, WALL, [3, 2])  # type: ignore[arg-type]
    assert [told(progress, f"articles_in_flight_{what}") for what in ("records", "batches")] == [5, 2]
    progress.tick(consumer, 2.0, WALL, [])  # type: ignore[arg-type]
    assert [told(progress, f"articles_in_flight_{what}") for what in ("records", "batches")] == [0, 0]


def test_lag_without_progress_is_a_stall() -> None:
    """After 60 s the partition that stands still is named and counted; a commit ends it; the others are well."""
    progress, consumer = made(0, 1), Consumer({0: (0, 5), 1: (0, 5)})
    for now in (1.0, 59.0):
        progress.tick(consumer, now, WALL + now, [])  # type: ignore[arg-type]
    assert progress.stalled(59.0) == []
    progress.took(records(0, partition=1))
    progress.committed(records(0, partition=1), 59.0, 60.0)
    progress.tick(consumer, 61.0, WALL, [])  # type: ignore[arg-type]
    assert (progress.stalled(61.0), told(progress, "articles_stalled")) == ([0], 1)
    progress.took(records(0))
    progress.committed(records(0), 61.0, 62.0)
    progress.tick(consumer, 62.0, WALL, [])  # type: ignore[arg-type]
    assert (progress.stalled(62.0), told(progress, "articles_stalled")) == ([], 0)


@pytest.mark.parametrize("partitions", [(), (0,)], ids=["more workers than partitions", "nothing to read"])
def test_an_idle_worker_is_no_stall(partitions: tuple[int, ...]) -> None:
    """Without partitions, or with partitions without lag, nothing stands still however long it takes."""
    progress, consumer = made(*partitions), Consumer(dict.fromkeys(partitions, (7, 7)), dict.fromkeys(partitions, 7))
    for now in (1.0, 10_000.0):
        progress.tick(consumer, now, WALL + now, [])  # type: ignore[arg-type]
    assert (progress.joined, progress.stalled(10_000.0), told(progress, "articles_stalled")) == (True, [], 0)


def test_partitions_that_are_taken_away_are_forgotten() -> None:
    """No gauge goes on showing the lag of another worker's partition."""
    progress = made(0)
    progress.tick(Consumer({0: (0, 8)}), 1.0, WALL, [])  # type: ignore[arg-type]
    progress.assigned([], 2.0)
    assert lag(progress) == (None, None)
    assert told(progress, "articles_assigned_partitions") == 0


@dataclass
class Told:
    """What the brokers tell another client of the ends."""

    ends: dict[int, int]

    def __call__(self, _places: Iterable[TopicPartition], _now: float) -> dict[tuple[str, int], int]:
        return {("raw", partition): end for partition, end in self.ends.items()}


def test_records_that_only_the_brokers_know_of_are_lag_and_a_stall() -> None:
    """Fetches that bring nothing, or have never brought anything, say nothing of an end; another client hears of it."""
    progress = Progress("enrich", Metrics(), look=Told({0: 7, 1: 9, 2: 7}))
    progress.assigned([TopicPartition("raw", 0, 4), TopicPartition("raw", 1, 9), TopicPartition("raw", 2)], 0.0)
    fetched = Consumer({0: (-1001, -1001), 1: (0, 9), 2: (0, 3)}, {2: 3})
    for now in (1.0, 61.5):
        progress.tick(fetched, now, WALL + now, [])  # type: ignore[arg-type]
    assert [lag(progress, partition)[0] for partition in range(3)] == [3, 0, 4]
    assert progress.stalled(61.5) == [0, 2]


@pytest.mark.parametrize(
    ("end", "taking", "in_flight", "starved"),
    [(7, True, [], [0]), (7, False, [], []), (-1, True, [], []), (7, True, [3], [])],
    ids=["hungry", "takes nothing", "the brokers do not say so", "in work"],
)
def test_a_consumer_that_gets_nothing_of_what_is_there_is_stuck(
    end: int, taking: bool, in_flight: list[int], starved: list[int]
) -> None:
    """After five minutes, if brokers know of records, nothing is in work, and it may take them."""
    progress = Progress("enrich", Metrics(), look=Told({0: end}))
    progress.assigned([TopicPartition("raw", 0)], 0.0)
    if in_flight:
        progress.took(records(0, 1, 2))
    for now in (1.0, 301.5):
        progress.tick(Consumer({0: (0, 7)}), now, WALL, in_flight, taking=taking)  # type: ignore[arg-type]
    assert (progress.starved(301.0), progress.starved(301.5)) == ([], starved)


def test_a_pause_ends_the_hunger() -> None:
    """Five minutes in one piece, not in sum."""
    progress = Progress("enrich", Metrics(), look=Told({0: 7}))
    progress.assigned([TopicPartition("raw", 0)], 0.0)
    for now, taking in ((1.0, True), (200.0, False), (202.0, True), (400.0, True)):
        progress.tick(Consumer({0: (0, 7)}), now, WALL, [], taking=taking)  # type: ignore[arg-type]
    assert progress.starved(400.0) == []
