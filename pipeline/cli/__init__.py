"""The program `articles`: one file a command, loaded when it is used."""

from __future__ import annotations

import sys
from importlib import import_module

import click

COMMANDS = ("run", "worker", "feed", "tail", "topics", "flow", "explain", "ledger", "demo", "broker", "doctor", "schema")


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return super().get_command(ctx, name)
        command = import_module(f"pipeline.cli.{name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_SUMMARIES.items()))


_SUMMARIES = {
    "run": "files in, files out: the whole flow without Kafka",
    "worker": "process the raw topic, and the enriched topic after it",
    "feed": "put raw articles on the raw topic, acknowledged and counted",
    "tail": "print the records of a topic as they come",
    "topics": "create, check or show the topics",
    "flow": "the steps, stages and topics",
    "explain": "one article's way through every step, each cut with its reason",
    "ledger": "what became of every record: does it balance?",
    "demo": "the whole pipeline on an embedded broker, on 36 sample records",
    "broker": "the embedded broker, for development: it drops data",
    "doctor": "is everything installed, compiled and reachable?",
    "schema": "the JSON Schema of a topic",
}


@click.command(cls=_Lazy)
@click.version_option(package_name="articles", prog_name="articles")
def articles() -> None:
    """Raw articles in, clean and tagged records out.

    Example: articles run pages.jsonl -o enriched.jsonl
    """


def main() -> None:
    """Runs the program; a closed pipe is no failure."""
    try:
        articles(prog_name="articles", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
