"""Spans of OpenTelemetry around a stage: with the extra `otel`, and only where OTEL_TRACES_EXPORTER asks for them.

A batch has a span, and so has each of its records that belongs to a trace already (header `traceparent`): what is made
from it carries the new span's. Spans end when a batch is committed; of one that is aborted nobody hears. Without this,
traces go on as they came.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.settings import ConfigError
from pipeline.stream.messages import Consumed, Output, Stage, Work

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span, Tracer

VARIABLE = "OTEL_TRACES_EXPORTER"
_PARENT = "traceparent"


def tracer(environ: Mapping[str, str]) -> Tracer | None:
    """The tracer that the environment asks for, 'otlp' or 'console'; None unless it does. Raises ConfigError."""
    wanted = environ.get(VARIABLE, "none")
    if wanted == "none":
        return None
    if wanted not in ("otlp", "console"):
        raise ConfigError(f"{VARIABLE} is {wanted}; it may be otlp, console or none")
    try:
        return tracer_to(_exporter(wanted))
    except ImportError as error:
        raise ConfigError(
            f"{VARIABLE} is set and {error.name} is not installed: pip install 'articles[otel]'"
        ) from error


def _exporter(wanted: str) -> SpanExporter:
    if wanted == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()


def tracer_to(exporter: SpanExporter) -> Tracer:
    """A tracer that hands its spans to the exporter in a thread of its own, and what is left at the end of Python."""
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from pipeline import __version__

    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "articles"}))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider.get_tracer("articles", __version__)


@dataclass(frozen=True, slots=True)
class Traced:
    """A stage with spans."""

    inner: Stage
    tracer: Tracer
    group: str

    @property
    def name(self) -> str:
        """The stage's."""
        return self.inner.name

    @property
    def source(self) -> str:
        """The stage's."""
        return self.inner.source

    def may_take(self, now: float) -> bool:
        """As the stage says."""
        return self.inner.may_take(now)

    def submit(self, records: Sequence[Consumed]) -> TracedWork:
        """Starts the batch."""
        return TracedWork(self, records, self.inner.submit(records))


class TracedWork:
    """A batch with spans, which begin where it was taken."""

    def __init__(self, stage: Traced, records: Sequence[Consumed], inner: Work) -> None:
        self._stage = stage
        self._records = records
        self._inner = inner
        self._began = time.time_ns()
        self._batch: Span | None = None
        self._spans: dict[int, Span] = {}
        self._parents: dict[int, bytes] = {}  # by the index of a record, its new value of `traceparent`

    def wait(self, seconds: float) -> bool:
        """As the batch."""
        return self._inner.wait(seconds)

    def begun(self) -> bool:
        """As the batch."""
        return self._inner.begun()

    def drop(self) -> None:
        """As the batch."""
        self._inner.drop()

    def outputs(self, refused: dict[int, str]) -> list[Output]:
        """The outputs of the batch; their traces go on from the spans of their records."""
        outputs = self._inner.outputs(refused)
        if self._batch is None:
            self._start()
        return [self._traced(output) for output in outputs]

    def committed(self) -> None:
        """Ends the spans."""
        self._inner.committed()
        for span in (*self._spans.values(), *([self._batch] if self._batch else ())):
            span.end()

    def _start(self) -> None:
        from opentelemetry.trace import Link, SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        stage, propagator = self._stage, TraceContextTextMapPropagator()
        begin = stage.tracer.start_span
        common = {
            "messaging.system": "kafka",
            "messaging.operation.type": "process",
            "messaging.destination.name": stage.source,
            "messaging.consumer.group.name": stage.group,
        }
        count = {"messaging.batch.message_count": len(self._records)}
        self._batch = begin(
            f"{stage.name} batch", kind=SpanKind.CONSUMER, attributes={**common, **count}, start_time=self._began
        )
        for index, record in enumerate(self._records):
            parent = next((value for name, value in record.headers if name == _PARENT and value), None)
            if parent is None:
                continue
            place: dict[str, str | int] = {
                "messaging.destination.partition.id": str(record.partition),
                "messaging.kafka.offset": record.offset,
            }
            span = self._spans[index] = begin(
                stage.name,
                context=propagator.extract({_PARENT: parent.decode("ascii", "replace")}),
                kind=SpanKind.CONSUMER,
                attributes={**common, **place},
                links=[Link(self._batch.get_span_context())],
                start_time=self._began,
            )
            self._parents[index] = _told(span)

    def _traced(self, output: Output) -> Output:
        parent = None if output.source is None else self._parents.get(output.source)
        if parent is None:
            return output
        headers = [(name, parent if name == _PARENT else value) for name, value in output.headers]
        return replace(output, headers=headers)


def _told(span: Span) -> bytes:
    """The span as a value of `traceparent`, W3C Trace Context."""
    context = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}".encode()
