"""Feeding the embedded broker: it never holds more than 1 MB of a partition unread, so nothing is dropped."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from pipeline.reasons import DeadReason
from pipeline.records import FileOrigin
from pipeline.settings import Settings
from pipeline.sources.files import Sourced
from pipeline.stream.embedded import MAX_RECORD_BYTES, PARTITIONS, EmbeddedBroker
from pipeline.stream.feeding import Feeder
from pipeline.stream.reading import read
from pipeline.stream.room import NoRoomError
from tests.conftest import unique_settings

SIZE = 150_000
SLACK = 64 * 1024


@pytest.fixture
def settings(embedded: EmbeddedBroker) -> Settings:
    """Settings for an embedded broker."""
    return unique_settings(embedded.bootstrap_servers)


def record(number: int, size: int = SIZE) -> Sourced:
    """A raw record of exactly so many bytes; all have one key, and lie in one partition."""
    head = b'{"url": "https://one.example/%06d", "text": "' % number
    return Sourced(head + b"x" * (size - len(head) - 2) + b'"}', (), FileOrigin("test", number))


def number_of(value: bytes | None) -> int:
    """The number of a record."""
    return int((value or b"")[29:35])


def send_many(feeder: Feeder) -> None:
    """Sends 15 MB."""
    for number in range(100):
        feeder.send(record(number))


def numbers(settings: Settings) -> Counter[int]:
    """The records that can be read from the raw topic."""
    return Counter(number_of(one.value) for one in read(settings, settings.topics.raw))


def consumer_of(settings: Settings) -> tuple[Consumer, list[TopicPartition]]:
    """A client that reads for the worker's group."""
    options = {"bootstrap.servers": settings.kafka.bootstrap_servers, "group.id": f"{settings.worker.group}-enrich"}
    consumer = Consumer({**options, "enable.auto.commit": False, "fetch.wait.max.ms": 10, "log_level": 0})
    places = [TopicPartition(settings.topics.raw, partition, OFFSET_BEGINNING) for partition in range(PARTITIONS)]
    return consumer, places


@contextmanager
def slow_reader(settings: Settings) -> Iterator[tuple[Counter[int], list[int]]]:
    """Reads and commits for the worker's group, slowly; what it read, and the bytes it saw unread in a partition."""
    consumer, places = consumer_of(settings)
    consumer.assign(places)
    seen: Counter[int] = Counter()
    unread: list[int] = []
    stopping = threading.Event()

    def run() -> None:
        done = dict.fromkeys(range(PARTITIONS), 0)
        while not stopping.is_set():
            for message in consumer.consume(5, 0.1):
                assert message.error() is None
                seen[number_of(message.value())] += 1
                partition = message.partition() or 0
                _, high = consumer.get_watermark_offsets(TopicPartition(settings.topics.raw, partition), timeout=10)
                unread.append((high - done[partition]) * SIZE)
                done[partition] = (message.offset() or 0) + 1
                consumer.commit(message, asynchronous=False)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield seen, unread
    finally:
        stopping.set()
        thread.join()
        consumer.close()


def test_the_feeder_waits_for_a_slow_worker(settings: Settings) -> None:
    """9 MB arrive in one partition, each record once, though the broker would drop what is beyond 5 MB."""
    count = 60
    with slow_reader(settings) as (seen, unread):
        feeder = Feeder(settings, as_is=True)
        for number in range(count):
            assert feeder.send(record(number)) is None
        assert feeder.finish().sent == count
        deadline = time.monotonic() + 60
        while seen.total() < count and time.monotonic() < deadline:
            time.sleep(0.05)
    assert seen == Counter(range(count))
    assert max(unread) <= MAX_RECORD_BYTES + SLACK


def test_without_a_worker_it_ends_with_what_to_do(settings: Settings) -> None:
    """What fits is sent and kept; then the error names the command to run."""
    feeder = Feeder(settings, as_is=True, patience=0.5)
    with pytest.raises(NoRoomError, match="Start a worker: articles worker"):
        send_many(feeder)
    sent = feeder.finish().sent
    assert sent == MAX_RECORD_BYTES // SIZE
    assert numbers(settings) == Counter(range(sent))


def test_it_counts_what_earlier_feeders_left(settings: Settings) -> None:
    """A second feeder adds nothing to a broker that is full already, until somebody reads."""
    first = Feeder(settings, as_is=True, patience=0.3)
    with pytest.raises(NoRoomError):
        send_many(first)
    sent = first.finish().sent
    second = Feeder(settings, as_is=True, patience=0.3)
    with pytest.raises(NoRoomError, match=f"^{sent} records"):
        second.send(record(sent, MAX_RECORD_BYTES))
    consumer, places = consumer_of(settings)
    ends = [consumer.get_watermark_offsets(place, timeout=10)[1] for place in places]
    for place, end in zip(places, ends, strict=True):
        place.offset = end
    consumer.commit(offsets=places, asynchronous=False)
    consumer.close()
    assert second.send(record(sent, MAX_RECORD_BYTES)) is None
    assert second.finish().sent == 1


def test_too_large_is_refused_and_named(settings: Settings) -> None:
    """A record over what the embedded broker keeps is refused, `as_is` or not; the tally has its line."""
    feeder = Feeder(settings, as_is=True)
    refused = feeder.send(record(7, MAX_RECORD_BYTES + 1))
    assert refused is not None
    assert refused.reason == DeadReason.TOO_LARGE
    tally = feeder.finish()
    assert (tally.sent, tally.refused, tally.failed) == (0, 1, 0)
    assert [place.line for place, _ in tally.refusals] == [7]
