"""What the stream costs beside the steps of the flow, on a real Kafka with transactions.

Processor time by the operating system's count: of the worker's process with all its threads (clients, loop, Faust,
lanes of the pool), and of the children outside the steps (pipes, frames, deadlines, encoding the record). From idle to
idle: start-up and warm-up are left out, waiting is not. Two ways: with the steps taken out, and around the real steps,
where the same work takes longer, since a step of milliseconds leaves nothing of it in the processor's caches.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import orjson

from pipeline import process
from pipeline.pool import PoolRules
from pipeline.records import Enriched, KafkaOrigin, encode, stamp
from pipeline.stream import clients
from quality.bench.inputs import Corpus, sized
from quality.bench.kafka import WorkerProcess, feed, fresh
from quality.bench.machine import Others
from quality.bench.rows import Row, at_most, plain

_SIZE = 4096
_WARM_UP = 1000
_IDLE_SECONDS = 5.0
_ENTITIES = 20


def own_cost(servers: str, corpus: Corpus) -> list[Row]:
    """All of it."""
    return [*without_steps(servers, corpus), *around_steps(servers, corpus), *entities(servers, corpus)]


def without_steps(servers: str, corpus: Corpus, count: int = 20_000) -> list[Row]:
    """Processor time an article of stage `enrich`, with steps that cost nothing."""
    records = list(sized(corpus, _WARM_UP + count, _SIZE))
    with tempfile.NamedTemporaryFile() as example, fresh(servers) as settings:
        Path(example.name).write_bytes(records[0].value)
        with WorkerProcess(settings, example.name, module="quality.bench.stepless") as worker:
            worker.wait_ready()
            feed(settings, records[:_WARM_UP])
            worker.wait_committed("enrich", settings.topics.raw, _WARM_UP, 120)
            time.sleep(1)
            others = Others()
            before = worker.cpu()
            feed(settings, records[_WARM_UP:])
            worker.wait_committed("enrich", settings.topics.raw, _WARM_UP + count, 300)
            parent, children = (1e6 * (b - a) / count for a, b in zip(before, worker.cpu(), strict=True))
            told = others.told()
    return [
        at_most("stage enrich, its steps taken out, an article", parent + children, "us CPU", 150, told),
        plain("  in the worker's process", parent, "us CPU", "consume, pool, produce, commit, Faust"),
        plain("  in the children", children, "us CPU", "pipes, frames, deadlines, encoding the record"),
    ]


def around_steps(servers: str, corpus: Corpus, count: int = 4000) -> list[Row]:
    """Processor time an article of stage `enrich`, beside the real steps."""
    records = list(sized(corpus, _WARM_UP + count, _SIZE))
    with fresh(servers) as settings, WorkerProcess(settings, "worker", "--stage=enrich") as worker:
        starts = _child_start(worker)
        feed(settings, records[:_WARM_UP])
        worker.wait_committed("enrich", settings.topics.raw, _WARM_UP, 120)
        idle = _idle(worker)
        others = Others()
        parent, children = worker.cpu()
        steps = worker.step_seconds()
        feed(settings, records[_WARM_UP:])
        worker.wait_committed("enrich", settings.topics.raw, _WARM_UP + count, 300)
        after_parent, after_children = worker.cpu()
        time.sleep(0.3)  # a batch is counted just after its commit
        spent = {step: 1e6 * (seconds - steps[step]) / count for step, seconds in worker.step_seconds().items()}
        told = others.told()
    in_parent = 1e6 * (after_parent - parent) / count
    encoding = spent.pop("encode")
    around = 1e6 * (after_children - children) / count - encoding - sum(spent.values())
    share = PoolRules().recycle_jobs
    renewing = 1e6 * starts / share
    whole = in_parent + encoding + around + renewing
    return [
        at_most("stage enrich, around the real steps, an article", whole, "us CPU", 150, told),
        plain("  in the worker's process", in_parent, "us CPU"),
        plain("  in the children, around the steps", around, "us CPU"),
        plain("  in the children, encoding the record", encoding, "us CPU"),
        plain("  for fresh children", renewing, "us CPU", f"{starts:.2f} s every {share} articles"),
        plain("  an idle worker", 1000 * idle, "ms CPU/s"),
        plain("  the steps themselves", sum(spent.values()), "us CPU", f"{count} records of {_SIZE} bytes"),
    ]


def _child_start(worker: WorkerProcess) -> float:
    """Processor seconds that a child takes to start: the mean of those that have."""
    worker.wait_ready()
    time.sleep(2)
    return worker.cpu()[1] / 2


def _idle(worker: WorkerProcess) -> float:
    """Processor seconds a second of a worker without work."""
    time.sleep(1)
    before = worker.cpu()[0]
    time.sleep(_IDLE_SECONDS)
    return (worker.cpu()[0] - before) / _IDLE_SECONDS


def entities(servers: str, corpus: Corpus, count: int = 3000) -> list[Row]:
    """Processor time an entity record of stage `entities`, at 20 records an article."""
    value = enriched(corpus)
    with fresh(servers) as settings, WorkerProcess(settings, "worker", "--stage=entities") as worker:
        worker.wait_ready()
        producer = clients.producer(settings)

        def send(articles: int) -> None:
            for number in range(articles):
                producer.produce(settings.topics.enriched, value, b"%d" % number)
                producer.poll(0)
            if left := producer.flush(60):
                raise RuntimeError(f"{left} records were not acknowledged")

        send(_WARM_UP)
        worker.wait_committed("entities", settings.topics.enriched, _WARM_UP, 60)
        time.sleep(1)
        before = worker.cpu()[0]
        send(count)
        worker.wait_committed("entities", settings.topics.enriched, _WARM_UP + count, 120)
        spent = worker.cpu()[0] - before
    note = f"{count} articles of {len(value)} bytes, {_ENTITIES} records each"
    return [at_most("stage entities, an entity record", 1e6 * spent / count / _ENTITIES, "us CPU", 20, note)]


def enriched(corpus: Corpus) -> bytes:
    """A record of the enriched topic made of a 4 KB article, with exactly 20 entities."""
    record = process(next(sized(corpus, 1, _SIZE)).value)
    assert isinstance(record, Enriched) and record.entities and record.mentions, "the first article names nobody"
    known, mentions = record.entities, record.mentions
    many = tuple(replace(known[n % len(known)], name=f"Name {n}", id=f"person:name {n}") for n in range(_ENTITIES))
    twice = tuple(replace(mentions[n % len(mentions)], entity=n % _ENTITIES) for n in range(2 * _ENTITIES))
    whole = replace(record, entities=many, mentions=twice)
    value = encode(stamp(whole, KafkaOrigin("raw", 0, 1), "2026-01-01T00:00:00Z"))
    assert len(orjson.loads(value)["entities"]) == _ENTITIES
    return value
