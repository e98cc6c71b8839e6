"""`articles run`: files in, files out."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import click

from pipeline.cli.common import config_option, fail, json_option, print_json, settings


@click.command("run")
@click.argument("inputs", nargs=-1, required=True)
@click.option("-o", "--out", default="-", help="File for the enriched records; '-' (default) is standard output.")
@click.option("--rejected", help="File for the rejected records.")
@click.option("--dead", help="File for the records that could not be processed.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Child processes; default: one a processor.")
@click.option("--strict", is_flag=True, help="Exit 1 when a record was rejected or is dead.")
@json_option
@config_option
def command(
    inputs: tuple[str, ...],
    out: str,
    rejected: str | None,
    dead: str | None,
    workers: int | None,
    strict: bool,
    as_json: bool,
    config: Path | None,
) -> None:
    """The whole flow without Kafka: INPUTS are JSON lines (.gz too), one .html or .txt page each, or '-'.

    The enriched records come in the order of the input; the counts go to standard error.

    Example: articles run pages.jsonl -o enriched.jsonl --rejected rejected.jsonl --dead dead.jsonl
    """
    from pipeline.job import enricher_config
    from pipeline.local import Sinks, Tally, run
    from pipeline.pool import Pool, PoolRules
    from pipeline.sources.files import read

    chosen = settings(config, worker__children=workers)
    limits = chosen.limits
    rules = PoolRules(chosen.worker.processes, limits.cpu_seconds, limits.child_memory_bytes)
    missing = [name for name in inputs if name != "-" and not Path(name).is_file()]
    if missing:
        raise fail(f"no such file: {missing[0]}")
    pool = Pool(rules, "pipeline.job:enricher", enricher_config(chosen))
    tty = sys.stderr.isatty()

    def progress(tally: Tally) -> None:
        if tty:
            click.echo(f"\r{tally.records} records", nl=False, err=True)

    with ExitStack() as stack:
        stack.callback(pool.close)
        sinks = Sinks(_open(stack, out), _open(stack, rejected), _open(stack, dead))
        try:
            tally = run(read(inputs), pool, sinks, progress)
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise fail(f"{error.filename or 'input'}: {error.strerror or error}") from None
    if as_json:
        print_json(tally.as_dict(), err=out == "-")
    else:
        click.echo(("\r" if tty else "") + _summary(tally), err=True)
    if not tally.balanced or (strict and tally.enriched != tally.records):
        sys.exit(1)


def _open(stack: ExitStack, name: str | None) -> IO[bytes] | None:
    if name is None:
        return None
    return sys.stdout.buffer if name == "-" else stack.enter_context(open(name, "wb"))


def _summary(tally: object) -> str:
    from pipeline.local import Tally

    assert isinstance(tally, Tally)
    reasons = {**tally.rejected, **tally.dead}
    told = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
    line = (
        f"{tally.records} records = {tally.enriched} enriched + {tally.rejected.total()} rejected "
        f"+ {tally.dead.total()} dead"
    )
    return f"{line} ({told})" if told else line
