"""The whole pipeline on the embedded broker, on the sample: what `articles demo` shows, as data."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson

from pipeline.records import FileOrigin, Json
from pipeline.sample import Sample, load
from pipeline.sample.compare import differences
from pipeline.settings import Settings
from pipeline.settings import load as load_settings
from pipeline.sources.files import Sourced
from pipeline.stream.embedded import EmbeddedBroker
from pipeline.stream.feeding import Feeder
from pipeline.stream.reading import read

_SECONDS = 90.0
_CPU_SECONDS = "1"  # of a record: the page that hangs parsers needs more on any machine
_HTML_BYTES = str(32 * 1024**2)  # bounds the tags of a page too: that page must get as far as a parser


@dataclass(slots=True)
class Report:
    """What the demo saw: `outcomes` by sample name, in the order of the sample."""

    fed: int = 0
    seconds: float = 0.0
    outcomes: dict[str, tuple[str, str | None, Json]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    entity_records: int = 0

    def counts(self) -> Counter[str]:
        """Records by outcome."""
        return Counter(outcome for outcome, _, _ in self.outcomes.values())

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        counts = self.counts()
        return {
            "in": self.fed,
            **{name: counts[name] for name in ("enriched", "rejected", "dead")},
            "balanced": self.fed == counts.total(),
            "seconds": round(self.seconds, 2),
            "entity_records": self.entity_records,
            "differences": self.failures,
            "records": {name: {"outcome": o, "reason": r} for name, (o, r, _) in self.outcomes.items()},
        }


def run(progress: Callable[[str, int, int], None]) -> Report:
    """Broker, worker, feeder; then every outcome is compared with its expectation. Takes well under a minute."""
    samples = load()
    report = Report()
    with EmbeddedBroker() as broker:
        settings = load_settings(None, {"kafka.bootstrap_servers": broker.bootstrap_servers}, {})
        from pipeline.stream import clients, topics

        topics.create(clients.admin(settings), topics.specs(settings))
        with _worker(broker.bootstrap_servers) as worker:
            feeder = Feeder(settings, as_is=True)
            started = time.monotonic()
            for number, sample in enumerate(samples):
                feeder.send(Sourced(sample.value, sample.headers, FileOrigin("sample", number)))
            report.fed = feeder.finish().sent
            _collect(settings, samples, report, worker, progress)
            report.seconds = time.monotonic() - started
            _count_entities(settings, report)
    for sample in samples:
        outcome = report.outcomes.get(sample.name)
        found = ["nothing came out"] if outcome is None else differences(sample.expected, *outcome)
        report.failures += [f"{sample.name}: {difference}" for difference in found]
    return report


@contextmanager
def _worker(servers: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "ARTICLES_KAFKA__BOOTSTRAP_SERVERS": servers,
        "ARTICLES_LIMITS__CPU_SECONDS": _CPU_SECONDS,
        "ARTICLES_LIMITS__HTML_BYTES": _HTML_BYTES,
        "ARTICLES_HTTP__PORT": "0",
        "ARTICLES_LOG__LEVEL": "warning",
    }
    with subprocess.Popen([sys.executable, "-m", "pipeline", "worker"], env=environment) as worker:
        try:
            yield worker
        finally:
            worker.terminate()


def _collect(
    settings: Settings,
    samples: list[Sample],
    report: Report,
    worker: subprocess.Popen[bytes],
    progress: Callable[[str, int, int], None],
) -> None:
    """Reads the three topics until every sample has come out; names are found by the value's own origin."""
    names = settings.topics
    by_origin = _origins(settings, samples)
    deadline = time.monotonic() + _SECONDS
    while len(report.outcomes) < len(samples) and time.monotonic() < deadline:
        if worker.poll() is not None:
            report.failures.append(f"the worker ended with exit code {worker.returncode}")
            return
        for outcome, topic in (("enriched", names.enriched), ("rejected", names.rejected), ("dead", names.dead)):
            for record in read(settings, topic):
                headers: Mapping[str, bytes | None] = dict(record.headers)
                name = by_origin.get(headers.get("origin") or b"")
                if name is None or name in report.outcomes:
                    continue
                body = None if outcome == "dead" else orjson.loads(record.value or b"")
                told = headers.get("reason")
                reason = told.decode() if told else (body or {}).get("reason")
                report.outcomes[name] = (outcome, reason, body)
        progress("records", len(report.outcomes), len(samples))
        time.sleep(0.2)


def _origins(settings: Settings, samples: list[Sample]) -> dict[bytes, str]:
    """Where each sample lies on the raw topic."""
    by_value = {sample.value: sample.name for sample in samples}
    return {record.origin: by_value[record.value or b""] for record in read(settings, settings.topics.raw)}


def _count_entities(settings: Settings, report: Report) -> None:
    """Waits until stage `entities` has fanned out every enriched record."""
    wanted = sum(len(body["entities"] or ()) for outcome, _, body in report.outcomes.values() if outcome == "enriched")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        report.entity_records = sum(1 for _ in read(settings, settings.topics.entities))
        if report.entity_records >= wanted:
            break
        time.sleep(0.2)
    if report.entity_records != wanted:
        report.failures.append(f"{report.entity_records} entity records, expected {wanted}")
