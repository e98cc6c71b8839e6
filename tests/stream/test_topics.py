"""The topics as they should be, and the comparison with brokers, embedded and real."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
)

from pipeline.settings import ConfigError, Limits, Settings
from pipeline.stream import clients, topics
from pipeline.stream.embedded import EmbeddedBroker
from pipeline.stream.topics import Created, Kind, TopicSpec, TopicState
from tests.conftest import unique_settings

ROOT = Path(__file__).resolve().parents[2]
SPEC = TopicSpec("raw", "t", "doc", 8, -1, {}, need=1000)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts in an empty folder: no ./config/topics.yaml."""
    monkeypatch.chdir(tmp_path)


def edited(folder: Path, key: str, **changes: object) -> Path:
    """The packaged topics.yaml with one topic changed."""
    entries = yaml.safe_load(topics.packaged())
    entries[key] |= changes
    path = folder / "edited.yaml"
    path.write_text(yaml.safe_dump(entries))
    return path


def test_the_file_for_operators_is_the_packaged_one() -> None:
    """config/topics.yaml and the package's copy are the same bytes."""
    assert (ROOT / "config/topics.yaml").read_text("utf-8") == topics.packaged()


def test_specs() -> None:
    """Every topic of the settings has a specification under its own name, not compacted, with room for its records."""
    settings = unique_settings("x:1")
    specs = topics.specs(settings)
    assert {spec.key: spec.name for spec in specs} == settings.topics.model_dump()
    assert all(spec.config["cleanup.policy"] == "delete" and spec.doc for spec in specs)
    sizes = {spec.key: int(spec.config["max.message.bytes"]) for spec in specs}
    limit, overhead = settings.limits.record_bytes, 64 * 1024
    assert sizes["raw"] == limit + overhead
    assert {sizes[key] for key in ("enriched", "rejected", "dead")} == {3 * limit + overhead}
    assert max(sizes.values()) <= clients.largest_record(settings)


def test_which_file_is_read(tmp_path: Path) -> None:
    """A path that was given wins over ./config/topics.yaml, that over the package's."""
    Path("config").mkdir()
    edited(Path("config"), "raw", partitions=3).rename("config/topics.yaml")
    assert topics.specs(Settings())[0].partitions == 3
    assert topics.specs(Settings(), edited(tmp_path, "raw", partitions=5))[0].partitions == 5


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"partitions": 0}, "raw.partitions"),
        ({"partition": 8}, "raw.partition"),
        ({"config": {"cleanup.policy": "compact,delete"}}, "cleanup.policy must be delete"),
        ({"config": {"max.message.bytes": 1000}}, "max.message.bytes must be at least 8454144"),
        ({"config": {"max.message.bytes": "8 MiB"}}, "max.message.bytes must be at least 8454144"),
    ],
)
def test_a_wrong_file_says_where(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    """A value that cannot be is refused before any broker is asked, with the file and the place."""
    with pytest.raises(ConfigError, match=r"edited\.yaml") as caught:
        topics.specs(Settings(), edited(tmp_path, "raw", **changes))
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a\n", "a: [", "raw: {}\n", "raw: 3\n"])
def test_a_broken_file(tmp_path: Path, text: str) -> None:
    """A file that is not a mapping of topics is refused by name; so is one that is not there."""
    path = tmp_path / "broken.yaml"
    with pytest.raises(ConfigError, match=r"broken\.yaml"):
        topics.specs(Settings(), path)
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"broken\.yaml"):
        topics.specs(Settings(), path)


def test_topics_must_be_ours(tmp_path: Path) -> None:
    """A topic that is missing in the file, or unknown, is named."""
    entries = yaml.safe_load(topics.packaged())
    entries["row"] = entries.pop("raw")
    path = tmp_path / "t.yaml"
    path.write_text(yaml.safe_dump(entries))
    with pytest.raises(ConfigError, match="look at raw, row"):
        topics.specs(Settings(), path)


def test_a_larger_limit_needs_larger_topics() -> None:
    """limits.record_bytes over what topics.yaml gives is an error with the number to write."""
    with pytest.raises(ConfigError, match="at least 9065536"):
        topics.specs(Settings(limits=Limits(record_bytes=9_000_000)))


@pytest.mark.parametrize(
    ("partitions", "config", "kinds"),
    [
        (0, None, [Kind.MISSING]),
        (8, None, []),
        (9, {"max.message.bytes": "1000", "cleanup.policy": "delete"}, []),
        (7, {}, [Kind.PARTITIONS]),
        (8, {"cleanup.policy": "compact"}, [Kind.CLEANUP_POLICY]),
        (8, {"cleanup.policy": "compact,delete", "max.message.bytes": "1000"}, [Kind.CLEANUP_POLICY]),
        (1, {"max.message.bytes": "999"}, [Kind.PARTITIONS, Kind.MAX_MESSAGE_BYTES]),
    ],
)
def test_compare(partitions: int, config: dict[str, str] | None, kinds: list[Kind]) -> None:
    """Missing, too few partitions, compacted and too small are differences; what cannot be asked is none."""
    found = topics.compare(TopicState(SPEC, partitions, 1, config))
    assert [difference.kind for difference in found] == kinds
    assert all("topic t " in difference.message for difference in found)


def test_embedded(embedded: EmbeddedBroker) -> None:
    """On the embedded broker topics are missing, then created, then all right with its four partitions."""
    settings = unique_settings(embedded.bootstrap_servers)
    admin, specs = clients.admin(settings), topics.specs(settings)
    found = topics.check(admin, specs)
    assert [difference.kind for difference in found] == [Kind.MISSING] * 6
    assert found[0].message.endswith("create it: articles topics create")
    assert topics.create(admin, specs) == [Created(spec.name, new=True) for spec in specs]
    assert topics.check(admin, specs) == []
    assert topics.create(admin, specs) == [Created(spec.name, new=False) for spec in specs]
    assert {(state.partitions, state.config) for state in topics.show(admin, specs)} == {(4, None)}


@pytest.fixture
def real(kafka_settings: Settings) -> tuple[AdminClient, list[TopicSpec]]:
    """A real broker on which our topics exist."""
    return clients.admin(kafka_settings), topics.specs(kafka_settings)


@pytest.mark.kafka
def test_created_on_a_real_broker(real: tuple[AdminClient, list[TopicSpec]]) -> None:
    """What was created is what was specified; creating again changes nothing; nothing is wrong."""
    admin, specs = real
    assert topics.create(admin, specs) == [Created(spec.name, new=False) for spec in specs]
    assert topics.check(admin, specs) == []
    for state in topics.show(admin, specs):
        assert (state.partitions, state.replication_factor) == (8, 1)
        assert state.config is not None
        assert state.spec.config.items() <= state.config.items()


@pytest.mark.kafka
def test_check_asks_for_a_missing_topic_without_creating_it(real: tuple[AdminClient, list[TopicSpec]]) -> None:
    """A topic that is not there is named twice over: asking for it did not make it."""
    admin, specs = real
    missing = replace(specs[0], name=specs[0].name + "-missing")
    for _ in range(2):
        assert [found.kind for found in topics.check(admin, [missing])] == [Kind.MISSING]


@pytest.mark.kafka
def test_check_finds_what_others_changed(real: tuple[AdminClient, list[TopicSpec]]) -> None:
    """A topic that was made compacted, small and narrow by hand is named with each of the three."""
    admin, specs = real
    config = {"cleanup.policy": "compact", "max.message.bytes": "5000"}
    spec = replace(specs[0], name=specs[0].name + "-narrow")
    assert topics.create(admin, [replace(spec, partitions=2, config=config)]) == [Created(spec.name, new=True)]
    found = topics.check(admin, [spec])
    assert [one.kind for one in found] == [Kind.PARTITIONS, Kind.CLEANUP_POLICY, Kind.MAX_MESSAGE_BYTES]
    change = [ConfigEntry(name, spec.config[name], incremental_operation=AlterConfigOpType.SET) for name in config]
    resource = ConfigResource(ConfigResource.Type.TOPIC, spec.name, incremental_configs=change)
    admin.incremental_alter_configs([resource])[resource].result()
    assert [one.kind for one in topics.check(admin, [spec])] == [Kind.PARTITIONS]
    admin.delete_topics([spec.name])[spec.name].result()


@pytest.mark.kafka
def test_a_refused_topic_is_reported(real: tuple[AdminClient, list[TopicSpec]]) -> None:
    """What the broker will not create is an error of that topic alone."""
    admin, specs = real
    many = replace(specs[0], name=specs[0].name + "-many", replication_factor=3)
    refused, fine = topics.create(admin, [many, specs[1]])
    assert (refused.new, fine) == (False, Created(specs[1].name, new=False))
    assert "INVALID_REPLICATION_FACTOR" in str(refused.error)
