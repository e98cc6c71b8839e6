"""What lies on the raw topic of a real Kafka, through the worker: nothing stops it, and each record comes out once."""

from __future__ import annotations

import asyncio
import random
import string
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from confluent_kafka import Message, Producer

from pipeline.settings import Settings
from pipeline.stream import clients
from pipeline.stream import topics as ours
from tests.conftest import unique_settings
from tests.kafka.checker import arrived, clean, everything, finished, headers_of, judge, origin_of, results
from tests.kafka.harness import TEXT, working
from tests.kafka.server import KafkaServer

pytestmark = pytest.mark.kafka
CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
LIMIT = Settings().limits.record_bytes
TRACE = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
ARTICLE = orjson.dumps({"url": "https://news.example/1", "text": TEXT})
PAGE = f"<html><body><article><h1>Trams</h1><p>{TEXT}</p><p>{TEXT}</p></article></body></html>".encode()


def of_size(size: int) -> bytes:
    """JSON of exactly so many bytes, which no codec makes much smaller; it has no content."""
    letters = random.Random(size).choices(string.ascii_letters + string.digits, k=size - len('{"more":""}'))
    return b'{"more":"' + "".join(letters).encode() + b'"}'


@dataclass(frozen=True)
class Case:
    """A raw record and what must become of it; outcome None: any, as long as there is one."""

    value: bytes | None
    outcome: str | None = "enriched"
    reason: str | None = None
    key: bytes | None = b"news.example"
    headers: tuple[tuple[str | bytes, bytes | None], ...] = ()
    codec: str = "none"


CASES = {
    **{f"article, {codec}": Case(ARTICLE, codec=codec) for codec in CODECS},
    "no key": Case(ARTICLE, key=None),
    "key that is not UTF-8": Case(ARTICLE, key=b"\xff\x00"),
    "no value": Case(None, "dead", "no_value", headers=(("traceparent", TRACE),)),
    "empty value": Case(b"", "dead", "invalid_json"),
    "trace": Case(ARTICLE, headers=(("traceparent", TRACE),)),
    "headers null and binary": Case(ARTICLE, headers=(("content-type", None), ("x", b"\xff\x00"), ("x", b""))),
    "page": Case(PAGE, headers=(("content-type", b"text/html"), ("url", b"https://news.example/2"))),
    "header name that is not UTF-8": Case(ARTICLE, headers=((b"\xff\xfe", b"1"), ("source", b"x"))),
    "header name that is half a surrogate": Case(ARTICLE, headers=((b"\xed\xa0\x80", None),)),
    "header name empty or with NUL": Case(ARTICLE, headers=((b"a\x00b", b"1"), (b"", b"2"))),
    "poison with such a name": Case(b'{"text": ', "dead", "invalid_json", headers=((b"\xff", b"1"), ("ok", b"2"))),
    "largest": Case(of_size(LIMIT), "dead", "no_content"),
    "largest, with headers": Case(of_size(LIMIT), "dead", "no_content", headers=(("x", bytes(60_000)),)),
    "one byte too large": Case(of_size(LIMIT + 1), "dead", "too_large"),
    "20 MB, packed": Case(b"x" * 20_000_000, "dead", "too_large", codec="zstd"),
    "70 MB, packed": Case(b"x" * 70_000_000, "dead", "too_large", codec="zstd"),
    "NaN": Case(b'{"more": NaN, ' + ARTICLE[1:]),
    "byte order mark": Case(b"\xef\xbb\xbf" + ARTICLE),
    "lone surrogate": Case(b'{"title": "\\ud800", ' + ARTICLE[1:]),
    "NUL": Case(b'{"title": "a\\u0000b", ' + ARTICLE[1:]),
    "text and html": Case(orjson.dumps({"text": TEXT, "html": PAGE.decode()})),
    "wrong type": Case(b'{"text": 7}', "dead", "wrong_type"),
    "unknown schema": Case(ARTICLE, "dead", "unsupported_schema", headers=(("schema", b"raw/9"),)),
    "deep page": Case(orjson.dumps({"html": "<div>" * 200_000 + TEXT}), "dead", "too_deep"),
    "bytes": Case(bytes(range(256)) * 40, "dead", "invalid_json"),
}
MESSAGE = "__connect.errors.exception.message"
UNPACKED = "70 MB, packed"  # over what a letter carries


class _Name(str):
    """A header name of any bytes: the pure Python producer of aiokafka asks it for its bytes."""

    raw: bytes

    def encode(self, *_: Any) -> bytes:
        """The bytes."""
        return self.raw


def named(raw: bytes) -> _Name:
    """A header name that is sent as these bytes."""
    name = _Name("?" * len(raw))
    name.raw = raw
    return name


async def send_unreadable(settings: Settings, case: Case) -> tuple[int, int]:
    """Sends a record whose header names are bytes; partition and offset."""
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka.bootstrap_servers)
    await producer.start()
    try:
        headers = [(named(n) if isinstance(n, bytes) else n, v) for n, v in case.headers]
        sent = await producer.send_and_wait(settings.topics.raw, case.value, case.key, headers=headers)
        return sent.partition, sent.offset
    finally:
        await producer.stop()


def send(settings: Settings, case: Case) -> tuple[int, int]:
    """Sends a record by a producer without limits of its own; partition and offset."""
    if any(isinstance(name, bytes) for name, _ in case.headers):
        return asyncio.run(send_unreadable(settings, case))
    producer = Producer(
        {
            "bootstrap.servers": settings.kafka.bootstrap_servers,
            "compression.type": case.codec,
            "message.max.bytes": 100_000_000,
            "queue.buffering.max.kbytes": 200_000,
        }
    )
    places: list[tuple[int, int]] = []

    def acknowledged(error: object, message: Message) -> None:
        assert error is None
        places.append((message.partition() or 0, message.offset() or 0))

    headers: Any = list(case.headers)
    producer.produce(settings.topics.raw, case.value, case.key, headers=headers, on_delivery=acknowledged)
    assert producer.flush(60) == 0
    return places[0]


def body(message: Message) -> dict[str, Any]:
    """A record of JSON."""
    fields: dict[str, Any] = orjson.loads(message.value() or b"")
    return fields


@dataclass(frozen=True)
class Processed:
    """Everything that came out."""

    settings: Settings
    outputs: dict[str, list[Message]]  # by case
    entities: list[Message]


@pytest.fixture(scope="module")
def processed(kafka: KafkaServer) -> Iterator[Processed]:
    """All cases on the raw topic, through one worker with both stages."""
    settings = unique_settings(kafka.bootstrap_servers)
    admin, specs = clients.admin(settings), ours.specs(settings)
    assert [created.error for created in ours.create(admin, specs)] == [None] * len(specs)
    with pytest.MonkeyPatch.context() as patch:
        for module in ("message_accumulator", "producer"):  # the compiled one takes no name but text
            patch.setattr(f"aiokafka.producer.{module}.DefaultRecordBatchBuilder", _DefaultRecordBatchBuilderPy)
        places = {name: send(settings, case) for name, case in CASES.items()}
    with working(settings, stage=None) as workers:
        assert finished(settings)
        enriched = everything(settings, settings.topics.enriched)
        arrived(settings, settings.topics.entities, sum(len(body(m)["entities"] or ()) for m in enriched))
        assert workers[0].terminate() == 0
    by_origin: dict[bytes, list[Message]] = {}
    for message in everything(settings, *results(settings)):
        by_origin.setdefault(origin_of(message), []).append(message)
    origins = {name: f"{settings.topics.raw}/{p}/{o}".encode() for name, (p, o) in places.items()}
    outputs = {name: by_origin.get(origin, []) for name, origin in origins.items()}
    yield Processed(settings, outputs, everything(settings, settings.topics.entities))
    for future in admin.delete_topics([spec.name for spec in specs]).values():
        future.result()


def test_each_comes_out_once(processed: Processed) -> None:
    """No record is lost, none comes twice, and the ledger knows them all."""
    assert judge(processed.settings) == clean(len(CASES))


@pytest.mark.parametrize("name", CASES)
def test_outcome(processed: Processed, name: str) -> None:
    """What became of it; a dead letter has the original key and value, and says why."""
    case, (output,) = CASES[name], processed.outputs[name]
    topics = processed.settings.topics
    kinds = {topics.enriched: "enriched", topics.rejected: "rejected", topics.dead: "dead"}
    headers = headers_of(output)
    assert (case.outcome, case.reason) == (
        kinds[output.topic() or ""],
        (headers.get("reason") or b"").decode() or None,
    )
    if case.outcome == "dead":
        carried = (None, None) if name == UNPACKED else (case.key, case.value)
        assert carried == (output.key(), output.value())
        assert headers["attempt"] == b"1"


def test_a_trace_goes_on(processed: Processed) -> None:
    """The header `traceparent` is on the enriched record, its entity records, and a dead letter; nowhere else."""
    traced = {name for name, (output,) in processed.outputs.items() if headers_of(output).get("traceparent") == TRACE}
    assert traced == {"trace", "no value"}
    (article,) = processed.outputs["trace"]
    of_article = [m for m in processed.entities if origin_of(m) == origin_of(article)]
    assert len(of_article) == len(body(article)["entities"]) > 0
    assert {headers_of(message)["traceparent"] for message in of_article} == {TRACE}


def test_a_letter_keeps_the_headers(processed: Processed) -> None:
    """The original headers stand before ours."""
    (letter,) = processed.outputs["largest, with headers"]
    assert (letter.headers() or [])[0] == ("x", bytes(60_000))


def test_a_letter_says_what_it_does_not_hold(processed: Processed) -> None:
    """Headers whose names are not UTF-8, and a value that no topic takes unpacked, are named in the message."""
    said = {name: headers_of(output).get(MESSAGE) or b"" for name, (output,) in processed.outputs.items()}
    assert b"not UTF-8" in said["poison with such a name"]
    (huge,) = processed.outputs[UNPACKED]
    assert b"70000012 bytes are not in this letter, they lie at " + origin_of(huge) in said[UNPACKED]
