"""Raw articles by HTTP onto the raw topic: checked as the worker will check them, answered when the brokers have them.

Expanded bytes are counted as they come, and nothing of a request is kept but what waits to be acknowledged.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

import orjson
from aiohttp import ClientPayloadError, web
from aiohttp.http import HttpProcessingError
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError as SendError
from confluent_kafka import KafkaError, KafkaException

from pipeline.enrich.decode import decode
from pipeline.enrich.identity import record_key
from pipeline.metrics import INTAKE_RECORDS, Metrics
from pipeline.reasons import DeadReason
from pipeline.records import Dead, Headers, Limits
from pipeline.settings import Settings
from pipeline.sources.lines import Line, Lines
from pipeline.stream import clients, embedded, topics

PAGES = frozenset(["text/html", "application/xhtml+xml"])
LINES = frozenset(["application/x-ndjson", "application/jsonl", "application/json-lines", "application/octet-stream"])
ENCODINGS = frozenset(["", "identity", "gzip"])
SECONDS = 10.0  # for the brokers to tell their topics
WAITING_BYTES = 8 * 1024**2  # sent and not acknowledged, a request
WAITING_RECORDS = 500
TOLD = 1000  # refusals of a request that are told in full
_UNREADABLE = (web.RequestPayloadError, ClientPayloadError, HttpProcessingError, ConnectionError)
_TRACE = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def is_embedded(settings: Settings) -> bool:
    """The brokers are the embedded one. Raises KafkaException where the raw topic is missing, or none of ours."""
    admin = clients.admin(settings)
    metadata = admin.list_topics(timeout=SECONDS)
    if embedded.is_embedded(metadata.cluster_id):
        return True
    if settings.topics.raw not in metadata.topics:
        refused = topics.error_of(admin, settings.topics.raw)
        raise KafkaException(refused or KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART))
    return False


class _Ended(Exception):
    """A request cannot be read on; `status` and the message go to the client, beside what was accepted before."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(slots=True)
class Answer:
    """What became of the records of a request; `failed` were sent and not acknowledged."""

    accepted: int = 0
    failed: int = 0
    refused: int = 0
    refusals: list[dict[str, object]] = field(default_factory=list)
    error: str | None = None

    @property
    def status(self) -> int:
        """200 all accepted, 422 some refused, 503 some not acknowledged."""
        return 503 if self.failed else 422 if self.refused else 200

    def refuse(self, line: int, reason: DeadReason, detail: str) -> None:
        """One record that the worker could not process."""
        self.refused += 1
        if len(self.refusals) < TOLD:
            self.refusals.append({"line": line, "reason": reason, "detail": detail})


@dataclass(slots=True)
class _Waiting:
    """Records of a request that are sent and not acknowledged."""

    acks: list[asyncio.Future[object]] = field(default_factory=list)
    size: int = 0

    async def settle(self, answer: Answer) -> None:
        """Waits for all of them."""
        done = await asyncio.gather(*self.acks, return_exceptions=True)
        failures = [one for one in done if isinstance(one, BaseException)]
        for one in failures:
            if not isinstance(one, SendError):
                raise one
        answer.accepted += len(done) - len(failures)
        if failures:
            answer.failed += len(failures)
            answer.error = f"not acknowledged: {type(failures[0]).__name__}"
        self.acks, self.size = [], 0


class Intake:
    """POST /articles, /metrics and /livez over a producer that is started."""

    def __init__(self, settings: Settings, producer: AIOKafkaProducer, counts: Metrics) -> None:
        limits = settings.limits
        self._limits = Limits(limits.record_bytes, limits.html_bytes, limits.depth)
        self._topic = settings.topics.raw
        self._options = settings.intake
        self._token = settings.intake.token.get_secret_value().encode() if settings.intake.token else None
        self._producer = producer
        self._metrics = counts
        self._open = 0

    def app(self) -> web.Application:
        """The routes."""
        app = web.Application()
        app.router.add_post("/articles", self._post)
        app.router.add_get("/metrics", self._get_metrics)
        app.router.add_get("/livez", self._get_livez)
        return app

    async def _get_metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._metrics.render(), content_type="text/plain", charset="utf-8")

    async def _get_livez(self, _request: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def _post(self, request: web.Request) -> web.Response:
        if self._token is not None:
            given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
            if not hmac.compare_digest(given, b"Bearer " + self._token):
                return _told(Answer(error="a token is wanted: Authorization: Bearer ..."), 401)
        if self._open >= self._options.requests:
            return _told(Answer(error="too many requests at once; try again"), 503)
        self._open += 1
        try:
            return await self._take(request)
        finally:
            self._open -= 1

    async def _take(self, request: web.Request) -> web.Response:
        answer, waiting = Answer(), _Waiting()
        status = None
        try:
            headers = _headers(request)
            async for group in self._groups(request):
                await self._send(group, headers, answer, waiting)
        except _Ended as ended:
            status, answer.error = ended.status, str(ended)
        await waiting.settle(answer)
        for outcome, count in (("accepted", answer.accepted), ("refused", answer.refused), ("failed", answer.failed)):
            self._metrics.add(INTAKE_RECORDS, count, outcome)
        return _told(answer, 503 if answer.failed else status or answer.status)

    async def _groups(self, request: web.Request) -> AsyncIterator[list[Line]]:
        """The records of the body, as they come. Raises _Ended."""
        most = self._limits.record_bytes
        if request.content_type in LINES:
            lines = Lines(most)
            async for piece in self._pieces(request):
                yield list(lines.feed(piece))
            yield list(lines.finish())
            return
        held = [piece async for piece in self._pieces(request, most)]
        yield [Line(1, b"".join(held))]

    async def _pieces(self, request: web.Request, most: int | None = None) -> AsyncIterator[bytes]:
        """The body in pieces, expanded. Raises _Ended where it is too long, stops coming or is not what it says."""
        most, seen = most or self._options.body_bytes, 0
        while True:
            try:
                async with asyncio.timeout(self._options.idle_seconds):
                    piece = await request.content.readany()
            except TimeoutError:
                raise _Ended(408, f"nothing came for {self._options.idle_seconds:g} s") from None
            except _UNREADABLE as error:
                raise _Ended(400, f"the body cannot be read: {type(error).__name__}") from None
            if not piece:
                return
            seen += len(piece)
            if seen > most:
                raise _Ended(413, f"more than {most} bytes; send less at once")
            yield piece

    async def _send(self, group: Iterable[Line], headers: Headers, answer: Answer, waiting: _Waiting) -> None:
        for line, checked in await asyncio.to_thread(self._checked, list(group), headers):
            if isinstance(checked, Dead):
                answer.refuse(line.number, checked.reason, checked.detail)
                continue
            assert line.value is not None
            try:
                sent = await self._producer.send(self._topic, line.value, key=checked, headers=list(headers))
            except SendError as error:
                answer.failed += 1
                answer.error = f"not sent: {type(error).__name__}"
                raise _Ended(503, answer.error) from None
            waiting.acks.append(sent)
            waiting.size += len(line.value)
            if waiting.size >= WAITING_BYTES or len(waiting.acks) >= WAITING_RECORDS:
                await waiting.settle(answer)
                if answer.failed:
                    raise _Ended(503, answer.error or "not acknowledged")

    def _checked(self, group: list[Line], headers: Headers) -> list[tuple[Line, bytes | Dead | None]]:
        """Each with its key, or why the worker could not process it."""
        found: list[tuple[Line, bytes | Dead | None]] = []
        for line in group:
            if line.value is None:
                detail = f"the record has more than {self._limits.record_bytes} bytes"
                found.append((line, Dead("", DeadReason.TOO_LARGE, "intake", detail)))
                continue
            raw = decode(line.value, headers, self._limits)
            found.append((line, raw if isinstance(raw, Dead) else record_key(raw.url, raw.source)))
        return found


def _headers(request: web.Request) -> Headers:
    """The headers of the records of a request. Raises _Ended for what is no record of ours."""
    if request.headers.get("Content-Encoding", "").lower() not in ENCODINGS:
        raise _Ended(415, "Content-Encoding must be gzip or none")
    kind = request.content_type
    if kind not in PAGES | LINES | {"application/json"}:
        raise _Ended(415, "Content-Type must be application/x-ndjson, application/json or text/html")
    given: list[tuple[str, bytes]] = []
    if kind in PAGES:
        given.append(("content-type", request.headers["Content-Type"].encode("utf-8", "replace")))
        if url := request.query.get("url"):
            given.append(("url", url.encode("utf-8", "replace")))
    trace = request.headers.get("traceparent", "")
    if _TRACE.fullmatch(trace):
        given.append(("traceparent", trace.encode()))
    return tuple(given)


def _told(answer: Answer, status: int) -> web.Response:
    body = {
        "accepted": answer.accepted,
        "refused": answer.refused,
        "failed": answer.failed,
        "refusals": answer.refusals,
        "error": answer.error,
    }
    extra = {"Retry-After": "1"} if status == 503 else {}
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json", headers=extra)
