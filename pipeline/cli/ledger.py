"""`articles ledger`: does it balance?"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from pipeline.cli.common import json_option, kafka, print_json, printable, servers_option, settings

if TYPE_CHECKING:
    from pipeline.views.ledger import Ledger

_SITES = 20


@click.command("ledger")
@servers_option
@json_option
def command(bootstrap_servers: str | None, config: Path | None, as_json: bool) -> None:
    """Folds the ledger topic: records in, by outcome and site, and every place where it does not balance (exit 1).

    \b
    Example: articles ledger
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    with kafka(chosen, f"topic {chosen.topics.ledger} cannot be read"):
        from pipeline.stream.reading import read
        from pipeline.views.ledger import Ledger

        ledger = Ledger()
        for record in read(chosen, chosen.topics.ledger):
            try:
                value = orjson.loads(record.value or b"")
            except orjson.JSONDecodeError:
                value = None
            ledger.fold(value, record.partition, record.offset)
    if as_json:
        findings = [asdict(finding) for finding in ledger.findings]
        totals = {**ledger.totals(), "balanced": ledger.balanced, "alarms": ledger.alarms}
        print_json({**totals, "sites": ledger.sites, "findings": findings})
    else:
        _print(ledger)
    sys.exit(0 if ledger.balanced else 1)


def _print(ledger: Ledger) -> None:
    totals = ledger.totals()
    outcomes = " + ".join(f"{totals[name]} {name}" for name in ("enriched", "rejected", "dead"))
    click.echo(f"{totals['in']} in = {outcomes}")
    sites = sorted(ledger.sites.items(), key=lambda item: -item[1][0])
    for site, row in sites[:_SITES]:
        name = printable(site) or "(no site)"
        click.echo(f"  {name:40} {row[0]:7} in {row[1]:7} enriched {row[2]:5} rejected {row[3]:5} dead")
    if len(sites) > _SITES:
        click.echo(f"  and {len(sites) - _SITES} more sites: --json has them all")
    for finding in ledger.findings:
        click.echo(printable(f"  ALARM {finding.alarm} in {finding.group} {finding.partition}: {finding.detail}"))
    click.echo("balanced" if ledger.balanced else "NOT balanced")
