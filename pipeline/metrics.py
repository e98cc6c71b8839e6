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
    "articles_children_lost_total", "counter", "Children that a record killed: timeout, memory, crashed", ("reason",)
)
STARTED = Metric("articles_start_time_seconds", "gauge", "Unix time at which the process started")
LAG = Metric(
    "articles_consumer_lag", "gauge", "Records before the last stable offset, not yet committed", ("stage", "partition")
)
LAG_SECONDS = Metric(
    "articles_consumer_lag_seconds", "gauge", "Age of the oldest record not yet committed", ("stage", "partition")
)
IN_FLIGHT_RECORDS = Metric("articles_in_flight_records", "gauge", "Records taken and not yet committed", ("stage",))
IN_FLIGHT_BATCHES = Metric("articles_in_flight_batches", "gauge", "Batches taken and not yet committed", ("stage",))
ASSIGNED = Metric("articles_assigned_partitions", "gauge", "Partitions that this worker holds", ("stage",))
STALLED = Metric("articles_stalled", "gauge", "Assigned partitions with lag and no progress", ("stage",))
BREAKER_OPEN = Metric("articles_breaker_open", "gauge", "1 while too many dead letters keep a stage shut", ("stage",))
DRIFTING = Metric("articles_drifting_sites", "gauge", "Sites that differ from their own past", ("measure",))
INTAKE_RECORDS = Metric(
    "articles_intake_records_total", "counter", "Records that came by HTTP, by what became of them", ("outcome",)
)
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
        (made.labels(*labels) if labels else made).inc(amount)

    def set(self, metric: Metric, value: float, *labels: str) -> None:
        """Sets a gauge."""
        made = self._made[metric]
        assert isinstance(made, Gauge)
        (made.labels(*labels) if labels else made).set(value)

    def observe(self, metric: Metric, value: float, *labels: str) -> None:
        """Adds a value to a histogram."""
        made = self._made[metric]
        assert isinstance(made, Histogram)
        (made.labels(*labels) if labels else made).observe(value)

    def clear(self, metric: Metric, **labels: str) -> None:
        """Forgets what a gauge holds under these labels: partitions come and go."""
        self._made[metric].remove_by_labels(labels)

    def render(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self._registry)
