"""The checker is seen red: fixed schedules, on workers that each have one mistake planted. Unplanted they are green."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest
from confluent_kafka import TopicPartition

from pipeline.settings import Settings
from pipeline.stream import clients
from tests.kafka.checker import SECONDS, everything, finished, judge
from tests.kafka.faults.fleet import Fleet
from tests.kafka.faults.proxy import Action, Api, Proxy, Rule
from tests.kafka.faults.schedule import SHORT
from tests.kafka.faults.trial import Found, Trial, kept, trial
from tests.kafka.harness import feed

pytestmark = pytest.mark.kafka
AHEAD = 900  # records: what is lost never comes out, and the load stops when it is so many ahead
MORE = 400
LATE = 5  # the transaction whose end comes late


def program(plant: str) -> tuple[str, ...]:
    """The command of a worker with a mistake."""
    return ("-m", "tests.kafka.broken", plant, "worker")


def dies_at(point: str) -> Callable[[Settings, Proxy, str], tuple[Found, int]]:
    """A worker dies at its fourth batch, once it is so far, and so does its successor."""

    def schedule(settings: Settings, proxy: Proxy, plant: str) -> tuple[Found, int]:
        plans = {0: [f"{point}@4=KILL"] * 2}
        more = {"ARTICLES_WORKER__BATCH_RECORDS": "60"}
        with trial(settings, proxy, 1, plans=plans, more=more, program=program(plant), ahead=AHEAD) as tried:
            tried.fleet.wait_ends(2)
        return found(tried)

    return schedule


def runs(settings: Settings, proxy: Proxy, plant: str) -> tuple[Found, int]:
    """Nothing happens but the plant."""
    with trial(settings, proxy, 1, program=program(plant), ahead=AHEAD) as tried:
        tried.load.wait_for_more(MORE)
    return found(tried)


def stands_still(settings: Settings, proxy: Proxy, plant: str) -> tuple[Found, int]:
    """One of two workers stands still in the middle of a batch, until the other has committed the same records."""
    plans, more = {0: ["acked@50=STOP"]}, SHORT | {"ARTICLES_WORKER__TRANSACTION_TIMEOUT_MS": "30000"}
    with trial(settings, proxy, plans=plans, more=more, program=program(plant), ahead=AHEAD) as tried:
        tried.fleet.wait_stopped(0)  # not in one of the first batches: its open transaction would hold up the trial
        pid = tried.fleet.workers[0].process.pid
        batch = [line for line in tried.fleet.history() if line.pid == pid][-1]
        tried.fleet.wait_past(batch)  # seen in the history: the transaction hides the outputs
        tried.fleet.send(0, signal.SIGCONT)
        tried.fleet.wait_on(pid, batch)
    return found(tried)


def members_join(settings: Settings, proxy: Proxy, plant: str) -> tuple[Found, int]:
    """Two more workers join, one after the other."""
    with trial(settings, proxy, more=SHORT, program=program(plant), ahead=AHEAD) as tried:
        for slot in (2, 3):
            tried.fleet.begin(slot)
            tried.fleet.wait_ready(slot)
            time.sleep(1.0)
    return found(tried)


def end_comes_late(settings: Settings, proxy: Proxy, plant: str) -> tuple[Found, int]:
    """KAFKA-17754: the end of transaction 5 arrives when 6 is in work, whose worker then dies."""
    rule = Rule(Action.HOLD, [Api.END_TXN], times=1, skip=LATE - 1, client="slot-0")
    plans = {0: [f"acked@{LATE + 1}=STOP"]}
    with trial(settings, proxy, 1, plans=plans, rules=[rule], program=program(plant), ahead=AHEAD) as tried:
        proxy.wait_hit()
        tried.fleet.wait_stopped(0)
        assert proxy.release() == 1
        tried.fleet.send(0, signal.SIGKILL)
        tried.fleet.wait_ends(1)
    return found(tried)


def found(tried: Trial) -> tuple[Found, int]:
    """What a trial has found, and how many records were fed."""
    assert tried.found is not None
    return tried.found, tried.load.fed


Schedule = Callable[[Settings, Proxy, str], tuple[Found, int]]
LOSSES: dict[str, Schedule] = {
    "auto_commit": dies_at("begun"),
    "dropped_result": runs,
    "no_rewind": runs,
    "offsets_first": dies_at("worked"),
    "unawaited": dies_at("committed"),
}
DOUBLES: dict[str, Schedule] = {
    "letters_outside": dies_at("lettered"),
    "no_epoch": members_join,
    "outputs_outside": dies_at("begun"),
    "retried_end": end_comes_late,
    "stale_metadata": stands_still,
}


@pytest.mark.parametrize("plant", LOSSES)
def test_a_mistake_that_loses_is_seen(kafka_settings: Settings, proxy: Proxy, plant: str) -> None:
    """Records are missing."""
    result, _ = LOSSES[plant](kafka_settings, proxy, plant)
    assert result.verdict.lost > 0, result


@pytest.mark.parametrize("plant", DOUBLES)
def test_a_mistake_that_doubles_is_seen(kafka_settings: Settings, proxy: Proxy, plant: str) -> None:
    """Records are there twice."""
    result, _ = DOUBLES[plant](kafka_settings, proxy, plant)
    assert result.verdict.doubled > 0, result


@pytest.mark.soak
@pytest.mark.parametrize("schedule", [dies_at("begun"), stands_still, members_join, end_comes_late])
def test_the_schedules_alone_are_green(kafka_settings: Settings, proxy: Proxy, schedule: Schedule) -> None:
    """The same faults, and aborts besides, the worker as it is."""
    result, fed = schedule(kafka_settings, proxy, "aborts")
    assert result == kept(fed)


def test_aborts_alone_are_green(kafka_settings: Settings, proxy: Proxy) -> None:
    """Every fourth batch is aborted, as in the plant that does not rewind: an honest worker does it again."""
    result, fed = runs(kafka_settings, proxy, "aborts")
    assert result == kept(fed)


def test_a_start_at_the_earliest_record_is_seen(kafka_settings: Settings) -> None:
    """Where the broker has deleted what was not read, a planted worker goes on in silence: too few come out."""
    raw = kafka_settings.topics.raw
    feed(kafka_settings, *[0] * 4)  # one key, one partition
    partition = everything(kafka_settings, raw)[0].partition() or 0
    with Fleet(kafka_settings, 1).running():
        assert finished(kafka_settings)
    feed(kafka_settings, *[0] * 3)
    fed = everything(kafka_settings, raw)
    admin = clients.admin(kafka_settings)  # held: a client that is gone answers nothing
    for future in admin.delete_records([TopicPartition(raw, partition, 6)]).values():
        future.result(SECONDS)
    with Fleet(kafka_settings, 1, program=program("reset_earliest")).running() as fleet:
        assert finished(kafka_settings)
    assert fleet.ends == []
    verdict = judge(kafka_settings, fed)
    assert (verdict.fed, verdict.lost) == (7, 2)
