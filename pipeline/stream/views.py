"""The Faust side: an agent that folds the ledger topic into metrics: does it balance, which sites drift?

It may lag and may read twice, never decide.

Faust reads uncommitted records, and the commit markers of transactions stall its offsets (faust-streaming 0.15.3):
the two overrides below make it read committed records and step over markers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import faust
import orjson
from faust.app.base import BootStrategy
from faust.transport.drivers import aiokafka as driver
from mode import Service

from pipeline import metrics
from pipeline.metrics import Metrics
from pipeline.settings import Settings
from pipeline.stream.clients import aiokafka_options
from pipeline.stream.seldom import quiet_aiokafka
from pipeline.views.drift import Drift
from pipeline.views.ledger import Ledger

log = logging.getLogger(__name__)


class _Thread(driver.AIOKafkaConsumerThread):
    def _create_worker_consumer(self, transport):  # type: ignore[no-untyped-def]
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        return consumer


class _Consumer(driver.Consumer):
    def _new_consumer_thread(self):  # type: ignore[no-untyped-def]
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    async def _add_gap(self, tp, offset_from, offset_to) -> None:  # type: ignore[no-untyped-def]
        await super()._add_gap(tp, offset_from, offset_to - 1)


class _Transport(driver.Transport):
    Consumer = _Consumer


class _Boot(BootStrategy):
    """Our own services first: Faust's consumer may wait seconds for its group, and no record shall wait for a view.

    No web server of Faust's, whatever the flags of its command line say: it would show tables to the network.
    """

    def server(self):  # type: ignore[no-untyped-def]
        return [*self.app.core, *super().server()]  # type: ignore[attr-defined]

    def web_server(self):  # type: ignore[no-untyped-def]
        return []

    def _should_enable_web(self) -> bool:
        return False


def _credentials(settings: Settings) -> object:
    """TLS and SASL for Faust, from the one factory's options."""
    options = aiokafka_options(settings)
    if "sasl_mechanism" in options:
        return faust.SASLCredentials(
            username=options["sasl_plain_username"],
            password=options["sasl_plain_password"],
            mechanism=options["sasl_mechanism"],
            ssl_context=options["ssl_context"],
        )
    return faust.SSLCredentials(options["ssl_context"]) if "ssl_context" in options else None


class App(faust.App):
    """A Faust app whose own web server stays off, and which writes nothing to disk: its state is in memory.

    `core` are the services that must not wait for the views, start after them, or end with them.
    """

    BootStrategy = _Boot
    core: Sequence[Service] = ()
    _core_stops: asyncio.Future[list[None]] | None = None

    async def on_stop(self) -> None:
        """What is in flight is committed meanwhile."""
        await asyncio.gather(self.stop_core(), super().on_stop())

    async def stop_core(self) -> None:
        """Stops our own services, all at once, and returns when they have ended."""
        if self._core_stops is None:
            self._core_stops = asyncio.gather(*(service.stop() for service in self.core))
        await asyncio.shield(self._core_stops)

    def _crash(self, reason: BaseException) -> None:
        """A view that dies takes its metrics with it, and no record."""
        if not self._crashed.is_set():
            log.error("views have ended: the ledger's metrics stand still", extra={"why": type(reason).__name__})
        super()._crash(reason)

    def _create_directories(self) -> None:
        """None: the working directory may be read-only, as in the image."""


def make_app(settings: Settings, counts: Metrics, ledger: Ledger, drift: Drift) -> App:
    """The app with the ledger's agent; its core is added by the caller."""
    quiet_aiokafka()
    app = App(
        f"{settings.worker.group}-views",
        topic_allow_declare=False,
        topic_disable_leader=True,
        topic_partitions=8,
        store="memory://",
        web_enabled=False,
        stream_wait_empty=False,
        broker_session_timeout=settings.worker.session_timeout_ms / 1000,
        broker_heartbeat_interval=settings.worker.heartbeat_interval_ms / 1000,
        broker=[f"kafka://{server.strip()}" for server in settings.kafka.bootstrap_servers.split(",")],
        broker_credentials=_credentials(settings),
    )
    app.transport = _Transport(app.conf.broker, app, loop=app.loop)
    topic = app.topic(settings.topics.ledger, key_serializer="raw", value_serializer="raw")

    @app.agent(topic, name="ledger")
    async def fold(stream) -> None:  # type: ignore[no-untyped-def]
        async for event in stream.events():
            try:
                record = orjson.loads(event.value)
            except (orjson.JSONDecodeError, TypeError):
                record = None
            for view in (ledger, drift):
                view.fold(record, event.message.partition, event.message.offset)
            for measure, count in drift.counts().items():
                counts.set(metrics.DRIFTING, count, measure)
            for outcome, count in ledger.totals().items():
                counts.set(metrics.LEDGER_RECORDS, count, outcome)
            for alarm, count in ledger.alarms.items():
                counts.set(metrics.LEDGER_ALARMS, count, alarm)

    return app
