"""`articles feed`: raw articles onto the raw topic, acknowledged."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli.common import fail, json_option, print_json, servers_option, settings


@click.command("feed")
@click.argument("inputs", nargs=-1, required=True)
@click.option("--as-is", is_flag=True, help="Send every line unchanged, valid or not.")
@servers_option
@json_option
def command(
    inputs: tuple[str, ...], as_is: bool, bootstrap_servers: str | None, config: Path | None, as_json: bool
) -> None:
    """Sends the records of INPUTS (JSON lines, .gz too; one .html or .txt each; '-') and waits for every acknowledgement.

    Lines that the worker could not process are refused with their number and the reason; then the exit code is 1.

    Example: articles feed pages.jsonl
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    missing = [name for name in inputs if name != "-" and not Path(name).is_file()]
    if missing:
        raise fail(f"no such file: {missing[0]}")
    from pipeline.sources.files import read
    from pipeline.stream.errors import KafkaException
    from pipeline.stream.feeding import Feeder

    try:
        feeder = Feeder(chosen, as_is=as_is)
        for record in read(inputs):
            refused = feeder.send(record)
            if refused is not None and not as_json:
                click.echo(f"{record.origin.file}:{record.origin.line}: {refused.reason}: {refused.detail}", err=True)
        tally = feeder.finish()
    except KafkaException as error:
        raise fail(f"the brokers at {chosen.kafka.bootstrap_servers} do not take records: {error.args[0].name()}") from None
    if as_json:
        print_json(tally.as_dict())
    else:
        click.echo(f"{tally.sent} sent and acknowledged, {len(tally.refused)} refused, {tally.failed} failed", err=True)
    sys.exit(1 if tally.refused or tally.failed else 0)
