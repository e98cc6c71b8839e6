"""Spans around a stage, in the memory of the test; and none, not even an import, where nobody asks for them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from pipeline.settings import ConfigError
from pipeline.stream.messages import Consumed, Output, Work
from pipeline.stream.tracing import Traced, tracer, tracer_to

TRACE, PARENT = 0x4BF92F3577B34DA6A3CE929D0E0E4736, 0x00F067AA0BA902B7
HEADER = f"00-{TRACE:032x}-{PARENT:016x}-01".encode()


@dataclass
class Batch:
    """A batch that passes its records on, one output each, and says what it did about them."""

    records: Sequence[Consumed]
    done: list[str] = field(default_factory=list)

    def wait(self, _seconds: float) -> bool:
        return True

    def begun(self) -> bool:
        return False

    def drop(self) -> None:
        self.done.append("drop")

    def outputs(self, _refused: dict[int, str]) -> list[Output]:
        made = [Output("out", None, b"v", record.headers, index) for index, record in enumerate(self.records)]
        return [*made, Output("ledger", None, b"v", (("schema", b"ledger/1"),))]

    def committed(self) -> None:
        self.done.append("committed")


@dataclass
class Plain:
    """The stage inside."""

    name: str = "enrich"
    source: str = "raw"
    batches: list[Batch] = field(default_factory=list)

    def may_take(self, now: float) -> bool:
        return now > 1

    def submit(self, records: Sequence[Consumed]) -> Batch:
        self.batches.append(Batch(records))
        return self.batches[-1]


def record(offset: int, *headers: tuple[str, bytes | None]) -> Consumed:
    """A record of partition 3."""
    return Consumed("raw", 3, offset, None, b"v", headers)


@pytest.fixture
def memory() -> InMemorySpanExporter:
    """Where spans go that have ended."""
    return InMemorySpanExporter()


def taken(memory: InMemorySpanExporter, *records: Consumed) -> tuple[Plain, Work]:
    """These records, taken by a stage with spans."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    inner = Plain()
    stage = Traced(inner, provider.get_tracer("test"), "g-enrich")
    assert (stage.name, stage.source, stage.may_take(1.0), stage.may_take(2.0)) == ("enrich", "raw", False, True)
    return inner, stage.submit(records)


def by_name(memory: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    """The spans that have ended; no name twice."""
    spans = memory.get_finished_spans()
    named = {span.name: span for span in spans}
    assert len(named) == len(spans)
    return named


def test_a_record_of_a_trace_has_a_span_in_it_and_so_has_its_batch(memory: InMemorySpanExporter) -> None:
    """A child of whoever sent the record, linked to its batch; both say where the records lay."""
    _, work = taken(memory, record(7), record(8, ("traceparent", HEADER)))
    work.outputs({})
    work.committed()
    spans = by_name(memory)
    batch, one = spans["enrich batch"], spans["enrich"]
    assert (one.context.trace_id, one.parent.span_id if one.parent else None) == (TRACE, PARENT)
    assert batch.parent is None
    assert [link.context.span_id for link in one.links] == [batch.context.span_id]
    assert batch.attributes is not None and one.attributes is not None
    assert batch.attributes["messaging.batch.message_count"] == 2
    assert (one.attributes["messaging.destination.partition.id"], one.attributes["messaging.kafka.offset"]) == ("3", 8)
    assert one.attributes["messaging.consumer.group.name"] == "g-enrich"
    assert one.end_time and one.start_time and one.end_time >= one.start_time


def test_what_is_made_from_a_record_carries_its_span(memory: InMemorySpanExporter) -> None:
    """The next stage's span is this one's child; other headers, other records and the ledger are left alone."""
    other = ("first-origin", b"raw/0/1")
    _, work = taken(memory, record(7, other), record(8, other, ("traceparent", HEADER)))
    plain, traced, ledger = work.outputs({})
    again = work.outputs({0: "too large"})
    work.committed()
    span = by_name(memory)["enrich"].context
    expected = f"00-{TRACE:032x}-{span.span_id:016x}-01".encode()
    assert list(traced.headers) == [other, ("traceparent", expected)]
    assert again[1].headers == traced.headers
    assert (list(plain.headers), list(ledger.headers)) == ([other], [("schema", b"ledger/1")])


@pytest.mark.parametrize("value", [b"nonsense", b"\xff", b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-01"])
def test_a_header_that_is_no_trace_begins_one(memory: InMemorySpanExporter, value: bytes) -> None:
    """Whatever somebody writes there, the batch goes on."""
    _, work = taken(memory, record(8, ("traceparent", value)))
    (traced, _) = work.outputs({})
    work.committed()
    span = by_name(memory)["enrich"]
    assert span.parent is None
    told = dict(traced.headers)["traceparent"] or b""
    assert told.split(b"-")[1] == f"{span.context.trace_id:032x}".encode()


def test_what_is_not_sampled_stays_so(memory: InMemorySpanExporter) -> None:
    """Whoever began the trace decides for all."""
    _, work = taken(memory, record(8, ("traceparent", HEADER[:-1] + b"0")))
    (traced, _) = work.outputs({})
    work.committed()
    assert by_name(memory).keys() == {"enrich batch"}
    assert (dict(traced.headers)["traceparent"] or b"").endswith(b"-00")


def test_a_batch_that_comes_to_nothing_has_no_spans(memory: InMemorySpanExporter) -> None:
    """Aborted or dropped, it is told of when it is done again; the stage inside hears what it must."""
    inner, work = taken(memory, record(8, ("traceparent", HEADER)))
    work.outputs({})
    work.drop()
    assert (work.wait(0.0), work.begun(), inner.batches[0].done) == (True, False, ["drop"])
    assert memory.get_finished_spans() == ()


def test_spans_reach_the_exporter() -> None:
    """Through a thread, at the latest when they are flushed; under our name."""
    memory = InMemorySpanExporter()
    made = tracer_to(memory)
    made.start_span("one").end()
    provider = made.span_processor  # type: ignore[attr-defined]
    assert provider.force_flush()
    (span,) = memory.get_finished_spans()
    assert (span.name, span.resource.attributes["service.name"]) == ("one", "articles")
    provider.shutdown()


def test_nobody_is_asked_unless_the_environment_says_so() -> None:
    """None is made, and an exporter that we do not know is an error, not silence."""
    assert tracer({}) is tracer({"OTEL_TRACES_EXPORTER": "none"}) is None
    with pytest.raises(ConfigError, match="jaeger"):
        tracer({"OTEL_TRACES_EXPORTER": "jaeger"})


@pytest.mark.parametrize("wanted", ["otlp", "console"])
def test_an_exporter_is_made(wanted: str) -> None:
    """Both that may be asked for."""
    made = tracer({"OTEL_TRACES_EXPORTER": wanted})
    assert made is not None
    made.span_processor.shutdown()  # type: ignore[attr-defined]


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine that does not have it."""
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(ConfigError, match=r"articles\[otel\]"):
        tracer({"OTEL_TRACES_EXPORTER": "otlp"})


def test_who_does_not_ask_does_not_pay() -> None:
    """The worker's own modules import nothing of OpenTelemetry."""
    code = (
        "import sys, pipeline.stream.service; sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
