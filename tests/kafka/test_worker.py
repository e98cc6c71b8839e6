"""Exactly once on a real Kafka: workers are killed and restarted, and every raw record is counted by its origin."""

from __future__ import annotations

import random
import time

import pytest

from pipeline.settings import Settings
from tests.kafka.checker import clean, finished, judge
from tests.kafka.harness import Load, start, working
from tests.kafka.server import KafkaServer

pytestmark = pytest.mark.kafka
WORKERS, KILLS, RESTARTS = 3, 5, 30


def test_kill_9_loses_nothing_and_doubles_nothing(kafka_settings: Settings) -> None:
    """Five times a worker of three is killed in the middle of its work and started again."""
    rng = random.Random(5)
    with working(kafka_settings, WORKERS) as workers:
        with Load(kafka_settings).running() as load:
            for _ in range(KILLS):
                time.sleep(rng.uniform(0.5, 2.0))
                slot = rng.randrange(WORKERS)
                assert load.behind > 0, "nothing was in work"
                workers[slot].kill()
                workers[slot] = start(kafka_settings, slot)
        assert finished(kafka_settings)
    assert clean(load.fed) == judge(kafka_settings)


def test_rolling_restarts_lose_nothing_and_double_nothing(kafka_settings: Settings) -> None:
    """Thirty times one of three workers under load is asked to stop; each ends with code 0, its successor goes on.

    The next one is asked while the successor still joins, so that there is hardly a moment without a rebalance.
    """
    codes = []
    with working(kafka_settings, WORKERS) as workers:
        with Load(kafka_settings).running() as load:
            for turn in range(RESTARTS):
                slot = turn % WORKERS
                workers[slot].wait_ready()
                load.wait_for_more()
                assert load.behind > 0, "nothing was in work"
                codes.append(workers[slot].terminate())
                workers[slot] = start(kafka_settings, slot)
        assert finished(kafka_settings)
    assert codes == [0] * RESTARTS
    assert clean(load.fed) == judge(kafka_settings)


def test_the_broker_dies_and_comes_back(kafka: KafkaServer, kafka_settings: Settings) -> None:
    """Workers go on, or end with code 70 and are started again; nothing is lost, nothing comes twice."""
    with working(kafka_settings, 2) as workers:
        with Load(kafka_settings).running() as load:
            load.wait_for_more()
            kafka.kill()
            kafka.start()
            deadline, wanted = time.monotonic() + 100, load.fed + 100
            while len(load.seen) < wanted and time.monotonic() < deadline:
                for slot, worker in workers.items():
                    if (code := worker.process.poll()) is not None:
                        assert code in (70, 1)  # 1: no broker answered yet
                        workers[slot] = start(kafka_settings, slot)
                time.sleep(0.2)
            assert len(load.seen) >= wanted, "the workers stand still"
        assert finished(kafka_settings)
    assert judge(kafka_settings) == clean(load.fed)
