"""Compose file and image, as far as they can be checked without Docker: docs/decisions.md says how far."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import __version__
from pipeline.settings import Settings, describe, load
from pipeline.sources.files import read
from pipeline.stream.clients import largest_record
from tests import documents
from tests.documents import ROOT
from tests.kafka import server

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("articles:")}
PROMETHEUS = yaml.safe_load((ROOT / "config/deploy/prometheus/prometheus.yml").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PORT = Settings().http.port
_SECONDS = 60.0
_Line = tuple[str, str]


def dockerfile() -> list[list[_Line]]:
    """The instructions of each stage of the Dockerfile: name and text, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line.partition(" ") for line in text.splitlines() if line and not line.startswith("#")]
    stages: list[list[_Line]] = []
    for name, _, rest in lines:
        if name == "FROM":
            stages.append([])
        stages[-1].append((name, rest.strip()))
    return stages


def instruction(stage: list[_Line], name: str) -> str:
    """The one instruction of that name."""
    (found,) = [rest for line, rest in stage if line == name]
    return found


def health_command() -> list[str]:
    """What the image's HEALTHCHECK runs."""
    return list(yaml.safe_load(instruction(dockerfile()[-1], "HEALTHCHECK").partition("CMD ")[2]))


# --- the Compose file ---------------------------------------------------------------------------------------------


def test_the_services_are_there() -> None:
    """A broker, the topics as a job, workers, a feeder on demand, metrics and their dashboard; and nothing else."""
    assert sorted(SERVICES) == ["dashboard", "feeder", "kafka", "metrics", "topics", "worker"]
    assert sorted(OURS) == ["feeder", "topics", "worker"]
    assert [name for name, service in SERVICES.items() if "profiles" in service] == ["feeder"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_write_nothing_but_tmp(name: str) -> None:
    """Read-only, no capabilities, no new privileges, an init process that passes signals on; a name is not fixed."""
    service = OURS[name]
    assert tuple(service[k] for k in ("read_only", "tmpfs", "cap_drop", "init")) == (True, ["/tmp"], ["ALL"], True)
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"container_name", "hostname", "privileged", "user"} & service.keys()


@pytest.mark.parametrize("name", OURS)
def test_our_containers_run_commands_that_exist(name: str) -> None:
    """The command of each service is one of the program's, with flags that it has."""
    documents.parse(OURS[name]["command"])


def test_topics_come_before_those_who_need_them() -> None:
    """Kafka is healthy before the topics are made, and they are made before a worker or a feeder starts."""
    assert SERVICES["topics"]["depends_on"] == {"kafka": {"condition": "service_healthy"}}
    for name in ("worker", "feeder"):
        assert SERVICES[name]["depends_on"] == {"topics": {"condition": "service_completed_successfully"}}
    assert SERVICES["topics"]["command"] == ["topics", "create"]
    assert "restart" not in SERVICES["topics"]


def test_everything_that_stays_has_a_health_check_and_comes_back() -> None:
    """Services that stay are watched and restarted; jobs have no health."""
    for name in ("kafka", "metrics", "dashboard"):
        assert SERVICES[name]["healthcheck"]["test"][0] == "CMD", name
    assert "healthcheck" not in SERVICES["worker"], "the image has one"
    assert {name: {"disable": True} for name in ("topics", "feeder")} == {
        name: service["healthcheck"] for name, service in OURS.items() if "healthcheck" in service
    }
    staying = {name for name, service in SERVICES.items() if service.get("restart") == "unless-stopped"}
    assert {"kafka", "worker", "metrics", "dashboard"} == staying


def test_versions_are_pinned() -> None:
    """No image is whatever is newest: ours is this version, Kafka the one that the tests run, the others named."""
    images = [service["image"] for service in SERVICES.values()]
    bases = [instruction(stage, "FROM").split()[0] for stage in dockerfile()]
    assert [image for image in (*images, *bases) if not re.search(r":v?\d+\.\d+", image)] == []
    assert {f"articles:{__version__}"} == {service["image"] for service in OURS.values()}
    assert f"apache/kafka:{server.VERSION}" == SERVICES["kafka"]["image"]
    same = {base.replace("-slim", "") for base in bases}  # the first has a compiler as well
    assert len(same) == 1, "the environment of the first stage runs on the Python of the last"
    assert __version__ == PROJECT["version"]


def test_variables_are_settings() -> None:
    """Every ARTICLES_ variable of Compose file and Dockerfile is a setting, and its value is accepted."""
    known = {row.env for row in describe()}
    text = (ROOT / "docker-compose.yml").read_text("utf-8") + (ROOT / "Dockerfile").read_text("utf-8")
    named = dict(re.findall(r"(ARTICLES_\w+)(?:=|: )(\S+)", text))
    assert set(named) <= known
    loaded = load(None, {}, named)
    assert (loaded.kafka.bootstrap_servers, loaded.http.host) == ("kafka:9092", "0.0.0.0")
    assert "0.0.0.0" not in (ROOT / "docker-compose.yml").read_text("utf-8")
    assert Settings().http.host == "127.0.0.1", "0.0.0.0 is for containers alone"


def test_ports_are_open_to_this_host_alone() -> None:
    """Every published port is one of 127.0.0.1."""
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports != []
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_volumes_lead_somewhere() -> None:
    """What is mounted from here exists, named volumes are declared and used, and Kafka keeps its data on its own."""
    mounts = [mount.removesuffix(":ro").rsplit(":", 1) for s in SERVICES.values() for mount in s.get("volumes", [])]
    sources = [re.sub(r"\$\{\w+:-(.*)\}", r"\1", source) for source, _ in mounts]
    assert [source for source in sources if source.startswith(".") and not (ROOT / source).is_dir()] == []
    assert set(COMPOSE["volumes"]) == {source for source in sources if not source.startswith(".")}
    assert f"kafka:{SERVICES['kafka']['environment']['KAFKA_LOG_DIRS']}" in SERVICES["kafka"]["volumes"]


def test_the_feeder_feeds_what_a_worker_reads() -> None:
    """The feeder's file is in the folder that is mounted, and no line of it would be refused."""
    from pipeline.enrich.decode import decode
    from pipeline.records import Limits, RawArticle

    folder, _, target = SERVICES["feeder"]["volumes"][-1].removesuffix(":ro").rpartition(":")
    folder = re.sub(r"\$\{\w+:-(.*)\}", r"\1", folder)
    (name,) = SERVICES["feeder"]["command"][1:]
    records = list(read([str(ROOT / folder / Path(name).relative_to(target))]))
    assert len(records) > 30
    assert [r.origin for r in records if not isinstance(decode(r.value, r.headers, Limits()), RawArticle)] == []


def test_prometheus_asks_every_worker() -> None:
    """Its one job names the worker service, by DNS, and the port that a worker listens on in the image."""
    (job,) = PROMETHEUS["scrape_configs"]
    (names,) = job["dns_sd_configs"]
    assert (names["names"], names["type"], names["port"]) == (["worker"], "A", PORT)
    assert "metrics_path" not in job
    assert str(PORT) == instruction(dockerfile()[-1], "EXPOSE")
    assert f"http://127.0.0.1:{PORT}/livez" in health_command()[-1]


# --- the image ----------------------------------------------------------------------------------------------------


def test_the_image_is_not_root_and_has_no_tools() -> None:
    """The last stage runs as a user with a number, compiles nothing, and leaves no pip behind."""
    build, final = dockerfile()
    names = [name for name, _ in final]
    assert int(instruction(final, "USER")) > 0
    assert "RUN" not in names[names.index("USER") :]
    runs = " ".join(rest for name, rest in build + final if name == "RUN")
    assert not re.search(r"\bapt|\bgcc|build-essential", runs)
    assert "pip uninstall -y cython setuptools pip" in build[-1][1]
    assert "pip uninstall -y pip" in instruction(final, "RUN")
    assert "--require-hashes -r requirements.lock" in runs


def test_the_image_starts_the_worker() -> None:
    """Without arguments it is `articles worker`."""
    final = dockerfile()[-1]
    assert instruction(final, "ENTRYPOINT") == '["articles"]'
    documents.parse(yaml.safe_load(instruction(final, "CMD")))


def test_the_image_gets_what_it_copies_and_nothing_else() -> None:
    """.dockerignore lets in exactly what the Dockerfile copies, and all of it exists."""
    stages = [line for stage in dockerfile() for line in stage]
    copied = {s for name, rest in stages if name == "COPY" and "--from" not in rest for s in rest.split()[:-1]}
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in lines
    assert copied == {line[1:] for line in lines if line.startswith("!")}
    assert [source for source in copied if not (ROOT / source).exists()] == []


@pytest.fixture
def a_worker(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`articles worker` in an empty folder without a home, against an embedded broker; its process and its port."""
    from pipeline.stream.embedded import EmbeddedBroker

    port = server.free_port()
    with EmbeddedBroker(Settings().topics.model_dump().values()) as broker:
        environment = {
            "PATH": os.environ["PATH"], "HOME": "/nonexistent", "ARTICLES_HTTP__PORT": str(port),
            "ARTICLES_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers, "PYTHONPATH": str(ROOT),
            "ARTICLES_WORKER__CHILDREN": "1",
        }  # fmt: skip
        folder, command = tmp_path / "app", [sys.executable, "-m", "pipeline", "worker"]
        folder.mkdir()
        with (
            (tmp_path / "log").open("wb") as log,
            subprocess.Popen(command, cwd=folder, env=environment, stderr=log) as process,
        ):
            try:
                yield process, port
            finally:
                process.kill()


def test_a_worker_lives_as_in_the_image(a_worker: tuple[subprocess.Popen[bytes], int], tmp_path: Path) -> None:
    """It writes nothing to its working directory, passes the image's health check, and SIGTERM ends it with 0."""
    process, port = a_worker
    check = [part.replace(f":{PORT}/", f":{port}/") for part in health_command()]
    assert check[0] == "python"

    def healthy() -> bool:
        return subprocess.run([sys.executable, *check[1:]], stderr=subprocess.DEVNULL, check=False).returncode == 0

    deadline = time.monotonic() + _SECONDS
    while not healthy():
        assert process.poll() is None and time.monotonic() < deadline, (tmp_path / "log").read_text("utf-8")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=_SECONDS) as answer:
        assert b"articles_info{" in answer.read()
        assert answer.headers.get_content_type() == "text/plain", "what Prometheus 3 reads"
    process.send_signal(signal.SIGTERM)
    assert process.wait(_SECONDS) == 0
    assert list((tmp_path / "app").iterdir()) == []
    assert not healthy()


# --- the broker of the Compose file -------------------------------------------------------------------------------


def broker_properties() -> dict[str, str]:
    """The environment of the Kafka service as the image turns it into server.properties."""
    environment = SERVICES["kafka"]["environment"]
    return {key.removeprefix("KAFKA_").lower().replace("_", "."): str(v) for key, v in environment.items()}


def test_the_broker_takes_the_largest_record() -> None:
    """message.max.bytes is at least that of the largest record of any topic."""
    assert int(broker_properties()["message.max.bytes"]) >= largest_record(Settings())


@pytest.mark.kafka
def test_the_broker_starts_and_suits_us(tmp_path: Path) -> None:
    """A real Kafka with these properties, its addresses apart, gets our topics and creates none by itself."""
    from confluent_kafka import KafkaError

    from pipeline.settings import Kafka
    from pipeline.stream import clients, topics
    from tests.conftest import unavailable

    try:
        broker = server.KafkaServer(data=tmp_path / "kafka")
    except server.KafkaUnavailable as missing:
        unavailable(str(missing))
    controller = f"127.0.0.1:{server.free_port()}"
    properties = broker_properties() | {"log.dirs": str(broker.folder / "logs")}
    lines = [f"{key}={value}\n" for key, value in properties.items()]
    text = "".join(lines).replace("kafka:9093", controller).replace("CONTROLLER://:9093", f"CONTROLLER://{controller}")
    text = text.replace("PLAINTEXT://kafka:9092", f"PLAINTEXT://{broker.bootstrap_servers}")
    text = text.replace("PLAINTEXT://:9092", f"PLAINTEXT://{broker.bootstrap_servers}")
    (broker.folder / "server.properties").write_text(text)
    try:
        broker.start()
        settings = Settings(kafka=Kafka(bootstrap_servers=broker.bootstrap_servers))
        admin = clients.admin(settings)
        assert [made for made in topics.create(admin, topics.specs(settings)) if made.error] == []
        assert topics.check(admin, topics.specs(settings)) == []
        producer = clients.transactional_producer(settings, "articles-test")
        producer.init_transactions(_SECONDS)
        producer.begin_transaction()
        producer.produce(settings.topics.enriched, os.urandom(largest_record(settings) - 1024))
        producer.commit_transaction(_SECONDS)
        asking = clients.producer(settings)  # a producer's question creates a topic where brokers allow it
        for _ in range(2):
            (unknown,) = asking.list_topics("nobody.made.it", timeout=_SECONDS).topics.values()
            assert unknown.error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART
    finally:
        broker.close()
