"""The filters that all parts of `articles dlq` share."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

import click

from pipeline.reasons import DeadReason

if TYPE_CHECKING:
    from pipeline.stream.dlq import Chosen

Command = TypeVar("Command", bound=Callable[..., Any])
_PLACE = re.compile(r"(\d+)/(\d+)(?:-(\d+))?")


class Place(click.ParamType):
    """`PARTITION/FIRST` or `PARTITION/FIRST-LAST` as (partition, first, last)."""

    name = "P/A-B"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int, int]:
        """Fails with exit code 2 for anything else."""
        found = _PLACE.fullmatch(value)
        if not found or int(found[3] or found[2]) < int(found[2]):
            self.fail(f"{value!r} is not PARTITION/OFFSET or PARTITION/FIRST-LAST, such as 3/100-200", param, ctx)
        return int(found[1]), int(found[2]), int(found[3] or found[2])


class Moment(click.ParamType):
    """A time as milliseconds since 1970."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Fails with exit code 2 for what is no RFC 3339 time; without a zone it is UTC."""
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time; write 2026-11-24 or 2026-11-24T17:15:00Z", param, ctx)
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


class Filters(TypedDict):
    """The options below as click gives them."""

    reason: tuple[str, ...]
    site: tuple[str, ...]
    version: tuple[str, ...]
    since: int | None
    until: int | None
    offsets: tuple[tuple[int, int, int], ...]


def filter_options(command: Command) -> Command:
    """`--reason`, `--site`, `--version`, `--since`, `--until`, `--offsets`; several of one kind are alternatives."""
    options = [
        click.option("--reason", multiple=True, type=click.Choice([r.value for r in DeadReason]), help="Why dead."),
        click.option("--site", multiple=True, help="Host of the site."),
        click.option("--version", multiple=True, help="Version of the pipeline that gave up."),
        click.option("--since", type=Moment(), help="Sent at this time or later, RFC 3339."),
        click.option("--until", type=Moment(), help="Sent before this time."),
        click.option("--offsets", multiple=True, type=Place(), help="Where they lie: partition/offset or a range."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def chosen_of(**filters: Unpack[Filters]) -> Chosen:
    """What the options ask for."""
    from pipeline.stream.dlq import Chosen

    return Chosen(
        frozenset(filters["reason"]),
        frozenset(filters["site"]),
        frozenset(filters["version"]),
        filters["since"],
        filters["until"],
        filters["offsets"],
    )


def at(milliseconds: int | None) -> str:
    """A time of sending for people."""
    if milliseconds is None:
        return "?"
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
