"""Child processes that work on records under limits: CPU deadline, wall clock, memory. Knows no Kafka.

A child reads a batch of jobs and writes a result after each, so when it dies the record that broke it is the first
without a result. That record is tried once more, alone, in a fresh child, and then given up with the reason; the rest
of its batch goes on. One thread a child keeps the code straight; the order of a batch is the order of its results.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import queue
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from importlib import import_module
from typing import TypeVar

import orjson
import psutil

from pipeline.job import Handler, Job, Result, failed, parse_result, read_jobs, where, write_jobs, write_result
from pipeline.reasons import DeadReason
from pipeline.records import Json

Tag = TypeVar("Tag")
_ON_LINUX = sys.platform == "linux"
_START_SECONDS = 60.0
_WALL_FACTOR = 10  # wall-clock limit of a record, in CPU limits: for what sleeps or waits instead of working
_PR_SET_PDEATHSIG = 1


class PoolError(RuntimeError):
    """A child cannot start: the installation or the configuration is broken, no record is to blame."""


@dataclass(frozen=True, slots=True)
class PoolRules:
    """Limits of the children; a child is replaced after `recycle_jobs` or when it holds most of its memory."""

    children: int = 2
    cpu_seconds: float = 2.0
    memory_bytes: int = 1024**3
    recycle_jobs: int = 5000


class Pool:
    """`handler` names a function 'module:name' from `config` to a Handler; each child calls it once."""

    def __init__(self, rules: PoolRules, handler: str, config: Mapping[str, Json]) -> None:
        self.rules = rules
        self.depth = 2 * rules.children  # batches in flight that keep every child busy
        self.kills: Counter[str] = Counter()  # children lost, by reason
        self._command = [sys.executable, "-P", "-m", "pipeline.pool", handler, orjson.dumps(config).decode()]
        self._tasks: queue.SimpleQueue[tuple[Sequence[Job], Future[list[Result]]] | None] = queue.SimpleQueue()
        self._lanes = [threading.Thread(target=self._lane, name=f"pool-{n}", daemon=True) for n in range(rules.children)]
        self._ready = threading.Semaphore(0)
        for lane in self._lanes:
            lane.start()

    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        """Results in the order of the jobs; PoolError as the future's exception when no child can start."""
        future: Future[list[Result]] = Future()
        self._tasks.put((jobs, future))
        return future

    def take_kills(self) -> Counter[str]:
        """Children lost since the last call, by reason; for one caller."""
        taken = Counter(self.kills)
        self.kills.subtract(taken)
        return +taken

    def wait_ready(self) -> None:
        """Returns when every child has started."""
        for _ in self._lanes:
            self._ready.acquire()

    def close(self) -> None:
        """Waits for what was submitted, then ends the children."""
        for _ in self._lanes:
            self._tasks.put(None)
        for lane in self._lanes:
            lane.join()

    def _lane(self) -> None:
        lane = _Lane(self.rules, self._command, self.kills)
        try:
            with contextlib.suppress(PoolError):  # told to whoever submits
                lane.child()
            self._ready.release()
            while (task := self._tasks.get()) is not None:
                jobs, future = task
                try:
                    future.set_result(lane.run(jobs))
                except PoolError as error:
                    future.set_exception(error)
                finally:
                    if not future.done():
                        future.set_exception(PoolError("a bug in the pool; its error is above"))
        finally:
            lane.end()


def ordered(
    pool: Pool, batches: Iterable[tuple[Tag, Sequence[Job]]]
) -> Iterator[tuple[Tag, Sequence[Job], list[Result]]]:
    """Every batch with its results, in the order of the batches, with a bounded number in flight."""
    pending: deque[tuple[Tag, Sequence[Job], Future[list[Result]]]] = deque()
    for tag, jobs in batches:
        pending.append((tag, jobs, pool.submit(jobs)))
        while len(pending) >= pool.depth or (pending and pending[0][2].done()):
            first, done, future = pending.popleft()
            yield first, done, future.result()
    for tag, jobs, future in pending:
        yield tag, jobs, future.result()


class _Lane:
    """One child at a time, replaced when it dies, and the loop that finds the record to blame."""

    def __init__(self, rules: PoolRules, command: list[str], kills: Counter[str]) -> None:
        self._rules = rules
        self._command = command
        self._kills = kills
        self._child: _Child | None = None

    def child(self) -> _Child:
        if self._child is not None and self._child.worn(self._rules):
            self.end()
        if self._child is None:
            self._child = _Child(self._command, self._rules)
        return self._child

    def run(self, jobs: Sequence[Job]) -> list[Result]:
        results: list[Result] = []
        while len(results) < len(jobs):
            broken = self._work(jobs[len(results) :], results)
            if broken is None:
                continue
            culprit = jobs[len(results)]
            again = self._work([culprit], results)  # alone, in a fresh child: bad luck or a bad record?
            if again is not None:
                results.append(failed(culprit, *again))
        return results

    def _work(self, jobs: Sequence[Job], results: list[Result]) -> tuple[DeadReason, str] | None:
        """Appends results until the jobs are done (None) or the child is lost (why)."""
        child = self.child()
        failure = child.work(jobs, results)
        if failure is not None:
            self._kills[str(failure[0])] += 1
            self.end()
        return failure

    def end(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


class _Child:
    """The parent's side of one child process."""

    def __init__(self, command: list[str], rules: PoolRules) -> None:
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        limits = orjson.dumps([rules.cpu_seconds, rules.memory_bytes, os.getpid()]).decode()
        self._process = subprocess.Popen(
            [*command, limits], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._info = psutil.Process(self._process.pid)
        self._wall = rules.cpu_seconds * _WALL_FACTOR
        self._memory = rules.memory_bytes
        self._buffer = bytearray()
        self._jobs = 0
        self._killed: tuple[DeadReason, str] | None = None
        if self._next(_START_SECONDS) is None:
            self.end()
            raise PoolError(f"a child process could not start (exit code {self._process.returncode}); its error is above")

    def worn(self, rules: PoolRules) -> bool:
        """Parsers leak: is it time for a fresh child?"""
        if self._jobs >= rules.recycle_jobs:
            return True
        try:
            return int(self._info.memory_info().rss) > rules.memory_bytes * 0.6
        except psutil.Error:
            return True

    def work(self, jobs: Sequence[Job], results: list[Result]) -> tuple[DeadReason, str] | None:
        try:
            write_jobs(self._stdin, jobs)
        except BrokenPipeError:
            return self._verdict()
        for _ in jobs:
            result = self._next(self._wall)
            if result is None:
                return self._verdict()
            self._jobs += 1
            if result.reason == DeadReason.MEMORY and result.step == "pool":
                return DeadReason.MEMORY, result.detail or ""
            results.append(result)
        return None

    def _next(self, seconds: float) -> Result | None:
        """The next result; None when the child has died or was killed for taking longer than `seconds`."""
        deadline = time.monotonic() + seconds
        while (result := parse_result(self._buffer)) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                self._kill(DeadReason.TIMEOUT, f"no result after {seconds:g} s")
                return None
            if select.select([self._stdout], [], [], left if _ON_LINUX else min(left, 0.2))[0]:
                data = os.read(self._stdout.fileno(), 1 << 20)
                if not data:
                    return None
                self._buffer += data
            elif not _ON_LINUX and self._info.memory_info().rss > self._memory:
                self._kill(DeadReason.MEMORY, f"over the limit of {self._memory} bytes")
                return None
        return result

    def _kill(self, reason: DeadReason, detail: str) -> None:
        self._killed = reason, detail
        self._process.kill()

    def _verdict(self) -> tuple[DeadReason, str]:
        """Why the child is gone."""
        self._process.kill()
        code = self._process.wait()
        if self._killed:
            return self._killed
        if code == -signal.SIGPROF:
            return DeadReason.TIMEOUT, f"over the limit of {self._wall / _WALL_FACTOR:g} s of processor time"
        if code < 0:
            return DeadReason.CRASHED, f"the child was ended by signal {-code} ({signal.Signals(-code).name})"
        return DeadReason.CRASHED, f"the child ended with exit code {code}"

    def end(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._stdin.close()
        self._process.kill()
        self._process.wait()
        self._stdout.close()


def serve(handler: Handler, cpu_seconds: float) -> None:
    """The child's loop, until the pipe ends. What the handler's libraries print goes to stderr."""
    jobs_pipe, results_pipe = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    write_result(results_pipe, Result("dead", None, "", None, None, "ready"))
    while (jobs := read_jobs(jobs_pipe)) is not None:
        for job in jobs:
            signal.setitimer(signal.ITIMER_PROF, cpu_seconds)  # default action: ends even C code that holds the GIL
            try:
                result = handler(job)
            except MemoryError:
                result = failed(job, DeadReason.MEMORY, "over the memory limit of a child")
            except Exception as error:  # noqa: BLE001  (the one place)
                result = failed(job, DeadReason.INTERNAL_ERROR, where(error))
            signal.setitimer(signal.ITIMER_PROF, 0)
            write_result(results_pipe, result)


def main(handler: str, config: str, limits: str) -> None:
    """Entry of a child: obeys its limits, dies with its parent, leaves SIGINT and SIGTERM to it."""
    cpu_seconds, memory_bytes, parent = orjson.loads(limits)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if _ON_LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold article text
    if os.getppid() != parent:
        sys.exit("the parent is gone")
    module, name = handler.split(":")
    serve(getattr(import_module(module), name)(orjson.loads(config)), cpu_seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
