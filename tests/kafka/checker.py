"""The checker that counts every raw record by its origin.

It is a client of its own: nothing of `pipeline` stands between it and the topics, only their names.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from confluent_kafka import Consumer, Message, TopicPartition

from pipeline.settings import Settings

SECONDS = 60.0
Place = tuple[str, int, int]  # topic, partition, offset


class Outputs:
    """Committed records of some topics, from the beginning, as they come."""

    def __init__(self, settings: Settings, *topics: str) -> None:
        self._consumer = _consumer(settings, "checker")
        known = self._consumer.list_topics(timeout=SECONDS).topics
        self._places = [TopicPartition(topic, number, 0) for topic in topics for number in known[topic].partitions]
        self._consumer.assign(self._places)
        self._ended: set[tuple[str | None, int | None]] = set()

    def new(self, seconds: float) -> list[Message]:
        """What has come since the last call."""
        records = []
        for message in self._consumer.consume(500, seconds):
            place = (message.topic(), message.partition())
            if message.error():
                self._ended.add(place)
            else:
                self._ended.discard(place)
                records.append(message)
        return records

    def rest(self) -> list[Message]:
        """All that has not been read yet, to the end of every partition."""
        self._ended.clear()
        self._consumer.assign([place for place in self._consumer.position(self._places) if _begun(place)])
        records: list[Message] = []
        deadline = time.monotonic() + SECONDS
        while len(self._ended) < len(self._places) and time.monotonic() < deadline:
            records += self.new(0.5)
        assert len(self._ended) == len(self._places), "a topic did not come to its end"
        self._consumer.close()
        return records


def _consumer(settings: Settings, group: str, isolation: str = "read_committed") -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": settings.kafka.bootstrap_servers,
            "group.id": group,
            "isolation.level": isolation,
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 100,
            "receive.message.max.bytes": 200_000_000,
            "log_level": 2,
        }
    )


def _begun(place: TopicPartition) -> bool:
    place.offset = max(place.offset, 0)
    return True


def everything(settings: Settings, *topics: str) -> list[Message]:
    """All committed records of the topics."""
    return Outputs(settings, *topics).rest()


def headers_of(message: Message) -> dict[str, bytes | None]:
    """The headers of a record, by name."""
    return dict(message.headers() or [])  # type: ignore[arg-type]


def origin_of(message: Message) -> bytes:
    """The raw record that an output was made from."""
    return headers_of(message)["origin"] or b""


def place_of(message: Message) -> Place:
    """Where a record lies."""
    return message.topic() or "", message.partition() or 0, message.offset() or 0


def results(settings: Settings) -> tuple[str, str, str]:
    """The topics of which each raw record has one record."""
    return settings.topics.enriched, settings.topics.rejected, settings.topics.dead


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checker found: raw records without an output, outputs too many, and what the ledger says.

    `torn`: ledger records of which not every raw record has an output, and outputs that no ledger record covers: both
    are in one transaction. `disordered`: outputs that stand, in their partition, behind one of a later record of the
    same raw partition. `pending`: partitions with a transaction that nobody ends.
    """

    fed: int
    lost: int
    doubled: int
    torn: int
    disordered: int
    pending: int
    ledger: tuple[str, ...]


def clean(fed: int) -> Verdict:
    """The verdict on a worker that keeps its promise."""
    return Verdict(fed, 0, 0, 0, 0, 0, ())


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger record: raw offsets `first` to `last` of a partition have so many outcomes."""

    partition: int
    first: int
    last: int
    outcomes: int


def judge(settings: Settings, fed: Sequence[Message] | None = None) -> Verdict:
    """Counts every raw record by its origin, once nothing runs any more. `fed`: what was there, where it is no more."""
    topics = settings.topics
    raw: dict[int, list[int]] = {}
    for _, partition, offset in map(place_of, fed or everything(settings, topics.raw)):
        raw.setdefault(partition, []).append(offset)
    outputs = everything(settings, *results(settings))
    seen = Counter(origin_of(message) for message in outputs)
    wanted = {f"{topics.raw}/{p}/{o}".encode() for p, offsets in raw.items() for o in offsets}
    assert seen.keys() <= wanted, "an output of a record that nobody fed"
    entries = [_entry(message) for message in everything(settings, topics.ledger)]
    present = {p: [o for o in offsets if f"{topics.raw}/{p}/{o}".encode() in seen] for p, offsets in raw.items()}
    return Verdict(
        fed=len(wanted),
        lost=len(wanted - seen.keys()),
        doubled=seen.total() - len(seen),
        torn=_torn(raw, present, entries),
        disordered=disordered(outputs),
        pending=pending(settings, *results(settings), topics.ledger),
        ledger=tuple(_findings(raw, entries)),
    )


def _entry(message: Message) -> Entry:
    fields = orjson.loads(message.value() or b"")
    counts = fields["counts"]
    outcomes = counts["enriched"] + sum(counts["rejected"].values()) + sum(counts["dead"].values())
    return Entry(fields["partition"], fields["first"], fields["last"], outcomes)


def _within(offsets: Sequence[int], entry: Entry) -> int:
    """How many of the offsets, which rise, does the entry cover?"""
    return bisect_right(offsets, entry.last) - bisect_left(offsets, entry.first)


def _torn(raw: dict[int, list[int]], present: dict[int, list[int]], entries: Iterable[Entry]) -> int:
    covered: dict[int, set[int]] = {}
    count = 0
    for entry in entries:
        count += _within(present[entry.partition], entry) < _within(raw[entry.partition], entry)
        covered.setdefault(entry.partition, set()).update(range(entry.first, entry.last + 1))
    return count + sum(len(set(offsets) - covered.get(p, set())) for p, offsets in present.items())


def _findings(raw: dict[int, list[int]], entries: Iterable[Entry]) -> list[str]:
    """What does not balance: raw records with no ledger record or several, outcomes that are too few or too many."""
    found, counted = [], Counter[tuple[int, int]]()
    for entry in entries:
        held = _within(raw[entry.partition], entry)
        if held != entry.outcomes:
            found.append(f"{held} records have {entry.outcomes} outcomes: {entry}")
        counted.update((entry.partition, offset) for offset in range(entry.first, entry.last + 1))
    missing = sum((p, offset) not in counted for p, offsets in raw.items() for offset in offsets)
    if missing:
        found.append(f"{missing} records without an outcome")
    if twice := sum(number > 1 for number in counted.values()):
        found.append(f"{twice} records with several outcomes")
    return found


def disordered(outputs: Sequence[Message]) -> int:
    """Outputs behind one of a later record, within their partition and their raw partition."""
    last: dict[tuple[str | None, int | None, bytes], int] = {}
    count = 0
    for message in outputs:
        source, _, offset = origin_of(message).rpartition(b"/")
        place = (message.topic(), message.partition(), source)
        count += int(offset) < last.get(place, -1)
        last[place] = max(int(offset), last.get(place, -1))
    return count


def pending(settings: Settings, *topics: str) -> int:
    """Partitions whose last stable offset is not their end: a transaction is open there."""
    ends = []
    for isolation in ("read_committed", "read_uncommitted"):
        consumer = _consumer(settings, "checker", isolation)
        known = consumer.list_topics(timeout=SECONDS).topics
        places = [TopicPartition(topic, number) for topic in topics for number in known[topic].partitions]
        ends.append([consumer.get_watermark_offsets(place, timeout=SECONDS)[1] for place in places])
        consumer.close()
    return sum(stable != end for stable, end in zip(*ends, strict=True))


def finished(settings: Settings, seconds: float = SECONDS) -> bool:
    """Are the offsets of stage `enrich` committed to the end of the raw topic in time, and no further?"""
    consumer, places = group_consumer(settings)
    ends = {place.partition: consumer.get_watermark_offsets(place, timeout=SECONDS)[1] for place in places}
    deadline = time.monotonic() + seconds
    done = False
    while not done and time.monotonic() < deadline:
        committed = consumer.committed(places, timeout=SECONDS)
        done = all(max(place.offset, 0) == ends[place.partition] for place in committed)
        time.sleep(0.1)
    consumer.close()
    return done


def wait_ended(settings: Settings, seconds: float) -> None:
    """Waits until no transaction is open, for what one hides is not to be seen; one that stays is judged `pending`."""
    deadline = time.monotonic() + seconds
    while pending(settings, *results(settings), settings.topics.ledger) and time.monotonic() < deadline:
        time.sleep(0.5)


def group_consumer(settings: Settings) -> tuple[Consumer, list[TopicPartition]]:
    """A client that asks for the stable offsets of stage `enrich` without joining its group; the raw partitions."""
    topic = settings.topics.raw
    consumer = _consumer(settings, f"{settings.worker.group}-enrich")
    numbers = consumer.list_topics(topic, timeout=SECONDS).topics[topic].partitions
    return consumer, [TopicPartition(topic, number) for number in numbers]


def arrived(settings: Settings, topic: str, count: int, seconds: float = SECONDS) -> list[Message]:
    """The first records of a topic, so many at least; fails when they do not come in time."""
    outputs, found = Outputs(settings, topic), []
    deadline = time.monotonic() + seconds
    while len(found) < count:
        assert time.monotonic() < deadline, f"{len(found)} of {count} records"
        found += outputs.new(0.2)
    return found
