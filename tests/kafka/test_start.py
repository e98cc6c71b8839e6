"""How a worker starts on a real Kafka: what it chooses by itself, where it begins, and beside whom."""

from __future__ import annotations

import subprocess
import sys
import time

import orjson
import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import NewPartitions  # type: ignore[attr-defined]

from pipeline.settings import Settings
from pipeline.stream import clients
from tests.kafka.checker import SECONDS, arrived, clean, everything, finished, judge, origin_of, results
from tests.kafka.harness import Running, environment, feed, start, value, working
from tests.kafka.server import free_port

pytestmark = pytest.mark.kafka


def test_it_says_that_it_delivers_exactly_once(kafka_settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    """Chosen by itself, in the log and on /readyz."""
    with working(kafka_settings, more={"ARTICLES_LOG__LEVEL": "info"}) as workers:
        assert workers[0].wait_ready()["delivery"] == "exactly_once"
    events = [orjson.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    assert [event["delivery"] for event in events if event["event"] == "worker"] == ["exactly_once"]


def test_two_workers_on_one_host_share_the_work(kafka_settings: Settings) -> None:
    """Without a slot and with the same port each finds its own; together they hold all partitions once."""
    port = free_port()
    more = {"ARTICLES_HTTP__PORT": str(port)}
    command = [sys.executable, "-m", "pipeline", "worker", "--stage", "enrich"]
    processes = [subprocess.Popen(command, env=environment(kafka_settings) | more) for _ in range(2)]
    try:
        deadline, held = time.monotonic() + SECONDS, []
        while sorted(held) != list(range(8)) and time.monotonic() < deadline:
            answers = [Running(processes[0], number).ready() for number in range(port, port + 20)]
            facts = [answer for answer in answers if answer and str(answer["slot"]).rpartition("-")[2].isdigit()]
            parts = [stages_of(answer)["enrich"]["partitions"] for answer in facts]
            held = [partition for part in parts for partition in part] if len(parts) == 2 else []
            time.sleep(0.2)
        assert sorted(held) == list(range(8))
        assert all(parts)
        assert len({answer["slot"] for answer in facts}) == 2
    finally:
        for process in processes:
            process.kill()
            process.wait()


def stages_of(facts: dict[str, object]) -> dict[str, dict[str, list[int]]]:
    """The stages on a page of /readyz."""
    stages = facts["stages"]
    assert isinstance(stages, dict)
    return stages


def test_a_group_that_starts_at_the_end_skips_nothing_later(kafka_settings: Settings) -> None:
    """`start_from = latest`: what was there is left; what came while no worker ran is done, in any partition."""
    feed(kafka_settings, *range(10, 15))
    more = {"ARTICLES_WORKER__START_FROM": "latest"}
    with working(kafka_settings, more=more) as workers:
        assert workers[0].terminate() == 0
    feed(kafka_settings, *range(100, 140))
    with working(kafka_settings, more=more):
        assert finished(kafka_settings)
    outputs = everything(kafka_settings, *results(kafka_settings))
    assert len(outputs) == 40


def test_lost_offsets_end_the_worker(kafka_settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    """Where the broker has deleted what was not read, it says how much, and goes on only when told."""
    feed(kafka_settings, 0, 0, 0, 0)  # one key, one partition
    (first, *_) = everything(kafka_settings, kafka_settings.topics.raw)
    with working(kafka_settings):
        arrived(kafka_settings, kafka_settings.topics.enriched, 4)
        assert finished(kafka_settings)
    feed(kafka_settings, 0, 0, 0)
    admin = clients.admin(kafka_settings)  # held: a client that is gone answers nothing
    place = TopicPartition(kafka_settings.topics.raw, first.partition() or 0, 6)
    for future in admin.delete_records([place]).values():
        future.result(SECONDS)
    capfd.readouterr()
    assert start(kafka_settings).process.wait(SECONDS) == 70
    assert f"2 records of {place.topic}/{place.partition} are lost" in capfd.readouterr().err


def test_sigterm_at_once(kafka_settings: Settings) -> None:
    """A worker that is asked to stop when it has just joined ends with code 0, and leaves all to the next."""
    feed(kafka_settings, *range(200))
    with working(kafka_settings) as workers:
        assert workers[0].terminate() == 0
    with working(kafka_settings):
        assert finished(kafka_settings)
    assert judge(kafka_settings) == clean(200)


def test_a_group_that_began_at_the_end_reads_a_new_partition_from_its_beginning(kafka_settings: Settings) -> None:
    """`start_from = latest`: what was sent into an added partition before anybody knew of it is not skipped."""
    raw, more = kafka_settings.topics.raw, {"ARTICLES_WORKER__START_FROM": "latest"}
    admin = clients.admin(kafka_settings)
    feed(kafka_settings, *range(10, 15))
    with working(kafka_settings, more=more) as workers:
        feed(kafka_settings, *range(100, 110))
        assert finished(kafka_settings)
        assert workers[0].terminate() == 0
    admin.create_partitions([NewPartitions(raw, 9)])[raw].result(SECONDS)
    producer = Producer({"bootstrap.servers": kafka_settings.kafka.bootstrap_servers})
    for number in range(3):
        producer.produce(raw, value(200 + number), partition=8)
    assert producer.flush(SECONDS) == 0
    with working(kafka_settings, more=more):
        assert finished(kafka_settings)
    outputs = everything(kafka_settings, *results(kafka_settings))
    origins = {origin_of(message) for message in outputs}
    assert len(outputs) == 13
    assert {f"{raw}/8/{offset}".encode() for offset in range(3)} <= origins
