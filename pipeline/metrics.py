"""Every metric once, with its help text as data, and the registry that counts them. Labels come from closed sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


@dataclass(frozen=True, slots=True)
class Metric:
    """Name, kind, help and labels of one metric."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()


INFO = Metric("articles_info", "gauge", "Always 1; its labels say what runs", ("version", "stage", "delivery"))
PROCESSED = Metric(
    "articles_processed_total", "counter", "Records committed, by what became of them", ("stage", "outcome", "reason")
)
STEP_SECONDS = Metric("articles_step_seconds_total", "counter", "Processor time of each step of the flow", ("step",))
TRANSACTION_SECONDS = Metric(
    "articles_transaction_seconds", "histogram", "From the first produce to the end of the commit, a batch", ("stage",)
)
BATCH_RECORDS = Metric("articles_batch_records_total", "counter", "Records in committed batches", ("stage",))
BATCHES = Metric("articles_batches_total", "counter", "Batches by how they ended", ("stage", "ending"))
CHILDREN_LOST = Metric(
    "articles_children_lost_total", "counter", "Children that died on a record, by reason", ("reason",)
)
LAG = Metric(
    "articles_consumer_lag", "gauge", "Records before the last stable offset, not yet committed", ("stage", "partition")
)
ASSIGNED = Metric("articles_assigned_partitions", "gauge", "Partitions that this worker holds", ("stage",))
STALLED = Metric("articles_stalled", "gauge", "Assigned partitions with lag and no progress", ("stage",))
LEDGER_RECORDS = Metric("articles_ledger_records", "gauge", "Records in the ledger, by outcome", ("outcome",))
LEDGER_ALARMS = Metric("articles_ledger_alarms", "gauge", "Places where the ledger does not balance", ("alarm",))

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Metric))


class Metrics:
    """One process's metrics, on a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        kinds = {"counter": Counter, "gauge": Gauge, "histogram": Histogram}
        self._made = {m: kinds[m.kind](m.name, m.help, m.labels, registry=self._registry) for m in ALL}

    def add(self, metric: Metric, amount: float, *labels: str) -> None:
        """Adds to a counter."""
        made = self._made[metric]
        assert isinstance(made, Counter)
        made.labels(*labels).inc(amount)

    def set(self, metric: Metric, value: float, *labels: str) -> None:
        """Sets a gauge."""
        made = self._made[metric]
        assert isinstance(made, Gauge)
        made.labels(*labels).set(value)

    def observe(self, metric: Metric, value: float, *labels: str) -> None:
        """Adds a value to a histogram."""
        made = self._made[metric]
        assert isinstance(made, Histogram)
        made.labels(*labels).observe(value)

    def clear(self, metric: Metric, **labels: str) -> None:
        """Forgets what a gauge holds under these labels: partitions come and go."""
        self._made[metric].remove_by_labels(labels)

    def render(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self._registry)
