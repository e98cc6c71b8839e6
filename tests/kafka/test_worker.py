"""Exactly once on a real Kafka: workers are killed and restarted, and every raw record is counted by its origin."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

import orjson
import pytest
from confluent_kafka import Consumer, TopicPartition

from pipeline.records import FileOrigin
from pipeline.settings import Settings
from pipeline.sources.files import Sourced
from pipeline.stream.feeding import Feeder
from pipeline.stream.reading import read
from pipeline.views.ledger import Ledger

pytestmark = pytest.mark.kafka
TEXT = "It rained in Vienna on Monday, and Anna Gruber of the Greens stayed at home. The trams were late all day."


def worker(settings: Settings, slot: int) -> subprocess.Popen[bytes]:
    """A worker process with one child."""
    names = {f"ARTICLES_TOPICS__{key.upper()}": name for key, name in settings.topics.model_dump().items()}
    environment = {
        **os.environ,
        **names,
        "ARTICLES_KAFKA__BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
        "ARTICLES_WORKER__GROUP": settings.worker.group,
        "ARTICLES_WORKER__SLOT": f"slot-{slot}",
        "ARTICLES_WORKER__CHILDREN": "1",
        "ARTICLES_WORKER__BATCH_RECORDS": "50",
        "ARTICLES_HTTP__PORT": "0",
        "ARTICLES_LOG__LEVEL": "error",
    }
    return subprocess.Popen([sys.executable, "-m", "pipeline", "worker", "--stage", "enrich"], env=environment)


def feed(settings: Settings, count: int) -> None:
    """Raw records of every fate: enriched, and dead for two reasons."""
    feeder = Feeder(settings, as_is=True)
    for number in range(count):
        value = orjson.dumps({"url": f"https://site{number % 40}.example/{number}", "text": f"{TEXT} Story {number}."})
        if number % 50 == 7:
            value = b'{"text": '
        elif number % 50 == 9:
            value = b'{"title": "nothing else"}'
        feeder.send(Sourced(value, (), FileOrigin("test", number)))
    assert feeder.finish().sent == count


def outcomes(settings: Settings) -> Counter[bytes]:
    """How many committed outputs each origin has, over the three topics, by a client of its own."""
    consumer = Consumer(
        {
            "bootstrap.servers": settings.kafka.bootstrap_servers,
            "group.id": "checker",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    topics = (settings.topics.enriched, settings.topics.rejected, settings.topics.dead)
    places = [TopicPartition(topic, partition, 0) for topic in topics for partition in range(8)]
    consumer.assign(places)
    seen: Counter[bytes] = Counter()
    ended: set[tuple[str | None, int | None]] = set()
    deadline = time.monotonic() + 60
    while len(ended) < len(places) and time.monotonic() < deadline:
        for message in consumer.consume(1000, 1.0):
            if message.error():
                ended.add((message.topic(), message.partition()))
            else:
                seen[dict(message.headers() or [])["origin"]] += 1  # type: ignore[index, arg-type]
    consumer.close()
    return seen


def drained(settings: Settings, count: int, seconds: float) -> bool:
    """Do the outputs reach the count in time?"""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if sum(outcomes(settings).values()) >= count:
            return True
        time.sleep(1)
    return False


def check(settings: Settings, count: int) -> None:
    """Nothing lost, nothing twice, and the ledger balances."""
    seen = outcomes(settings)
    wanted = {record.origin for record in read(settings, settings.topics.raw)}
    assert len(wanted) == count
    assert set(seen) == wanted, f"lost {len(wanted - set(seen))}"
    assert {origin: n for origin, n in seen.items() if n > 1} == {}
    ledger = Ledger()
    for record in read(settings, settings.topics.ledger):
        ledger.fold(orjson.loads(record.value or b""), record.partition, record.offset)
    assert ledger.findings == []
    assert ledger.totals()["in"] == count


def test_kill_9_loses_nothing_and_doubles_nothing(kafka_settings: Settings) -> None:
    """Five times a worker of three is killed in the middle of its work and started again."""
    rng = random.Random(5)
    workers = {slot: worker(kafka_settings, slot) for slot in range(3)}
    try:
        feed(kafka_settings, 3000)
        for _ in range(5):
            time.sleep(rng.uniform(1.5, 3.0))
            slot = rng.randrange(3)
            workers[slot].kill()
            workers[slot].wait()
            workers[slot] = worker(kafka_settings, slot)
        assert drained(kafka_settings, 3000, 120)
    finally:
        for process in workers.values():
            process.kill()
            process.wait()
    check(kafka_settings, 3000)


def test_sigterm_commits_what_is_in_flight_and_exits_0(kafka_settings: Settings) -> None:
    """A rolling restart: each worker in turn is asked to stop, ends cleanly, and another goes on."""
    workers = [worker(kafka_settings, slot) for slot in range(2)]
    codes = []
    try:
        feed(kafka_settings, 1500)
        for turn in range(4):
            time.sleep(2)
            workers[turn % 2].send_signal(signal.SIGTERM)
            codes.append(workers[turn % 2].wait(40))
            workers[turn % 2] = worker(kafka_settings, turn % 2)
        assert drained(kafka_settings, 1500, 120)
    finally:
        for process in workers:
            process.kill()
            process.wait()
    assert codes == [0, 0, 0, 0]
    check(kafka_settings, 1500)
