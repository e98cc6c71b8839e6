"""The worker put together: a Faust app, a loop for each stage, the pool, and the health pages."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Sequence
from functools import partial

from pipeline import __version__, metrics
from pipeline.job import enricher_config
from pipeline.metrics import Metrics
from pipeline.pool import Pool, PoolRules
from pipeline.records import Json
from pipeline.settings import ConfigError, Settings
from pipeline.stream import clients, topics
from pipeline.stream.breaker import Breaker, BreakerRule
from pipeline.stream.delivery import AtLeastOnce, Delivery, ExactlyOnce
from pipeline.stream.embedded import MAX_RECORD_BYTES, is_embedded
from pipeline.stream.ends import Ends
from pipeline.stream.http import HttpServer
from pipeline.stream.letters import Letters
from pipeline.stream.loop import StageLoop
from pipeline.stream.messages import Stage
from pipeline.stream.nobodys import nobodys
from pipeline.stream.progress import Progress
from pipeline.stream.recall import past_batches
from pipeline.stream.slots import take_slot
from pipeline.stream.stages import ENRICH, ENTITIES, Enrich, Entities, group_of
from pipeline.stream.tracing import Traced, tracer
from pipeline.stream.views import App, make_app
from pipeline.stream.worker import Worker, WorkerRules
from pipeline.views.drift import Drift
from pipeline.views.ledger import Ledger

log = logging.getLogger(__name__)
STAGES = (ENRICH, ENTITIES)
_SECONDS = 10.0
_VIEWS_SECONDS = 2.0  # for what can be read again


class WorkerService:
    """Everything a worker process holds; `app` is what Faust runs."""

    def __init__(self, settings: Settings, stages: Sequence[str] = STAGES) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.ledger, self.drift = Ledger(), Drift(group_of(settings, ENRICH))
        admin = self._admin = clients.admin(settings)
        self.embedded = is_embedded(admin.list_topics(timeout=_SECONDS).cluster_id)
        if missing := topics.check(admin, topics.specs(settings)):
            raise ConfigError("; ".join(difference.message for difference in missing))
        self.delivery = self._delivery_name()
        self._tracer = tracer(os.environ)
        self.slot = take_slot(settings.worker.group, settings.worker.slot)
        self.progress = {name: Progress(name, self.metrics, look=Ends(admin).look) for name in stages}
        self.breakers = {name: Breaker(_breaker_rule(settings)) for name in stages}
        self.pool = self._pool() if ENRICH in stages else None
        self.app: App = make_app(settings, self.metrics, self.ledger, self.drift)
        http = HttpServer(settings.http.host, settings.http.port, self.metrics, self.ready, self.drift.findings)
        loops = [StageLoop(name, partial(self._worker, name), self.progress[name]) for name in stages]
        self.app.core = [http, *loops]
        self.metrics.set(metrics.STARTED, time.time())
        for name in stages:
            self.metrics.set(metrics.INFO, 1, __version__, name, self.delivery)
        log.info("worker", extra={"delivery": self.delivery, "slot": self.slot, "stages": list(stages)})

    def _delivery_name(self) -> str:
        chosen = self.settings.worker.delivery
        if chosen == "auto":
            return "at_least_once" if self.embedded else "exactly_once"
        if chosen == "exactly_once" and self.embedded:
            raise ConfigError("the embedded broker cannot deliver exactly once; set worker.delivery to auto")
        return chosen

    def _pool(self) -> Pool:
        limits = self.settings.limits
        rules = PoolRules(self.settings.worker.processes, limits.cpu_seconds, limits.child_memory_bytes)
        config = enricher_config(self.settings)
        if self.embedded:
            config["output_bytes"] = MAX_RECORD_BYTES
        return Pool(rules, "pipeline.job:enricher", config)

    def _letters(self) -> Letters:
        return Letters(self.settings.topics.dead, self.settings.limits.record_bytes * clients.RESULT_FACTOR)

    def _worker(self, name: str) -> Worker:
        settings = self.settings
        group = group_of(settings, name)
        identity = f"{group}-{self.slot}"
        stage: Stage
        if name == ENRICH:
            assert self.pool is not None
            stage = Enrich(self.pool, settings.topics, self._letters(), group, self.metrics, self.breakers[name])
            self.breakers[name].recall(past_batches(settings, group))
        else:
            stage = Entities(settings.topics, self._letters(), self.metrics, self.breakers[name])
        self.metrics.set(metrics.BREAKER_OPEN, 0, name)
        consumer = clients.worker_consumer(settings, group, None if self.embedded else identity)
        delivery: Delivery
        if self.delivery == "exactly_once":
            delivery = ExactlyOnce(partial(clients.transactional_producer, settings, identity))
        else:
            delivery = AtLeastOnce(clients.producer(settings), consumer)
        rules = WorkerRules(
            batch_records=settings.worker.batch_records,
            batches_in_flight=settings.worker.batches_in_flight,
            start_from=settings.worker.start_from,
        )
        if self._tracer is not None:
            stage = Traced(stage, self._tracer, group)
        forgotten = tuple if self.embedded else partial(nobodys, self._admin, group, stage.source)
        return Worker(stage, consumer, delivery, rules, self.progress[name], forgotten)

    def ready(self) -> tuple[bool, Json]:
        """Has every stage joined its group, is no partition standing still, no breaker open?"""
        now = time.monotonic()
        stages = {
            name: {
                "joined": progress.joined,
                "partitions": sorted(progress.standings),
                "lag": sum(standing.lag for standing in list(progress.standings.values())),
                "stalled": progress.stalled(now),
                "breaker": self.breakers[name].why,
            }
            for name, progress in self.progress.items()
        }
        ready = all(stage["joined"] and not stage["stalled"] and not stage["breaker"] for stage in stages.values())
        return ready, {"delivery": self.delivery, "slot": self.slot, "stages": stages}

    async def serve(self, stopping: asyncio.Future[bool]) -> bool:
        """Works until `stopping` is done, then commits what is in flight, offsets and all; returns its result."""
        starting = asyncio.create_task(self.app.start())  # the views may take their time; `core` runs at once
        waiting: list[asyncio.Future[object]] = [starting, stopping]  # type: ignore[list-item]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not stopping.done():
            await starting
        result = await stopping
        views = asyncio.create_task(self.app.stop())
        await self.app.stop_core()
        starting.cancel()
        _, late = await asyncio.wait({views}, timeout=_VIEWS_SECONDS)
        if late:
            log.warning("the views do not end; the process does")
        return result


def _breaker_rule(settings: Settings) -> BreakerRule | None:
    chosen = settings.breaker
    if not chosen.enabled:
        return None
    return BreakerRule(
        window=chosen.window_records,
        least=chosen.window_records // 5,
        share=chosen.share,
        run=chosen.run,
        fault_share=chosen.fault_share,
        fault_run=chosen.fault_run,
        untried=chosen.untried,
        pause=chosen.pause_seconds,
    )
