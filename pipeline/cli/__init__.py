"""The program `articles`: one file a command, loaded when it is used."""

from __future__ import annotations

import difflib
import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

COMMANDS = {
    "run": "files in, files out: the whole flow without Kafka",
    "worker": "process the raw topic, and the enriched topic after it",
    "feed": "put raw articles on the raw topic, acknowledged and counted",
    "intake": "take raw articles by HTTP, acknowledged and counted",
    "tail": "print the records of a topic as they come",
    "topics": "create, check or show the topics",
    "flow": "the steps, stages and topics",
    "explain": "one article's way through every step, each cut with its reason",
    "ledger": "what became of every record: does it balance?",
    "drift": "which sites differ from their own past?",
    "dlq": "dead letters: list, show, diff against today's code, replay",
    "demo": "the whole pipeline on an embedded broker, on 36 sample records",
    "broker": "the embedded broker, for development: it drops data",
    "doctor": "is everything installed, compiled and reachable?",
    "schema": "the JSON Schema of a topic",
}


@contextmanager
def _output() -> Iterator[None]:
    """Standard output that is closed early (`| head`) ends the program with 0; one that is full with 1, in one line."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        raise click.exceptions.Exit(0) from None
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _drop_output()
        raise click.ClickException(f"standard output cannot be written: {error.strerror}") from None


def _drop_output() -> None:
    """What is still buffered goes nowhere, or the interpreter would complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


class _Program(click.Group):
    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _output():  # --help and --version print here
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _output():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            nearest = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.0)
            ctx.fail(f"there is no command {name!r}; the nearest is {nearest[0]}")
        command = import_module(f"pipeline.cli.{name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=_Program)
@click.version_option(package_name="articles", prog_name="articles")
def articles() -> None:
    """Raw articles in, clean and tagged records out.

    Example: articles run pages.jsonl -o enriched.jsonl
    """


def main() -> None:
    """Runs the program. Exit codes: 0 done, 1 failure, 2 usage, 70 fail-stop of a worker, 130 SIGINT."""
    if sys.stdout is None:
        sys.exit("standard output is closed")
    try:
        code = articles(prog_name="articles", standalone_mode=False)
    except click.exceptions.Abort:
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    if "faust" in sys.modules:  # its thread keeps an event loop that complains when the interpreter ends around it
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)
    sys.exit(code)
