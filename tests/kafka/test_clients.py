"""The client factory on a real broker: codecs, sizes, partitions, transactions, membership."""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import Any

import pytest
from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from pipeline.settings import Kafka, Settings, Worker
from pipeline.stream import clients
from tests.conftest import MakeTopics
from tests.kafka.server import KafkaServer

pytestmark = pytest.mark.kafka
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
KEYS = [b"", b"a", b"example.org", "größe.example".encode(), bytes(range(256)), *(b"key-%d" % n for n in range(200))]
HEADERS = [("content-type", b"text/html"), ("empty", b""), ("null", None), ("bytes", b"\xff\x00")]
SECONDS = 20.0


@pytest.fixture
def settings(kafka: KafkaServer) -> Settings:
    """Settings for the broker of this run."""
    return Settings(kafka=Kafka(bootstrap_servers=kafka.bootstrap_servers))


def code(message: Message) -> int | None:
    """The code of the error that a message carries."""
    error = message.error()
    return error.code() if error else None


def read(settings: Settings, topic: str, count: int, **extra: object) -> list[Message]:
    """All records of a topic, at least `count`, by our consumer."""
    consumer = clients.consumer(settings, group_id=f"read-{topic}", **extra)
    partitions = consumer.list_topics(topic, timeout=SECONDS).topics[topic].partitions
    consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    found: list[Message] = []
    deadline = time.monotonic() + SECONDS
    while len(found) < count and time.monotonic() < deadline:
        found += consumer.consume(count, 0.2)
    found += consumer.consume(count + 1, 0.3)
    consumer.close()
    assert [record.error() for record in found] == [None] * len(found)
    return found


async def aio_read(settings: Settings, topic: str, count: int) -> list[Any]:
    """`count` records of a topic by our aiokafka consumer."""
    found: list[Any] = []
    deadline = time.monotonic() + SECONDS
    async with clients.aio_consumer(settings, topic) as consumer:
        while len(found) < count and time.monotonic() < deadline:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += records
    return found


@pytest.mark.parametrize("codec", CODECS)
async def test_codecs(settings: Settings, topics: MakeTopics, codec: str) -> None:
    """Either client reads what either wrote with each codec: null keys and values, null and binary headers."""
    coded = settings.model_copy(update={"worker": Worker.model_validate({"compression": codec})})
    (topic,) = topics(codec, partitions=1)
    values = [b"text " * 1000, b"", None, "Größe".encode()]
    producer = clients.producer(coded)
    for value in values:
        producer.produce(topic, value, None if value == b"" else b"k", headers=list(HEADERS))
    assert producer.flush(SECONDS) == 0
    async with clients.aio_producer(coded) as aio:
        for value in values:
            await aio.send_and_wait(topic, value, key=None if value == b"" else b"k", headers=list(HEADERS))
    expected = [(None if value == b"" else b"k", value, HEADERS) for value in values * 2]
    confluent = [(m.key(), m.value(), m.headers()) for m in read(settings, topic, 8)]
    asyncio = [(r.key, r.value, list(r.headers)) for r in await aio_read(settings, topic, 8)]
    assert confluent == expected
    assert asyncio == expected


async def test_partitions_are_the_same_in_both_clients(settings: Settings, topics: MakeTopics) -> None:
    """A key goes to one partition whoever produces it, the empty key too; records without a key spread out."""
    left, right = topics("left", "right", partitions=7)
    producer = clients.producer(settings, sticky_partitioning_linger_ms=0)
    for key in [*KEYS, *[None] * 100]:
        producer.produce(left, key or b"", key)
    assert producer.flush(SECONDS) == 0
    async with clients.aio_producer(settings) as aio:
        for key in KEYS:
            await aio.send_and_wait(right, key, key=key)
    records = read(settings, left, len(KEYS) + 100)
    ours = {m.key(): m.partition() for m in records if m.key() is not None}
    theirs = {r.key: r.partition for r in await aio_read(settings, right, len(KEYS))}
    assert ours == theirs
    assert ours.keys() == set(KEYS)
    assert len({m.partition() for m in records if m.key() is None}) > 1


async def test_the_largest_record_passes(settings: Settings, topics: MakeTopics) -> None:
    """An enriched record of nearly three times the raw limit is written and read by both clients, beside small ones."""
    plain = settings.model_copy(update={"worker": Worker(compression="none")})
    size = clients.largest_record(settings)
    (topic,) = topics("large", partitions=2, config={"max.message.bytes": str(size)})
    value = os.urandom(1024) * (size // 1024 - 1)
    producer = clients.producer(plain)
    for partition in (0, 1):
        producer.produce(topic, b"small", partition=partition)
        producer.produce(topic, value, partition=partition)
    assert producer.flush(60) == 0
    async with clients.aio_producer(plain) as aio:
        await aio.send_and_wait(topic, value, partition=0)
    assert sorted(len(m.value() or b"") for m in read(settings, topic, 5)) == [5, 5, *[len(value)] * 3]
    assert sorted(len(r.value) for r in await aio_read(settings, topic, 5)) == [5, 5, *[len(value)] * 3]


def test_too_large_is_refused_at_once(settings: Settings, topics: MakeTopics) -> None:
    """A record over every limit is refused by the client itself, before it is sent."""
    (topic,) = topics("over", partitions=1)
    with pytest.raises(KafkaException) as caught:
        clients.producer(settings).produce(topic, bytes(clients.largest_record(settings) + 1))
    assert caught.value.args[0].code() == KafkaError.MSG_SIZE_TOO_LARGE


def test_a_topic_is_never_created_by_reading(settings: Settings) -> None:
    """A consumer of a topic that does not exist gets an error, and the topic still does not exist."""
    consumer = clients.consumer(settings, group_id="nobody")
    consumer.subscribe(["nothing-here"])
    (message,) = consumer.consume(1, SECONDS)
    assert code(message) == KafkaError.UNKNOWN_TOPIC_OR_PART
    assert "nothing-here" not in clients.admin(settings).list_topics(timeout=SECONDS).topics
    consumer.close()


def subscribed(settings: Settings, topic: str, instance: str) -> Consumer:
    """A worker's consumer, group and topic of one name; partitions without an offset start at the beginning."""

    def assigned(consumer: Consumer, places: list[TopicPartition]) -> None:
        starts = consumer.committed(places, timeout=SECONDS)
        for start in starts:
            start.offset = start.offset if start.offset >= 0 else OFFSET_BEGINNING
        consumer.assign(starts)

    consumer = clients.worker_consumer(settings, topic, instance)
    consumer.subscribe([topic], on_assign=assigned)
    return consumer


def take(consumer: Consumer, count: int) -> list[Message]:
    """`count` messages, errors too but for the end of a partition, or what came in time."""
    found: list[Message] = []
    deadline = time.monotonic() + SECONDS
    while len(found) < count and time.monotonic() < deadline:
        messages = consumer.consume(count - len(found), 0.2)
        found += [one for one in messages if code(one) != KafkaError._PARTITION_EOF]
    return found


def filled(settings: Settings, topic: str, values: range) -> None:
    """Puts numbers on partition 0."""
    producer = clients.producer(settings)
    for value in values:
        producer.produce(topic, b"%d" % value, partition=0)
    assert producer.flush(SECONDS) == 0


def test_transactions_commit_output_and_offset_together(settings: Settings, topics: MakeTopics) -> None:
    """Committed outputs are seen and the offset moves; aborted outputs are not seen and the offset stays."""
    source, sink = topics("source", "sink", partitions=1)
    filled(settings, source, range(4))
    producer = clients.transactional_producer(settings, f"{source}-0")
    producer.init_transactions(SECONDS)
    with closing(subscribed(settings, source, f"{source}-0")) as consumer:
        for offset, how in ((2, producer.commit_transaction), (4, producer.abort_transaction)):
            records = take(consumer, 2)
            producer.begin_transaction()
            for record in records:
                producer.produce(sink, record.value())
            where = [TopicPartition(source, 0, offset)]
            producer.send_offsets_to_transaction(where, consumer.consumer_group_metadata(), SECONDS)
            producer.flush(SECONDS)
            how(SECONDS)
        assert consumer.committed([TopicPartition(source, 0)], timeout=SECONDS)[0].offset == 2
    assert [m.value() for m in read(settings, sink, 2)] == [b"0", b"1"]
    seen = [m.value() for m in read(settings, sink, 4, isolation_level="read_uncommitted")]
    assert seen == [b"0", b"1", b"2", b"3"]


def test_a_static_member_comes_back_at_once(settings: Settings, topics: MakeTopics) -> None:
    """With the same instance id a worker that left without a word has its partitions again before the session ends."""
    (topic,) = topics("static", partitions=2)
    filled(settings, topic, range(2))
    with closing(subscribed(settings, topic, "slot-0")) as first:
        assert [m.value() for m in take(first, 1)] == [b"0"]
        started = time.monotonic()
        with closing(subscribed(settings, topic, "slot-0")) as second:
            assert [m.value() for m in take(second, 1)] == [b"0"]
            assert time.monotonic() - started < settings.worker.session_timeout_ms / 1000
            assert len(second.assignment()) == 2
            with pytest.raises(KafkaException) as caught:
                first.commit(offsets=[TopicPartition(topic, 0, 1)], asynchronous=False)
        assert caught.value.args[0].code() in (KafkaError.FENCED_INSTANCE_ID, KafkaError._FENCED, KafkaError._FATAL)


def test_an_offset_out_of_range_is_an_error(settings: Settings, topics: MakeTopics) -> None:
    """Where the committed offset was deleted the worker's consumer says so, and does not silently start elsewhere."""
    (topic,) = topics("range", partitions=1)
    filled(settings, topic, range(10))
    with closing(subscribed(settings, topic, "slot-0")) as consumer:
        assert [m.value() for m in take(consumer, 1)] == [b"0"]
        consumer.commit(offsets=[TopicPartition(topic, 0, 3)], asynchronous=False)
    admin = clients.admin(settings)  # held: a client that is gone answers nothing, and the future waits for ever
    for future in admin.delete_records([TopicPartition(topic, 0, 7)]).values():
        future.result(SECONDS)
    with closing(subscribed(settings, topic, "slot-0")) as consumer:
        (message,) = take(consumer, 1)
        assert code(message) == KafkaError._AUTO_OFFSET_RESET
        assert (message.topic(), message.partition()) == (topic, 0)


def test_it_survives_the_death_of_the_broker(kafka: KafkaServer, settings: Settings, topics: MakeTopics) -> None:
    """After kill -9 and a restart the same clients go on, and what was acknowledged is there once."""
    (topic,) = topics("killed", partitions=1)
    producer = clients.producer(settings)
    acknowledged: list[KafkaError | None] = []
    producer.produce(topic, b"before", on_delivery=lambda error, _: acknowledged.append(error))
    assert producer.flush(SECONDS) == 0
    kafka.kill()
    producer.produce(topic, b"meanwhile", on_delivery=lambda error, _: acknowledged.append(error))
    kafka.start()
    assert producer.flush(60) == 0
    assert acknowledged == [None, None]
    assert [m.value() for m in read(settings, topic, 2)] == [b"before", b"meanwhile"]
