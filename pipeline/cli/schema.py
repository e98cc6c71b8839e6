"""`articles schema`: the contract of a topic."""

from __future__ import annotations

import click

from pipeline.cli.common import Misuse, print_json

_ALSO = {"dead": "dead_headers", "entities": "entity"}  # as the other commands call these topics


@click.command("schema")
@click.argument("topic", required=False)
@click.option("--example", is_flag=True, help="Print an example record instead.")
@click.option("--json", "_json", is_flag=True, help="The output is JSON anyway.")
def command(topic: str | None, example: bool, _json: bool) -> None:
    """Prints the JSON Schema of TOPIC: its name, or raw, enriched, rejected, dead, ledger, entities, dead_line.

    Without TOPIC: the names. The schema of dead letters is that of their headers: their value is what was delivered.

    \b
    Example: articles schema enriched
    """
    from pipeline import schemas

    if topic is None:
        print_json(list(schemas.NAMES))
        return
    name = _ALSO.get(topic, topic)
    try:
        print_json(schemas.example(name) if example else schemas.schema(name))
    except ValueError as error:
        raise Misuse(str(error)) from None
