"""`articles intake`: raw articles by HTTP onto the raw topic."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import fail, json_option, kafka, servers_option, settings, until_signal

if TYPE_CHECKING:
    from pipeline.settings import Settings


@click.command("intake")
@click.option("--host", help="Address to listen on; beyond this machine only with intake.token.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0: any.")
@servers_option
@json_option
def command(
    host: str | None, port: int | None, bootstrap_servers: str | None, config: Path | None, as_json: bool
) -> None:
    """Takes raw articles at POST /articles until SIGTERM or SIGINT: JSON lines, one JSON record, or a page with
    ?url=..., also gzip. It answers when the brokers have acknowledged them: 200 all accepted, 422 some refused and why,
    503 some not acknowledged. `--json` logs JSON.

    \b
    Example: articles intake --port 8090
    curl -H 'Content-Type: application/x-ndjson' --data-binary @pages.jsonl http://127.0.0.1:8090/articles
    """
    chosen = settings(
        config,
        kafka__bootstrap_servers=bootstrap_servers,
        intake__host=host,
        intake__port=port,
        log__format="json" if as_json else None,
    )
    with kafka(chosen, f"topic {chosen.topics.raw} does not take records"):
        from pipeline import logs
        from pipeline.stream import intake

        logs.set_up(chosen.log.level, chosen.log.format)
        if intake.is_embedded(chosen):
            raise fail("the embedded broker forgets what it has no room for; feed it with articles feed")
        try:
            interrupted = asyncio.run(_serve(chosen))
        except OSError as error:
            where = f"{chosen.intake.host}:{chosen.intake.port}"
            raise fail(f"cannot listen on {where}: {error.strerror}; set intake.host or intake.port") from None
    if interrupted:
        raise click.Abort


async def _serve(chosen: Settings) -> bool:
    """Serves until a signal; True when it was SIGINT. What is open is answered first."""
    import logging

    from aiohttp import web

    from pipeline.metrics import Metrics
    from pipeline.stream import clients
    from pipeline.stream.intake import Intake

    stopping = until_signal()
    async with clients.aio_producer(chosen) as producer:
        idle = chosen.intake.idle_seconds
        runner = web.AppRunner(
            Intake(chosen, producer, Metrics()).app(), access_log=None, keepalive_timeout=idle, shutdown_timeout=idle
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, chosen.intake.host, chosen.intake.port).start()
            addresses = [f"http://{one[0]}:{one[1]}/articles" for one in runner.addresses]
            logging.getLogger(__name__).info("intake", extra={"addresses": addresses})
            return await stopping
        finally:
            await runner.cleanup()
