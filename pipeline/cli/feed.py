"""`articles feed`: raw articles onto the raw topic, acknowledged."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import fail, json_option, kafka, must_be_readable, print_json, servers_option, settings

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from pipeline.stream.feeding import Sent


@click.command("feed")
@click.argument("inputs", nargs=-1, required=True)
@click.option("--as-is", is_flag=True, help="Send every line unchanged, valid or not.")
@servers_option
@json_option
def command(
    inputs: tuple[str, ...], as_is: bool, bootstrap_servers: str | None, config: Path | None, as_json: bool
) -> None:
    """Sends the records of INPUTS (JSON lines, one .html or .txt page each, all .gz too, or '-') and waits for every
    acknowledgement.

    Lines that the worker could not process are refused with their number and the reason; then the exit code is 1.
    What is larger than limits.record_bytes is refused even with --as-is.

    \b
    Example: articles feed pages.jsonl
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    must_be_readable(inputs)
    with kafka(chosen, f"topic {chosen.topics.raw} does not take records"):
        tally, stopped = _send(chosen, inputs, as_is, quiet=as_json)
    if as_json:
        print_json({**tally.as_dict(), "stopped": stopped})
    else:
        for place, why in tally.failures:
            click.echo(f"{place.file}:{place.line}: not acknowledged: {why}", err=True)
        click.echo(f"{tally.sent} sent and acknowledged, {tally.refused} refused, {tally.failed} failed", err=True)
    if stopped:
        raise fail(f"{stopped}; what came before is counted above")
    sys.exit(1 if tally.refused or tally.failed else 0)


def _send(chosen: Settings, inputs: Sequence[str], as_is: bool, *, quiet: bool) -> tuple[Sent, str | None]:
    """The count, and why it ends before the input does."""
    from pipeline.sources.files import SourceError, read
    from pipeline.stream.feeding import Feeder
    from pipeline.stream.room import NoRoomError

    feeder = Feeder(chosen, as_is=as_is)
    try:
        for record in read(inputs):
            refused = feeder.send(record)
            if refused is not None and not quiet:
                click.echo(f"{record.origin.file}:{record.origin.line}: {refused.reason}: {refused.detail}", err=True)
    except (SourceError, NoRoomError) as error:
        return feeder.finish(), str(error)
    except KeyboardInterrupt:
        click.echo(f"interrupted: {feeder.finish().sent} sent and acknowledged", err=True)
        raise
    return feeder.finish(), None
