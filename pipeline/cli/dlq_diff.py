"""`articles dlq diff`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from pipeline.cli.common import (
    fail,
    json_option,
    kafka,
    must_be_readable,
    print_json,
    printable,
    servers_option,
    settings,
)
from pipeline.cli.dlq_chosen import Filters, chosen_of, filter_options

if TYPE_CHECKING:
    from pipeline.diff import Diff, Known
    from pipeline.settings import Settings


@click.command("diff")
@click.argument("inputs", nargs=-1)
@filter_options
@click.option("--examples", type=click.IntRange(0, 1000), default=3, help="Records shown of each change; default 3.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Child processes; default: one a processor.")
@servers_option
@json_option
def diff_command(
    inputs: tuple[str, ...],
    examples: int,
    workers: int | None,
    bootstrap_servers: str | None,
    config: Path | None,
    as_json: bool,
    **filters: Unpack[Filters],
) -> None:
    """What would today's code and settings make of dead or archived records? Nothing is sent.

    Without INPUTS it takes the dead-letter topic. INPUTS are files of `articles run --dead`, of `articles tail --json`,
    or of raw records ('-' is standard input), whose outcome then is not known.

    \b
    Example: articles dlq diff --reason internal_error
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers, worker__children=workers)
    if inputs:
        if any(filters.values()):
            raise click.UsageError("filters are for the dead-letter topic, not for files")
        must_be_readable(inputs)
        found = _diff(chosen, _from_files(inputs), examples)
    else:
        with kafka(chosen, f"topic {chosen.topics.dead} cannot be read"):
            found = _diff(chosen, _from_topic(chosen, **filters), examples)
    if as_json:
        print_json(found.as_dict())
    else:
        _print(found)


def _from_files(inputs: tuple[str, ...]) -> Iterator[Known]:
    from pipeline.diff import known
    from pipeline.sources.files import SourceError, read

    try:
        yield from (known(line) for line in read(inputs))
    except SourceError as error:
        raise fail(str(error)) from None


def _from_topic(chosen: Settings, **filters: Unpack[Filters]) -> Iterator[Known]:
    """The letters that hold their record."""
    from pipeline.diff import Known
    from pipeline.stream.dlq import letters

    for letter in letters(chosen, chosen_of(**filters)):
        headers, value = tuple(letter.record.headers), letter.record.value
        if letter.topic != chosen.topics.enriched and (value is not None or letter.reason == "no_value"):
            yield Known(letter.place, value, headers, f"dead {letter.reason}", letter.detail)


def _diff(chosen: Settings, records: Iterator[Known], examples: int) -> Diff:
    from pipeline.diff import diff
    from pipeline.job import enricher_config
    from pipeline.pool import Pool, PoolError, PoolRules

    rules = PoolRules(chosen.worker.processes, chosen.limits.cpu_seconds, chosen.limits.child_memory_bytes)
    pool = Pool(rules, "pipeline.job:enricher", enricher_config(chosen))
    try:
        return diff(records, pool, examples)
    except PoolError as error:
        raise fail(str(error)) from None
    finally:
        pool.close()


def _print(found: Diff) -> None:
    click.echo(f"{found.counts.total()} records, {found.changed} would change")
    for (then, now), count in found.counts.most_common():
        click.echo(printable(f"{count:7}  {then} -> {now}{'' if then != now else '  (no change)'}"))
        for example in found.examples[then, now] if then != now else ():
            said = " -> ".join(text for text in (example.detail_then, example.detail_now) if text)
            click.echo(printable(f"           {example.where}  {example.site or '(no site)'}  {example.id}  {said}"))
