"""What the tests of the worker share: worker processes, and a load that never runs dry."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson
from confluent_kafka import Message

from pipeline.records import FileOrigin
from pipeline.settings import Settings
from pipeline.sources.files import Sourced
from pipeline.stream.feeding import Feeder
from tests.kafka.checker import SECONDS, Outputs, Place, origin_of, place_of, results
from tests.kafka.launch import bound
from tests.kafka.server import free_port

TEXT = "It rained in Vienna on Monday, and Anna Gruber of the Greens stayed at home. The trams were late all day."
WORKER = ("-m", "pipeline", "worker")


# --- workers ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Running:
    """A worker process and the port of its health pages."""

    process: subprocess.Popen[bytes]
    port: int

    def ready(self) -> dict[str, object] | None:
        """What /readyz says, None until it answers 200."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                facts: dict[str, object] = orjson.loads(answer.read())
                return facts
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return None

    def wait_ready(self, seconds: float = SECONDS) -> dict[str, object]:
        """Waits until it has joined its groups; fails when it ends or takes too long."""
        deadline = time.monotonic() + seconds
        while (facts := self.ready()) is None:
            assert self.process.poll() is None, f"the worker ended with exit code {self.process.returncode}"
            assert time.monotonic() < deadline, "never ready"
            time.sleep(0.05)
        return facts

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def terminate(self) -> int:
        """SIGTERM; its exit code."""
        self.process.terminate()
        return self.process.wait(40)


def environment(settings: Settings) -> dict[str, str]:
    """The environment that gives another process these settings."""
    names = {f"ARTICLES_TOPICS__{key.upper()}": name for key, name in settings.topics.model_dump().items()}
    return {
        **os.environ,
        **names,
        "ARTICLES_KAFKA__BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
        "ARTICLES_WORKER__GROUP": settings.worker.group,
        "ARTICLES_WORKER__CHILDREN": "1",
        "ARTICLES_WORKER__BATCH_RECORDS": "20",
        "ARTICLES_LOG__LEVEL": "error",
    }


def start(
    settings: Settings,
    slot: int = 0,
    *,
    program: Sequence[str] = WORKER,
    stage: str | None = "enrich",
    more: Mapping[str, str] | None = None,
) -> Running:
    """A worker process with one child and small batches."""
    port = free_port()
    stages = ["--stage", stage] if stage else []
    own = {"ARTICLES_WORKER__SLOT": f"slot-{slot}", "ARTICLES_HTTP__PORT": str(port), **(more or {})}
    command = bound([sys.executable, *program, *stages])
    process = subprocess.Popen(command, env=environment(settings) | own)
    return Running(process, port)


@contextmanager
def working(settings: Settings, count: int = 1, **how: object) -> Iterator[dict[int, Running]]:
    """Workers by slot, ready, and killed at the end; the caller may replace them."""
    workers = {slot: start(settings, slot, **how) for slot in range(count)}  # type: ignore[arg-type]
    try:
        for worker in workers.values():
            worker.wait_ready()
        yield workers
    finally:
        for worker in workers.values():
            worker.kill()


# --- load ---------------------------------------------------------------------------------------------------------


BAD_REASONS = (b"invalid_json", b"no_content")  # why two in fifty of the records below are dead


def value(number: int) -> bytes:
    """Raw records of every fate but rejected: enriched, and dead for two reasons."""
    if number % 50 == 7:
        return b'{"text": '
    if number % 50 == 9:
        return b'{"title": "nothing else"}'
    return orjson.dumps({"url": f"https://site{number % 40}.example/{number}", "text": f"{TEXT} Story {number}."})


def feed(settings: Settings, *numbers: int) -> None:
    """Raw records of these numbers."""
    feeder = Feeder(settings, as_is=True)
    for number in numbers:
        feeder.send(Sourced(value(number), (), FileOrigin("test", number)))
    assert feeder.finish().sent == len(numbers)


@dataclass(slots=True)
class Load:
    """Feeds in a thread, always so many records ahead of the outputs, until it is stopped.

    `moved`: for each raw partition, when its newest output was produced, by the producer's clock. `places`: where the
    outputs lie that were read on the way.
    """

    settings: Settings
    ahead: int = 300
    most: int = 10_000_000
    fed: int = 0
    seen: set[bytes] = field(default_factory=set)
    moved: dict[int, float] = field(default_factory=dict)
    places: set[Place] = field(default_factory=set)
    outputs: Outputs = field(init=False)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _failed: list[str] = field(default_factory=list)

    @property
    def behind(self) -> int:
        """Raw records without an output so far."""
        return self.fed - len(self.seen)

    def wait_for_more(self, records: int = 1, seconds: float = SECONDS) -> None:
        """Until so many raw records have come out that had not before."""
        wanted, deadline = len(self.seen) + records, time.monotonic() + seconds
        while len(self.seen) < wanted:
            assert time.monotonic() < deadline, "the workers stand still"
            time.sleep(0.05)

    def _run(self) -> None:
        feeder = Feeder(self.settings, as_is=True)
        self.outputs = Outputs(self.settings, *results(self.settings))
        while not self._stopping.is_set():
            while self.behind < self.ahead and self.fed < self.most:
                for _ in range(50):
                    feeder.send(Sourced(value(self.fed), (), FileOrigin("load", self.fed)))
                    self.fed += 1
            self._see(self.outputs.new(0.1))
        if feeder.finish().sent != self.fed:
            self._failed.append("the feeder failed")

    def _see(self, messages: list[Message]) -> None:
        for message in messages:
            origin = origin_of(message)
            partition = int(origin.split(b"/")[1])
            self.seen.add(origin)
            self.places.add(place_of(message))
            self.moved[partition] = max(self.moved.get(partition, 0.0), message.timestamp()[1] / 1000)

    def wait_all_moved(self, since: float, seconds: float = SECONDS) -> float:
        """Until every partition has an output that was produced after `since` (time.time()); the seconds it took."""
        while not all(moved > since for moved in list(self.moved.values())):
            assert time.time() < since + seconds, f"stands still for {seconds:g} s: {self.standing(since)}"
            time.sleep(0.02)
        return time.time() - since

    def wait_fed(self, records: int, seconds: float = 600.0) -> None:
        """Until so many records have been fed."""
        deadline = time.monotonic() + seconds
        while self.fed < records:
            assert time.monotonic() < deadline, f"{self.fed} records fed, not {records}"
            time.sleep(0.1)

    def standing(self, since: float) -> list[int]:
        """The raw partitions without an output produced after `since`."""
        return sorted(partition for partition, moved in list(self.moved.items()) if moved <= since)

    @contextmanager
    def running(self) -> Iterator[Load]:
        """Feeds during the block."""
        thread = threading.Thread(target=self._run, name="load")
        thread.start()
        try:
            while self.fed < self.ahead:
                assert thread.is_alive(), "the load failed"
                time.sleep(0.05)
            yield self
        finally:
            self._stopping.set()
            thread.join()
        assert self._failed == []
