"""`articles broker`: the embedded broker."""

from __future__ import annotations

import signal

import click

from pipeline.cli.common import json_option, print_json


@click.command("broker")
@json_option
def command(as_json: bool) -> None:
    """Runs the embedded broker until it is interrupted. Development only: it keeps about 5 MB a partition and drops
    the rest, delivers at least once, and forgets everything when it ends.

    Example: articles broker
    """
    from pipeline.settings import Topics
    from pipeline.stream.embedded import EmbeddedBroker

    with EmbeddedBroker(Topics().model_dump().values()) as broker:
        if as_json:
            print_json({"bootstrap_servers": broker.bootstrap_servers})
        else:
            click.echo("For development only: this broker drops data beyond 5 MB a partition, and all when it ends.", err=True)
            click.echo(broker.bootstrap_servers)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
