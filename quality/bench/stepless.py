"""A worker whose steps cost nothing: what is left is the stream. Everything else is the real thing.

`python -m quality.bench.stepless FILE`: in the children, `flow.process` answers at once with what it once made of FILE.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline import flow, logs
from pipeline.job import Handler, enricher, enricher_config
from pipeline.pool import Pool, PoolRules
from pipeline.records import Enriched, Headers, Json, Outcome
from pipeline.settings import load
from pipeline.stream.service import WorkerService
from pipeline.stream.stages import ENRICH

_IDS = 1000  # the id is the key, which chooses the partition
_STEPS = ("decode", "page", "clean", "language", "dates", "entities")


def handler(config: Mapping[str, Json]) -> Handler:
    """The real handler, with the steps taken out of the flow; each is still told to the watch."""
    handle = enricher(config["enricher"])
    made = flow.process(Path(config["example"]).read_bytes())
    assert isinstance(made, Enriched)
    ids = itertools.cycle([replace(made, id=f"{number:032x}") for number in range(_IDS)])

    def process(_value: bytes | None, _headers: Headers, *, rules: flow.Rules, watch: flow.Watch) -> Outcome:
        del rules
        for step in _STEPS:
            watch(step, None)
        return next(ids)

    flow.process = process  # type: ignore[assignment]
    return handle


class _Stepless(WorkerService):
    def _pool(self) -> Pool:
        config = {"enricher": enricher_config(self.settings), "example": sys.argv[1]}
        return Pool(PoolRules(self.settings.worker.processes), "quality.bench.stepless:handler", config)


async def _serve() -> None:
    settings = load(None, {}, os.environ)
    logs.set_up(settings.log.level, settings.log.format)
    loop = asyncio.get_running_loop()
    stopping: asyncio.Future[bool] = loop.create_future()
    loop.add_signal_handler(signal.SIGTERM, stopping.set_result, True)
    await _Stepless(settings, (ENRICH,)).serve(stopping)


if __name__ == "__main__":
    asyncio.run(_serve())
