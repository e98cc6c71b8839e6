"""Every setting: typed, with its default and one sentence, grouped by the part that reads it.

The README's table is generated from here, and so is the file: `python -m pipeline.settings > config/pipeline.toml`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FilePath,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)

from pipeline import layers
from pipeline.groups import Group, as_toml, type_name
from pipeline.layers import ConfigError as ConfigError  # what load raises

TopicName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
Compression = Literal["none", "gzip", "snappy", "lz4", "zstd"]
DEFAULT_FILE = Path("config/pipeline.toml")
DEFAULT_OVERRIDES = Path("config/entities.toml")
_SERVERS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}")
HEAD = """\
# Every setting with its default: take away a '#' and change the value. Flags and environment variables
# (ARTICLES_<SECTION>__<KEY>) win over this file. Written by `python -m pipeline.settings`.
"""


class Kafka(Group):
    """How to reach the brokers; read by every client."""

    bootstrap_servers: str = Field(default="127.0.0.1:9092", description="brokers to ask first: host:port, ...")
    client_id: str = Field(default="articles", description="name of our clients in the brokers' logs and quotas")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="how to connect; never a password without TLS"
    )
    ssl_ca: FilePath | None = Field(default=None, description="PEM file of authorities to trust; empty: the system's")
    ssl_cert: FilePath | None = Field(default=None, description="PEM file of our certificate, if brokers want one")
    ssl_key: FilePath | None = Field(default=None, description="PEM file of our certificate's private key")
    ssl_key_password: SecretStr | None = Field(default=None, description="password of the private key")
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="how to log in under SASL_SSL"
    )
    sasl_username: str | None = Field(default=None, description="user name under SASL_SSL")
    sasl_password: SecretStr | None = Field(default=None, description="password; better set in the environment")

    @field_validator("bootstrap_servers")
    @classmethod
    def _servers(cls, value: str) -> str:
        if not all(_SERVERS.fullmatch(part.strip()) for part in value.split(",")):
            raise ValueError("is not a list of servers; write host:port, separated by commas")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Kafka:
        if self.security_protocol == "SASL_SSL" and not (self.sasl_username and self.sasl_password):
            raise ValueError("security_protocol SASL_SSL needs sasl_username and sasl_password")
        if self.security_protocol != "SASL_SSL" and (self.sasl_username or self.sasl_password):
            raise ValueError("sasl_username and sasl_password are used under security_protocol SASL_SSL only; set it")
        if bool(self.ssl_cert) != bool(self.ssl_key):
            raise ValueError("ssl_cert and ssl_key go together; set both or none")
        return self


class Topics(Group):
    """Names of the topics; what they are made of stands in config/topics.yaml."""

    raw: TopicName = Field(default="articles.raw.v1", description="raw articles, as they were fed")
    enriched: TopicName = Field(default="articles.enriched.v1", description="clean articles with entities and cuts")
    rejected: TopicName = Field(default="articles.rejected.v1", description="readable records that are no article")
    dead: TopicName = Field(default="articles.raw.v1.dlq", description="raw records that could not be processed")
    ledger: TopicName = Field(default="articles.ledger.v1", description="what became of every batch of offsets")
    entities: TopicName = Field(default="articles.entities.v1", description="one record an article and entity")

    @model_validator(mode="after")
    def _distinct(self) -> Topics:
        names = list(self.model_dump().values())
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two topics have the name {twice[0]}; each needs its own")
        return self


class Worker(Group):
    """The exactly-once loop and its child processes."""

    group: TopicName = Field(default="articles", description="consumer group; also the prefix of the transactional ids")
    slot: TopicName | None = Field(
        default=None, description="name of this worker in its group, kept over restarts; empty: host name and a number"
    )
    children: int = Field(default=0, ge=0, le=1024, description="child processes that do the work; 0: one a processor")
    batch_records: int = Field(default=500, ge=1, le=100_000, description="records taken at once, at most")
    batches_in_flight: int = Field(default=3, ge=1, le=64, description="batches in work; beyond, partitions are paused")
    session_timeout_ms: int = Field(default=6000, ge=1000, le=1_800_000, description="silence before it is replaced")
    heartbeat_interval_ms: int = Field(default=1000, ge=100, description="time between signs of life; session / 3")
    transaction_timeout_ms: int = Field(default=10000, ge=2000, le=900_000, description="age at which brokers abort it")
    compression: Compression = Field(default="lz4", description="compression of what we produce")
    delivery: Literal["auto", "exactly_once", "at_least_once"] = Field(
        default="auto", description="auto: exactly once, but at least once on the embedded broker"
    )
    start_from: Literal["earliest", "latest"] = Field(
        default="earliest", description="where a group without offsets starts"
    )

    @property
    def processes(self) -> int:
        """Child processes to start."""
        usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return self.children or usable or 1

    @model_validator(mode="after")
    def _times(self) -> Worker:
        if self.heartbeat_interval_ms * 3 > self.session_timeout_ms:
            raise ValueError("heartbeat_interval_ms must be at most a third of session_timeout_ms")
        return self


class Breaker(Group):
    """When too many records die in a row or in the window, a stage stops instead of writing dead letters."""

    enabled: bool = Field(default=True, description="false: every dead record becomes a letter, however many there are")
    window_records: int = Field(default=1000, ge=10, le=1_000_000, description="records that shares are taken of")
    share: float = Field(default=0.5, gt=0, le=1, description="dead share of the window that is too much")
    run: int = Field(default=500, ge=1, description="dead records in a row that are still bearable")
    fault_share: float = Field(
        default=0.2, gt=0, le=1, description="the same share for each of timeout, memory, crashed, internal_error"
    )
    fault_run: int = Field(default=100, ge=1, description="the same run for each of those four")
    untried: int = Field(default=10, ge=0, description="letters that may be written before any record came out well")
    pause_seconds: float = Field(default=60.0, ge=0.1, le=86_400, description="time until one batch is tried again")


class Limits(Group):
    """Bounds on one article."""

    record_bytes: int = Field(default=8 * 1024**2, ge=1024, le=256 * 1024**2, description="largest raw record")
    html_bytes: int = Field(default=5 * 1024**2, ge=1024, description="largest page, as bytes of its HTML in UTF-8")
    depth: int = Field(default=5000, ge=10, le=5000, description="open tags of a page at one point")
    cpu_seconds: float = Field(default=2.0, gt=0, le=3600, description="processor time of an article")
    child_memory_bytes: int = Field(default=1024**3, ge=256 * 1024**2, description="memory of a child process")


class Records(Group):
    """What the enriched records hold."""

    cuts: Literal["full", "spans", "off"] = Field(
        default="full", description="what was cut: with its text, its offsets only, or not at all"
    )


class Entities(Group):
    """Tagging."""

    languages: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")], ...] = Field(
        default=("en",), description="languages that are tagged, ISO 639 codes; the model is English"
    )
    backend: Literal["articles", "spacy"] = Field(default="articles", description="tagger: ours, or one of spaCy's")
    spacy_pipeline: str = Field(default="en_core_web_sm", description="installed pipeline of spaCy, for that backend")
    overrides: FilePath | None = Field(
        default=None, description="file of merged, split and stopped entities; empty: config/entities.toml, if there"
    )

    @field_validator("overrides")
    @classmethod
    def _sound(cls, path: Path | None) -> Path | None:
        if path is not None and (text := layers.toml_text(path)):
            from pipeline.enrich.entities.overrides import parse  # loads the tagger's library

            parse(text)
        return path

    def overrides_text(self) -> str:
        """What the file of overrides says; nothing without one."""
        return "" if self.overrides is None else layers.toml_text(self.overrides)


class Http(Group):
    """The worker's metrics, health and page."""

    host: str = Field(default="127.0.0.1", description="address to listen on; 0.0.0.0 shows it to the network")
    port: int = Field(default=8080, ge=0, le=65535, description="port to listen on; 0: any free one")


class Intake(Group):
    """`articles intake`: raw articles by HTTP."""

    host: str = Field(default="127.0.0.1", description="address to listen on; another than loopback wants a token")
    port: int = Field(default=8090, ge=0, le=65535, description="port to listen on; 0: any free one")
    token: SecretStr | None = Field(default=None, description="what clients send as Authorization: Bearer ...")
    body_bytes: int = Field(default=64 * 1024**2, ge=1024, description="largest request, expanded")
    requests: int = Field(default=16, ge=1, le=1000, description="requests at once; beyond, 503")
    idle_seconds: float = Field(default=30.0, ge=0.1, le=3600, description="silence after which a request is given up")

    @model_validator(mode="after")
    def _guarded(self) -> Intake:
        if self.token is None and self.host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("a host that others reach needs intake.token; better set in the environment")
        return self


class Log(Group):
    """Log lines, on stderr."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="least severity shown")
    format: Literal["auto", "json", "text"] = Field(default="auto", description="auto: text on a terminal, else JSON")


class Settings(BaseModel):
    """All settings; a part of the program is handed its own group."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kafka: Kafka = Kafka()
    topics: Topics = Topics()
    worker: Worker = Worker()
    breaker: Breaker = Breaker()
    limits: Limits = Limits()
    records: Records = Records()
    entities: Entities = Entities()
    http: Http = Http()
    intake: Intake = Intake()
    log: Log = Log()


class Setting(NamedTuple):
    """One row of the table of settings; `default` is written as in TOML."""

    key: str
    env: str
    type: str
    default: str
    description: str


def load(config: Path | None, overrides: Mapping[str, Any], environ: Mapping[str, str]) -> Settings:
    """Flags > environment > `config`, else ARTICLES_CONFIG, else ./config/pipeline.toml where there is one > defaults.

    ./config/entities.toml is the default of entities.overrides, where there is one.

    `overrides` are flags by key ('kafka.bootstrap_servers'), None where not given. Raises ConfigError.
    """
    known = layers.keys(Settings)
    named = config or (Path(environ["ARTICLES_CONFIG"]) if environ.get("ARTICLES_CONFIG") else None)
    path = named or (DEFAULT_FILE if DEFAULT_FILE.is_file() else None)
    return layers.build(
        Settings,
        (
            {"entities.overrides": layers.Given(str(DEFAULT_OVERRIDES), "default")}
            if DEFAULT_OVERRIDES.is_file()
            else {},
            layers.from_file(path, known) if path else {},
            layers.from_environment(environ, known),
            layers.from_flags(overrides, known),
        ),
    )


def groups() -> Iterator[tuple[str, type[Group]]]:
    """Name and class of each section, in order."""
    for name, field in Settings.model_fields.items():
        assert isinstance(field.annotation, type)
        yield name, field.annotation


def describe() -> list[Setting]:
    """Every setting, in order."""
    return [
        Setting(key, layers.env_name(key), type_name(field), as_toml(field.default), str(field.description))
        for section, group in groups()
        for key, field in ((f"{section}.{name}", field) for name, field in group.model_fields.items())
    ]


def to_toml() -> str:
    """The text of config/pipeline.toml: every setting, commented out, with its default."""
    rows = {row.key: row for row in describe()}
    parts = [HEAD]
    for section, group in groups():
        parts.append(f"\n# {(group.__doc__ or '').strip()}\n[{section}]\n")
        for key in group.model_fields:
            row = rows[f"{section}.{key}"]
            parts.append(f"# {row.description} ({row.type})\n# {key} = {row.default}\n")
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(to_toml())
