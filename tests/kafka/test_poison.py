"""Hostile records among normal ones on a real Kafka: all normal ones come out, each hostile one is told truly."""

from __future__ import annotations

import random
import re
import time
import urllib.request
from collections import Counter

import orjson
import pytest

from pipeline.settings import Settings
from pipeline.stream import clients
from tests.kafka import planted
from tests.kafka.checker import clean, everything, finished, headers_of, judge, origin_of, results
from tests.kafka.harness import TEXT, Running, working
from tests.kafka.hostile import Hostile, records

pytestmark = pytest.mark.kafka
KILLS = 3  # of a child, by one record: in its pack, on its own in the batch, alone in a fresh child
Place = bytes


def send(settings: Settings, normal: int, hostile: dict[str, Hostile]) -> tuple[set[Place], dict[str, Place]]:
    """All records in one order that depends on nothing but their number; where the normal and the hostile ones lie."""
    producer = clients.producer(settings)
    places: dict[str, Place] = {}

    def put(name: str, record: Hostile, key: bytes) -> None:
        def acknowledged(error: object, message: object) -> None:
            assert error is None
            places[name] = f"{message.topic()}/{message.partition()}/{message.offset()}".encode()  # type: ignore[attr-defined]

        headers = list(record.headers)
        while True:
            try:
                producer.produce(settings.topics.raw, record.value, key, headers=headers, on_delivery=acknowledged)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)

    names = [*hostile, *(f"normal {number}" for number in range(normal))]
    random.Random(7).shuffle(names)
    for number, name in enumerate(names):
        article = {"url": f"https://site{number % 40}.example/{number}", "text": f"{TEXT} Story {number}."}
        put(name, hostile.get(name) or Hostile(orjson.dumps(article), frozenset()), f"site{number % 40}".encode())
    assert producer.flush(60) == 0
    return {place for name, place in places.items() if name not in hostile}, {name: places[name] for name in hostile}


def children_lost(worker: Running) -> Counter[str]:
    """By reason, as /metrics says."""
    with urllib.request.urlopen(f"http://127.0.0.1:{worker.port}/metrics", timeout=5) as answer:
        lines = answer.read().decode()
    found = re.findall(r'articles_children_lost_total\{reason="(\w+)"\} (\S+)', lines)
    return Counter({reason: int(float(count)) for reason, count in found})


@pytest.mark.parametrize(
    ("normal", "size"), [(1500, 200_000), pytest.param(10_000, 4_900_000, marks=pytest.mark.soak)], ids=["CI", "soak"]
)
def test_poison(kafka_settings: Settings, normal: int, size: int) -> None:
    """Each record has one outcome; children are lost only to those that kill, thrice each at most."""
    hostile = records(size)
    assert len(hostile) >= 60
    good, bad = send(kafka_settings, normal, hostile)
    more = {
        "ARTICLES_LIMITS__CPU_SECONDS": "1.0" if size < 10**6 else "2.0",
        "ARTICLES_LIMITS__CHILD_MEMORY_BYTES": str(600 * 1024**2),
        "ARTICLES_WORKER__BATCH_RECORDS": "200",
        "ARTICLES_WORKER__CHILDREN": "2",
    }
    with working(kafka_settings, program=planted.program("tests.traps:hostile"), more=more) as workers:
        began = time.monotonic()
        assert finished(kafka_settings, 600 if size > 10**6 else 120)
        took, lost = time.monotonic() - began, children_lost(workers[0])
        assert workers[0].ready() is not None, "its breaker is open, or it stands still"
        assert workers[0].terminate() == 0
    print(f"{normal} records and {len(hostile)} hostile ones in {took:.1f} s; children lost: {dict(lost)}")
    assert judge(kafka_settings) == clean(normal + len(hostile))
    fates = {
        origin_of(message): fate(kafka_settings, message)
        for message in everything(kafka_settings, *results(kafka_settings))
    }
    assert {fates[place] for place in good} == {"enriched"}
    wrong = {name: fates[bad[name]] for name, record in hostile.items() if fates[bad[name]] not in record.allowed}
    assert wrong == {}
    killers = Counter(next(iter(record.allowed)).removeprefix("dead ") for record in hostile.values() if record.kills)
    assert lost.keys() == killers.keys()
    assert all(killers[reason] <= lost[reason] <= KILLS * killers[reason] for reason in killers), lost


def fate(settings: Settings, message: object) -> str:
    """As in `Hostile.allowed`."""
    topic, value = message.topic(), message.value()  # type: ignore[attr-defined]
    if topic == settings.topics.enriched:
        return "enriched"
    if topic == settings.topics.rejected:
        return f"rejected {orjson.loads(value)['reason']}"
    return f"dead {(headers_of(message)['reason'] or b'').decode()}"  # type: ignore[arg-type]
