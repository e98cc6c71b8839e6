"""`articles doctor`: what is there, what is not, and what to do about it."""

from __future__ import annotations

import importlib.metadata
import pyexpat
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from pipeline.cli.common import json_option, print_json, servers_option, settings

_LIBRARIES = (
    "faust-streaming", "aiokafka", "orjson", "confluent-kafka", "trafilatura", "selectolax", "lxml", "py3langid",
    "python-crfsuite", "dateparser", "ftfy", "pydantic", "click", "rich",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `fix` says what to do when it is not `ok`."""

    name: str
    ok: bool
    found: str
    fix: str = ""


@click.command("doctor")
@servers_option
@json_option
def command(bootstrap_servers: str | None, config: Path | None, as_json: bool) -> None:
    """Checks Python, libraries, models, a child process and the brokers. Exit 1 when something is not right.

    Example: articles doctor --bootstrap-servers kafka:9092
    """
    chosen = settings(config, kafka__bootstrap_servers=bootstrap_servers)
    checks = [_python(), *map(_library, _LIBRARIES), _expat(), _models(), *_broker(chosen)]
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            mark = click.style("ok  ", fg="green") if check.ok else click.style("FAIL", fg="red")
            click.echo(f"{mark} {check.name:18} {check.found}" + (f"\n     -> {check.fix}" if not check.ok else ""))
    sys.exit(0 if all(check.ok for check in checks) else 1)


def _python() -> Check:
    return Check("python", sys.version_info >= (3, 11), sys.version.split()[0], "install Python 3.11 or newer")


def _library(name: str) -> Check:
    try:
        return Check(name, True, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Check(name, False, "not installed", "run: make install")


def _expat() -> Check:
    from lxml import etree

    version = ".".join(map(str, etree.LIBXML_VERSION))
    return Check("parsers", True, f"{pyexpat.EXPAT_VERSION}, libxml2 {version}; all Python sources, none compiled by us")


def _models() -> Check:
    from pipeline.enrich.entities import ModelError
    from pipeline.flow import made_by

    try:
        return Check("models", True, ", ".join(f"{k} {v}" for k, v in made_by().models.items()))
    except ModelError as error:
        return Check("models", False, str(error), "run: make install")


def _broker(chosen: object) -> list[Check]:
    from pipeline.settings import Settings
    from pipeline.stream import clients, topics
    from pipeline.stream.embedded import is_embedded
    from pipeline.stream.errors import KafkaException

    assert isinstance(chosen, Settings)
    servers = chosen.kafka.bootstrap_servers
    try:
        admin = clients.admin(chosen)
        cluster = admin.list_topics(timeout=5)
        kind = "embedded broker: development only" if is_embedded(cluster.cluster_id) else f"{len(cluster.brokers)} brokers"
        found = [Check("kafka", True, f"{servers}: {kind}")]
        wrong = topics.check(admin, topics.specs(chosen))
    except KafkaException as error:
        return [Check("kafka", False, f"{servers}: {error.args[0].name()}", "start Kafka, or name it: --bootstrap-servers")]
    if not wrong:
        return [*found, Check("topics", True, "as they should be")]
    return [*found, *(Check("topics", False, d.message, topics.CREATE_COMMAND) for d in wrong)]
