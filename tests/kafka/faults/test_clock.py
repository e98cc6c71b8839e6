"""Row 23 of the fault matrix: the wall clock of a worker jumps by an hour, forwards and back."""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import orjson
import pytest

from pipeline.settings import Settings
from tests.kafka.checker import everything
from tests.kafka.faults.proxy import Proxy
from tests.kafka.faults.schedule import SHORT
from tests.kafka.faults.trial import kept, trial

pytestmark = [pytest.mark.kafka, pytest.mark.soak]
MOVED_SECONDS = 30.0
HOUR = 3600.0
SHOW = "import time; print(time.time())"


class Clock:
    """What the preloaded library adds to the time of day."""

    def __init__(self, folder: Path) -> None:
        library, file = folder / "clock.so", folder / "clock"
        source = Path(__file__).with_name("clock.c")
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"], check=True)
        file.write_bytes(struct.pack("d", 0.0))
        with file.open("r+b") as opened:
            self._page = mmap.mmap(opened.fileno(), 8)
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_FILE": str(file)}

    def set(self, seconds: float) -> None:
        """From now on."""
        self._page[:] = struct.pack("d", seconds)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """Right, so far."""
    if sys.platform != "linux" or not shutil.which("cc"):
        pytest.skip("a clock is preloaded on Linux, by a C compiler")
    made = Clock(tmp_path)
    made.set(HOUR)
    shown = subprocess.run([sys.executable, "-c", SHOW], env=made.environment, stdout=subprocess.PIPE, check=True)
    assert 0.9 * HOUR < float(shown.stdout) - time.time() < 1.1 * HOUR
    made.set(0.0)
    return made


def test_the_clock_jumps(kafka_settings: Settings, proxy: Proxy, clock: Clock) -> None:
    """An hour on, two back, and right again: no deadline and no wait depends on it, only `processed_at` does."""
    with trial(kafka_settings, proxy, more=SHORT | clock.environment) as tried:
        for seconds in (HOUR, -HOUR, 0.0):
            before = len(tried.load.seen)
            clock.set(seconds)
            tried.load.wait_for_more(200, MOVED_SECONDS)
            time.sleep(3.0)
            tried.load.wait_for_more(200, MOVED_SECONDS)
            print(f"{seconds:+g} s: {len(tried.load.seen) - before} records")
    assert tried.fleet.ends == []
    assert tried.found == kept(tried.load.fed)
    enriched = everything(kafka_settings, kafka_settings.topics.enriched)
    assert {hour(orjson.loads(message.value() or b"")["processed_at"]) for message in enriched} == {-1, 0, 1}


def hour(text: str) -> int:
    """How many hours from now a time lies, to the next whole one."""
    return round((datetime.fromisoformat(text).timestamp() - time.time()) / HOUR)
