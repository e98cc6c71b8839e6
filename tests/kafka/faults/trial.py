"""A trial: a fleet under load, through a proxy, watched; at its end everything is drained and judged."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from confluent_kafka import KafkaException

from pipeline.settings import Settings
from tests.kafka.checker import (
    Verdict,
    clean,
    everything,
    finished,
    group_consumer,
    headers_of,
    judge,
    place_of,
    results,
    wait_ended,
)
from tests.kafka.faults.fleet import Fleet
from tests.kafka.faults.proxy import Proxy, Rule
from tests.kafka.harness import BAD_REASONS, WORKER, Load

DRAIN_SECONDS = 120.0
ENDED_SECONDS = 30.0  # a transaction's timeout, and the broker's look for such, which is every 10 s
# One client more, whose predecessor is not gone yet. Without faults of the network all three are flat.
_SLACK = {"memory": 15 * 1024**2, "threads": 5, "files": 14}


@dataclass(slots=True)
class Offsets:
    """Samples the stable committed offsets of a group, in a thread of its own."""

    settings: Settings
    last: dict[int, int] = field(default_factory=dict)
    falls: list[str] = field(default_factory=list)
    samples: int = 0
    _stopping: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def watched(self) -> Iterator[Offsets]:
        """Samples every half second during the block."""
        thread = threading.Thread(target=self._run, name="offsets")
        thread.start()
        try:
            yield self
        finally:
            self._stopping.set()
            thread.join()

    def _run(self) -> None:
        consumer, places = group_consumer(self.settings)
        while not self._stopping.wait(0.5):
            try:
                committed = consumer.committed(places, timeout=5)
            except KafkaException:
                continue  # the broker is away, or a transaction is open
            self.samples += 1
            for place in committed:
                if place.error is not None or place.offset < 0:
                    continue
                if place.offset < self.last.get(place.partition, 0):
                    self.falls.append(f"{place.partition}: {self.last[place.partition]} to {place.offset}")
                self.last[place.partition] = place.offset
        consumer.close()


@dataclass(frozen=True, slots=True)
class Found:
    """Everything that a trial found beside the number of records; all of it is 0 or empty where a promise is kept.

    `falls`: committed offsets that went back. `differently`: outputs that only one of two readers saw, one that read
    during the faults and one afterwards. `growth`: memory, threads or files that a worker gathered. `letters`: reasons
    of dead letters that are not those of the load's bad records: a trouble with brokers is never one.
    """

    verdict: Verdict
    falls: tuple[str, ...] = ()
    differently: int = 0
    orphans: tuple[int, ...] = ()
    growth: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()


def kept(fed: int) -> Found:
    """What is found where every promise is kept."""
    return Found(clean(fed))


@dataclass(slots=True)
class Trial:
    """What a test of faults has in its hands; `found` is there when the block has ended."""

    settings: Settings
    fleet: Fleet
    load: Load
    proxy: Proxy
    offsets: Offsets
    found: Found | None = None


@contextlib.contextmanager
def trial(
    settings: Settings,
    proxy: Proxy,
    workers: int = 2,
    *,
    plans: Mapping[int, Sequence[str]] | None = None,
    more: Mapping[str, str] | None = None,
    program: Sequence[str] = WORKER,
    rules: Sequence[Rule] = (),
    ahead: int = 300,
    most: int = 10_000_000,
) -> Iterator[Trial]:
    """A fleet under load. At the end of the block the load stops, faults heal, all is drained, and judged.

    A fleet of another `program` is replaced by honest workers before it is drained.
    """
    proxy.heal()
    proxy.hits.clear()
    for rule in rules:
        proxy.add(rule)
    through = {"ARTICLES_KAFKA__BOOTSTRAP_SERVERS": f"127.0.0.1:{proxy.port}", **(more or {})}
    fleet = Fleet(settings, workers, through, program, plans or {})
    tried = Trial(settings, fleet, Load(settings, ahead, most), proxy, Offsets(settings))
    with fleet.running(), contextlib.ExitStack() as watching:
        with tried.load.running():
            tried.load.wait_for_more()
            watching.enter_context(tried.offsets.watched())  # not before the group is there
            yield tried
        proxy.heal()
        fleet.honest()
        assert finished(settings, DRAIN_SECONDS), f"not everything is committed; ends: {fleet.ends}"
        wait_ended(settings, ENDED_SECONDS)
        orphans = tuple(fleet.orphans())
    messages = everything(settings, *results(settings))
    outputs = {place_of(message) for message in messages}
    told = {headers_of(message).get("reason") for message in messages} - {None, *BAD_REASONS}
    letters = tuple(sorted((reason or b"").decode() for reason in told))
    tried.load.places.update(place_of(message) for message in tried.load.outputs.rest())
    differently = len(outputs ^ tried.load.places)
    falls = tuple(tried.offsets.falls)
    tried.found = Found(judge(settings), falls, differently, orphans, growth(fleet), letters)


def growth(fleet: Fleet) -> tuple[str, ...]:
    """Workers that in the last quarter of their life always hold more than they ever did in the second quarter."""
    found = []
    for pid, samples in fleet.samples.items():
        quarter = len(samples) // 4
        if quarter < 10:
            continue  # it did not live long enough to tell
        early, late = samples[quarter : 2 * quarter], samples[-quarter:]
        for name, slack in _SLACK.items():
            more = min(getattr(sample, name) for sample in late) - max(getattr(sample, name) for sample in early)
            if more > slack:
                found.append(f"{pid}: {name} +{more}")
    return tuple(found)


def sleep_until(at: float) -> None:
    """Until time.time() is so far."""
    time.sleep(max(0.0, at - time.time()))
