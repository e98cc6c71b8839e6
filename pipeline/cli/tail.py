"""`articles tail`: what lies on a topic."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from pipeline.cli.common import fail, json_option, servers_option, settings


@click.command("tail")
@click.argument("topic", default="enriched")
@click.option("-f", "--follow", is_flag=True, help="Wait for more.")
@click.option("-n", "--lines", type=click.IntRange(1), help="Stop after so many records.")
@servers_option
@json_option
def command(
    topic: str, follow: bool, lines: int | None, bootstrap_servers: str | None, config: Path | None, as_json: bool
) -> None:
    """Prints the records of TOPIC (a name, or raw, enriched, rejected, dead, ledger, entities) from the beginning.

    Text shows where a record lies and its first characters; `--json` prints one JSON object a record.

    Example: articles tail enriched --follow
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    from pipeline.stream.errors import KafkaException
    from pipeline.stream.reading import read

    name = chosen.topics.model_dump().get(topic, topic)
    try:
        for number, record in enumerate(read(chosen, name, follow=follow), 1):
            value = (record.value or b"").decode("utf-8", "replace")
            if as_json:
                headers = [[k, None if v is None else v.decode("utf-8", "replace")] for k, v in record.headers]
                key = None if record.key is None else record.key.decode("utf-8", "replace")
                line = {"partition": record.partition, "offset": record.offset, "key": key, "headers": headers, "value": value}
                click.echo(orjson.dumps(line))
            else:
                click.echo(f"{record.partition}/{record.offset}  {value[:160].encode('unicode_escape').decode()}")
            if number == lines:
                break
    except KafkaException as error:
        raise fail(f"{name} cannot be read: {error.args[0].name()}") from None
