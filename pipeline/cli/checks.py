"""What `articles doctor` looks at. A check never raises: what is wrong is its result."""

from __future__ import annotations

import pyexpat
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.settings import Settings

_INSTALL = "install again: make install, or pip install --force-reinstall articles"
_PACKAGE = Path(__file__).parents[1]
_REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?([^;]*)(;.*)?")
_BOUND = re.compile(r"(>=|<)\s*([0-9.]+)")
_ROOTS = ("pipeline.flow", "pipeline.stream.service", "pipeline.cli.show")  # between them they import every library
_NEED_COMPILED = frozenset({"confluent-kafka", "lxml", "orjson", "selectolax"})


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `fix` says what to do when it is not `ok`."""

    name: str
    ok: bool
    found: str
    fix: str = ""


def everything(settings: Settings) -> Iterator[Check]:
    """All checks, as they are made."""
    yield python(sys.version_info[:3])
    try:
        needed = requires("articles") or []
    except PackageNotFoundError:
        yield Check("articles", False, "runs from a folder, not installed", _INSTALL)
        return
    yield from filter(None, map(library, needed))
    yield compiled(_PACKAGE)
    loads = imports(_ROOTS)
    yield loads
    if not loads.ok:
        return
    yield parsers()
    yield models()
    yield child(settings)
    yield from kafka(settings)


def python(version: Sequence[int]) -> Check:
    """Is it new enough?"""
    return Check("python", tuple(version) >= (3, 11), ".".join(map(str, version)), "install Python 3.11 or newer")


def library(requirement: str) -> Check | None:
    """Is it installed, within its bounds, with the compiled parts it cannot do without? None for what is optional."""
    match = _REQUIREMENT.fullmatch(requirement)
    assert match is not None
    name, bounds, condition = match.groups()
    if condition and "extra" in condition:
        return None
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return Check(name, False, "not installed", _INSTALL)
    parts = [file for file in found.files or [] if file.name.endswith(tuple(EXTENSION_SUFFIXES))]
    has_code = any(Path(str(file.locate())).exists() for file in parts)
    told = f"{found.version}{', compiled' if has_code else ''}"
    if not within(found.version, bounds):
        return Check(name, False, f"{told}, but {bounds.strip()} is needed", _INSTALL)
    if name in _NEED_COMPILED and not has_code:
        return Check(name, False, f"{told}, without its compiled part for this Python", _INSTALL)
    return Check(name, True, told)


def within(version: str, bounds: str) -> bool:
    """Does a version keep to bounds like '>=8.3,<8.4'? What follows the numbers (rc1, .post1) does not count."""
    have = _numbers(version)
    for relation, bound in _BOUND.findall(bounds):
        limit = _numbers(bound)
        if (have < limit) if relation == ">=" else (have >= limit):
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    leading = re.match(r"[0-9]+(?:\.[0-9]+)*", version)
    numbers = [int(part) for part in leading[0].split(".")] if leading else []
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def compiled(package: Path) -> Check:
    """Which of our own modules are compiled, and which only could be; a .pxd file beside a module says that it can."""
    names: dict[bool, list[str]] = {True: [], False: []}
    for types in sorted(package.rglob("*.pxd")):
        is_compiled = any(types.with_suffix(suffix).exists() for suffix in EXTENSION_SUFFIXES)
        module = types.relative_to(package.parent).with_suffix("")
        names[is_compiled].append(".".join(module.parts))
    told = [", ".join(names[True])] if names[True] else []
    if names[False]:
        told.append(f"plain Python, slower, for it was installed without a C compiler: {', '.join(names[False])}")
    return Check("compiled", True, "; ".join(told))


def imports(roots: Sequence[str]) -> Check:
    """Do all libraries load? A wheel for another system is there and does not."""
    start = time.monotonic()
    for root in roots:
        try:
            import_module(root)
        except ImportError as error:
            return Check("imports", False, f"{root}: {error}", _INSTALL)
    return Check("imports", True, f"everything loads, in {time.monotonic() - start:.1f} s")


def parsers() -> Check:
    """The C libraries that read what strangers wrote."""
    from lxml import etree

    version = ".".join(map(str, etree.LIBXML_VERSION))
    return Check("parsers", True, f"{pyexpat.EXPAT_VERSION.replace('_', ' ')}, libxml2 {version}")


def models() -> Check:
    """Do they load, and which are they?"""
    from pipeline.enrich.entities import ModelError
    from pipeline.flow import made_by

    try:
        return Check("models", True, ", ".join(f"{name} {sum_}" for name, sum_ in made_by().models.items()))
    except (ModelError, OSError) as error:
        return Check("models", False, str(error), _INSTALL)


def child(settings: Settings) -> Check:
    """Starts a child process under the limits in force and gives it a record."""
    from pipeline.job import Job, enricher_config
    from pipeline.pool import Pool, PoolError, PoolRules
    from pipeline.records import FileOrigin

    limits = settings.limits
    start = time.monotonic()
    pool = Pool(
        PoolRules(1, limits.cpu_seconds, limits.child_memory_bytes), "pipeline.job:enricher", enricher_config(settings)
    )
    try:
        result = pool.submit([Job(b'{"text": "The council met."}', (), FileOrigin("doctor", 1))]).result()[0]
    except PoolError as error:
        fix = "see its error above; with a memory limit (limits.child_memory_bytes, a container's) give it more"
        return Check("child process", False, str(error), fix)
    finally:
        pool.close()
    if result.outcome == "dead":
        found = f"a plain record is dead: {result.reason} ({result.detail})"
        return Check("child process", False, found, "raise limits.cpu_seconds and limits.child_memory_bytes")
    return Check("child process", True, f"started and gave a result in {time.monotonic() - start:.1f} s")


def kafka(settings: Settings) -> Iterator[Check]:
    """Does a broker answer, of which kind, and are the topics as they should be?"""
    from pipeline.settings import ConfigError
    from pipeline.stream import clients, topics
    from pipeline.stream.embedded import is_embedded
    from pipeline.stream.errors import KafkaException
    from pipeline.stream.reach import unreachable

    servers = settings.kafka.bootstrap_servers
    if why := unreachable(settings):
        fix = "start Kafka or `articles broker`, or name it: --bootstrap-servers; `articles run` needs none"
        yield Check("kafka", False, f"{servers}: {why}", fix)
        return
    try:
        admin = clients.admin(settings)
        cluster = admin.list_topics(timeout=5)
        embedded = is_embedded(cluster.cluster_id)
        kind = "the embedded broker, development only: at least once, it drops data" if embedded else "Kafka"
        yield Check("kafka", True, f"{servers}: {kind}, brokers {len(cluster.brokers)}")
        wrong = topics.check(admin, topics.specs(settings))
    except KafkaException as error:
        yield Check("topics", False, str(error.args[0].str()), "ask for the permission to describe topics")
        return
    except ConfigError as error:
        yield Check("topics", False, str(error), "mend config/topics.yaml")
        return
    if not wrong:
        yield Check("topics", True, "as they should be")
    for difference in wrong:
        missing = difference.kind == topics.Kind.MISSING
        fix = f"{topics.CREATE_COMMAND} --bootstrap-servers {servers}" if missing else "change it with kafka-topics.sh"
        yield Check("topics", False, difference.message, fix)
