"""What one record is for a child process: the job it gets, the result it gives, and their frames on a pipe.

A frame is two big-endian u32 lengths, a JSON head and a blob. No pickle: children read untrusted bytes.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Literal, TypeAlias

import orjson

from pipeline.reasons import DeadReason
from pipeline.records import Cleaned, Dead, Enriched, FileOrigin, Headers, Json, KafkaOrigin, Limits, Origin, stamp

if TYPE_CHECKING:
    from pipeline.flow import Rules
    from pipeline.settings import Settings

OutcomeName: TypeAlias = Literal["enriched", "rejected", "dead"]
_LENGTHS = struct.Struct(">II")
_FIRST = (
    b'{"text": "The parliament in Vienna met on Monday.", "published_at": "nothing 2024 at all"}',
    b'{"html": "<html><body><article><p>The parliament met.</p></article></body></html>"}',
)
_LARGEST_FRAME = 1 << 30  # beyond any limit that settings allow for a record made from another


@dataclass(frozen=True, slots=True)
class Job:
    """One raw record and where it came from."""

    value: bytes | None
    headers: Headers
    origin: Origin


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a job: `body` is the encoded record, empty when dead; `laps` CPU nanoseconds by step.

    `measures`: of an enriched record, what `measures` says; none of others.
    """

    outcome: OutcomeName
    reason: str | None
    id: str
    site: str | None
    step: str | None
    detail: str | None
    body: bytes = b""
    laps: Mapping[str, int] = field(default_factory=dict)
    measures: Sequence[int] = ()


Handler: TypeAlias = Callable[[Job], Result]


def enricher_config(settings: Settings) -> dict[str, Json]:
    """What children are told of the settings, as JSON."""
    limits = settings.limits
    return {
        "limits": {"record_bytes": limits.record_bytes, "html_bytes": limits.html_bytes, "depth": limits.depth},
        "cuts": settings.records.cuts,
        "entity_languages": list(settings.entities.languages),
        "output_bytes": 3 * limits.record_bytes,
        "overrides": settings.entities.overrides_text(),
        "spacy_pipeline": settings.entities.spacy_pipeline if settings.entities.backend == "spacy" else None,
    }


def flow_rules(config: Mapping[str, Json]) -> Rules:
    """What `enricher_config` told of the settings, for the flow."""
    from pipeline.enrich.entities.overrides import parse
    from pipeline.flow import Rules

    return Rules(
        limits=Limits(**config["limits"]),
        cuts=config["cuts"],
        entity_languages=tuple(config["entity_languages"]),
        output_bytes=config["output_bytes"],
        overrides=parse(config["overrides"]),
        spacy_pipeline=config["spacy_pipeline"],
    )


def enricher(config: Mapping[str, Json]) -> Handler:
    """The handler of stage `enrich`: the flow, stamped, fitted and encoded. `config` holds the fields of flow.Rules."""
    from pipeline import flow

    rules = flow_rules(config)
    # the first use of every library and model is charged to the start of the child, not to its first record
    for value in _FIRST:
        flow.process(value, rules=rules)

    def handle(job: Job) -> Result:
        laps: dict[str, int] = {}
        page_chars = 0
        last = time.thread_time_ns()  # of the process it would advance in ticks of 4 ms while the deadline is armed

        def lap(step: str, value: object) -> None:
            nonlocal last, page_chars
            if isinstance(value, Cleaned):
                page_chars = len(value.page.text)
            now = time.thread_time_ns()
            laps[step] = now - last
            last = now

        outcome = flow.process(job.value, job.headers, rules=rules, watch=lap)
        lap("identity", None)
        body = b""
        if not isinstance(outcome, Dead):
            at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            outcome, body = flow.fit(stamp(outcome, job.origin, at), rules.output_bytes)
        lap("encode", None)
        if isinstance(outcome, Dead):
            return dead_result(outcome, laps)
        name: OutcomeName = "enriched" if isinstance(outcome, Enriched) else "rejected"
        reason = None if isinstance(outcome, Enriched) else str(outcome.reason)
        told = measures(outcome, page_chars) if isinstance(outcome, Enriched) else ()
        return Result(name, reason, outcome.id, outcome.site, None, None, body, laps, told)

    return handle


def measures(record: Enriched, page_chars: int) -> tuple[int, int, int, int, int, int]:
    """What a site's drift is seen by: characters of the page and of the text, thousandths of confidence, and, where it
    was tagged, 1, words, mentions."""
    text, mentions = record.text, record.mentions
    sizes = page_chars, len(text), round(1000 * record.confidence)
    return (*sizes, 0, 0, 0) if mentions is None else (*sizes, 1, len(text.split()), len(mentions))


def dead_result(dead: Dead, laps: Mapping[str, int] | None = None) -> Result:
    """The result of a record that could not be processed."""
    return Result("dead", str(dead.reason), dead.id, dead.site, dead.step, dead.detail, b"", laps or {})


def failed(job: Job, reason: DeadReason, detail: str) -> Result:
    """The result of a job that broke its child, or a step: its id can only be that of its bytes."""
    from pipeline.enrich.identity import article_id

    return dead_result(Dead(article_id(None, None, job.value), reason, "pool", detail))


def where(error: BaseException) -> str:
    """Type and place of an exception; never its message, which may hold a whole article."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    file = os.path.basename(trace.tb_frame.f_code.co_filename)
    return f"{type(error).__name__} in {trace.tb_frame.f_code.co_name} ({file}:{trace.tb_lineno})"


def write_jobs(pipe: IO[bytes], jobs: Sequence[Job], packed: bool) -> None:
    """All jobs of a batch in one write; the reader takes them all before it works, so that neither side waits.

    `packed` lets the child hold results back and send several at once.
    """
    parts = [_LENGTHS.pack(len(jobs), packed)]
    for job in jobs:
        names = [[name, None if value is None else len(value)] for name, value in job.headers]
        head = orjson.dumps([job.origin, names, None if job.value is None else len(job.value)])
        blobs = [value for _, value in job.headers if value is not None]
        if job.value is not None:
            blobs.append(job.value)
        parts += [_LENGTHS.pack(len(head), sum(map(len, blobs))), head, *blobs]
    pipe.write(b"".join(parts))
    pipe.flush()


def read_jobs(pipe: IO[bytes]) -> tuple[list[Job], bool] | None:
    """The next batch, and whether its results may come packed; None at the end of the pipe."""
    start = pipe.read(_LENGTHS.size)
    if len(start) < _LENGTHS.size:
        return None
    count, packed = _LENGTHS.unpack(start)
    return [_read_job(pipe) for _ in range(count)], bool(packed)


def _read_job(pipe: IO[bytes]) -> Job:
    head, blob = _read_frame(pipe)
    (origin, names, length), position, headers = head, 0, []
    for name, size in names:
        headers.append((name, None if size is None else blob[position : position + size]))
        position += size or 0
    place: Origin = KafkaOrigin(**origin) if "topic" in origin else FileOrigin(**origin)
    return Job(None if length is None else blob[position:], tuple(headers), place)


def ready_frame() -> bytes:
    """What a child says when it has started."""
    return result_frame(Result("dead", None, "", None, None, "ready"))


def result_frame(result: Result) -> bytes:
    """One result as bytes."""
    told = [result.outcome, result.reason, result.id, result.site, result.step, result.detail]
    head = orjson.dumps([*told, result.laps, result.measures])
    return b"".join([_LENGTHS.pack(len(head), len(result.body)), head, result.body])


def parse_result(buffer: bytearray) -> Result | None:
    """Takes the first whole result out of what has arrived, None when there is none yet; ValueError for garbage."""
    if len(buffer) < _LENGTHS.size:
        return None
    head_length, body_length = _LENGTHS.unpack_from(buffer)
    body_start = _LENGTHS.size + head_length
    if head_length + body_length > _LARGEST_FRAME:
        raise ValueError("a frame of impossible length")
    if len(buffer) < body_start + body_length:
        return None
    outcome, reason, id_, site, step, detail, laps, told = orjson.loads(buffer[_LENGTHS.size : body_start])
    body = bytes(memoryview(buffer)[body_start : body_start + body_length])
    del buffer[: body_start + body_length]
    return Result(outcome, reason, id_, site, step, detail, body, laps, told)


def _read_frame(pipe: IO[bytes]) -> tuple[Json, bytes]:
    start = pipe.read(_LENGTHS.size)
    if len(start) < _LENGTHS.size:
        raise EOFError
    head_length, blob_length = _LENGTHS.unpack(start)
    head, blob = pipe.read(head_length), pipe.read(blob_length)
    if len(head) < head_length or len(blob) < blob_length:
        raise EOFError
    return orjson.loads(head), blob
