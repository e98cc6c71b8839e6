"""Rows 7, 10, 15 and 17 of the fault matrix: a broker that dies, is slow, gives up a transaction, has no topic."""

from __future__ import annotations

import signal
import time

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import NewPartitions  # type: ignore[attr-defined]

from pipeline.settings import Settings
from pipeline.stream import clients
from pipeline.stream import topics as ours
from tests.kafka.checker import SECONDS, clean, everything, finished, judge, results
from tests.kafka.faults.fleet import Fleet
from tests.kafka.faults.proxy import Action, Api, Proxy, Rule
from tests.kafka.faults.schedule import SHORT
from tests.kafka.faults.trial import kept, sleep_until, trial
from tests.kafka.harness import feed, value
from tests.kafka.server import KafkaServer

pytestmark = pytest.mark.kafka
BROKER_SECONDS = 45.0  # from the moment that it answers again


@pytest.mark.parametrize(
    "away", [pytest.param((0.0,)), pytest.param((0.0, 20.0, 60.0), marks=pytest.mark.soak)], ids=["once", "three"]
)
def test_the_broker_is_killed(
    kafka: KafkaServer, kafka_settings: Settings, proxy: Proxy, away: tuple[float, ...]
) -> None:
    """Row 7: in the middle of a transaction; the workers resume unaided when it is back after so many seconds."""
    with trial(kafka_settings, proxy, more=SHORT) as tried:
        for seconds in away:
            proxy.hits.clear()
            with proxy.ruled(Rule(Action.DELAY, [Api.ADD_OFFSETS], seconds=0.2, times=1)):
                proxy.wait_hit()
                kafka.kill()
            time.sleep(seconds)
            kafka.start()
            took = tried.load.wait_all_moved(time.time(), BROKER_SECONDS)
            print(f"away for {seconds:g} s: all partitions moved {took:.1f} s after it was back; {tried.fleet.ends}")
    assert {end.code for end in tried.fleet.ends} <= {70, 1}
    assert tried.found == kept(tried.load.fed)


@pytest.mark.soak
@pytest.mark.parametrize("seconds", [5.0, 20.0])
def test_the_broker_stands_still(kafka: KafkaServer, kafka_settings: Settings, proxy: Proxy, seconds: float) -> None:
    """Row 10: it takes connections and answers nothing for a while; no storm of restarts."""
    with trial(kafka_settings, proxy) as tried:
        kafka.pause()
        time.sleep(seconds)
        kafka.resume()
        took = tried.load.wait_all_moved(time.time(), BROKER_SECONDS)
        print(f"still for {seconds:g} s: all partitions moved {took:.1f} s after it went on; {tried.fleet.ends}")
    assert len(tried.fleet.ends) <= 2
    assert tried.found == kept(tried.load.fed)


@pytest.mark.soak
def test_the_network_is_slow(kafka_settings: Settings, proxy: Proxy) -> None:
    """Row 10: half a second for every request of one worker; it goes on, and no storm of restarts."""
    with trial(kafka_settings, proxy) as tried, proxy.ruled(Rule(Action.DELAY, tuple(Api), 0.5, client="slot-0")):
        time.sleep(15.0)
        took = tried.load.wait_all_moved(time.time(), BROKER_SECONDS)
        print(f"half a second more: all partitions moved within {took:.1f} s; {tried.fleet.ends}")
    assert len(tried.fleet.ends) <= 1
    assert tried.found == kept(tried.load.fed)


@pytest.mark.soak
def test_partitions_are_added(kafka_settings: Settings, proxy: Proxy) -> None:
    """Row 13: what is fed to a new partition comes out when the workers' metadata is that old."""
    raw = kafka_settings.topics.raw
    admin = clients.admin(kafka_settings)
    with trial(kafka_settings, proxy) as tried:
        admin.create_partitions([NewPartitions(raw, 10)])[raw].result(SECONDS)
        producer, added = Producer({"bootstrap.servers": kafka_settings.kafka.bootstrap_servers}), time.time()
        for number in range(20):
            producer.produce(raw, value(number), partition=8 + number % 2)
        assert producer.flush(SECONDS) == 0
        while not {8, 9} <= tried.load.moved.keys():
            assert time.time() < added + 45.0, "nobody takes the new partitions"
            time.sleep(0.1)
        print(f"new partitions moved {time.time() - added:.1f} s after they were added")
    assert tried.found == kept(tried.load.fed + 20)


@pytest.mark.soak
def test_the_raw_topic_is_made_anew(kafka_settings: Settings, proxy: Proxy) -> None:
    """Row 13: deleted and created while a worker reads it: the worker ends, and its successor reads the new topic."""
    admin = clients.admin(kafka_settings)
    (spec,) = [spec for spec in ours.specs(kafka_settings) if spec.key == "raw"]
    proxy.heal()
    feed(kafka_settings, *range(400))
    with Fleet(kafka_settings, 1, SHORT).running() as fleet:
        assert finished(kafka_settings)
        admin.delete_topics([spec.name])[spec.name].result(SECONDS)
        time.sleep(1.0)
        assert [created.error for created in ours.create(admin, [spec])] == [None]
        feed(kafka_settings, *range(10))
        (end,) = fleet.wait_ends(1, seconds=90)
        assert finished(kafka_settings)
    assert end.code == 70
    assert len(everything(kafka_settings, *results(kafka_settings))) == 410


def test_a_transaction_takes_too_long(kafka_settings: Settings, proxy: Proxy) -> None:
    """Row 15: the broker ends it, the worker still has its partitions: the batch is done again, once."""
    more = {"ARTICLES_WORKER__TRANSACTION_TIMEOUT_MS": "2000", "ARTICLES_WORKER__SESSION_TIMEOUT_MS": "30000"}
    plans = {0: ["acked@5=STOP"], 1: ["offsets@5=STOP"]}
    with trial(kafka_settings, proxy, plans=plans, more=more) as tried:
        stopped = max(tried.fleet.wait_stopped(slot) for slot in plans)
        sleep_until(stopped + 4.0)
        resumed = [tried.fleet.send(slot, signal.SIGCONT) for slot in plans]
        took = tried.load.wait_all_moved(max(resumed), BROKER_SECONDS)
    print(f"all partitions moved after {took:.1f} s")
    assert {end.code for end in tried.fleet.ends} <= {70}
    assert tried.found == kept(tried.load.fed)


def test_the_topic_of_dead_letters_goes(kafka_settings: Settings, proxy: Proxy) -> None:
    """Row 17: a worker with a letter stops and nothing is committed past it; with the topic it goes on."""
    admin = clients.admin(kafka_settings)
    (spec,) = [spec for spec in ours.specs(kafka_settings) if spec.key == "dead"]
    proxy.heal()
    quick = SHORT | {"ARTICLES_WORKER__TRANSACTION_TIMEOUT_MS": "2000"}
    with Fleet(kafka_settings, 1, quick).running() as fleet:
        admin.delete_topics([spec.name])[spec.name].result(SECONDS)
        feed(kafka_settings, *range(100))
        (end, *_) = fleet.wait_ends(1)
        time.sleep(3.0)
        ends = list(fleet.ends)
        assert [created.error for created in ours.create(admin, [spec])] == [None]
        assert finished(kafka_settings)
    print(f"ended {[(end.code, round(end.at - ends[0].at, 1)) for end in ends]}")
    assert end.code == 70
    assert {end.code for end in ends[1:]} == {1}  # it says that the topic is missing
    assert len(ends) <= 5
    assert judge(kafka_settings) == clean(100)
