"""Child processes that work on records under limits: CPU deadline, wall clock, memory. Knows no Kafka.

A child reads a batch of jobs and answers with several results at a time. When it dies, what is left of the batch goes
to a fresh child that writes each result at once: then the record that breaks it is the first without a result. That
record is tried once more, alone, and then given up with the reason; its batch mates go on.
One thread a child keeps the code straight; the order of a batch is the order of its results.
"""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

import orjson
import psutil

from pipeline.child import PACK_BYTES
from pipeline.job import Job, Result, failed, parse_result, write_jobs
from pipeline.reasons import DeadReason
from pipeline.records import Json

Tag = TypeVar("Tag")
_ON_LINUX = sys.platform == "linux"
_START_SECONDS = 60.0
_WALL_FACTOR = 10  # wall-clock limit of a record, in CPU limits: for what sleeps or waits instead of working


class PoolError(RuntimeError):
    """A child cannot start: the installation or the configuration is broken, no record is to blame."""


@dataclass(frozen=True, slots=True)
class PoolRules:
    """Limits of the children; a child is replaced after `recycle_jobs` or when it holds most of its memory."""

    children: int = 2
    cpu_seconds: float = 2.0
    memory_bytes: int = 1024**3
    recycle_jobs: int = 100_000  # to start one costs a second, and memory is flat for so long (docs/decisions.md)


class Pool:
    """`handler` names a function 'module:name' from `config` to a Handler; each child calls it once."""

    def __init__(self, rules: PoolRules, handler: str, config: Mapping[str, Json]) -> None:
        self.rules = rules
        self.depth = 2 * rules.children  # batches in flight that keep every child busy
        self._kills: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._command = [sys.executable, "-P", "-m", "pipeline.child", handler, orjson.dumps(config).decode()]
        self._tasks: queue.SimpleQueue[tuple[Sequence[Job], Future[list[Result]]] | None] = queue.SimpleQueue()
        names = [f"pool-{number}" for number in range(rules.children)]
        self._lanes = [threading.Thread(target=self._lane, name=name, daemon=True) for name in names]
        self._ready = threading.Semaphore(0)
        for lane in self._lanes:
            lane.start()

    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        """Results in the order of the jobs; PoolError as the future's exception when no child can start."""
        future: Future[list[Result]] = Future()
        self._tasks.put((jobs, future))
        return future

    def take_kills(self) -> Counter[str]:
        """Children lost since the last call, by reason."""
        with self._counting:
            taken, self._kills = self._kills, Counter()
        return taken

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

    def _lost(self, reason: DeadReason) -> None:
        with self._counting:
            self._kills[str(reason)] += 1

    def _lane(self) -> None:
        lane = _Lane(self.rules, self._command, self._lost)
        try:
            try:
                with contextlib.suppress(PoolError):  # told to whoever submits
                    lane.child()
            finally:
                self._ready.release()
            while (task := self._tasks.get()) is not None:
                jobs, future = task
                if not future.set_running_or_notify_cancel():  # nobody waits for it any more
                    continue
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

    def __init__(self, rules: PoolRules, command: list[str], lost: Callable[[DeadReason], None]) -> None:
        self._rules = rules
        self._command = command
        self._lost = lost
        self._child: _Child | None = None

    def child(self) -> _Child:
        if self._child is not None and self._child.worn(self._rules):
            self.end()
        if self._child is None:
            self._child = _Child(self._command, self._rules)
        return self._child

    def run(self, jobs: Sequence[Job]) -> list[Result]:
        results: list[Result] = []
        packed = True
        while len(results) < len(jobs):
            if self._work(jobs[len(results) :], results, packed) is None:
                break
            if packed:
                packed = False  # whose fault it was shows when the results come one by one
                continue
            culprit = jobs[len(results)]
            again = self._work([culprit], results, packed)  # alone, in a fresh child: bad luck or a bad record?
            if again is not None:
                results.append(failed(culprit, *again))
        return results

    def _work(self, jobs: Sequence[Job], results: list[Result], packed: bool) -> tuple[DeadReason, str] | None:
        """Appends results until the jobs are done (None) or the child is lost (why)."""
        failure = self.child().work(jobs, results, packed)
        if failure is not None:
            self._lost(failure[0])
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
        try:
            self._process = subprocess.Popen(
                [*command, limits], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
        except OSError as error:
            raise PoolError(f"a child process could not start: {error.strerror}") from error
        assert self._process.stdin is not None and self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # over a limit of the user's: they stay at 64 KiB
                for pipe in (self._stdin, self._stdout):
                    fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 2 * PACK_BYTES)
        self._arrived = select.poll()
        self._arrived.register(self._stdout, select.POLLIN)
        self._info = psutil.Process(self._process.pid)
        self._wall = rules.cpu_seconds * _WALL_FACTOR
        self._memory = rules.memory_bytes
        self._buffer = bytearray()
        self._jobs = 0
        self._killed: tuple[DeadReason, str] | None = None
        if self._next(_START_SECONDS) is None:
            self.end()
            code = self._process.returncode
            raise PoolError(f"a child process could not start (exit code {code}); its error is above")

    def worn(self, rules: PoolRules) -> bool:
        """Parsers leak: is it time for a fresh child?"""
        return self._jobs >= rules.recycle_jobs or self._memory_held() > rules.memory_bytes * 0.6

    def _memory_held(self) -> float:
        """Resident bytes; endless for a child that is gone."""
        try:
            return float(self._info.memory_info().rss)
        except psutil.Error:
            return math.inf

    def work(self, jobs: Sequence[Job], results: list[Result], packed: bool) -> tuple[DeadReason, str] | None:
        try:
            write_jobs(self._stdin, jobs, packed)
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
        try:
            while (result := parse_result(self._buffer)) is None:
                left = max(0.0, deadline - time.monotonic())
                if self._arrived.poll(1000 * (left if _ON_LINUX else min(left, 0.2))):
                    data = os.read(self._stdout.fileno(), 2 * PACK_BYTES)
                    if not data:
                        return None
                    self._buffer += data
                elif left == 0:
                    self._kill(DeadReason.TIMEOUT, f"no result after {seconds:g} s")
                    return None
                elif not _ON_LINUX and self._memory_held() > self._memory:
                    self._kill(DeadReason.MEMORY, f"over the limit of {self._memory} bytes")
                    return None
        except (ValueError, TypeError):
            self._kill(DeadReason.CRASHED, "the child answered with what is no result")
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
            return DeadReason.CRASHED, f"the child was ended by signal {-code} ({signal.strsignal(-code)})"
        return DeadReason.CRASHED, f"the child ended with exit code {code}"

    def end(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._stdin.close()
        self._process.kill()
        self._process.wait()
        self._stdout.close()
