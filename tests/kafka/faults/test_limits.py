"""Row 22 of the fault matrix: a worker that may open no more files."""

from __future__ import annotations

import resource
import sys
import time

import psutil
import pytest

from pipeline.settings import Settings
from tests.kafka.faults.proxy import Action, Api, Proxy, Rule
from tests.kafka.faults.schedule import SHORT
from tests.kafka.faults.trial import kept, trial

pytestmark = [pytest.mark.kafka, pytest.mark.soak]
MOVED_SECONDS = 30.0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux sets the limits of another process")
@pytest.mark.parametrize("spare", [0, 3])
def test_no_more_files(kafka_settings: Settings, proxy: Proxy, spare: int) -> None:
    """Its connections break and its child dies, and it may open so many files beyond those that it has: it goes on or
    ends, and as soon as it may, or starts anew, every partition moves."""
    with trial(kafka_settings, proxy, more=SHORT) as tried:
        worker = psutil.Process(tried.fleet.workers[0].process.pid)
        limits = resource.prlimit(worker.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(worker.pid, resource.RLIMIT_NOFILE, (worker.num_fds() + spare, limits[1]))
        with proxy.ruled(Rule(Action.REFUSE, tuple(Api), client="slot-0", times=20)):
            for child in worker.children():
                child.kill()
            proxy.wait_hit()
            time.sleep(10.0)
        if worker.is_running() and not tried.fleet.ends:
            resource.prlimit(worker.pid, resource.RLIMIT_NOFILE, limits)
        took = tried.load.wait_all_moved(time.time(), MOVED_SECONDS)
    print(f"{spare} files to spare: all partitions moved after {took:.1f} s; {tried.fleet.ends}")
    assert {end.code for end in tried.fleet.ends} <= {70, 1}
    assert tried.found == kept(tried.load.fed)
