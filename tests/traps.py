"""Handlers for tests of the pool: each job's value says what to do."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import sys
import time
from collections.abc import Mapping

from pipeline.job import Handler, Job, Result
from pipeline.records import Json


def trapped(config: Mapping[str, Json]) -> Handler:
    """A handler that echoes the value, or falls into the trap that the value names."""
    marker = config.get("marker")

    def handle(job: Job) -> Result:
        value = (job.value or b"").decode()
        if value == "spin":
            while True:
                pass
        elif value == "spin-in-c":
            re.match(r"(a+)+$", "a" * 40 + "b")  # one C call that holds the GIL for hours
        elif value == "sleep":
            time.sleep(3600)
        elif value == "eat":
            _hoard = [bytes(10**6)] * 0 + [bytes(50 * 10**6) for _ in range(10_000)]
        elif value == "segv":
            ctypes.string_at(0)
        elif value == "exit":
            os._exit(3)
        elif value == "raise":
            raise ValueError("text of an article that no log may hold")
        elif value == "print":
            print("libraries print too")
            sys.stdout.flush()
        elif value == "once" and not os.path.exists(marker):
            with open(marker, "w"):
                os.kill(os.getpid(), signal.SIGKILL)
        return Result("enriched", None, str(os.getpid()), None, None, None, job.value or b"")

    return handle


def broken(_config: Mapping[str, Json]) -> Handler:
    """A handler whose child cannot start."""
    raise RuntimeError("no model")
