"""`articles run`: files in, files out."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from pipeline.cli.common import config_option, fail, json_option, must_be_readable, print_json, settings

if TYPE_CHECKING:
    from pipeline.local import Tally
    from pipeline.settings import Settings


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
    """The whole flow without Kafka: INPUTS are JSON lines, one .html or .txt page each (all .gz too), or '-'.

    The enriched records come in the order of the input; the counts go to standard error. Exit 0 when every record is
    accounted for, even as rejected or dead.

    \b
    Example: articles run pages.jsonl -o enriched.jsonl --dead dead.jsonl
    """
    chosen = settings(config, worker__children=workers)
    must_be_readable(inputs)
    outputs = [out, rejected, dead]
    _must_be_apart(inputs, [name for name in outputs if name and name != "-"])
    try:
        tally = _work(chosen, inputs, outputs)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise fail(f"{error.filename or 'an output'} cannot be written: {error.strerror}") from None
    if as_json:
        print_json(tally.as_dict(), err="-" in outputs)
    else:
        click.echo(_summary(tally), err=True)
    if tally.unread:
        raise fail(f"{tally.unread}; the records before that are done")
    if not tally.balanced or (strict and tally.enriched != tally.records):
        sys.exit(1)


def _must_be_apart(inputs: tuple[str, ...], outputs: list[str]) -> None:
    """No file is read and written, or written twice."""
    read = [os.path.realpath(name) for name in inputs if name != "-"]
    written = [os.path.realpath(name) for name in outputs]
    for name, path in zip(outputs, written, strict=True):
        if path in read:
            raise fail(f"{name} is both input and output")
        if written.count(path) > 1 and path != os.devnull:
            raise fail(f"{name} is named for two outputs")


def _work(chosen: Settings, inputs: tuple[str, ...], outputs: list[str | None]) -> Tally:
    """Opens the outputs before any work starts. Raises OSError for them."""
    from pipeline.job import enricher_config
    from pipeline.local import Sinks, run
    from pipeline.pool import Pool, PoolError, PoolRules
    from pipeline.sources.files import read

    tty = sys.stderr.isatty()

    def progress(tally: Tally) -> None:
        if tty:
            click.echo(f"{tally.done} records\r", nl=False, err=True)

    with ExitStack() as stack:
        sinks = Sinks(*(_open(stack, name) for name in outputs))
        rules = PoolRules(chosen.worker.processes, chosen.limits.cpu_seconds, chosen.limits.child_memory_bytes)
        pool = Pool(rules, "pipeline.job:enricher", enricher_config(chosen))
        stack.callback(pool.close)
        try:
            return run(read(inputs), pool, sinks, progress)
        except PoolError as error:
            raise fail(str(error)) from None


def _open(stack: ExitStack, name: str | None) -> IO[bytes] | None:
    if name is None:
        return None
    if name == "-":
        stack.callback(sys.stdout.flush)
        return sys.stdout.buffer
    return stack.enter_context(open(name, "wb"))


def _summary(tally: Tally) -> str:
    reasons = {**tally.rejected, **tally.dead}
    told = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
    line = (
        f"{tally.records} records = {tally.enriched} enriched + {tally.rejected.total()} rejected "
        f"+ {tally.dead.total()} dead"
    )
    return f"{line} ({told})" if told else line
