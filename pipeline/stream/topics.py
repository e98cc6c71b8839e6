"""The topics as they should be (topics.yaml) and as they are: create, check, show. Nothing else ever creates one."""

from __future__ import annotations

import importlib.resources
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, cast

import yaml
from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic  # type: ignore[attr-defined]  # its stubs
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from pipeline.settings import ConfigError, Settings, Topics
from pipeline.stream.clients import BATCH_BYTES, largest_raw, largest_record
from pipeline.stream.embedded import PARTITIONS, is_embedded

CREATE_COMMAND = "articles topics create"
REPLAY = ".replay"  # behind the name of the raw topic: that of the replay lane (lanes.py)
DEFAULT_FILE = Path("config/topics.yaml")
_SECONDS = 15.0
_SITE_BYTES = 650  # of a ledger record, for each record of its batch: a host name, twice, and ten numbers
_SIZE = "max.message.bytes"
_POLICY = "cleanup.policy"


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as it should be; `key` is its name in the settings group `topics`, `need` the least max.message.bytes."""

    key: str
    name: str
    doc: str
    partitions: int
    replication_factor: int  # -1: the brokers' default
    config: Mapping[str, str]
    need: int = 0


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as it is on the brokers; `partitions` 0: it is missing; `config` None: not to be asked.

    `forbidden`: it may be there, and this user may neither read nor write it.
    """

    spec: TopicSpec
    partitions: int
    replication_factor: int
    config: Mapping[str, str] | None
    forbidden: bool = False


class Kind(str, Enum):
    """How a topic differs from its specification."""

    MISSING = "missing"
    FORBIDDEN = "forbidden"
    PARTITIONS = "partitions"
    CLEANUP_POLICY = "cleanup_policy"
    MAX_MESSAGE_BYTES = "max_message_bytes"


@dataclass(frozen=True, slots=True)
class Difference:
    """What is wrong with a topic; the message names the fix."""

    topic: str
    kind: Kind
    message: str


@dataclass(frozen=True, slots=True)
class Created:
    """What became of the wish to create a topic; `error` None: it exists now, `new` or from before."""

    topic: str
    new: bool
    error: str | None = None


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    doc: str
    partitions: int = Field(ge=1)
    replication_factor: int = Field(ge=-1)
    config: dict[str, str | int]


_FILE = TypeAdapter(dict[str, _Entry])


def specs(settings: Settings, path: Path | None = None) -> list[TopicSpec]:
    """The topics of `path`, else of ./config/topics.yaml where it exists, else of the package. Raises ConfigError."""
    file = path or (DEFAULT_FILE if DEFAULT_FILE.is_file() else None)
    source = str(file) if file else "the package's topics.yaml"
    try:
        text = file.read_text("utf-8") if file else packaged()
        parsed = _FILE.validate_python(yaml.safe_load(text))
    except OSError as error:
        raise ConfigError(f"{source} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{source} is not YAML: {error}") from error
    except ValidationError as error:
        detail = error.errors()[0]
        place = ".".join(map(str, detail["loc"])) or "the whole file"
        raise ConfigError(f"{source}: {place}: {detail['msg']}") from error
    if parsed.keys() != Topics.model_fields.keys():
        wrong = sorted(parsed.keys() ^ Topics.model_fields.keys())
        raise ConfigError(f"{source}: its topics must be {', '.join(Topics.model_fields)}; look at {', '.join(wrong)}")
    return [_spec(settings, key, entry, source) for key, entry in ((key, parsed[key]) for key in Topics.model_fields)]


def packaged() -> str:
    """The text of the topics.yaml in the package."""
    return importlib.resources.files("pipeline.stream").joinpath("topics.yaml").read_text("utf-8")


def _spec(settings: Settings, key: str, entry: _Entry, source: str) -> TopicSpec:
    config = {name: str(value) for name, value in entry.config.items()}
    need = {
        "raw": largest_raw(settings),
        "enriched": largest_record(settings),
        "rejected": largest_record(settings),
        "dead": largest_record(settings),
        "ledger": BATCH_BYTES + settings.worker.batch_records * _SITE_BYTES,
    }.get(key, BATCH_BYTES)
    if "compact" in config.get(_POLICY, ""):
        raise ConfigError(f"{source}: {key}: cleanup.policy must be delete; deliveries with one key all count")
    if not config.get(_SIZE, "0").isdecimal() or need > int(config.get(_SIZE, need)):
        raise ConfigError(f"{source}: {key}: {_SIZE} must be at least {need}, which the settings ask for")
    name = str(getattr(settings.topics, key))
    return TopicSpec(key, name, entry.doc, entry.partitions, entry.replication_factor, config, need)


def create(admin: AdminClient, wanted: Sequence[TopicSpec]) -> list[Created]:
    """Creates what is missing and changes nothing that exists. Raises KafkaException when no broker answers."""
    metadata = admin.list_topics(timeout=_SECONDS)
    missing = [spec for spec in wanted if spec.name not in metadata.topics]
    if is_embedded(metadata.cluster_id):  # it knows no CreateTopics: there, to ask for a topic creates it
        for spec in missing:
            admin.list_topics(spec.name, timeout=_SECONDS)
        return [Created(spec.name, spec in missing) for spec in wanted]
    new = [NewTopic(spec.name, spec.partitions, spec.replication_factor, config=dict(spec.config)) for spec in missing]
    futures = admin.create_topics(new, operation_timeout=_SECONDS) if new else {}
    outcomes = {name: _outcome(name, future) for name, future in futures.items()}
    _await(admin, {name for name, created in outcomes.items() if not created.error})
    return [outcomes.get(spec.name, Created(spec.name, new=False)) for spec in wanted]


def _await(admin: AdminClient, names: set[str]) -> None:
    """Until the brokers know what the controller has made: milliseconds, as a rule."""
    deadline = time.monotonic() + _SECONDS
    while not names <= admin.list_topics(timeout=_SECONDS).topics.keys() and time.monotonic() < deadline:
        time.sleep(0.05)


def _outcome(name: str, future: Any) -> Created:
    try:
        future.result()
    except KafkaException as failure:
        error = failure.args[0]
        if error.code() == KafkaError.TOPIC_ALREADY_EXISTS:  # somebody was faster
            return Created(name, new=False)
        return Created(name, new=False, error=f"{error.name()}: {error.str()}")
    return Created(name, new=True)


def show(admin: AdminClient, wanted: Sequence[TopicSpec]) -> list[TopicState]:
    """The topics as the brokers have them. Raises KafkaException when no broker answers."""
    metadata = admin.list_topics(timeout=_SECONDS)
    present = [spec.name for spec in wanted if spec.name in metadata.topics]
    if is_embedded(metadata.cluster_id):
        configs: Mapping[str, Mapping[str, str]] = {}
        wanted = [replace(spec, partitions=min(spec.partitions, PARTITIONS)) for spec in wanted]
    else:
        configs = _configs(admin, present)
    states = []
    for spec in wanted:
        found = metadata.topics[spec.name].partitions if spec.name in present else {}
        replicas = min((len(partition.replicas) for partition in found.values()), default=0)
        forbidden = not found and not is_embedded(metadata.cluster_id) and _forbidden(admin, spec.name)
        states.append(TopicState(spec, len(found), replicas, configs.get(spec.name), forbidden))
    return states


def error_of(admin: AdminClient, name: str) -> KafkaError | None:
    """Why a topic is not in the list of all: that leaves out what the user may not see. This question creates none."""
    (future,) = admin.describe_topics(TopicCollection([name]), request_timeout=_SECONDS).values()
    failure = future.exception()
    return failure.args[0] if isinstance(failure, KafkaException) else None


def _forbidden(admin: AdminClient, name: str) -> bool:
    error = error_of(admin, name)
    return error is not None and error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED


def _configs(admin: AdminClient, names: Iterable[str]) -> dict[str, Mapping[str, str]]:
    resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in names]
    if not resources:
        return {}
    futures = admin.describe_configs(resources, request_timeout=_SECONDS)
    found: dict[str, Mapping[str, str]] = {}
    for resource, future in futures.items():
        try:
            found[resource.name] = {name: str(entry.value) for name, entry in cast(Any, future.result()).items()}
        except KafkaException as failure:  # a worker needs no DescribeConfigs permission; the check then leaves it out
            if failure.args[0].code() != KafkaError.TOPIC_AUTHORIZATION_FAILED:
                raise
    return found


def check(admin: AdminClient, wanted: Sequence[TopicSpec]) -> list[Difference]:
    """What would lose or refuse records, empty when all is well. Raises KafkaException when no broker answers."""
    return [difference for state in show(admin, wanted) for difference in compare(state)]


def compare(state: TopicState) -> list[Difference]:
    """How a topic differs from its specification in what matters; more partitions or longer retention do not."""
    spec, config, found = state.spec, state.config or {}, []
    if state.forbidden:
        message = f"topic {spec.name} may not be used: TOPIC_AUTHORIZATION_FAILED; see `articles topics acls`"
        return [Difference(spec.name, Kind.FORBIDDEN, message)]
    if not state.partitions:
        lane = " --lane replay" if spec.name.endswith(REPLAY) else ""
        message = f"topic {spec.name} does not exist; create it: {CREATE_COMMAND}{lane}"
        return [Difference(spec.name, Kind.MISSING, message)]
    if state.partitions < spec.partitions:
        message = (
            f"topic {spec.name} has {state.partitions} partitions instead of {spec.partitions}; add some, or lower "
            f"the number in topics.yaml (keys move to other partitions when some are added)"
        )
        found.append(Difference(spec.name, Kind.PARTITIONS, message))
    if "compact" in config.get(_POLICY, ""):
        message = f"topic {spec.name} is compacted, which deletes records with the same key; set {_POLICY}=delete"
        found.append(Difference(spec.name, Kind.CLEANUP_POLICY, message))
    if _SIZE in config and int(config[_SIZE]) < spec.need:
        message = f"topic {spec.name} takes records of {config[_SIZE]} bytes only; set {_SIZE}={spec.need} or more"
        found.append(Difference(spec.name, Kind.MAX_MESSAGE_BYTES, message))
    return found
