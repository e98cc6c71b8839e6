"""Exactly once on a real Kafka: workers are restarted, and every raw record is counted by its origin."""

from __future__ import annotations

import pytest

from pipeline.settings import Settings
from tests.kafka.checker import clean, finished, judge
from tests.kafka.harness import Load, start, working

pytestmark = pytest.mark.kafka
WORKERS = 3


@pytest.mark.parametrize("restarts", [12, pytest.param(30, marks=pytest.mark.soak)])
def test_rolling_restarts_lose_nothing_and_double_nothing(kafka_settings: Settings, restarts: int) -> None:
    """Time and again one of three workers under load is asked to stop; each ends with code 0, its successor goes on.

    The next one is asked while the successor still joins, so that there is hardly a moment without a rebalance.
    """
    codes = []
    with working(kafka_settings, WORKERS) as workers:
        with Load(kafka_settings).running() as load:
            for turn in range(restarts):
                slot = turn % WORKERS
                workers[slot].wait_ready()
                load.wait_for_more()
                assert load.behind > 0, "nothing was in work"
                codes.append(workers[slot].terminate())
                workers[slot] = start(kafka_settings, slot)
        assert finished(kafka_settings)
    assert codes == [0] * restarts
    assert clean(load.fed) == judge(kafka_settings)
