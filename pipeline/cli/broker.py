"""`articles broker`: the embedded broker."""

from __future__ import annotations

import signal
from pathlib import Path

import click

from pipeline.cli.common import config_option, json_option, print_json, settings

_WARNING = "For development only: this broker drops data beyond 5 MB a partition, and all when it ends."


@click.command("broker")
@config_option
@json_option
def command(config: Path | None, as_json: bool) -> None:
    """Runs the embedded broker on a free port until SIGINT or SIGTERM, and prints its address.

    Development only: it keeps about 5 MB a partition and drops the rest without a word, delivers at least once, and
    forgets everything when it ends.

    \b
    Example: articles broker
    """
    chosen = settings(config)
    from pipeline.stream.embedded import EmbeddedBroker

    ending = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)  # before the broker's threads start: they inherit it
    with EmbeddedBroker(chosen.topics.model_dump().values()) as broker:
        if as_json:
            print_json({"bootstrap_servers": broker.bootstrap_servers, "warning": _WARNING})
        else:
            click.echo(_WARNING, err=True)
            click.echo(broker.bootstrap_servers)
        got = signal.sigwait(ending)
    if got == signal.SIGINT:
        raise click.Abort
