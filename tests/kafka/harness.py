"""What the tests of the worker share: worker processes, a load that never runs dry, and the checker that counts.

The checker is a client of its own: nothing of `pipeline.stream` stands between it and the topics.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson
from confluent_kafka import Consumer, Message, TopicPartition

from pipeline.records import FileOrigin
from pipeline.settings import Settings
from pipeline.sources.files import Sourced
from pipeline.stream.feeding import Feeder
from pipeline.views.ledger import Ledger
from tests.kafka.server import free_port

TEXT = "It rained in Vienna on Monday, and Anna Gruber of the Greens stayed at home. The trams were late all day."
WORKER = ("-m", "pipeline", "worker")
SECONDS = 60.0


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
    process = subprocess.Popen([sys.executable, *program, *stages], env=environment(settings) | own)
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


# --- the checker --------------------------------------------------------------------------------------------------


class Outputs:
    """Committed records of some topics, from the beginning, as they come."""

    def __init__(self, settings: Settings, *topics: str) -> None:
        self._consumer = Consumer(
            {
                "bootstrap.servers": settings.kafka.bootstrap_servers,
                "group.id": "checker",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "fetch.wait.max.ms": 100,
                "receive.message.max.bytes": 200_000_000,
            }
        )
        known = self._consumer.list_topics(timeout=SECONDS).topics
        self._places = [TopicPartition(topic, number, 0) for topic in topics for number in known[topic].partitions]
        self._consumer.assign(self._places)
        self._ended: set[tuple[str | None, int | None]] = set()

    def new(self, seconds: float) -> list[Message]:
        """What has come since the last call."""
        records = []
        for message in self._consumer.consume(500, seconds):
            place = (message.topic(), message.partition())
            if message.error():
                self._ended.add(place)
            else:
                self._ended.discard(place)
                records.append(message)
        return records

    def rest(self) -> list[Message]:
        """All that has not been read yet, to the end of every partition."""
        self._ended.clear()
        self._consumer.assign([place for place in self._consumer.position(self._places) if _begun(place)])
        records: list[Message] = []
        deadline = time.monotonic() + SECONDS
        while len(self._ended) < len(self._places) and time.monotonic() < deadline:
            records += self.new(0.5)
        assert len(self._ended) == len(self._places), "a topic did not come to its end"
        self._consumer.close()
        return records


def _begun(place: TopicPartition) -> bool:
    place.offset = max(place.offset, 0)
    return True


def everything(settings: Settings, *topics: str) -> list[Message]:
    """All committed records of the topics."""
    return Outputs(settings, *topics).rest()


def headers_of(message: Message) -> dict[str, bytes | None]:
    """The headers of a record, by name."""
    return dict(message.headers() or [])  # type: ignore[arg-type]


def origin_of(message: Message) -> bytes:
    """The raw record that an output was made from."""
    return headers_of(message)["origin"] or b""


def results(settings: Settings) -> tuple[str, str, str]:
    """The topics of which each raw record has one record."""
    return settings.topics.enriched, settings.topics.rejected, settings.topics.dead


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checker found: raw records without an output, outputs too many, and what the ledger says.

    `disordered`: outputs that stand, in their partition, behind one of a later record of the same raw partition.
    """

    fed: int
    lost: int
    doubled: int
    disordered: int
    ledger: tuple[str, ...]


def clean(fed: int) -> Verdict:
    """The verdict on a worker that keeps its promise."""
    return Verdict(fed, 0, 0, 0, ())


def judge(settings: Settings) -> Verdict:
    """Counts every raw record by its origin, once nothing runs any more."""
    raw = everything(settings, settings.topics.raw)
    wanted = {f"{m.topic()}/{m.partition()}/{m.offset()}".encode() for m in raw}
    outputs = everything(settings, *results(settings))
    seen = Counter(origin_of(message) for message in outputs)
    assert seen.keys() <= wanted, "an output of a record that nobody fed"
    ledger = Ledger()
    for message in everything(settings, settings.topics.ledger):
        ledger.fold(orjson.loads(message.value() or b""), message.partition() or 0, message.offset() or 0)
    said = [str(finding) for finding in ledger.findings]
    if ledger.totals()["in"] != len(wanted):
        said.append(f"{ledger.totals()['in']} records in the ledger")
    lost, doubled = len(wanted - seen.keys()), seen.total() - len(seen)
    return Verdict(len(wanted), lost, doubled, disordered(outputs), tuple(said))


def disordered(outputs: Sequence[Message]) -> int:
    """Outputs behind one of a later record, within their partition and their raw partition."""
    last: dict[tuple[str | None, int | None, bytes], int] = {}
    count = 0
    for message in outputs:
        source, _, offset = origin_of(message).rpartition(b"/")
        place = (message.topic(), message.partition(), source)
        count += int(offset) < last.get(place, -1)
        last[place] = max(int(offset), last.get(place, -1))
    return count


# --- load ---------------------------------------------------------------------------------------------------------


def value(number: int) -> bytes:
    """Raw records of every fate but rejected: enriched, and dead for two reasons."""
    if number % 50 == 7:
        return b'{"text": '
    if number % 50 == 9:
        return b'{"title": "nothing else"}'
    return orjson.dumps({"url": f"https://site{number % 40}.example/{number}", "text": f"{TEXT} Story {number}."})


@dataclass(slots=True)
class Load:
    """Feeds in a thread, always so many records ahead of the outputs, until it is stopped."""

    settings: Settings
    ahead: int = 300
    fed: int = 0
    seen: set[bytes] = field(default_factory=set)
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
        outputs = Outputs(self.settings, *results(self.settings))
        while not self._stopping.is_set():
            while self.behind < self.ahead:
                for _ in range(50):
                    feeder.send(Sourced(value(self.fed), (), FileOrigin("load", self.fed)))
                    self.fed += 1
            self.seen.update(origin_of(message) for message in outputs.new(0.1))
        if feeder.finish().sent != self.fed:
            self._failed.append("the feeder failed")

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


def finished(settings: Settings, seconds: float = SECONDS) -> bool:
    """Are the offsets of stage `enrich` committed to the end of the raw topic in time?"""
    topic = settings.topics.raw
    servers, group = settings.kafka.bootstrap_servers, f"{settings.worker.group}-enrich"
    consumer = Consumer({"bootstrap.servers": servers, "group.id": group, "isolation.level": "read_committed"})
    places = [TopicPartition(topic, p) for p in consumer.list_topics(topic, timeout=SECONDS).topics[topic].partitions]
    ends = {place.partition: consumer.get_watermark_offsets(place, timeout=SECONDS)[1] for place in places}
    deadline = time.monotonic() + seconds
    done = False
    while not done and time.monotonic() < deadline:
        committed = consumer.committed(places, timeout=SECONDS)
        done = all(max(place.offset, 0) >= ends[place.partition] for place in committed)
        time.sleep(0.1)
    consumer.close()
    return done


def arrived(settings: Settings, topic: str, count: int, seconds: float = SECONDS) -> list[Message]:
    """The first records of a topic, so many at least; fails when they do not come in time."""
    outputs, found = Outputs(settings, topic), []
    deadline = time.monotonic() + seconds
    while len(found) < count:
        assert time.monotonic() < deadline, f"{len(found)} of {count} records"
        found += outputs.new(0.2)
    return found
