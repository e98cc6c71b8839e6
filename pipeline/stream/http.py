"""/metrics, /livez, /readyz and /drift. A service of its own: Faust's web server would show its tables too."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import orjson
from aiohttp import web
from mode import Service

from pipeline.metrics import Metrics
from pipeline.records import Json
from pipeline.settings import ConfigError
from pipeline.views.drift import Drifted

log = logging.getLogger(__name__)
Health = Callable[[], tuple[bool, Json]]
Findings = Callable[[], Sequence[Drifted]]


class HttpServer(Service):
    """Listens on `host:port`; when the port is taken by another worker on this host, on the next free one."""

    def __init__(self, host: str, port: int, counts: Metrics, ready: Health, drift: Findings) -> None:
        super().__init__()
        self._host, self._port = host, port
        self._metrics = counts
        self._ready = ready
        self._drift = drift
        self._runner: web.AppRunner | None = None

    async def on_start(self) -> None:
        app = web.Application()
        app.router.add_get("/metrics", self._get_metrics)
        app.router.add_get("/livez", self._get_livez)
        app.router.add_get("/readyz", self._get_readyz)
        app.router.add_get("/drift", self._get_drift)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        for port in range(self._port, self._port + (20 if self._port else 1)):
            try:
                await web.TCPSite(self._runner, self._host, port).start()
                break
            except OSError as error:
                why = error.strerror
                log.info("port is taken", extra={"port": port, "error": why})
        else:
            raise ConfigError(f"cannot listen on {self._host}:{self._port}: {why}; set http.host or http.port")
        log.info("http", extra={"addresses": [f"http://{a[0]}:{a[1]}" for a in self._runner.addresses]})

    async def on_stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _get_metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._metrics.render(), content_type="text/plain", charset="utf-8")

    async def _get_livez(self, _request: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def _get_readyz(self, _request: web.Request) -> web.Response:
        ready, facts = self._ready()
        return web.Response(
            body=orjson.dumps({"ready": ready, **facts}), status=200 if ready else 503, content_type="application/json"
        )

    async def _get_drift(self, _request: web.Request) -> web.Response:
        return web.Response(body=orjson.dumps(self._drift()), content_type="application/json")
