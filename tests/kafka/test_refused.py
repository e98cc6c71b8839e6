"""What the broker refuses: an output becomes a dead letter, a dead letter stops the worker; and what it just takes."""

from __future__ import annotations

import random
import string
from typing import Any

import orjson
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
)

from pipeline import flow
from pipeline.records import KafkaOrigin, encode, stamp
from pipeline.settings import Settings
from pipeline.stream import clients
from tests.kafka.checker import SECONDS, arrived, clean, everything, finished, headers_of, judge, origin_of, results
from tests.kafka.harness import TEXT, start, working

pytestmark = pytest.mark.kafka
LIMIT = 300_000  # over the size of a batch of small records
LARGE = 400_000


def noise(size: int) -> str:
    """Letters that no codec makes much smaller."""
    return "".join(random.Random(size).choices(string.ascii_letters + string.digits, k=size))


def limit(settings: Settings, topic: str, size: int) -> None:
    """Changes what the broker takes on a topic."""
    change = ConfigEntry("max.message.bytes", str(size), incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=[change])
    admin = clients.admin(settings)  # held: a client that is gone answers nothing
    admin.incremental_alter_configs([resource])[resource].result(SECONDS)


def put(settings: Settings, topic: str, *values: bytes) -> None:
    """Puts records on partition 0, uncompressed, in one batch where they are small."""
    producer = Producer(
        {
            "bootstrap.servers": settings.kafka.bootstrap_servers,
            "message.max.bytes": 100_000_000,
            "linger.ms": 100,
        }
    )
    failed: list[Any] = []
    for value in values:
        producer.produce(topic, value, partition=0, on_delivery=lambda error, _: failed.append(error))
    assert producer.flush(SECONDS) == 0
    assert failed == [None] * len(values)


def article(number: int, filler: int = 0) -> bytes:
    """An article whose enriched record is a little larger than its filler."""
    fields = {"url": f"https://news.example/{number}", "text": f"{TEXT} Story {number}.", "more": noise(filler)}
    return orjson.dumps(fields)


def committed(settings: Settings) -> int:
    """The offset that stage `enrich` has committed of partition 0; negative where there is none."""
    group = f"{settings.worker.group}-enrich"
    consumer = Consumer({"bootstrap.servers": settings.kafka.bootstrap_servers, "group.id": group})
    (place,) = consumer.committed([TopicPartition(settings.topics.raw, 0)], timeout=SECONDS)
    consumer.close()
    return place.offset


def test_a_refused_output_becomes_a_letter_and_its_mates_go_on(kafka_settings: Settings) -> None:
    """Enriched records over the topic's limit are dead, too_large, with the raw bytes; the batch is committed."""
    values = [article(n, LARGE if n in (3, 11) else 0) for n in range(15)]
    with working(kafka_settings) as workers:
        limit(kafka_settings, kafka_settings.topics.enriched, LIMIT)
        put(kafka_settings, kafka_settings.topics.raw, *values)
        assert finished(kafka_settings)
        assert workers[0].terminate() == 0
    assert judge(kafka_settings) == clean(15)
    letters = everything(kafka_settings, kafka_settings.topics.dead)
    assert {letter.value() for letter in letters} == {values[3], values[11]}
    assert {headers_of(letter)["reason"] for letter in letters} == {b"too_large"}
    assert len(everything(kafka_settings, kafka_settings.topics.enriched)) == 13


def test_a_refused_letter_stops_the_worker_and_nothing_is_committed(kafka_settings: Settings) -> None:
    """Exit code 70, no output, no offset; with the old limit the next worker does it all."""
    with working(kafka_settings) as workers:
        limit(kafka_settings, kafka_settings.topics.dead, LIMIT)
        put(kafka_settings, kafka_settings.topics.raw, article(1), b'{"text": ' + noise(LARGE).encode(), article(2))
        assert workers[0].process.wait(SECONDS) == 70
    assert everything(kafka_settings, *results(kafka_settings)) == []
    assert committed(kafka_settings) <= 0
    limit(kafka_settings, kafka_settings.topics.dead, clients.largest_record(kafka_settings))
    with working(kafka_settings):
        assert finished(kafka_settings)
    assert judge(kafka_settings) == clean(3)


def test_the_largest_enriched_record_passes(kafka_settings: Settings) -> None:
    """A value of exactly three times limits.record_bytes is taken, uncompressed, and fanned out; garbage is dead."""
    size = 3 * kafka_settings.limits.record_bytes
    outcome = flow.process(article(1))
    stamped = stamp(outcome, KafkaOrigin(kafka_settings.topics.raw, 0, 7), "2026-01-01T00:00:00.000Z")  # type: ignore[type-var]
    fields = orjson.loads(encode(stamped)) | {"extra": {"more": ""}}
    fields["extra"]["more"] = noise(size - len(orjson.dumps(fields)))
    largest, garbage = orjson.dumps(fields), noise(size).encode()
    assert (len(largest), len(garbage)) == (size, size)
    put(kafka_settings, kafka_settings.topics.enriched, largest, garbage)
    plain = {"ARTICLES_WORKER__COMPRESSION": "none"}
    with working(kafka_settings, stage="entities", more=plain):
        records = arrived(kafka_settings, kafka_settings.topics.entities, len(fields["entities"]))
        (letter,) = arrived(kafka_settings, kafka_settings.topics.dead, 1)
    assert {origin_of(record) for record in records} == {f"{kafka_settings.topics.raw}/0/7".encode()}
    assert letter.value() == garbage
    assert headers_of(letter)["reason"] == b"invalid_json"


def test_a_topic_that_is_too_small_keeps_the_worker_from_starting(
    kafka_settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    """The check before the start names the topic and the size that it needs."""
    limit(kafka_settings, kafka_settings.topics.dead, LIMIT)
    assert start(kafka_settings).process.wait(SECONDS) != 0
    assert f"set max.message.bytes={clients.largest_record(kafka_settings)} or more" in capfd.readouterr().err
