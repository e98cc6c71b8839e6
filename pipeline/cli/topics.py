"""`articles topics`: create, check, show, and who may use them."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.common import fail, json_option, kafka, print_json, servers_option, settings

if TYPE_CHECKING:
    from pipeline.settings import Settings

Rows = list[dict[str, object]]


@click.command("topics")
@click.argument("action", type=click.Choice(["create", "check", "show", "acls"]))
@click.option("--lane", type=click.Choice(["replay"]), help="The topic of this lane instead.")
@servers_option
@json_option
def command(action: str, lane: str | None, bootstrap_servers: str | None, config: Path | None, as_json: bool) -> None:
    """Creates the topics of config/topics.yaml, checks them (exit 1 on a difference), or shows them.

    `acls` prints a script that grants the users articles-worker, -feeder, -reader, and for a lane -replayer, no more
    than they need.

    \b
    Example: articles topics create --bootstrap-servers kafka:9092
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    if action == "acls":
        return _acls(chosen, lane is not None, as_json)
    with kafka(chosen, f"topics cannot be {'read' if action != 'create' else 'created'}"):
        from pipeline.settings import ConfigError
        from pipeline.stream import clients, topics
        from pipeline.stream.lanes import replay_topic

        try:
            admin, wanted = clients.admin(chosen), [replay_topic(chosen)] if lane else topics.specs(chosen)
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


def _acls(chosen: Settings, lane: bool, as_json: bool) -> None:
    """Needs no broker."""
    from pipeline.stream.acls import LANE_ROLES, ROLES, acls
    from pipeline.stream.lanes import replay_lane

    named = replay_lane(chosen) if lane else chosen
    granted = {role: acls(named, role) for role in (LANE_ROLES if lane else ROLES)}
    if as_json:
        print_json([{"role": role, **asdict(acl)} for role, needed in granted.items() for acl in needed])
        return
    for role, needed in granted.items():
        click.echo(f"# {role}")
        for acl in needed:
            click.echo(acl.command(chosen.kafka.bootstrap_servers, f"articles-{role}"))


def _state(name: str, partitions: int, replicas: int) -> str:
    return f"{name}: {partitions} partitions, replicas {replicas}" if partitions else f"{name}: does not exist"
