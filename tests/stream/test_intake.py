"""HTTP in: what is checked, refused, bounded and answered, over a producer that only remembers."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer
from aiokafka.errors import KafkaTimeoutError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.metrics import Metrics
from pipeline.settings import Intake as Options
from pipeline.settings import Limits, Settings
from pipeline.sources.lines import Line, Lines
from pipeline.stream.intake import WAITING_RECORDS, Intake

NDJSON = {"Content-Type": "application/x-ndjson"}
TEXT = "The harbour board of Westmark met again on Monday."
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
Client = TestClient[Any, Any]


class Producer:
    """Takes records as AIOKafkaProducer does; those that `fails` names are not acknowledged."""

    def __init__(self, fails: Callable[[bytes], bool] = lambda _: False) -> None:
        self.taken: list[tuple[bytes, bytes | None, list[tuple[str, bytes]]]] = []
        self.fails = fails
        self.waiting = self.most = 0

    async def send(
        self, topic: str, value: bytes, *, key: bytes | None, headers: list[tuple[str, bytes]]
    ) -> Awaitable[None]:
        assert topic == Settings().topics.raw
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.01, self._acknowledge, acknowledged, value, key, headers)
        return acknowledged

    def _acknowledge(self, told: asyncio.Future[None], value: bytes, key: bytes | None, headers: Any) -> None:
        self.waiting -= 1
        if self.fails(value):
            told.set_exception(KafkaTimeoutError())
        else:
            self.taken.append((value, key, headers))
            told.set_result(None)


@asynccontextmanager
async def client(producer: Producer, **options: Any) -> AsyncIterator[Client]:
    """A client of an intake over this producer; records of 2,000 bytes at most."""
    settings = Settings(intake=Options(**options), limits=Limits(record_bytes=2000))
    async with TestClient(TestServer(Intake(settings, producer, Metrics()).app())) as one:  # type: ignore[arg-type]
        yield one


def record(number: int, text: str = TEXT) -> bytes:
    return json.dumps({"url": f"https://one.example/{number}", "text": text}).encode()


async def test_lines_come_out_as_they_went_in() -> None:
    """Every record that can be processed is acknowledged, unchanged and keyed by its site; the answer counts them."""
    producer = Producer()
    async with client(producer) as one:
        body = b"\n".join(
            [record(1), b"", b'{"title": "no text"}', b"no json", record(2), b"x" * 2001 + b"\r", record(3)]
        )
        answer = await one.post("/articles", data=body, headers=NDJSON | {"traceparent": TRACE})
        told = await answer.json()
        metrics = await (await one.get("/metrics")).text()
    assert (answer.status, told["accepted"], told["refused"], told["failed"]) == (422, 3, 3, 0)
    assert [(refusal["line"], refusal["reason"]) for refusal in told["refusals"]] == [
        (3, "no_content"),
        (4, "invalid_json"),
        (6, "too_large"),
    ]
    headers = [("traceparent", TRACE.encode())]
    assert [(record(n), b"one.example", headers) for n in (1, 2, 3)] == producer.taken
    assert 'articles_intake_records_total{outcome="accepted"} 3.0' in metrics
    assert 'articles_intake_records_total{outcome="refused"} 3.0' in metrics


@pytest.mark.parametrize("compressed", [False, True])
async def test_a_page_is_one_record(compressed: bool) -> None:
    """HTML goes as it is, with its type and its address as headers, also gzipped on the way."""
    producer = Producer()
    page = f"<html><body><p>{TEXT}</p></body></html>".encode()
    headers = {"Content-Type": "text/html; charset=utf-8"} | ({"Content-Encoding": "gzip"} if compressed else {})
    async with client(producer) as one:
        body = gzip.compress(page) if compressed else page
        answer = await one.post("/articles?url=https://one.example/a", data=body, headers=headers)
        assert answer.status == 200, await answer.text()
    told = [("content-type", b"text/html; charset=utf-8"), ("url", b"https://one.example/a")]
    assert [(page, b"one.example", told)] == producer.taken


async def test_json_over_several_lines_is_one_record() -> None:
    """What a person writes by hand is taken."""
    producer = Producer()
    value = json.dumps({"text": TEXT}, indent=2).encode()
    async with client(producer) as one:
        answer = await one.post("/articles", data=value, headers={"Content-Type": "application/json"})
    assert (200, [(value, None, [])]) == (answer.status, producer.taken)


async def test_a_request_is_bounded_as_it_expands() -> None:
    """A bomb of gzip is given up at the bound; what came before it is accepted, and counted in the answer."""
    producer = Producer()
    body = gzip.compress(record(1) + b"\n" + b"\n" * 50_000_000)
    async with client(producer, body_bytes=1_000_000) as one:
        answer = await one.post("/articles", data=body, headers=NDJSON | {"Content-Encoding": "gzip"})
        told = await answer.json()
    assert (answer.status, told["accepted"]) == (413, 1)
    assert [record(1)] == [value for value, _, _ in producer.taken]


async def test_few_records_wait_at_a_time() -> None:
    """However long a request is, the records that are not acknowledged are bounded."""
    producer = Producer()
    body = b"\n".join(record(n) for n in range(4 * WAITING_RECORDS))
    async with client(producer) as one:
        told = await (await one.post("/articles", data=body, headers=NDJSON)).json()
    assert 4 * WAITING_RECORDS == told["accepted"] == len(producer.taken)
    assert producer.most <= WAITING_RECORDS


async def test_what_is_not_acknowledged_is_told() -> None:
    """A broker that fails means 503 and a count, never a lost record behind a 200."""
    producer = Producer(fails=lambda value: value == record(2))
    async with client(producer) as one:
        answer = await one.post("/articles", data=record(1) + b"\n" + record(2), headers=NDJSON)
        told = await answer.json()
    assert (answer.status, told["accepted"], told["failed"]) == (503, 1, 1)
    assert "KafkaTimeoutError" in told["error"]
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("given_token", "status"), [(None, 401), ("Bearer wrong", 401), ("Bearer söcret", 401), ("Bearer s3cret", 200)]
)
async def test_a_token_opens(given_token: str | None, status: int) -> None:
    """With a token in the settings, nothing is taken without it, and it is in no answer."""
    producer = Producer()
    async with client(producer, token="s3cret") as one:
        headers = NDJSON | ({"Authorization": given_token} if given_token else {})
        answer = await one.post("/articles", data=record(1), headers=headers)
        assert status == answer.status
        assert "s3cret" not in await answer.text()
    assert (status == 200) == bool(producer.taken)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "image/png"},
        {"Content-Encoding": "compress"} | NDJSON,
    ],
)
async def test_other_kinds_are_refused(headers: dict[str, str]) -> None:
    """415 says what is taken."""
    producer = Producer()
    async with client(producer) as one:
        answer = await one.post("/articles", data=record(1), headers=headers)
        assert (answer.status, (await answer.json())["accepted"]) == (415, 0)
    assert not producer.taken


async def test_a_body_that_stops_coming_is_given_up() -> None:
    """Silence ends a request; the record that was whole is accepted."""
    producer = Producer()

    async def slow() -> AsyncIterator[bytes]:
        yield record(1) + b"\n" + record(2)[:20]
        await asyncio.sleep(5)

    async with client(producer, idle_seconds=0.2) as one:
        answer = await one.post("/articles", data=slow(), headers=NDJSON)
        assert (answer.status, (await answer.json())["accepted"]) == (408, 1)


async def test_a_body_that_is_no_gzip_is_told() -> None:
    """400, not 500."""
    async with client(Producer()) as one:
        answer = await one.post("/articles", data=b"no gzip", headers=NDJSON | {"Content-Encoding": "gzip"})
        assert answer.status == 400


async def test_too_many_at_once_are_sent_away() -> None:
    """The request beyond the bound gets 503 and may try again; the others go on."""
    producer = Producer()
    going, entered = asyncio.Event(), asyncio.Event()

    async def held() -> AsyncIterator[bytes]:
        yield record(1)
        entered.set()
        await going.wait()

    async with client(producer, requests=1) as one:
        first = asyncio.create_task(_post(one.session, str(one.make_url("/articles")), held()))
        await entered.wait()
        await asyncio.sleep(0.1)
        second = await one.post("/articles", data=record(2), headers=NDJSON)
        going.set()
        assert (second.status, await first) == (503, 200)
    assert [record(1)] == [value for value, _, _ in producer.taken]


async def _post(session: ClientSession, url: str, body: AsyncIterator[bytes]) -> int:
    async with session.post(url, data=body, headers=NDJSON) as answer:
        return answer.status


def test_the_network_wants_a_token() -> None:
    """Without one only this machine is listened to."""
    with pytest.raises(ValidationError, match=r"intake\.token"):
        Options(host="0.0.0.0")
    assert Options(host="0.0.0.0", token="x").token is not None  # type: ignore[arg-type]


@given(
    st.lists(st.binary(max_size=12).map(lambda v: v.replace(b"\n", b"")), max_size=8), st.integers(1, 5), st.booleans()
)
def test_lines_do_not_depend_on_the_pieces(values: list[bytes], step: int, ended: bool) -> None:
    """In whatever pieces a body comes, its lines, their numbers and which are too long are the same."""
    body = b"\n".join(values) + (b"\n" if ended else b"")
    lines = Lines(8)
    found = [line for i in range(0, len(body), step) for line in lines.feed(body[i : i + step])]
    found += lines.finish()
    expected = []
    for number, part in enumerate(body.split(b"\n"), 1):
        value = part.removesuffix(b"\r")
        if len(value) > 8:
            expected.append(Line(number, None))
        elif value.strip():
            expected.append(Line(number, value))
    assert expected == found
