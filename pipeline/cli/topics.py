"""`articles topics`: create, check, show."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli.common import fail, json_option, kafka, print_json, servers_option, settings

Rows = list[dict[str, object]]


@click.command("topics")
@click.argument("action", type=click.Choice(["create", "check", "show"]))
@servers_option
@json_option
def command(action: str, bootstrap_servers: str | None, config: Path | None, as_json: bool) -> None:
    """Creates the topics of config/topics.yaml, checks them (exit 1 on a difference), or shows them.

    \b
    Example: articles topics create --bootstrap-servers kafka:9092
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    with kafka(chosen, f"topics cannot be {'read' if action != 'create' else 'created'}"):
        from pipeline.settings import ConfigError
        from pipeline.stream import clients, topics

        try:
            admin, wanted = clients.admin(chosen), topics.specs(chosen)
        except ConfigError as error:
            raise fail(str(error)) from None
        rows: Rows
        if action == "create":
            created = topics.create(admin, wanted)
            rows = [{"topic": c.topic, "new": c.new, "error": c.error} for c in created]
            lines = [f"{c.topic}: {c.error or ('created' if c.new else 'was there')}" for c in created]
            bad = any(c.error for c in created)
        elif action == "check":
            found = topics.check(admin, wanted)
            rows = [{"topic": d.topic, "difference": d.kind.value, "message": d.message} for d in found]
            lines, bad = [d.message for d in found] or ["all topics are as they should be"], bool(found)
        else:
            states = topics.show(admin, wanted)
            rows = [
                {"topic": s.spec.name, "partitions": s.partitions, "replicas": s.replication_factor} for s in states
            ]
            lines, bad = [_state(s.spec.name, s.partitions, s.replication_factor) for s in states], False
    if as_json:
        print_json(rows)
    else:
        click.echo("\n".join(lines))
    sys.exit(1 if bad else 0)


def _state(name: str, partitions: int, replicas: int) -> str:
    return f"{name}: {partitions} partitions, replicas {replicas}" if partitions else f"{name}: does not exist"
