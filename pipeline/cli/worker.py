"""`articles worker`: the stages on Kafka."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import fail, json_option, kafka, servers_option, settings, until_signal

if TYPE_CHECKING:
    from pipeline.settings import Settings


@click.command("worker")
@click.option("--stage", type=click.Choice(["enrich", "entities"]), help="Run one stage; default: both.")
@click.option("--group", help="Consumer group; a new one processes the topic again.")
@click.option("--from", "start", type=click.Choice(["earliest", "latest"]), help="Where a new group starts.")
@click.option("--lane", type=click.Choice(["live", "replay"]), default="live", help="What it reads; default: live.")
@click.option("--children", type=click.IntRange(1, 1024), help="Child processes; default: one a processor.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port of /metrics, /livez and /readyz; 0: any.")
@servers_option
@json_option
def command(
    stage: str | None,
    group: str | None,
    start: str | None,
    lane: str,
    children: int | None,
    port: int | None,
    bootstrap_servers: str | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Processes the raw topic (stage enrich) and the enriched topic (stage entities) until SIGTERM or SIGINT.

    Exactly once on Kafka, at least once on the embedded broker; `--json` logs JSON. Exit code 70 asks for a restart.
    `--lane replay` processes what `articles dlq replay` sends, in a group of its own, stage enrich only.

    \b
    Example: articles worker --bootstrap-servers kafka:9092
    """
    chosen = settings(
        config,
        kafka__bootstrap_servers=bootstrap_servers,
        worker__group=group,
        worker__start_from=start,
        worker__children=children,
        http__port=port,
        log__format="json" if as_json else None,
    )
    if lane == "replay" and stage == "entities":
        raise click.UsageError("the replay lane has the stage enrich only; what it makes goes the way of all results")
    with kafka(chosen, "the worker cannot go on"):
        from pipeline import logs
        from pipeline.settings import ConfigError
        from pipeline.stream.lanes import replay_lane
        from pipeline.stream.service import STAGES
        from pipeline.stream.slots import SlotTaken

        logs.set_up(chosen.log.level, chosen.log.format)
        try:
            if lane == "replay":
                chosen, stage = replay_lane(chosen), "enrich"
            interrupted = asyncio.run(_serve(chosen, (stage,) if stage else STAGES))
        except (ConfigError, SlotTaken) as error:
            raise fail(str(error)) from None
    if interrupted:
        raise click.Abort


async def _serve(chosen: Settings, stages: tuple[str, ...]) -> bool:
    """Runs the worker until a signal; True when it was SIGINT."""
    from pipeline.stream.service import WorkerService

    return await WorkerService(chosen, stages).serve(until_signal())  # Faust binds to the loop that runs
