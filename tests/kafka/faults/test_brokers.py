"""Rows 8 and 9 of the fault matrix: three brokers, of which one dies, whatever its role, or two."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pipeline.settings import Settings
from pipeline.stream import clients
from pipeline.stream import topics as ours
from tests.conftest import unavailable, unique_settings
from tests.kafka.checker import clean, everything, finished, headers_of, judge, wait_ended
from tests.kafka.cluster import NODES, Cluster
from tests.kafka.faults.fleet import Fleet
from tests.kafka.faults.schedule import SHORT
from tests.kafka.faults.trial import DRAIN_SECONDS, ENDED_SECONDS
from tests.kafka.harness import BAD_REASONS, Load
from tests.kafka.server import KafkaUnavailable

pytestmark = [pytest.mark.kafka, pytest.mark.soak]
MOVED_SECONDS = 60.0
AWAY_SECONDS = 60.0


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Three brokers, in sync."""
    try:
        made = Cluster()
    except KafkaUnavailable as missing:
        unavailable(str(missing))
    with made.running():
        yield made


@contextmanager
def tried(cluster: Cluster) -> Iterator[tuple[Settings, Fleet, Load]]:
    """Two workers under load; at the end of the block everything is drained and judged, and all brokers are there."""
    settings = unique_settings(cluster.bootstrap_servers)
    assert [made.error for made in ours.create(clients.admin(settings), ours.specs(settings))] == [None] * 6
    with Fleet(settings, 2, SHORT).running() as fleet:
        with Load(settings).running() as load:
            load.wait_for_more()
            yield settings, fleet, load
        assert finished(settings, DRAIN_SECONDS)
        wait_ended(settings, ENDED_SECONDS)
    print(fleet.ends)
    assert {end.code for end in fleet.ends} <= {70, 1}
    assert judge(settings) == clean(load.fed)
    reasons = {headers_of(letter)["reason"] for letter in everything(settings, settings.topics.dead)}
    assert reasons <= set(BAD_REASONS)


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_each_broker_goes(cluster: Cluster, how: str) -> None:
    """Row 8: kill -9, or an orderly stop, of each in turn, so of every leader, coordinator and controller; the workers
    go on while it is away."""
    with tried(cluster) as (_, _, load):
        for node in NODES:
            getattr(cluster.brokers[node], how)()
            took = load.wait_all_moved(time.time(), MOVED_SECONDS)
            print(f"{how} of broker {node}: all partitions moved after {took:.1f} s")
            cluster.start(node)


def test_the_leader_is_chased(cluster: Cluster) -> None:
    """Row 8: five times whoever leads the first raw partition is killed."""
    with tried(cluster) as (settings, _, load):
        for _ in range(5):
            node = cluster.leader(settings.topics.raw, 0)
            cluster.brokers[node].kill()
            took = load.wait_all_moved(time.time(), MOVED_SECONDS)
            print(f"kill -9 of leader {node}: all partitions moved after {took:.1f} s")
            cluster.start(node)


def test_two_brokers_go(cluster: Cluster) -> None:
    """Row 9: too few replicas for a minute: nothing is lost or dead for it, and all goes on when they are back."""
    with tried(cluster) as (_, _, load):
        for node in NODES[:2]:
            cluster.brokers[node].kill()
        time.sleep(AWAY_SECONDS)
        cluster.start(*NODES[:2])
        took = load.wait_all_moved(time.time(), MOVED_SECONDS)
        print(f"two of three away for {AWAY_SECONDS:g} s: all partitions moved {took:.1f} s after they were back")
