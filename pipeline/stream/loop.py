"""A stage's loop on a thread of its own, as a service of the Faust app: started, watched and stopped with it."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable

from mode import Service

from pipeline.stream.progress import Progress
from pipeline.stream.worker import Worker

log = logging.getLogger(__name__)
FAIL_STOP = 70  # EX_SOFTWARE: start me again
_STUCK_SECONDS = 20.0  # twice what any call of a turn may take


def fail_stop() -> None:
    """Ends the process at once. No clean-up: what is open is aborted by the broker, children die with us."""
    logging.shutdown()
    os._exit(FAIL_STOP)


class StageLoop(Service):
    """Runs `make_worker()` and its loop until the app stops; anything unexpected ends the process with code 70."""

    def __init__(self, name: str, make_worker: Callable[[], Worker], progress: Progress) -> None:
        super().__init__()
        self._name = name
        self._make_worker = make_worker
        self._progress = progress
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"stage-{name}", daemon=True)

    async def on_start(self) -> None:
        self._thread.start()

    @Service.task
    async def _watch(self) -> None:
        """Ends the process when the loop is stuck: librdkafka's calls may outlive their timeouts (its issue 5456)."""
        while True:
            await asyncio.sleep(1)
            turned = self._progress.turned
            if self._thread.is_alive() and turned is not None and time.monotonic() - turned > _STUCK_SECONDS:
                why = f"stuck for {_STUCK_SECONDS:g} s in {self._where()}"
                log.critical("stage ends", extra={"stage": self._name, "why": why})
                fail_stop()

    def _where(self) -> str:
        """The call that does not come back."""
        frame = sys._current_frames()[self._thread.ident or 0]
        return traceback.format_stack(frame)[-1].strip()

    async def on_stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        clean = False
        try:
            self._make_worker().run(self._stopping.is_set)
            clean = True
        finally:
            if not clean:
                log.critical("stage ends", extra={"stage": self._name, "why": traceback.format_exc(limit=-1)})
                fail_stop()
