"""`articles dlq show`."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import as_text, fail, json_option, kafka, print_json, printable, servers_option, settings
from pipeline.cli.dlq_chosen import Place, at

if TYPE_CHECKING:
    from pipeline.stream.dlq import Letter


@click.command("show")
@click.argument("place", metavar="PARTITION/OFFSET", type=Place())
@click.option("--bytes", "most", type=click.IntRange(0), default=2000, help="Bytes of the value shown; 0: all.")
@servers_option
@json_option
def show_command(
    place: tuple[int, int, int], most: int, bootstrap_servers: str | None, config: Path | None, as_json: bool
) -> None:
    """Shows one dead letter in full: why, which attempt, all its headers, and the beginning of its value.

    \b
    Example: articles dlq show 3/117
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    with kafka(chosen, f"topic {chosen.topics.dead} cannot be read"):
        from pipeline.stream.dlq import Chosen, letters

        letter = next(iter(letters(chosen, Chosen(ranges=(place,)))), None)
    if letter is None:
        raise fail(f"there is no letter {place[0]}/{place[1]} in {chosen.topics.dead}")
    if as_json:
        print_json(_data(letter, most or None))
    else:
        _print(letter, most or None)


def _told(letter: Letter) -> dict[str, object]:
    from pipeline.reasons import DeadReason

    known = letter.reason in [reason.value for reason in DeadReason]
    return {
        "letter": letter.place,
        "at": at(letter.record.timestamp),
        "reason": letter.reason,
        "why": DeadReason(letter.reason).why if known else "",
        "step": letter.told.get("step", ""),
        "detail": letter.detail,
        "attempt": letter.attempt,
        "site": letter.site,
        "version": letter.version,
        "origin": letter.told.get("origin", ""),
        "first_origin": letter.first_origin,
    }


def _data(letter: Letter, most: int | None) -> dict[str, object]:
    value = letter.record.value
    shown = None if value is None else value[:most]
    text = None if shown is None else as_text(shown)
    packed = None if shown is None or text is not None else base64.b64encode(shown).decode()
    return {
        **_told(letter),
        "key": _escaped(letter.record.key),
        "headers": [[name, _escaped(content)] for name, content in letter.record.headers],
        "value_bytes": None if value is None else len(value),
        "value": text,
        "value_b64": packed,
    }


def _print(letter: Letter, most: int | None) -> None:
    for name, content in _told(letter).items():
        click.echo(printable(f"{name:12}  {content}"))
    click.echo(printable(f"{'key':12}  {_escaped(letter.record.key) or '(none)'}"))
    for name, value in letter.record.headers:
        click.echo(printable(f"header        {name}: {'(null)' if value is None else _escaped(value)}"))
    value = letter.record.value
    if value is None:
        click.echo("value         (none)")
        return
    more = "" if most is None or len(value) <= most else f", the first {most} of them"
    click.echo(f"value         {len(value)} bytes{more}:")
    click.echo(printable(value[:most].decode("utf-8", "backslashreplace")))


def _escaped(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "backslashreplace")
