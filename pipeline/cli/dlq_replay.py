"""`articles dlq replay`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from pipeline.cli.common import fail, json_option, kafka, print_json, servers_option, settings
from pipeline.cli.dlq_chosen import Filters, chosen_of, filter_options

if TYPE_CHECKING:
    from pipeline.stream.replay import Verdict


@click.command("replay")
@filter_options
@click.option("--all", "everything", is_flag=True, help="All letters, where no filter is given.")
@click.option("--rate", type=click.FloatRange(0.1, 100_000), default=50.0, help="Letters a second; default 50.")
@click.option("-n", "--most", type=click.IntRange(1), help="Stop after so many.")
@click.option(
    "--max-attempts", type=click.IntRange(2), default=5, help="Leave alone what was tried so often; default 5."
)
@servers_option
@json_option
def replay_command(
    everything: bool,
    rate: float,
    most: int | None,
    max_attempts: int,
    bootstrap_servers: str | None,
    config: Path | None,
    as_json: bool,
    **filters: Unpack[Filters],
) -> None:
    """Sends dead letters once more through the flow, each attempt of a record once, however often this is called.

    They go to a topic of their own, the raw topic's name and '.replay', which `articles worker --lane replay` reads.
    Look at `articles dlq diff` with the same filters first.

    \b
    Example: articles dlq replay --reason internal_error --rate 20
    """
    if not everything and not any(filters.values()):
        raise click.UsageError(
            "name the letters by --reason, --site, --version, --since, --until or --offsets, or --all"
        )
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    with kafka(chosen, "the letters cannot be replayed"):
        from pipeline.settings import ConfigError
        from pipeline.stream.replay import WHY, ReplayError, ReplayRules, replay

        try:
            counts = replay(chosen, chosen_of(**filters), ReplayRules(rate, most, max_attempts), _progress)
        except (ConfigError, ReplayError) as error:
            raise fail(str(error)) from None
    if as_json:
        print_json({name: counts[name] for name in WHY})
    else:
        for name, why in WHY.items():
            if counts[name] or name == "replayed":
                click.echo(f"{counts[name]:7}  {name.replace('_', ' ')}: {why}")


def _progress(counts: Counter[Verdict]) -> None:
    if sys.stderr.isatty():
        click.echo(f"{counts['replayed']} replayed\r", nl=False, err=True)
