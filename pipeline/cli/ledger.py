"""`articles ledger`: does it balance?"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click
import orjson

from pipeline.cli.common import fail, json_option, print_json, servers_option, settings


@click.command("ledger")
@servers_option
@json_option
def command(bootstrap_servers: str | None, config: Path | None, as_json: bool) -> None:
    """Folds the ledger topic: records in, by outcome and site, and every place where it does not balance (exit 1).

    Example: articles ledger
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    from pipeline.stream.errors import KafkaException
    from pipeline.stream.reading import read
    from pipeline.views.ledger import Ledger

    ledger = Ledger()
    try:
        for record in read(chosen, chosen.topics.ledger):
            try:
                value = orjson.loads(record.value or b"")
            except orjson.JSONDecodeError:
                value = None
            ledger.fold(value, record.partition, record.offset)
    except KafkaException as error:
        raise fail(f"the ledger cannot be read: {error.args[0].name()}") from None
    totals = ledger.totals()
    if as_json:
        findings = [asdict(finding) for finding in ledger.findings]
        print_json({**totals, "balanced": ledger.balanced, "sites": ledger.sites, "findings": findings})
    else:
        click.echo(f"{totals['in']} in = {totals['enriched']} enriched + {totals['rejected']} rejected + {totals['dead']} dead")
        for site, row in sorted(ledger.sites.items(), key=lambda item: -item[1][0])[:20]:
            click.echo(f"  {site or '(no site)':40} {row[0]:7} in {row[1]:7} enriched {row[2]:5} rejected {row[3]:5} dead")
        for finding in ledger.findings:
            click.echo(f"  ALARM {finding.alarm} in {finding.group} {finding.partition}: {finding.detail}")
        click.echo("balanced" if ledger.balanced else "NOT balanced")
    sys.exit(0 if ledger.balanced else 1)
