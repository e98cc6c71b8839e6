"""Rows 3 to 6: requests that come late, answers that are lost, connections that carry only a part."""

from __future__ import annotations

import signal
import time
import urllib.error
import urllib.request

import orjson
import pytest

from pipeline.settings import Settings
from tests.kafka.faults.proxy import GROUP, LEADER, TRANSACTION, Action, Api, Proxy, Rule
from tests.kafka.faults.schedule import SHORT, SHORT_SESSION_SECONDS
from tests.kafka.faults.trial import Trial, kept, sleep_until, trial
from tests.kafka.harness import Running

pytestmark = pytest.mark.kafka
MOVED_SECONDS = 30.0
LATE = 5  # the transaction whose end comes late
ANSWERS = (Api.PRODUCE, Api.ADD_PARTITIONS, Api.ADD_OFFSETS, Api.TXN_OFFSET_COMMIT, Api.END_TXN)
AT_START = (Api.INIT_PRODUCER_ID, Api.OFFSET_FETCH)


def late_end(tried: Trial, proxy: Proxy) -> None:
    """KAFKA-17754: the end of transaction 5 arrives when 6 is in work, whose worker then dies."""
    proxy.wait_hit()
    tried.fleet.wait_stopped(0)
    assert proxy.release() == 1
    tried.fleet.send(0, signal.SIGKILL)
    tried.load.wait_all_moved(tried.fleet.wait_ends(1)[0].at, MOVED_SECONDS)


def test_the_end_of_a_transaction_comes_late(kafka_settings: Settings, proxy: Proxy) -> None:
    """Row 3: it does not end the next transaction, because that one has another epoch."""
    plans = {0: [f"acked@{LATE + 1}=STOP"]}
    rule = Rule(Action.HOLD, [Api.END_TXN], times=1, skip=LATE - 1, client="slot-0")
    with trial(kafka_settings, proxy, 1, plans=plans, rules=[rule]) as tried:
        late_end(tried, proxy)
    assert [(end.code, end.point) for end in tried.fleet.ends] == [(-signal.SIGKILL, "acked")]
    assert tried.found == kept(tried.load.fed)


@pytest.mark.parametrize("action", [Action.CUT, pytest.param(Action.LOSE, marks=pytest.mark.soak)])
def test_answers_are_lost(kafka_settings: Settings, proxy: Proxy, action: Action) -> None:
    """Row 4: the broker has done it and the worker does not hear of it, one request after the other."""
    with trial(kafka_settings, proxy, more=SHORT) as tried:
        for api in (*ANSWERS, *AT_START):
            proxy.hits.clear()
            with proxy.ruled(Rule(action, [api], times=1)):
                if api in AT_START:
                    tried.fleet.send(0, signal.SIGKILL)
                took = tried.load.wait_all_moved(proxy.wait_hit().at, MOVED_SECONDS)
                print(f"{action.value} {api.name}: all partitions moved after {took:.1f} s")
    assert {end.code for end in tried.fleet.ends} <= {70, -signal.SIGKILL}
    assert tried.found == kept(tried.load.fed)


@pytest.mark.soak
@pytest.mark.parametrize("point", ["acked", "offsets"])
def test_the_old_owner_commits_while_the_new_one_asks(kafka_settings: Settings, proxy: Proxy, point: str) -> None:
    """Row 5: it goes on when the new owner's question for committed offsets is on its way."""
    with trial(kafka_settings, proxy, plans={0: [f"{point}@5=STOP"]}, more=SHORT) as tried:
        tried.fleet.wait_stopped(0)
        with proxy.ruled(Rule(Action.DELAY, [Api.OFFSET_FETCH], seconds=2.0, client="slot-1")):
            proxy.wait_hit()
            resumed = tried.fleet.send(0, signal.SIGCONT)
            tried.load.wait_all_moved(resumed, MOVED_SECONDS)
    assert {end.code for end in tried.fleet.ends} <= {70}
    assert tried.found == kept(tried.load.fed)


@pytest.mark.soak
@pytest.mark.parametrize("apis", [TRANSACTION, GROUP, LEADER, tuple(Api)])
@pytest.mark.parametrize("action", [Action.STALL, Action.LOSE])
def test_a_worker_reaches_only_a_part(
    kafka_settings: Settings, proxy: Proxy, apis: tuple[Api, ...], action: Action
) -> None:
    """Row 6: one of two workers is cut off from one coordinator, from the leaders, or from all, or hears no answer."""
    with trial(kafka_settings, proxy, more=SHORT) as tried:
        with proxy.ruled(Rule(action, apis, client="slot-0")):
            proxy.wait_hit()
            sleep_until(proxy.hits[0].at + 2 * SHORT_SESSION_SECONDS)
            healed = proxy.hits[-1].at
        took = tried.load.wait_all_moved(healed, MOVED_SECONDS)
        print(f"{action.value}: all partitions moved {took:.1f} s after it")
    assert {end.code for end in tried.fleet.ends} <= {70, 1}
    assert tried.found == kept(tried.load.fed)


def stalled(worker: Running) -> list[int]:
    """The partitions that keep /readyz from being well."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{worker.port}/readyz", timeout=5).close()
    except urllib.error.HTTPError as answer:
        found: list[int] = orjson.loads(answer.read())["stages"]["enrich"]["stalled"]
        return found
    return []


@pytest.mark.soak
def test_a_worker_that_gets_no_records_is_not_ready(kafka_settings: Settings, proxy: Proxy) -> None:
    """Its fetches are never answered: it stays in the group, and after a minute /readyz names its partitions, and only
    those of this worker; with answers it goes on, without a restart."""
    with trial(kafka_settings, proxy, more=SHORT) as tried:
        workers = tried.fleet.workers
        own = workers[0].wait_ready()["stages"]["enrich"]["partitions"]  # type: ignore[index]
        with proxy.ruled(Rule(Action.STALL, [Api.FETCH], client="slot-0")):
            began = time.time()
            while stalled(workers[0]) != own:
                assert time.time() < began + 120.0, f"{stalled(workers[0])} of {own}"
                assert stalled(workers[1]) == []
                time.sleep(0.5)
        print(f"all of its partitions are named after {time.time() - began:.1f} s")
        tried.load.wait_all_moved(time.time(), MOVED_SECONDS)
        assert workers[0].wait_ready()
    assert tried.fleet.ends == []
    assert tried.found == kept(tried.load.fed)
