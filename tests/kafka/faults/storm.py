"""A storm: the faults of a seed over each other, on a fleet under load; then heal, drain, judge."""

from __future__ import annotations

import contextlib
import signal
import time
from dataclasses import dataclass

import psutil

from pipeline.settings import Settings
from tests.kafka.faults.fleet import End
from tests.kafka.faults.proxy import Proxy
from tests.kafka.faults.schedule import SHORT, STORM_WORKERS, Fault, Kind, storm
from tests.kafka.faults.trial import Found, Trial, sleep_until, trial
from tests.kafka.server import KafkaServer

HEALED_SECONDS = 60.0  # asserted; what it takes is in the table
_GUESTS = 10  # the slots of new members begin here


@dataclass(frozen=True, slots=True)
class Passed:
    """What came of a storm. `healed`: seconds from the end of the last fault until every partition had moved."""

    seed: int
    faults: tuple[Fault, ...]
    fed: int
    found: Found
    healed: float
    ends: tuple[End, ...]

    @property
    def landed(self) -> int:
        """Kills that met a worker with a batch in work."""
        return sum(end.code == -signal.SIGKILL and end.in_work > 0 for end in self.ends)

    @property
    def kills(self) -> int:
        """All kills."""
        return sum(end.code == -signal.SIGKILL for end in self.ends)

    @property
    def fail_stops(self) -> int:
        """Workers that ended by themselves."""
        return sum(end.code not in (0, -signal.SIGKILL) for end in self.ends)


def weathered(settings: Settings, kafka: KafkaServer, proxy: Proxy, seed: int, records: int) -> Passed:
    """Runs the storm of the seed over at least so many records."""
    faults = storm(seed)
    with trial(settings, proxy, STORM_WORKERS, more=SHORT, most=records) as tried:
        _blow(tried, kafka, faults)
        proxy.heal()
        healed = tried.load.wait_all_moved(time.time(), HEALED_SECONDS) if tried.load.fed < records else 0.0
        tried.load.wait_fed(records)
    assert tried.found is not None
    return Passed(seed, tuple(faults), tried.load.fed, tried.found, healed, tuple(tried.fleet.ends))


def _blow(tried: Trial, kafka: KafkaServer, faults: list[Fault]) -> None:
    """Begins and ends every fault at its time."""
    began = time.time()
    handles: dict[int, int] = {}
    steps = [(fault.at, 0, number) for number, fault in enumerate(faults)]
    steps += [(fault.at + fault.seconds, 1, number) for number, fault in enumerate(faults)]
    for at, ends, number in sorted(steps):
        sleep_until(began + at)
        if ends:
            _end(tried, kafka, faults[number], handles.get(number, 0))
        else:
            handles[number] = _begin(tried, kafka, faults[number])


def _begin(tried: Trial, kafka: KafkaServer, fault: Fault) -> int:
    if fault.rule:
        return tried.proxy.add(fault.rule)
    signals = {Kind.KILL: signal.SIGKILL, Kind.TERM: signal.SIGTERM, Kind.STOP: signal.SIGSTOP}
    with contextlib.suppress(ProcessLookupError, psutil.Error):  # it is just between two lives
        if fault.kind in signals:
            tried.fleet.send(fault.slot, signals[fault.kind])
        elif fault.kind is Kind.CHILD:
            for child in psutil.Process(tried.fleet.workers[fault.slot].process.pid).children():
                child.kill()
        elif fault.kind is Kind.JOIN:
            tried.fleet.begin(_GUESTS + fault.slot)
        elif fault.kind is Kind.BROKER_KILL:
            kafka.kill()
        elif fault.kind is Kind.BROKER_STOP:
            kafka.pause()
    return 0


def _end(tried: Trial, kafka: KafkaServer, fault: Fault, handle: int) -> None:
    if fault.rule:
        tried.proxy.remove(handle)
        tried.proxy.release()
    elif fault.kind in (Kind.STOP, Kind.TERM):
        with contextlib.suppress(ProcessLookupError):
            tried.fleet.send(fault.slot, signal.SIGCONT)
    elif fault.kind is Kind.JOIN:
        tried.fleet.resting.add(_GUESTS + fault.slot)
        with contextlib.suppress(ProcessLookupError):
            tried.fleet.send(_GUESTS + fault.slot, signal.SIGKILL)
    elif fault.kind is Kind.BROKER_KILL:
        kafka.start()
    elif fault.kind is Kind.BROKER_STOP:
        kafka.resume()
