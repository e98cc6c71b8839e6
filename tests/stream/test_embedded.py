"""The embedded broker: what it can, and each limit that its docstring states."""

from __future__ import annotations

import logging

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from pipeline.settings import Kafka, Settings
from pipeline.stream import clients
from pipeline.stream.embedded import MAX_RECORD_BYTES, PARTITIONS, EmbeddedBroker, is_embedded

QUIET: dict[str, str | int | float | bool] = {"log_level": 0}


def settings_of(broker: EmbeddedBroker) -> Settings:
    """Default settings for this broker."""
    return Settings(kafka=Kafka(bootstrap_servers=broker.bootstrap_servers))


def test_topics_exist_and_it_is_recognised() -> None:
    """The topics asked for exist with four partitions, and the cluster id says what kind of broker it is."""
    with EmbeddedBroker(["a", "b"]) as broker:
        metadata = AdminClient({"bootstrap.servers": broker.bootstrap_servers, **QUIET}).list_topics(timeout=10)
        assert {name: len(topic.partitions) for name, topic in metadata.topics.items()} == {
            "a": PARTITIONS,
            "b": PARTITIONS,
        }
        assert is_embedded(metadata.cluster_id)


@pytest.mark.parametrize("cluster_id", [None, "", "4L6g3nShT-eMCtK--X86sw"])
def test_other_brokers_are_not_embedded(cluster_id: str | None) -> None:
    """The cluster id of a real broker, or none, is not an embedded broker's."""
    assert not is_embedded(cluster_id)


def test_records_pass(embedded: EmbeddedBroker) -> None:
    """Records that one of our producers wrote come to one of our consumers, with key and headers, up to the limit."""
    settings = settings_of(embedded)
    producer = clients.producer(settings)
    largest = bytes(MAX_RECORD_BYTES)
    producer.produce("t", b"small", b"k", partition=0, headers=[("h", b"\xff"), ("n", None)])
    producer.produce("t", largest, partition=0)
    assert producer.flush(20) == 0
    consumer = clients.consumer(settings, group_id="g")
    consumer.assign([TopicPartition("t", 0, 0)])
    first, second = consumer.consume(2, 20)
    assert (first.key(), first.value(), first.headers()) == (b"k", b"small", [("h", b"\xff"), ("n", None)])
    assert second.value() == largest
    consumer.close()


async def test_aiokafka_reads_it(embedded: EmbeddedBroker) -> None:
    """The asyncio clients work with it too."""
    settings = settings_of(embedded)
    async with clients.aio_producer(settings) as producer:
        await producer.send_and_wait("t", b"value", key=b"k")
    async with clients.aio_consumer(settings, "t") as consumer:
        record = await consumer.getone()
    assert (record.key, record.value) == (b"k", b"value")


def test_records_over_the_limit_are_lost(embedded: EmbeddedBroker) -> None:
    """The reason for the limit: of three records of 3 MB nothing is left, and no error said so."""
    producer = Producer({"bootstrap.servers": embedded.bootstrap_servers, "message.max.bytes": 4_000_000, **QUIET})
    errors = []
    for _ in range(3):
        producer.produce("t", bytes(3_000_000), partition=0, on_delivery=lambda error, _: errors.append(error))
    assert (producer.flush(20), errors) == (0, [None, None, None])
    consumer = Consumer({"bootstrap.servers": embedded.bootstrap_servers, "group.id": "g", **QUIET})
    low, high = consumer.get_watermark_offsets(TopicPartition("t", 0), timeout=10)
    assert high == 3
    assert low > 0
    consumer.close()


def test_it_ends_with_its_block(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    """After the block nobody listens; closing twice is fine; nothing was written to stderr or above debug level."""
    caplog.set_level(logging.INFO, logger="pipeline.stream.embedded")
    with EmbeddedBroker(["a"]) as broker:
        address: dict[str, str | int | float | bool] = {"bootstrap.servers": broker.bootstrap_servers, **QUIET}
    broker.close()
    with pytest.raises(Exception, match=r"_TRANSPORT|_TIMED_OUT"):
        AdminClient(address).list_topics(timeout=1)
    assert (capfd.readouterr().err, caplog.text) == ("", "")
