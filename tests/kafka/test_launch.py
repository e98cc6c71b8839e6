"""What the tests start does not outlive them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import psutil
import pytest

START = """\
import subprocess, sys, time
from tests.kafka.launch import bound
print(subprocess.Popen(bound([sys.executable, "-c", "import time; time.sleep(60)"])).pid, flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_a_worker_ends_when_its_test_is_killed() -> None:
    """kill -9 of the process that started it: within a moment it is gone too."""
    with subprocess.Popen([sys.executable, "-c", START], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        deadline = time.monotonic() + 30
        while "-S" in child.cmdline():  # the launcher; the program itself takes its place
            assert time.monotonic() < deadline, "it does not begin"
            time.sleep(0.01)
        parent.send_signal(signal.SIGKILL)
        while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline, "it lives on"
            time.sleep(0.02)
