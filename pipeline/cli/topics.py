"""`articles topics`: create, check, show."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pipeline.cli.common import fail, json_option, print_json, servers_option, settings


@click.command("topics")
@click.argument("action", type=click.Choice(["create", "check", "show"]))
@servers_option
@json_option
def command(action: str, bootstrap_servers: str | None, config: Path | None, as_json: bool) -> None:
    """Creates the topics of config/topics.yaml, checks them (exit 1 on a difference), or shows them.

    Example: articles topics create --bootstrap-servers kafka:9092
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    from pipeline.settings import ConfigError
    from pipeline.stream import clients, topics
    from pipeline.stream.errors import KafkaException

    try:
        admin, wanted = clients.admin(chosen), topics.specs(chosen)
        if action == "create":
            created = topics.create(admin, wanted)
            rows: list[dict[str, object]] = [{"topic": c.topic, "new": c.new, "error": c.error} for c in created]
            bad = any(c.error for c in created)
        elif action == "check":
            differences = topics.check(admin, wanted)
            rows = [{"topic": d.topic, "difference": d.kind.value, "message": d.message} for d in differences]
            bad = bool(differences)
        else:
            states = topics.show(admin, wanted)
            rows = [{"topic": s.spec.name, "partitions": s.partitions, "replicas": s.replication_factor} for s in states]
            bad = False
    except ConfigError as error:
        raise fail(str(error)) from None
    except KafkaException as error:
        raise fail(f"no broker answers at {chosen.kafka.bootstrap_servers}: {error.args[0].name()}") from None
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo("  ".join(f"{key} {value}" for key, value in row.items() if value not in (None, "")))
        if action == "check" and not rows:
            click.echo("all topics are as they should be")
    sys.exit(1 if bad else 0)
