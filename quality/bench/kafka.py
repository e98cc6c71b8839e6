"""A real Kafka, fresh topics on it, and workers as processes of their own, watched from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from pipeline.settings import Kafka, Settings, Topics, Worker
from pipeline.sources.files import Sourced
from pipeline.stream import clients
from pipeline.stream import topics as topic_specs
from pipeline.stream.feeding import Feeder
from tests.kafka.server import free_port

_FINDING = (KafkaError.NOT_COORDINATOR, KafkaError.COORDINATOR_LOAD_IN_PROGRESS, KafkaError.COORDINATOR_NOT_AVAILABLE)


@contextmanager
def fresh(servers: str, children: int = 2) -> Iterator[Settings]:
    """Settings with a group and topics that nobody has used; the topics are deleted at the end."""
    tag = uuid.uuid4().hex[:8]
    settings = Settings(
        kafka=Kafka(bootstrap_servers=servers),
        topics=Topics(**{key: f"{field.default}-{tag}" for key, field in Topics.model_fields.items()}),
        worker=Worker(group=f"bench-{tag}", children=children),
    )
    admin = clients.admin(settings)
    specs = topic_specs.specs(settings)
    if failed := [made for made in topic_specs.create(admin, specs) if made.error]:
        raise RuntimeError(f"topics could not be created: {failed}")
    yield settings
    for future in admin.delete_topics([spec.name for spec in specs]).values():
        future.result()


def feed(settings: Settings, records: Iterable[Sourced]) -> int:
    """Sends the records, whatever they are; how many were acknowledged."""
    feeder = Feeder(settings, as_is=True)
    for record in records:
        feeder.send(record)
    sent = feeder.finish()
    if sent.failed:
        raise RuntimeError(f"{sent.failed} records were not acknowledged")
    return sent.sent


def _committed(reader: Consumer, places: list[TopicPartition]) -> int:
    """The sum of a group's offsets; 0 while its coordinator is still being found."""
    try:
        return sum(max(0, place.offset) for place in reader.committed(places, timeout=10))
    except KafkaException as error:
        if error.args[0].code() not in _FINDING:
            raise
        return 0


class WorkerProcess:
    """`python -m pipeline worker` on `settings`, or another module that takes its settings from the environment."""

    def __init__(self, settings: Settings, *arguments: str, module: str = "pipeline") -> None:
        port = free_port()
        self._settings = settings
        self._url = f"http://127.0.0.1:{port}"
        names = {f"ARTICLES_TOPICS__{key.upper()}": name for key, name in settings.topics.model_dump().items()}
        environment = {
            **os.environ,
            **names,
            "ARTICLES_KAFKA__BOOTSTRAP_SERVERS": settings.kafka.bootstrap_servers,
            "ARTICLES_WORKER__GROUP": settings.worker.group,
            "ARTICLES_WORKER__CHILDREN": str(settings.worker.children),
            "ARTICLES_HTTP__PORT": str(port),
            "ARTICLES_LOG__LEVEL": "warning",
            "PYTHONPATH": str(Path(__file__).parents[2]),  # children of the pool do not look into their folder
        }
        command = [sys.executable, "-m", module, *arguments]
        self.started = time.monotonic()
        self._process = subprocess.Popen(command, env=environment)
        self._info = psutil.Process(self._process.pid)

    def wait_ready(self, seconds: float = 60.0) -> float:
        """Seconds from the start of the process to the first 200 of /readyz."""
        while time.monotonic() < self.started + seconds:
            try:
                with urllib.request.urlopen(f"{self._url}/readyz", timeout=5):
                    return time.monotonic() - self.started
            except (urllib.error.URLError, OSError):
                self._alive()
                time.sleep(0.02)
        raise RuntimeError(f"the worker was not ready in {seconds:g} s")

    def step_seconds(self) -> dict[str, float]:
        """Processor time of each step in the children, as the worker's metrics tell it."""
        with urllib.request.urlopen(f"{self._url}/metrics", timeout=5) as answer:
            families = text_string_to_metric_families(answer.read().decode())
        steps = next(family for family in families if family.name == "articles_step_seconds")
        return {sample.labels["step"]: sample.value for sample in steps.samples if sample.name.endswith("_total")}

    def cpu(self) -> tuple[float, float]:
        """Processor seconds so far of the worker itself, all threads, and of the children that live."""
        children = [child.cpu_times() for child in self._info.children()]
        own = self._info.cpu_times()
        return own.user + own.system, sum(times.user + times.system for times in children)

    def wait_committed(self, stage: str, topic: str, count: int, seconds: float) -> None:
        """Until the group has committed `count` records of the topic, of markers and all; asks the broker alone."""
        reader = clients.consumer(self._settings, group_id=f"{self._settings.worker.group}-{stage}")
        places = [TopicPartition(topic, p) for p in reader.list_topics(topic, timeout=10).topics[topic].partitions]
        deadline = time.monotonic() + seconds
        try:
            while _committed(reader, places) < count:
                self._alive()
                if time.monotonic() > deadline:
                    raise RuntimeError(f"stage {stage} did not commit {count} records in {seconds:g} s")
                time.sleep(0.25)
        finally:
            reader.close()

    def _alive(self) -> None:
        if self._process.poll() is not None:
            raise RuntimeError(f"the worker ended with code {self._process.returncode}")

    def __enter__(self) -> WorkerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
