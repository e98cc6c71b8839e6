"""Real input both ways: through `articles run` and through a worker on a real Kafka. Are the records the same?

Records are matched by the raw record that they name as their origin, since several share a URL and so an id.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from pipeline.settings import Settings
from pipeline.sources.files import read
from pipeline.stream.reading import read as read_topic
from quality.bench.inputs import Corpus
from quality.bench.kafka import WorkerProcess, feed, fresh
from quality.bench.rows import Row, plain

_MINUTES = 20


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a raw record: `content` is the record made of it, without what may differ."""

    outcome: str
    reason: str
    content: bytes


Fates = dict[str, list[Fate]]  # by the id that each raw record was given


def same(servers: str | None, *corpora: Corpus) -> list[Row]:
    """Counts by outcome, either way, and the number of differences, which must be 0."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name, "raw.jsonl")
        sizes = _write(source, corpora)
        by_file = dict(_by_file(source, Path(name)))
        rows = [
            plain("records in", len(sizes), "", f"{sum(size > 1_000_000 for size in sizes)} of them over 1 MB"),
            _accounted("by file", by_file, len(sizes)),
        ]
        if servers is None:
            return rows
        by_kafka = _by_kafka(servers, source)
    differing = sorted(key for key in by_file.keys() | by_kafka.keys() if by_file.get(key) != by_kafka.get(key))
    named = ", ".join(f"{key}: {_difference(by_file.get(key, []), by_kafka.get(key, []))}" for key in differing[:9])
    return [
        *rows,
        _accounted("by Kafka", by_kafka, len(sizes)),
        Row("differences between the two", len(differing), "", "0", not differing, named),
    ]


def _write(path: Path, corpora: tuple[Corpus, ...]) -> list[int]:
    """All records as lines with ids of their own; the size of each."""
    lines = []
    for corpus in corpora:
        for number, record in enumerate(corpus.records):
            lines.append(orjson.dumps({**record, "id": f"{corpus.name.split(' ')[1]} {number}"}))
    path.write_bytes(b"\n".join(lines) + b"\n")
    return [len(line) for line in lines]


def _accounted(way: str, fates: Fates, count: int) -> Row:
    """Does every record have one fate?"""
    outcomes = Counter(f"{fate.outcome} {fate.reason}".strip() for several in fates.values() for fate in several)
    once = len(fates) == count and all(len(several) == 1 for several in fates.values())
    told = ", ".join(f"{outcome} {number}" for outcome, number in sorted(outcomes.items()))
    return Row(f"accounted for {way}", outcomes.total(), "", f"= {count}", once, told)


def _difference(by_file: list[Fate], by_kafka: list[Fate]) -> str:
    """In which outcome, or else in which fields."""
    ways = [" and ".join(f"{fate.outcome} {fate.reason}".strip() for fate in way) for way in (by_file, by_kafka)]
    if ways[0] != ways[1]:
        return f"{ways[0] or 'nothing'} / {ways[1] or 'nothing'}"
    one, other = (orjson.loads(way[0].content) for way in (by_file, by_kafka))
    return " ".join(name for name in one if one[name] != other.get(name))


def _content(record: dict[str, Any]) -> bytes:
    return orjson.dumps({name: value for name, value in record.items() if name not in ("origin", "processed_at")})


def _by_file(source: Path, folder: Path) -> Iterator[tuple[str, list[Fate]]]:
    paths = {name: folder / f"{name}.jsonl" for name in ("enriched", "rejected", "dead")}
    command = [sys.executable, "-m", "pipeline", "run", str(source), "-o", str(paths["enriched"])]
    subprocess.run(
        [*command, "--rejected", str(paths["rejected"]), "--dead", str(paths["dead"])],
        check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    ids = {record.origin.line: orjson.loads(record.value)["id"] for record in read([str(source)])}
    fates: Fates = {}
    for outcome, path in paths.items():
        for line in path.read_bytes().splitlines():
            record = orjson.loads(line)
            if outcome == "dead":
                record["detail"] = record["detail"].encode("ascii", "backslashreplace").decode()
            fate = Fate(outcome, record.get("reason", ""), _content(record))
            fates.setdefault(ids[record["origin"]["line"]], []).append(fate)
    yield from fates.items()


def _by_kafka(servers: str, source: Path) -> Fates:
    with fresh(servers) as settings:
        with WorkerProcess(settings, "worker", "--stage=enrich") as worker:
            count = feed(settings, read([str(source)]))
            worker.wait_committed("enrich", settings.topics.raw, count, 60 * _MINUTES)
        topics = settings.topics
        ids = {record.origin: orjson.loads(record.value or b"")["id"] for record in read_topic(settings, topics.raw)}
        fates: Fates = {}
        for origin, fate in _from_topics(settings):
            fates.setdefault(ids[origin], []).append(fate)
    return fates


def _from_topics(settings: Settings) -> Iterator[tuple[bytes, Fate]]:
    topics = settings.topics
    for outcome, topic in (("enriched", topics.enriched), ("rejected", topics.rejected)):
        for read_record in read_topic(settings, topic):
            record = orjson.loads(read_record.value or b"")
            yield dict(read_record.headers)["origin"] or b"", Fate(outcome, record.get("reason", ""), _content(record))
    for letter in read_topic(settings, topics.dead):
        headers = {name: (value or b"").decode("ascii") for name, value in letter.headers}
        line = {
            "id": headers["article-id"],
            "reason": headers["reason"],
            "detail": headers["__connect.errors.exception.message"],
            "value": (letter.value or b"").decode(),
            "value_b64": None,
        }
        yield headers["origin"].encode(), Fate("dead", line["reason"] or "", _content(line))
