"""The checker that counts every raw record by its origin.

It is a client of its own: nothing of `pipeline.stream` stands between it and the topics.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from confluent_kafka import Consumer, Message, TopicPartition

from pipeline.settings import Settings
from pipeline.views.ledger import Ledger

SECONDS = 60.0


class Outputs:
    """Committed records of some topics, from the beginning, as they come."""

    def __init__(self, settings: Settings, *topics: str) -> None:
        self._consumer = Consumer(
            {
                "bootstrap.servers": settings.kafka.bootstrap_servers,
                "group.id": "checker",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "fetch.wait.max.ms": 100,
                "receive.message.max.bytes": 200_000_000,
            }
        )
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


def results(settings: Settings) -> tuple[str, str, str]:
    """The topics of which each raw record has one record."""
    return settings.topics.enriched, settings.topics.rejected, settings.topics.dead


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checker found: raw records without an output, outputs too many, and what the ledger says.

    `disordered`: outputs that stand, in their partition, behind one of a later record of the same raw partition.
    """

    fed: int
    lost: int
    doubled: int
    disordered: int
    ledger: tuple[str, ...]


def clean(fed: int) -> Verdict:
    """The verdict on a worker that keeps its promise."""
    return Verdict(fed, 0, 0, 0, ())


def judge(settings: Settings) -> Verdict:
    """Counts every raw record by its origin, once nothing runs any more."""
    raw = everything(settings, settings.topics.raw)
    wanted = {f"{m.topic()}/{m.partition()}/{m.offset()}".encode() for m in raw}
    outputs = everything(settings, *results(settings))
    seen = Counter(origin_of(message) for message in outputs)
    assert seen.keys() <= wanted, "an output of a record that nobody fed"
    ledger = Ledger()
    for message in everything(settings, settings.topics.ledger):
        ledger.fold(orjson.loads(message.value() or b""), message.partition() or 0, message.offset() or 0)
    said = [str(finding) for finding in ledger.findings]
    if ledger.totals()["in"] != len(wanted):
        said.append(f"{ledger.totals()['in']} records in the ledger")
    lost, doubled = len(wanted - seen.keys()), seen.total() - len(seen)
    return Verdict(len(wanted), lost, doubled, disordered(outputs), tuple(said))


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


def finished(settings: Settings, seconds: float = SECONDS) -> bool:
    """Are the offsets of stage `enrich` committed to the end of the raw topic in time?"""
    topic = settings.topics.raw
    servers, group = settings.kafka.bootstrap_servers, f"{settings.worker.group}-enrich"
    consumer = Consumer({"bootstrap.servers": servers, "group.id": group, "isolation.level": "read_committed"})
    places = [TopicPartition(topic, p) for p in consumer.list_topics(topic, timeout=SECONDS).topics[topic].partitions]
    ends = {place.partition: consumer.get_watermark_offsets(place, timeout=SECONDS)[1] for place in places}
    deadline = time.monotonic() + seconds
    done = False
    while not done and time.monotonic() < deadline:
        committed = consumer.committed(places, timeout=SECONDS)
        done = all(max(place.offset, 0) >= ends[place.partition] for place in committed)
        time.sleep(0.1)
    consumer.close()
    return done


def arrived(settings: Settings, topic: str, count: int, seconds: float = SECONDS) -> list[Message]:
    """The first records of a topic, so many at least; fails when they do not come in time."""
    outputs, found = Outputs(settings, topic), []
    deadline = time.monotonic() + seconds
    while len(found) < count:
        assert time.monotonic() < deadline, f"{len(found)} of {count} records"
        found += outputs.new(0.2)
    return found
