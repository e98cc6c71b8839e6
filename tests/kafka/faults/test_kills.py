"""Rows 1 and 2 of the fault matrix: workers that die or stand still at every point of a batch's way."""

from __future__ import annotations

import random
import signal

import pytest

from pipeline.settings import Settings
from tests.kafka.faults.proxy import Action, Api, Proxy, Rule
from tests.kafka.faults.schedule import POINTS, SHORT, SHORT_SESSION_SECONDS, end_plans
from tests.kafka.faults.trial import kept, sleep_until, trial

pytestmark = pytest.mark.kafka
TAKEOVER_SECONDS = 30.0  # asserted; what it takes is printed, and stands in docs/operating.md


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 21))])
def test_kill_9_at_every_point(kafka_settings: Settings, proxy: Proxy, seed: int) -> None:
    """Row 1: two workers die at each point in turn, in an order of the seed, and their successors go on."""
    with trial(kafka_settings, proxy, plans=end_plans(random.Random(seed), slots=2)) as tried:
        ends = tried.fleet.wait_ends(len(POINTS), seconds=150)
        took = tried.load.wait_all_moved(ends[-1].at, TAKEOVER_SECONDS)
    print(f"seed {seed}: all partitions moved {took:.1f} s after the last kill")
    assert {end.code for end in ends} == {-signal.SIGKILL}
    assert sorted(end.point for end in ends) == sorted(POINTS)
    assert tried.found == kept(tried.load.fed)


@pytest.mark.soak
@pytest.mark.parametrize("point", ["worked", "acked", "offsets"])
def test_kill_9_for_good(kafka_settings: Settings, proxy: Proxy, point: str) -> None:
    """Row 1: nobody comes back under its name; the others wait for its session, and for its transaction's timeout."""
    with trial(kafka_settings, proxy, plans={0: [f"{point}@5=KILL"]}, more=SHORT) as tried:
        tried.fleet.resting.add(0)
        (end,) = tried.fleet.wait_ends(1)
        took = tried.load.wait_all_moved(end.at, TAKEOVER_SECONDS)
    print(f"{point}: all partitions moved {took:.1f} s after the kill")
    assert tried.found == kept(tried.load.fed)


def test_kill_9_while_the_end_of_a_transaction_is_unanswered(kafka_settings: Settings, proxy: Proxy) -> None:
    """Row 1, F5: the broker has committed, the worker dies before it hears of it."""
    with trial(kafka_settings, proxy) as tried:
        for slot in (0, 1, 0):
            proxy.hits.clear()
            with proxy.ruled(Rule(Action.LOSE, [Api.END_TXN], times=1, client=f"slot-{slot}")):
                proxy.wait_hit()
                at = tried.fleet.send(slot, signal.SIGKILL)
            took = tried.load.wait_all_moved(at, TAKEOVER_SECONDS)
    print(f"all partitions moved {took:.1f} s after the last kill")
    assert [end.point for end in tried.fleet.ends[:3]] == ["offsets"] * 3
    assert tried.found == kept(tried.load.fed)


@pytest.mark.parametrize(
    ("points", "sessions"),
    [
        pytest.param(("acked", "offsets"), 1.5),
        *(
            pytest.param(points, sessions, marks=pytest.mark.soak)
            for points in (("acked", "offsets"), ("worked", "begun"), ("produced", "committed"), ("taken", "assigned"))
            for sessions in (0.5, 1.5, 5)
        ),
    ],
)
def test_zombies(kafka_settings: Settings, proxy: Proxy, points: tuple[str, str], sessions: float) -> None:
    """Row 2: two of three workers stand still for so many session timeouts, and go on when others have their work."""
    plans = {slot: [f"{point}@{1 if point == 'assigned' else 30}=STOP"] for slot, point in enumerate(points)}
    with trial(kafka_settings, proxy, workers=3, plans=plans, more=SHORT) as tried:
        stopped = max(tried.fleet.wait_stopped(slot) for slot in plans)
        if sessions > 1:
            took = tried.load.wait_all_moved(stopped, TAKEOVER_SECONDS)
            print(f"{points} for {sessions} sessions: all partitions moved after {took:.1f} s")
        sleep_until(stopped + sessions * SHORT_SESSION_SECONDS)
        resumed = [tried.fleet.send(slot, signal.SIGCONT) for slot in plans]
        tried.load.wait_all_moved(max(resumed), TAKEOVER_SECONDS)
    assert {end.code for end in tried.fleet.ends} <= {70}
    assert tried.found == kept(tried.load.fed)
