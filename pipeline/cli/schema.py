"""`articles schema`: the contract of a topic."""

from __future__ import annotations

import click

from pipeline.cli.common import fail, print_json


@click.command("schema")
@click.argument("topic", required=False)
@click.option("--example", is_flag=True, help="Print an example record instead.")
@click.option("--json", "_json", is_flag=True, help="The output is JSON anyway.")
def command(topic: str | None, example: bool, _json: bool) -> None:
    """Prints the JSON Schema of TOPIC (its name, or raw, enriched, rejected, dead_headers, ledger, entity, dead_line).

    Without TOPIC: the names. Example: articles schema enriched
    """
    from pipeline import schemas

    if topic is None:
        print_json(list(schemas.NAMES))
        return
    try:
        print_json(schemas.example(topic) if example else schemas.schema(topic))
    except KeyError:
        raise fail(f"no schema of {topic!r}; there are {', '.join(schemas.NAMES)}") from None
