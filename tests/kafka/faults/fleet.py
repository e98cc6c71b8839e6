"""Workers under a small supervisor: who ends is started again, after failures with a growing pause; all is noted."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from pipeline.settings import Settings
from tests.kafka.checker import SECONDS
from tests.kafka.harness import WORKER, Running, start

_BACKOFF = (0.1, 0.5, 1.0, 2.0)  # seconds before a start, by how many have failed at once before it
_STEADY_SECONDS = 5.0  # a worker that lived so long has not failed at once


@dataclass(frozen=True, slots=True)
class Reached:
    """A line of the history: a process was at a point."""

    at: float
    pid: int
    point: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class End:
    """A worker ended; `point` is the last it reached, `in_work` the batches it had taken and not committed."""

    slot: int
    pid: int
    code: int
    at: float
    point: str
    in_work: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What a worker held at one time."""

    at: float
    memory: int
    threads: int
    files: int


@dataclass(slots=True)
class Fleet:
    """`count` workers by slot. `plans`: for each slot the failpoints of its first life, its second, and so on."""

    settings: Settings
    count: int
    more: Mapping[str, str] = field(default_factory=dict)
    program: Sequence[str] = WORKER
    plans: Mapping[int, Sequence[str]] = field(default_factory=dict)
    ends: list[End] = field(default_factory=list)
    samples: dict[int, list[Sample]] = field(default_factory=dict)
    workers: dict[int, Running] = field(default_factory=dict)
    resting: set[int] = field(default_factory=set)  # slots that are not started again
    _failed: dict[int, int] = field(default_factory=dict)
    _due: dict[int, float] = field(default_factory=dict)
    _born: dict[int, float] = field(default_factory=dict)
    _lives: dict[int, int] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _file: Path = field(default_factory=lambda: Path(tempfile.mkstemp(prefix="history-")[1]))

    # --- the supervisor -------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def running(self) -> Iterator[Fleet]:
        """The workers, ready, and supervised during the block; killed at its end, if they are still there."""
        thread = threading.Thread(target=self._supervise, name="supervisor")
        for slot in range(self.count):
            self.begin(slot)
        thread.start()
        try:
            for slot in range(self.count):
                self.wait_ready(slot)
            yield self
        finally:
            self._stopping.set()
            thread.join()
            for worker in self.workers.values():
                worker.kill()
            self._file.unlink()

    def begin(self, slot: int) -> None:
        """Starts the worker of a slot, with the plan of its next life."""
        life = self._lives[slot] = self._lives.get(slot, -1) + 1
        plans = self.plans.get(slot, ())
        more = {
            "ARTICLES_TEST_HISTORY": str(self._file),
            "ARTICLES_TEST_FAILPOINT": plans[life] if life < len(plans) else "",
            "ARTICLES_KAFKA__CLIENT_ID": f"slot-{slot}",
        }
        with self._lock:
            self.workers[slot] = start(self.settings, slot, program=self.program, more={**self.more, **more})
            self._born[slot] = time.monotonic()
            self._due.pop(slot, None)

    def twin(self, slot: int, folder: str) -> None:
        """A second worker of the slot, as on another host, with lock files in `folder`; supervised as slot 100."""
        more = {**self.more, "TMPDIR": folder, "ARTICLES_TEST_HISTORY": str(self._file)}
        with self._lock:
            self.workers[100 + slot] = start(self.settings, slot, more=more)
            self._born[100 + slot] = time.monotonic()

    def _supervise(self) -> None:
        sampled = 0.0
        while not self._stopping.wait(0.02):
            now = time.monotonic()
            with self._lock:
                for slot, worker in list(self.workers.items()):
                    if slot in self._due:
                        if now >= self._due[slot] and slot not in self.resting:
                            self.begin(slot)
                    elif worker.process.poll() is not None:
                        self._ended(slot, worker, now)
            if now - sampled > 0.5:
                sampled = now
                self._sample()

    def _ended(self, slot: int, worker: Running, now: float) -> None:
        pid, code = worker.process.pid, worker.process.returncode
        past = [line for line in self.history() if line.pid == pid]
        assigned = max((number for number, reached in enumerate(past) if reached.point == "assigned"), default=-1)
        current = [reached.point for reached in past[assigned + 1 :]]
        in_work = current.count("taken") - current.count("committed")
        self.ends.append(End(slot, pid, code, time.time(), past[-1].point if past else "", in_work))
        steady = code in (0, -signal.SIGKILL) or now - self._born[slot] > _STEADY_SECONDS
        self._failed[slot] = 0 if steady else self._failed.get(slot, 0) + 1
        self._due[slot] = now + (0.0 if code == 0 else _BACKOFF[min(self._failed[slot], len(_BACKOFF) - 1)])

    def _sample(self) -> None:
        for worker in list(self.workers.values()):
            with contextlib.suppress(psutil.Error):
                info = psutil.Process(worker.process.pid)
                sample = Sample(time.time(), info.memory_info().rss, info.num_threads(), info.num_fds())
                self.samples.setdefault(worker.process.pid, []).append(sample)

    # --- what tests do and ask ------------------------------------------------------------------------------------

    def history(self) -> list[Reached]:
        """Every point that any worker reached, in order."""
        lines = self._file.read_text("utf-8").splitlines()
        rows = [line.split(" ") for line in lines]
        return [Reached(float(row[0]), int(row[1]), row[2], tuple(row[3:])) for row in rows]

    def at(self, point: str) -> list[Reached]:
        """Every time that any worker was at the point."""
        return [line for line in self.history() if line.point == point]

    def send(self, slot: int, how: signal.Signals) -> float:
        """Sends a signal to the worker of a slot; when."""
        with self._lock:
            os.kill(self.workers[slot].process.pid, how)
        return time.time()

    def wait_ready(self, slot: int, seconds: float = SECONDS) -> None:
        """Until the worker of the slot, in whichever life, has joined its group, or stands at a failpoint before."""
        deadline = time.monotonic() + seconds
        while not self._stands(slot) and self.workers[slot].ready() is None:
            assert time.monotonic() < deadline, "never ready"
            time.sleep(0.05)

    def wait_ends(self, count: int, seconds: float = SECONDS) -> list[End]:
        """Until so many workers have ended since the beginning."""
        deadline = time.monotonic() + seconds
        while len(self.ends) < count:
            assert time.monotonic() < deadline, f"{len(self.ends)} workers have ended, not {count}"
            time.sleep(0.02)
        return self.ends

    def wait_stopped(self, slot: int, seconds: float = SECONDS) -> float:
        """Until the worker of the slot has stopped itself at a failpoint; when that was."""
        deadline = time.monotonic() + seconds
        while not self._stands(slot):
            assert time.monotonic() < deadline, "it does not come to its failpoint"
            time.sleep(0.02)
        return time.time()

    def _stands(self, slot: int) -> bool:
        with contextlib.suppress(psutil.Error):  # it is just between two lives
            return bool(psutil.Process(self.workers[slot].process.pid).status() == psutil.STATUS_STOPPED)
        return False

    def wait_point(self, point: str, count: int, seconds: float = SECONDS) -> Reached:
        """Until workers have been at the point so often; the last of these times."""
        deadline = time.monotonic() + seconds
        while len(found := self.at(point)) < count:
            assert time.monotonic() < deadline, f"{point} was reached {len(found)} times, not {count}"
            time.sleep(0.02)
        return found[count - 1]

    def wait_past(self, batch: Reached, seconds: float = SECONDS) -> None:
        """Until other workers have committed all that is in the batch of a line of the history."""
        ends = {place.rpartition(":")[0]: int(place.rpartition(":")[2]) for place in batch.places}
        deadline = time.monotonic() + seconds
        while ends:
            assert time.monotonic() < deadline, f"nobody has committed {ends}"
            for place in {p for line in self.at("committed") if line.pid != batch.pid for p in line.places}:
                partition, _, offset = place.rpartition(":")
                if int(offset) >= ends.get(partition, int(offset) + 1):
                    del ends[partition]
            time.sleep(0.05)

    def wait_on(self, pid: int, past: Reached, seconds: float = SECONDS) -> None:
        """Until a worker that stood at a line of the history has brought that batch to some end, its own perhaps."""
        deadline = time.monotonic() + seconds
        while not any(end.pid == pid for end in self.ends):
            if any(line.pid == pid and line.at > past.at and line.point != "offsets" for line in self.history()):
                return
            assert time.monotonic() < deadline, "it neither goes on nor ends"
            time.sleep(0.02)

    def honest(self) -> None:
        """What hangs goes on, and planted workers are replaced by the program as it is."""
        planted, self.program, self.plans = self.program is not WORKER, WORKER, {}
        for worker in list(self.workers.values()):
            with contextlib.suppress(ProcessLookupError):
                worker.process.send_signal(signal.SIGCONT)
            if planted:
                worker.process.kill()

    def orphans(self) -> list[int]:
        """Child processes of this fleet whose parent is gone."""
        found = []
        for process in psutil.process_iter(["pid", "cmdline"]):
            if "pipeline.child" not in (process.info["cmdline"] or ()):
                continue
            with contextlib.suppress(psutil.Error):
                group = process.environ().get("ARTICLES_WORKER__GROUP")
                parent = process.parent()
                if group == self.settings.worker.group and (parent is None or "worker" not in parent.cmdline()):
                    found.append(process.pid)
        return found
