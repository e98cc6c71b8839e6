"""Each role with exactly the ACLs that `articles topics acls` prints, known by its certificate, on a real broker."""

from __future__ import annotations

import shlex
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
import trustme
from aiokafka.errors import KafkaError as AioKafkaError
from click.testing import CliRunner
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from pipeline.cli.topics import command as topics_command
from pipeline.metrics import Metrics
from pipeline.reasons import DeadReason
from pipeline.settings import Kafka, Settings, Topics, Worker
from pipeline.stream import clients, topics
from pipeline.stream.acls import Role, acls
from pipeline.stream.delivery import ExactlyOnce
from pipeline.stream.dlq import Chosen
from pipeline.stream.lanes import replay_lane, replay_topic
from pipeline.stream.letters import FIRST_ORIGIN, Letters
from pipeline.stream.messages import Consumed, FailStop, Output
from pipeline.stream.progress import Progress
from pipeline.stream.reading import read
from pipeline.stream.replay import ReplayRules, replay
from pipeline.stream.stages import group_of
from pipeline.stream.worker import Worker as Loop
from pipeline.stream.worker import WorkerRules
from tests.conftest import unavailable, unique_settings
from tests.kafka import tls
from tests.kafka.checker import arrived
from tests.kafka.harness import feed, start
from tests.kafka.server import KafkaServer, KafkaUnavailable

pytestmark = pytest.mark.kafka
SECONDS = 20.0
WAITING = 999  # offset of the record that a letter waits for; no other test feeds so many
RESOURCES = {
    "topic": ResourceType.TOPIC, "group": ResourceType.GROUP, "transactional-id": ResourceType.TRANSACTIONAL_ID,
}  # fmt: skip
DENIED = {
    "topic": "TOPIC_AUTHORIZATION_FAILED", "group": "GROUP_AUTHORIZATION_FAILED",
    "transactional-id": "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
}  # fmt: skip


@dataclass
class Broker:
    """A broker that knows users by their certificates and allows nothing by itself; its administrator."""

    server: KafkaServer
    folder: Path
    authority: trustme.CA
    settings: Settings  # the administrator's, on the listener for the host alone
    admin: AdminClient

    def settings_of(self, user: str, authority: trustme.CA | None = None) -> Settings:
        """As a user who shows a certificate of this authority, else of the broker's."""
        options = tls.client(authority or self.authority, user, self.folder) | {"ssl_ca": self.folder / "broker.pem"}
        kafka = Kafka.model_validate({"bootstrap_servers": self.server.secure_servers} | options)
        return self.settings.model_copy(update={"kafka": kafka})

    def grant(self, lines: Sequence[str]) -> None:
        """What these commands would do; nothing else is granted afterwards."""
        everything = AclBindingFilter(
            ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY
        )
        for future in self.admin.delete_acls([everything]).values():
            future.result(SECONDS)
        for future in self.admin.create_acls([binding(line) for line in lines]).values() if lines else ():
            future.result(SECONDS)
        deadline = time.monotonic() + SECONDS
        while len(self.admin.describe_acls(everything).result(SECONDS)) != len(lines):
            assert time.monotonic() < deadline
            time.sleep(0.02)


def binding(line: str) -> AclBinding:
    """What one printed command asks Kafka for."""
    words = shlex.split(line)
    given = dict(pairwise(words))
    (resource,) = RESOURCES.keys() & {word.removeprefix("--") for word in words}
    pattern = ResourcePatternType[given.get("--resource-pattern-type", "literal").upper()]
    operation = AclOperation[given["--operation"].upper()]
    name, principal = given[f"--{resource}"], given["--allow-principal"]
    return AclBinding(RESOURCES[resource], name, pattern, principal, "*", operation, AclPermissionType.ALLOW)


def script(settings: Settings, *roles: Role) -> list[str]:
    """The commands of these roles."""
    return [acl.command("ignored:9092", f"articles-{role}") for role in roles for acl in acls(settings, role)]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Its secured listener wants a certificate; the user is its common name."""
    folder, authority = tmp_path_factory.mktemp("keys"), trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "broker.pem"))
    properties = tls.keystore(authority, "secure") | {
        "listener.name.secure.ssl.client.auth": "required",
        "listener.name.secure.ssl.truststore.type": "PEM",
        "listener.name.secure.ssl.truststore.certificates": tls.one_line(authority.cert_pem.bytes()),
        "listener.name.secure.ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/$1/",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": "User:ANONYMOUS",
    }
    try:
        server = KafkaServer(properties=properties, listener=("SECURE", "SSL")).start()
    except KafkaUnavailable as missing:
        unavailable(str(missing))
    settings = unique_settings(server.bootstrap_servers)
    admin = clients.admin(settings)
    assert [made for made in topics.create(admin, topics.specs(settings)) if made.error] == []
    yield Broker(server, folder, authority, settings, admin)
    server.close()


# --- who is it? ---------------------------------------------------------------------------------------------------


async def test_a_certificate_is_a_login(broker: Broker) -> None:
    """Both clients show it, with a key that has a password."""
    broker.grant(script(broker.settings, "feeder"))
    settings = broker.settings_of("articles-feeder")
    assert clients.admin(settings).list_topics(timeout=SECONDS).topics.keys() == {settings.topics.raw}
    async with clients.aio_producer(settings) as producer:
        await producer.send_and_wait(settings.topics.raw, b"v")


def test_without_a_certificate_of_theirs_nobody_comes_in(broker: Broker) -> None:
    """None, or one of another authority: no connection, and the password of the key is in no error."""
    stranger = broker.settings_of("articles-feeder", trustme.CA())
    nobody = Kafka(
        bootstrap_servers=broker.server.secure_servers, security_protocol="SSL", ssl_ca=broker.folder / "broker.pem"
    )
    for settings in (stranger, broker.settings.model_copy(update={"kafka": nobody})):
        with pytest.raises(KafkaException) as caught:
            clients.producer(settings).list_topics(timeout=1.5)
        assert tls.PASSWORD not in str(caught.value)


# --- what may it do? ----------------------------------------------------------------------------------------------


def test_all_goes_well_with_exactly_the_script(broker: Broker, capfd: pytest.CaptureFixture[str]) -> None:
    """`articles worker` does its work for a feeder and a reader, views and all, and no refusal is logged."""
    broker.grant(script(broker.settings, "worker", "feeder", "reader"))
    worker, feeder, reader = (broker.settings_of(f"articles-{role}") for role in ("worker", "feeder", "reader"))
    shown = tls.client(broker.authority, "articles-worker", broker.folder) | {"ssl_ca": broker.folder / "broker.pem"}
    more = {f"ARTICLES_KAFKA__{name.upper()}": str(value) for name, value in shown.items()}
    more["ARTICLES_LOG__LEVEL"] = "debug"
    running = start(worker, stage=None, more=more)
    try:
        feed(feeder, *range(10, 30))
        running.wait_ready()
        for topic in (reader.topics.enriched, reader.topics.entities):
            arrived(broker.settings, topic, 20)
        deadline, page = time.monotonic() + SECONDS, ""
        while 'articles_ledger_records{outcome="in"}' not in page and time.monotonic() < deadline:
            with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/metrics", timeout=5) as answer:
                page = answer.read().decode()
            time.sleep(0.1)
        assert 'articles_ledger_records{outcome="in"}' in page
        assert running.terminate() == 0
    finally:
        running.kill()
    assert len(list(read(reader, reader.topics.enriched))) >= 20
    told = capfd.readouterr().err
    assert "AUTHORIZATION_FAILED" not in told.upper().replace("AUTHORIZATIONFAILED", "AUTHORIZATION_FAILED")
    assert "canary" not in told + page


@dataclass
class Fake:
    """A stage that makes of each record one on each of its topics."""

    name: str
    source: str
    targets: Sequence[str]

    def may_take(self, _now: float) -> bool:
        return True

    def submit(self, records: Sequence[Consumed]) -> FakeWork:
        return FakeWork([Output(topic, b"k", b"v", (), i) for i in range(len(records)) for topic in self.targets])


@dataclass
class FakeWork:
    """Done when it is made."""

    made: list[Output]
    seen: bool = False

    def wait(self, _seconds: float) -> bool:
        return True

    def begun(self) -> bool:
        return True

    def drop(self) -> None: ...

    def outputs(self, _refused: dict[int, str]) -> list[Output]:
        return self.made

    def committed(self) -> None: ...


def attempt(settings: Settings, name: str, source: str, *targets: str) -> None:
    """Runs the worker's own loop, clients and delivery over a stage until a batch is committed."""
    group = group_of(settings, name)
    progress = Progress(name, Metrics())
    deadline = time.monotonic() + SECONDS

    def over() -> bool:
        assert time.monotonic() < deadline, f"stage {name} neither works nor fails"
        return any(standing.position is not None for standing in progress.standings.values())

    consumer = clients.worker_consumer(settings, group, f"{group}-test")
    delivery = ExactlyOnce(partial(clients.transactional_producer, settings, f"{group}-test"))
    stage = Fake(name, source, targets)
    Loop(stage, consumer, delivery, WorkerRules(), progress).run(over)  # type: ignore[arg-type]


async def everything_a_worker_does(settings: Settings) -> str:
    """The first thing that is refused, in the words of whoever is refused; empty when nothing is."""
    names = settings.topics
    if missing := topics.check(clients.admin(settings), topics.specs(settings)):
        return missing[0].message
    try:
        attempt(settings, "enrich", names.raw, names.enriched, names.rejected, names.dead, names.ledger)
        attempt(settings, "entities", names.enriched, names.entities, names.dead)
    except (FailStop, KafkaException) as refused:
        return str(refused)
    views = clients.aio_consumer(settings, names.ledger, group_id=f"{settings.worker.group}-views")
    try:
        await views.start()
        await views.getone()
    except AioKafkaError as refused:
        return type(refused).__name__
    finally:
        await views.stop()
    return ""


ROWS = acls(Settings(), "worker")


@pytest.mark.parametrize(
    "row",
    [None, *range(len(ROWS))],
    ids=lambda n: "all" if n is None else ROWS[n].command("", "").partition("--operation ")[2],
)
async def test_a_worker_without_one_line_is_refused_by_name(broker: Broker, row: int | None) -> None:
    """Every line is needed: without it the error is that of its kind of resource. With all of them there is none."""
    needed = acls(broker.settings, "worker")
    broker.grant([acl.command("ignored:9092", "articles-worker") for n, acl in enumerate(needed) if n != row])
    producer = Producer({"bootstrap.servers": broker.server.bootstrap_servers})
    for topic in (broker.settings.topics.raw, broker.settings.topics.enriched):
        producer.produce(topic, b"v")
    assert producer.flush(SECONDS) == 0
    told = await everything_a_worker_does(broker.settings_of("articles-worker"))
    if row is None:
        assert told == ""
    else:
        expected = DENIED[needed[row].resource]
        assert expected in told or expected.replace("_", "").lower() in told.lower(), told


@pytest.mark.parametrize("row", range(len(acls(Settings(), "reader"))))
def test_a_reader_without_one_line_is_refused_by_name(broker: Broker, row: int) -> None:
    """The topic that it may not read, or the group."""
    needed = acls(broker.settings, "reader")
    lost = needed[row]
    broker.grant([acl.command("ignored:9092", "articles-reader") for acl in needed if acl != lost])
    settings = broker.settings_of("articles-reader")
    consumer = clients.consumer(settings, group_id=f"{settings.worker.group}-reader-1")
    if lost.resource == "topic":
        with pytest.raises(KafkaException, match=DENIED["topic"]):
            list(read(settings, lost.name))
    else:
        consumer.subscribe([settings.topics.enriched])
        assert {DENIED["group"]} == {m.error().name() for m in consumer.consume(1, SECONDS)}  # type: ignore[union-attr]
    consumer.close()


def test_a_feeder_without_its_line_is_refused_by_name(broker: Broker) -> None:
    """Not a byte is sent."""
    broker.grant(script(broker.settings, "worker", "reader"))
    with pytest.raises(KafkaException, match=DENIED["topic"]):
        feed(broker.settings_of("articles-feeder"), 10)


@pytest.fixture(scope="module")
def lane(broker: Broker) -> Settings:
    """The lane of replays; one letter waits, and somebody else's record lies in the lane already."""
    lane = replay_lane(broker.settings)
    assert [made for made in topics.create(broker.admin, [replay_topic(broker.settings)]) if made.error] == []
    record = Consumed(broker.settings.topics.raw, 0, WAITING, None, b"{", ())
    letter = Letters(lane.topics.dead, 10**6).write(record, DeadReason.INVALID_JSON, "decode", "", "0" * 32, 0)
    producer = Producer({"bootstrap.servers": broker.server.bootstrap_servers})
    producer.produce(letter.topic, letter.value, headers=list(letter.headers))
    producer.produce(lane.topics.raw, b"{}", headers=[(FIRST_ORIGIN, b"raw/0/9"), ("attempt", b"1")])
    assert producer.flush(SECONDS) == 0
    return lane


@pytest.mark.parametrize("row", [*range(4), None])
def test_a_replay_without_one_line_is_refused_by_name(broker: Broker, lane: Settings, row: int | None) -> None:
    """The dead letters, the lane both ways, the transactional id; with all of them none is refused."""
    needed = acls(lane, "replayer")
    broker.grant([acl.command("ignored:9092", "articles-replayer") for n, acl in enumerate(needed) if n != row])
    settings = broker.settings_of("articles-replayer")
    if row is None:
        deadline, sent = time.monotonic() + SECONDS, 0
        place = f"{broker.settings.topics.raw}/0/{WAITING}".encode()
        while not sent and time.monotonic() < deadline:  # so long may transactions of refused workers hide the letter
            replay(settings, Chosen(), ReplayRules())
            sent = sum(dict(one.headers).get(FIRST_ORIGIN) == place for one in read(settings, lane.topics.raw))
        assert sent == 1
    else:
        with pytest.raises(KafkaException, match=DENIED[needed[row].resource]):
            replay(settings, Chosen(), ReplayRules())


def test_the_program_prints_the_script() -> None:
    """One command a line, each as it was tested here."""
    printed = CliRunner().invoke(topics_command, ["acls", "--bootstrap-servers", "kafka:9092"]).output.splitlines()
    roles: tuple[Role, ...] = ("worker", "feeder", "reader")
    wanted = [acl.command("kafka:9092", f"articles-{role}") for role in roles for acl in acls(Settings(), role)]
    assert wanted == [line for line in printed if not line.startswith("#")]
    names = {*Topics().model_dump().values(), Worker().group}
    assert all(any(name in binding(line).name for name in names) for line in wanted)
