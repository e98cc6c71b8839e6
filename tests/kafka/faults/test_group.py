"""Rows 11, 12 and 19 of the fault matrix: workers come and go, restart in turn, and lose their children."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Sequence
from itertools import pairwise

import psutil
import pytest

from pipeline.settings import Settings
from tests.kafka.faults.fleet import Reached
from tests.kafka.faults.proxy import Proxy
from tests.kafka.faults.schedule import POINTS, SHORT, end_plans
from tests.kafka.faults.trial import kept, trial

pytestmark = pytest.mark.kafka
MOVED_SECONDS = 30.0


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 8))
def test_members_come_and_go(kafka_settings: Settings, proxy: Proxy, seed: int) -> None:
    """Row 11: every other second a new member joins, or one is killed for good."""
    rng = random.Random(seed)
    with trial(kafka_settings, proxy, more=SHORT) as tried:
        guests: list[int] = []
        for turn in range(6):
            if guests and rng.random() < 0.4:
                slot = guests.pop(rng.randrange(len(guests)))
                tried.fleet.resting.add(slot)
                tried.fleet.send(slot, signal.SIGKILL)
            else:
                guests.append(2 + turn)
                tried.fleet.begin(2 + turn)
                tried.fleet.wait_ready(2 + turn)
            time.sleep(rng.uniform(0.5, 1.5))
        took = tried.load.wait_all_moved(time.time(), MOVED_SECONDS)
    print(f"seed {seed}: all partitions moved after {took:.1f} s")
    assert {end.code for end in tried.fleet.ends} <= {-signal.SIGKILL}
    assert tried.found == kept(tried.load.fed)


@pytest.mark.soak
def test_two_workers_have_one_name(
    kafka_settings: Settings, proxy: Proxy, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Row 11: on another host, where no lock file tells: the newer one works, the older ends with 70, nothing twice."""
    with trial(kafka_settings, proxy, more=SHORT) as tried:
        tried.fleet.resting.add(0)
        tried.fleet.twin(0, str(tmp_path_factory.mktemp("host")))
        (end,) = tried.fleet.wait_ends(1)
        took = tried.load.wait_all_moved(end.at, MOVED_SECONDS)
    print(f"all partitions moved {took:.1f} s after the older one had ended")
    assert (end.slot, end.code) == (0, 70)
    assert tried.found == kept(tried.load.fed)


def gap(history: Sequence[Reached], since: float, until: float) -> float:
    """The longest time without any commit in the group."""
    commits = [line.at for line in history if line.point == "committed" and since <= line.at <= until]
    times = [since, *commits, until]
    return max(later - earlier for earlier, later in pairwise(times))


def repeated(history: Sequence[Reached]) -> list[str]:
    """Batches' ends that did not lie behind those of the batch before, in their partition: work done again."""
    last: dict[str, int] = {}
    found = []
    for line in history:
        for place in line.places if line.point == "worked" else ():
            partition, _, offset = place.rpartition(":")
            if int(offset) <= last.get(partition, -1):
                found.append(place)
            last[partition] = int(offset)
    return found


def test_a_rolling_restart(kafka_settings: Settings, proxy: Proxy) -> None:
    """Row 12: four workers are asked to stop, one after the other: no batch is done twice, the group never pauses."""
    with trial(kafka_settings, proxy, workers=4) as tried:
        began = time.time()
        for slot in range(4):
            tried.fleet.send(slot, signal.SIGTERM)
            tried.fleet.wait_ends(slot + 1)
            tried.fleet.wait_ready(slot)
            tried.load.wait_all_moved(tried.fleet.ends[-1].at, MOVED_SECONDS)
        history, until = tried.fleet.history(), time.time()
    print(f"the group's longest pause: {gap(history, began, until):.2f} s")
    assert [(end.slot, end.code) for end in tried.fleet.ends] == [(slot, 0) for slot in range(4)]
    assert repeated(history) == []
    assert gap(history, began, until) < 2.0
    assert tried.found == kept(tried.load.fed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 4))
def test_sigterm_at_every_point(kafka_settings: Settings, proxy: Proxy, seed: int) -> None:
    """Row 12: two workers are asked to stop at each point in turn; no batch is done twice."""
    with trial(kafka_settings, proxy, plans=end_plans(random.Random(seed), 2, "TERM")) as tried:
        ends = tried.fleet.wait_ends(len(POINTS), seconds=150)
        history = tried.fleet.history()
    assert {end.code for end in ends} == {0}
    assert repeated(history) == []
    assert tried.found == kept(tried.load.fed)


def test_children_are_killed_and_hang(kafka_settings: Settings, proxy: Proxy) -> None:
    """Row 19: a record whose child dies once is not to blame, and its batch mates come out once."""
    rng = random.Random(3)
    more = {"ARTICLES_LIMITS__CPU_SECONDS": "0.2"}  # a child that hangs is killed after ten times as much
    with trial(kafka_settings, proxy, more=more) as tried:
        for how in (signal.SIGKILL, signal.SIGSEGV, signal.SIGKILL, signal.SIGSTOP, signal.SIGSEGV):
            worker = psutil.Process(tried.fleet.workers[rng.randrange(2)].process.pid)
            tried.load.wait_for_more(20)
            (child,) = worker.children()
            child.send_signal(how)
            at = time.time()
            took = tried.load.wait_all_moved(at, MOVED_SECONDS)
            print(f"{how.name}: all partitions moved after {took:.1f} s")
            time.sleep(rng.uniform(0.2, 0.6))
    assert tried.fleet.ends == []
    assert tried.found == kept(tried.load.fed)
