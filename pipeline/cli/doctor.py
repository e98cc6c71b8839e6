"""`articles doctor`: what is there, what is not, and what to do about it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from pipeline.cli.common import json_option, print_json, servers_option, settings


@click.command("doctor")
@servers_option
@json_option
def command(bootstrap_servers: str | None, config: Path | None, as_json: bool) -> None:
    """Checks Python, libraries, what is compiled, parsers, models, a child process, the brokers and the topics.

    Exit 1 when something is not right; each such line says what to do.

    \b
    Example: articles doctor --bootstrap-servers kafka:9092
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    from pipeline.cli.checks import everything

    checks = []
    for check in everything(chosen):
        checks.append(check)
        if not as_json:
            mark = click.style("ok  ", fg="green") if check.ok else click.style("FAIL", fg="red")
            click.echo(f"{mark} {check.name:18} {check.found}" + (f"\n     -> {check.fix}" if not check.ok else ""))
    if as_json:
        print_json([asdict(check) for check in checks])
    sys.exit(0 if all(check.ok for check in checks) else 1)
