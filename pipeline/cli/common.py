"""What commands share: settings from flags, inputs, Kafka, failures as one line, JSON output."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from unicodedata import category

import click
import orjson

if TYPE_CHECKING:
    import asyncio

    from pipeline.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])
_ESCAPED = frozenset({"Cc", "Cs", "Zl", "Zp"})

json_option = click.option("--json", "as_json", is_flag=True, help="Print data instead of text.")
config_option = click.option(
    "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Settings file (TOML)."
)


class Misuse(click.ClickException):
    """The program was called or set up wrongly: one line, exit code 2."""

    exit_code = 2


def servers_option(command: Command) -> Command:
    """`--bootstrap-servers` and `--config`."""
    option = click.option("--bootstrap-servers", help="Kafka brokers, host:port, separated by commas.")
    return option(config_option(command))


def settings(config: Path | None, **flags: object) -> Settings:
    """The settings in force; flags are named section__key, None when not given. A wrong one ends with exit code 2."""
    from pipeline.settings import ConfigError, load

    overrides = {flag.replace("__", "."): value for flag, value in flags.items()}
    try:
        return load(config, overrides, os.environ)
    except ConfigError as error:
        raise Misuse(str(error)) from None


def fail(message: str) -> click.ClickException:
    """A failure in one line, exit code 1."""
    return click.ClickException(message)


def must_be_readable(inputs: Iterable[str]) -> None:
    """Fails on the first input that cannot be opened."""
    from pipeline.sources.files import problem

    for name in inputs:
        if why := problem(name):
            raise fail(why)


@contextmanager
def kafka(chosen: Settings, what: str) -> Iterator[None]:
    """Around all that needs Kafka: fails in one line when no broker answers, or with `what` when one refuses."""
    from pipeline import logs
    from pipeline.stream.errors import KafkaException
    from pipeline.stream.reach import unreachable

    logs.set_up("warning", chosen.log.format)
    servers = chosen.kafka.bootstrap_servers
    if why := unreachable(chosen):
        raise fail(f"no broker answers at {servers}: {why}")
    try:
        yield
    except KafkaException as error:
        failure = error.args[0]
        fix = "; create it: articles topics create" if failure.name() == "UNKNOWN_TOPIC_OR_PART" else ""
        raise fail(f"{what} ({servers}): {failure.str()}{fix}") from None


def until_signal() -> asyncio.Future[bool]:
    """What the running loop waits for: SIGTERM makes it False, SIGINT True."""
    import asyncio

    loop = asyncio.get_running_loop()
    stopping: asyncio.Future[bool] = loop.create_future()

    def stop(interrupted: bool) -> None:
        if not stopping.done():
            stopping.set_result(interrupted)

    loop.add_signal_handler(signal.SIGTERM, stop, False)
    loop.add_signal_handler(signal.SIGINT, stop, True)
    return stopping


def as_text(value: bytes) -> str | None:
    """The text of UTF-8 bytes, None for others."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def printable(text: str) -> str:
    """One line that does nothing to a terminal: controls, line breaks and lone surrogates are escaped."""
    return "".join(c.encode("unicode_escape").decode() if category(c) in _ESCAPED else c for c in text)


def print_json(value: object, *, err: bool = False) -> None:
    """One JSON value on standard output, or on standard error where that is taken by records."""
    stream = sys.stderr if err else sys.stdout
    stream.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS) + b"\n")
    stream.flush()
