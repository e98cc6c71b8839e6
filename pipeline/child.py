"""A child of the pool: obeys its limits, works on batches of jobs from a pipe, writes a result for each.

`python -m pipeline.child HANDLER CONFIG LIMITS` is started by `pipeline.pool` and by nobody else.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import time
from importlib import import_module
from typing import IO

import orjson

from pipeline.job import Handler, Job, failed, read_jobs, ready_frame, result_frame, where
from pipeline.reasons import DeadReason

PACK_BYTES = 128 * 1024  # results of packed batches that are held back, at most; and for how long, in seconds:
PACK_SECONDS = 0.1
_PR_SET_PDEATHSIG = 1


def serve(handler: Handler, cpu_seconds: float) -> None:
    """The child's loop, until the pipe ends. What the handler's libraries print goes to stderr."""
    jobs_pipe, results_pipe = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    _send(results_pipe, [ready_frame()])
    while (batch := read_jobs(jobs_pipe)) is not None:
        jobs, packed = batch
        held, size, sent = [], 0, time.monotonic()
        for job in jobs:
            frame = _answer(handler, job, cpu_seconds)
            held.append(frame)
            size += len(frame)
            now = time.monotonic()
            if not packed or size >= PACK_BYTES or now - sent >= PACK_SECONDS:
                _send(results_pipe, held)
                held, size, sent = [], 0, now
        _send(results_pipe, held)


def _send(pipe: IO[bytes], frames: list[bytes]) -> None:
    """In one write where it can be: each wakes the parent."""
    pipe.write(b"".join(frames))
    pipe.flush()


def _answer(handler: Handler, job: Job, cpu_seconds: float) -> bytes:
    """The frame of the job's result, whatever its handler does short of ending the process."""
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)  # default action: ends even C code that holds the GIL
    try:
        return result_frame(handler(job))
    except MemoryError:
        broken = None
    except Exception as error:  # noqa: BLE001  (the one place)
        broken = where(error)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    # outside the handler of the exception, whose frames hold the memory that there is too little of
    if broken is None:
        return result_frame(failed(job, DeadReason.MEMORY, "over the memory limit of a child"))
    return result_frame(failed(job, DeadReason.INTERNAL_ERROR, broken))


def main(handler: str, config: str, limits: str) -> None:
    """Sets the limits, dies with the parent, leaves SIGINT and SIGTERM to it, then serves."""
    cpu_seconds, memory_bytes, parent = orjson.loads(limits)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold article text
    if os.getppid() != parent:
        sys.exit("the parent is gone")
    module, name = handler.split(":")
    serve(getattr(import_module(module), name)(orjson.loads(config)), cpu_seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
