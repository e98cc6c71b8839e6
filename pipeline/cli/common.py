"""What commands share: settings from flags, failures as one line, JSON output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
import orjson

if TYPE_CHECKING:
    from pipeline.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print data instead of text.")
config_option = click.option(
    "--config", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Settings file (TOML)."
)


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
        raise click.UsageError(str(error)) from None


def fail(message: str) -> click.ClickException:
    """A failure in one line, exit code 1."""
    return click.ClickException(message)


def print_json(value: object, *, err: bool = False) -> None:
    """One JSON value on standard output, or on standard error where that is taken by records."""
    stream = sys.stderr if err else sys.stdout
    stream.buffer.write(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS) + b"\n")
    stream.flush()
