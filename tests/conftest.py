"""What tests of several folders share: the brokers, the corpora, and the last line, which names what was skipped."""

from __future__ import annotations

import collections
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    from pipeline.settings import Settings
    from pipeline.stream.embedded import EmbeddedBroker
    from tests.kafka.server import KafkaServer

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("data", "kafka")
MakeTopics = Callable[..., list[str]]

# no deadlines: machines are shared; in CI the same examples every time, so that a red run can be run again
hypothesis_settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile("ci", parent=hypothesis_settings.get_profile("shared"), derandomize=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") == "true" else "shared")


def corpora() -> Path:
    """The folder of the corpora, which need not exist."""
    return Path(os.environ.get("ARTICLES_DATA") or ROOT.parent / "shared" / "data")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `data` are skipped where the corpora are not."""
    if corpora().is_dir():
        return
    where = "ARTICLES_DATA names no folder" if os.environ.get("ARTICLES_DATA") else "ARTICLES_DATA not set"
    for item in items:
        if item.get_closest_marker("data"):
            item.add_marker(pytest.mark.skip(reason=where))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Prints the last line of a run: how many tests were skipped, of which kind, and why."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or config.option.collectonly or hasattr(config, "workerinput"):
        return
    reporter.write_line(skipped_line(reporter.stats.get("skipped", [])))


def skipped_line(reports: list[pytest.TestReport]) -> str:
    """'skipped: 3 data (ARTICLES_DATA not set), 0 kafka': always the marked kinds, then others if there are any."""
    counts: collections.Counter[str] = collections.Counter()
    reasons: dict[str, dict[str, None]] = collections.defaultdict(dict)
    for report in reports:
        kind = next((kind for kind in KINDS if kind in getattr(report, "keywords", ())), "other")
        counts[kind] += 1
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[kind][reason.removeprefix("Skipped: ")] = None
    kinds = [*KINDS, *(["other"] if counts["other"] else [])]
    parts = [f"{counts[kind]} {kind}" + (f" ({'; '.join(reasons[kind])})" if reasons[kind] else "") for kind in kinds]
    return f"skipped: {', '.join(parts)}"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of the corpora, for tests marked `data`."""
    if not corpora().is_dir():
        pytest.fail("a test that uses data_dir must be marked: @pytest.mark.data")
    return corpora()


@pytest.fixture(scope="session")
def kafka() -> Iterator[KafkaServer]:
    """A real broker for the whole run; tests that use it are marked `kafka`."""
    from tests.kafka.server import KafkaServer, KafkaUnavailable, free_port

    try:
        server = KafkaServer(listener=("PROXIED", "PLAINTEXT"), proxy=free_port()).start()
    except KafkaUnavailable as missing:
        unavailable(str(missing))
    yield server
    server.close()


def unavailable(why: str) -> NoReturn:
    """Skips the test, or fails it where CI=true: there everything must run."""
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture
def topics(kafka: KafkaServer) -> Iterator[MakeTopics]:
    """`topics("in", "out", partitions=8, config={...})` creates topics and returns their unique names."""
    from pipeline.stream import clients
    from pipeline.stream.topics import TopicSpec, create

    admin = clients.admin(unique_settings(kafka.bootstrap_servers))
    made: list[str] = []

    def make(*names: str, partitions: int = 8, config: dict[str, str] | None = None) -> list[str]:
        unique = [f"{name}-{uuid.uuid4().hex[:8]}" for name in names]
        created = create(admin, [TopicSpec("", name, "", partitions, 1, config or {}) for name in unique])
        assert all(one.new for one in created), created
        made.extend(unique)
        return unique

    yield make
    for future in (admin.delete_topics(made) if made else {}).values():
        future.result()


@pytest.fixture
def kafka_settings(kafka: KafkaServer) -> Iterator[Settings]:
    """Settings for the real broker, with a group and topic names of their own; all six topics exist."""
    from pipeline.stream import clients
    from pipeline.stream import topics as ours

    settings = unique_settings(kafka.bootstrap_servers)
    admin, wanted = clients.admin(settings), ours.specs(settings)
    failed = [created for created in ours.create(admin, wanted) if created.error]
    assert failed == []
    yield settings
    for future in admin.delete_topics([spec.name for spec in wanted]).values():
        future.result()


def unique_settings(bootstrap_servers: str) -> Settings:
    """Default settings for a broker, with a group and topic names that no other test has."""
    from pipeline.settings import Kafka, Settings, Topics, Worker

    tag = uuid.uuid4().hex[:8]
    names = {key: f"{field.default}-{tag}" for key, field in Topics.model_fields.items()}
    return Settings(
        kafka=Kafka(bootstrap_servers=bootstrap_servers), topics=Topics(**names), worker=Worker(group=f"articles-{tag}")
    )


@pytest.fixture
def embedded() -> Iterator[EmbeddedBroker]:
    """An embedded broker without topics."""
    from pipeline.stream.embedded import EmbeddedBroker

    with EmbeddedBroker() as broker:
        yield broker
