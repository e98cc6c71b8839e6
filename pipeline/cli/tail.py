"""`articles tail`: what lies on a topic."""

from __future__ import annotations

import base64
import select
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from pipeline.cli.common import as_text, json_option, kafka, printable, servers_option, settings

if TYPE_CHECKING:
    from pipeline.stream.messages import Consumed

_SHOWN = 160  # characters of a value


@click.command("tail")
@click.argument("topic", default="enriched")
@click.option("-f", "--follow", is_flag=True, help="Wait for more.")
@click.option("--new", is_flag=True, help="Wait for more, and leave out what is there.")
@click.option("-n", "--lines", type=click.IntRange(1), help="Stop after so many records.")
@servers_option
@json_option
def command(
    topic: str,
    follow: bool,
    new: bool,
    lines: int | None,
    bootstrap_servers: str | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Prints the records of TOPIC (a name, or raw, enriched, rejected, dead, ledger, entities; default: enriched) from
    the beginning.

    Text shows where a record lies, why it is dead, and its first characters; `--json` prints one JSON object a record,
    whose value is in `value`, or in `value_b64` where it is not UTF-8.

    \b
    Example: articles tail enriched --follow
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    name = chosen.topics.model_dump().get(topic, topic)
    with kafka(chosen, f"topic {name} cannot be read"):
        from pipeline.stream.reading import read

        records = read(chosen, name, follow=follow or new, from_end=new, ended=_nobody_reads)
        for number, record in enumerate(records, 1):
            click.echo(_data(record) if as_json else _line(record))
            if number == lines:
                break


def _nobody_reads() -> bool:
    """Is standard output a pipe whose reader is gone? Else that would show with the next record only."""
    pipe = select.poll()
    pipe.register(1, 0)
    return bool(pipe.poll(0))


def _line(record: Consumed) -> str:
    reason = dict(record.headers).get("reason")
    told = f"{reason.decode('ascii', 'replace')}  " if reason else ""
    value = "(no value)" if record.value is None else record.value[: 4 * _SHOWN].decode("utf-8", "replace")[:_SHOWN]
    return printable(f"{record.partition}/{record.offset}  {told}{value}")


def _data(record: Consumed) -> bytes:
    text = None if record.value is None else as_text(record.value)
    packed = None if record.value is None or text is not None else base64.b64encode(record.value).decode()
    return orjson.dumps(
        {
            "partition": record.partition,
            "offset": record.offset,
            "key": _escaped(record.key),
            "headers": [[name, _escaped(value)] for name, value in record.headers],
            "value": text,
            "value_b64": packed,
        }
    )


def _escaped(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "backslashreplace")
