"""Handlers for tests of the pool: each job's value says what to do."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import sys
import time
from collections.abc import Mapping

from pipeline.job import Handler, Job, Result, enricher
from pipeline.records import Json

TRAP = b'{"trap": "'


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
        elif value == "nap":
            time.sleep(0.2)
        elif value == "eat":
            _hoard = [bytes(10**6)] * 0 + [bytes(50 * 10**6) for _ in range(10_000)]
        elif value == "crumbs":
            crumbs: object = None
            while True:  # until not even a small object fits
                crumbs = (crumbs,)
        elif value == "lie":
            _answer_for_the_child(b"\x00\x00\x00\x02\x00\x00\x00\x00{]")
        elif value == "endless":
            _answer_for_the_child(b"\xff" * 64)
        elif value == "unwritable":
            return Result("enriched", None, "\ud800", None, None, None)
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


def hostile(config: Mapping[str, Json]) -> Handler:
    """The flow itself; but a value {"trap": NAME} falls into that trap, as a hole in a parser would."""
    honest, fall = enricher(config), trapped({})

    def handle(job: Job) -> Result:
        if (job.value or b"").startswith(TRAP):
            name = (job.value or b"").removeprefix(TRAP).partition(b'"')[0]
            return fall(Job(name, (), job.origin))
        return honest(job)

    return handle


def bad_deploy(_config: Mapping[str, Json]) -> Handler:
    """New code that cannot process anything."""

    def handle(_job: Job) -> Result:
        raise KeyError("a field that was renamed")

    return handle


def _answer_for_the_child(data: bytes) -> None:
    """What a parser that was taken over might do: write to every descriptor there is."""
    for descriptor in range(3, 20):
        with contextlib.suppress(OSError):
            os.write(descriptor, data)


def broken(_config: Mapping[str, Json]) -> Handler:
    """A handler whose child cannot start."""
    raise RuntimeError("no model")
