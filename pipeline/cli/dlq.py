"""`articles dlq`: dead letters listed, shown, compared with today's code, and replayed; its parts are in dlq_*.py."""

from __future__ import annotations

import click

from pipeline.cli.dlq_diff import diff_command
from pipeline.cli.dlq_list import list_command
from pipeline.cli.dlq_replay import replay_command
from pipeline.cli.dlq_show import show_command


@click.group("dlq")
def command() -> None:
    """Dead letters: what there is (list), one in full (show), what today's code makes of them (diff), once more
    through the flow (replay).

    \b
    Example: articles dlq list --reason timeout
    """


for part in (list_command, show_command, diff_command, replay_command):
    command.add_command(part)
