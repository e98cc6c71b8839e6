"""`articles drift`: which sites are not what they were?"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from pipeline.cli.common import json_option, kafka, print_json, printable, servers_option, settings

if TYPE_CHECKING:
    from pipeline.views.drift import Drift


@click.command("drift")
@servers_option
@json_option
def command(bootstrap_servers: str | None, config: Path | None, as_json: bool) -> None:
    """Folds the ledger topic: the sites whose last articles differ from those before (exit 1), and in what.

    Share of the page that is cut, length in characters, confidence, share of records refused, mentions of entities per
    1,000 words. A site has a past after 500 articles.

    \b
    Example: articles drift --json
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    with kafka(chosen, f"topic {chosen.topics.ledger} cannot be read"):
        from pipeline.stream.reading import read
        from pipeline.stream.stages import ENRICH, group_of
        from pipeline.views.drift import Drift

        drift = Drift(group_of(chosen, ENRICH))
        for record in read(chosen, chosen.topics.ledger):
            try:
                value = orjson.loads(record.value or b"")
            except orjson.JSONDecodeError:
                continue  # `articles ledger` has an alarm for it
            drift.fold(value, record.partition, record.offset)
    findings = drift.findings()
    if as_json:
        print_json({"sites": len(drift.sites), "drifting": [asdict(finding) for finding in findings]})
    else:
        _print(drift)
    sys.exit(1 if findings else 0)


def _print(drift: Drift) -> None:
    findings = drift.findings()
    for found in findings:
        told = (
            f"  {found.site:40} {found.measure:10} {found.past:9.3f} -> {found.now:9.3f}  of {found.articles} articles"
        )
        click.echo(printable(told))
    click.echo(f"{len({found.site for found in findings})} of {len(drift.sites)} sites drift")
