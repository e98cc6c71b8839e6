"""`articles dlq list`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from pipeline.cli.common import json_option, kafka, print_json, printable, servers_option, settings
from pipeline.cli.dlq_chosen import Filters, at, chosen_of, filter_options

if TYPE_CHECKING:
    from pipeline.stream.dlq import Letter, Summary

_SITES = 20
_DETAIL = 100  # characters


@click.command("list")
@filter_options
@click.option(
    "-n", "--lines", type=click.IntRange(0), default=20, help="Letters shown, the newest of them; default 20."
)
@servers_option
@json_option
def list_command(
    lines: int, bootstrap_servers: str | None, config: Path | None, as_json: bool, **filters: Unpack[Filters]
) -> None:
    """Counts the dead letters by reason, site and version, and shows the newest.

    \b
    Example: articles dlq list --reason timeout --since 2026-11-24
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    with kafka(chosen, f"topic {chosen.topics.dead} cannot be read"):
        from pipeline.stream.dlq import Summary, letters

        counted, newest = Summary(), list["Letter"]()
        for letter in letters(chosen, chosen_of(**filters)):
            counted.add(letter)
            newest.append(letter)
            if len(newest) > 2 * lines + 100:
                newest = _newest(newest, lines)
        newest = _newest(newest, lines)
    if as_json:
        counts = {name: getattr(counted, name) for name in ("letters", "reasons", "sites", "versions")}
        print_json(
            {**counts, "first": at(counted.first), "last": at(counted.last), "newest": [_row(n) for n in newest]}
        )
    else:
        _print(counted, newest)


def _newest(found: list[Letter], lines: int) -> list[Letter]:
    found.sort(key=lambda letter: letter.record.timestamp or 0)
    return found[len(found) - lines :] if len(found) > lines else found


def _row(letter: Letter) -> dict[str, object]:
    return {
        "letter": letter.place,
        "at": at(letter.record.timestamp),
        "reason": letter.reason,
        "site": letter.site,
        "version": letter.version,
        "attempt": letter.attempt,
        "origin": letter.told.get("origin", ""),
        "first_origin": letter.first_origin,
        "detail": letter.detail,
    }


def _print(counted: Summary, newest: list[Letter]) -> None:
    if not counted.letters:
        click.echo("no dead letters")
        return
    click.echo(f"{counted.letters} dead letters, {at(counted.first)} to {at(counted.last)}")
    for name, counts in (("reason", counted.reasons), ("site", counted.sites), ("version", counted.versions)):
        _print_counts(name, counts)
    for letter in newest:
        detail = letter.detail if len(letter.detail) <= _DETAIL else f"{letter.detail[:_DETAIL]}..."
        where = f"{letter.place}  {at(letter.record.timestamp)}  {letter.reason}  {letter.site or '(no site)'}"
        click.echo(printable(f"{where}  attempt {letter.attempt}  {detail}"))


def _print_counts(name: str, counts: Counter[str]) -> None:
    click.echo(f"by {name}:")
    for value, count in counts.most_common(_SITES):
        click.echo(f"  {count:7}  {printable(value) or '(unknown)'}")
    if len(counts) > _SITES:
        click.echo(f"  and {len(counts) - _SITES} more: --json has them all")
