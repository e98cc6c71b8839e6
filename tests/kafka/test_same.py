"""The same records either way: by file and by a real Kafka, but for `origin` and `processed_at`."""

from __future__ import annotations

import io
from pathlib import Path

import orjson
import pytest

from pipeline.job import enricher_config
from pipeline.local import Sinks, run
from pipeline.pool import Pool, PoolRules
from pipeline.records import FileOrigin
from pipeline.sample import load
from pipeline.settings import Settings
from pipeline.sources.files import Sourced, read
from pipeline.stream.feeding import Feeder
from pipeline.stream.reading import read as read_topic
from tests.kafka.checker import finished
from tests.kafka.harness import start

pytestmark = pytest.mark.kafka


def by_file(records: list[Sourced], settings: Settings) -> dict[str, bytes]:
    """Enriched and rejected records of `articles run`, by id."""
    enriched, rejected, dead = io.BytesIO(), io.BytesIO(), io.BytesIO()
    pool = Pool(PoolRules(children=2), "pipeline.job:enricher", enricher_config(settings))
    tally = run(records, pool, Sinks(enriched, rejected, dead), lambda _: None)
    pool.close()
    assert tally.balanced
    assert tally.records == len(records)
    return dict(map(plain, [*enriched.getvalue().splitlines(), *rejected.getvalue().splitlines()]))


def plain(line: bytes) -> tuple[str, bytes]:
    """Id, and the record without what may differ."""
    record = orjson.loads(line)
    del record["origin"], record["processed_at"]
    return record["id"], orjson.dumps(record)


def compare(records: list[Sourced], settings: Settings, seconds: float) -> int:
    """Runs the records both ways; how many came out as enriched or rejected."""
    feeder = Feeder(settings, as_is=True)
    for record in records:
        feeder.send(record)
    assert feeder.finish().sent == len(records)
    worker = start(settings)
    try:
        assert finished(settings, seconds)
    finally:
        code = worker.terminate()
        assert code == 0
    topics = (settings.topics.enriched, settings.topics.rejected)
    by_kafka = dict(plain(record.value or b"") for topic in topics for record in read_topic(settings, topic))
    assert by_kafka == by_file(records, settings)
    return len(by_kafka)


def test_the_sample_gives_the_same_records_by_file_and_by_kafka(kafka_settings: Settings) -> None:
    """Articles, pages that are none, and poison."""
    records = [Sourced(s.value, s.headers, FileOrigin("sample", n)) for n, s in enumerate(load()[:35], 1)]
    assert compare(records, kafka_settings, 60) == 33


@pytest.mark.data
def test_the_corpus_gives_the_same_records_by_file_and_by_kafka(kafka_settings: Settings, data_dir: Path) -> None:
    """845 scraped articles; those with one URL share an id, so the last of each is compared."""
    unique = {record.value: record for record in read([str(data_dir / "articles" / "worldwide-raw.jsonl.gz")])}
    assert len(unique) == 845
    seen: dict[str, Sourced] = {}
    for record in unique.values():
        fields = orjson.loads(record.value)
        seen[fields["url"]] = record
    assert compare(list(seen.values()), kafka_settings, 180) == len(seen)
