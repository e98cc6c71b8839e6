"""What died comes back on a real Kafka: a bad deploy stops before it empties a topic, and letters are replayed once."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator

import orjson
import pytest

from pipeline.settings import Settings
from pipeline.stream import clients, topics
from pipeline.stream.lanes import replay_lane, replay_topic
from pipeline.stream.letters import FIRST_ORIGIN
from tests.kafka import planted
from tests.kafka.checker import (
    SECONDS,
    arrived,
    clean,
    everything,
    finished,
    headers_of,
    judge,
    origin_of,
    place_of,
    results,
)
from tests.kafka.harness import Running, environment, feed, start, value, working

pytestmark = pytest.mark.kafka
LANE = ("-m", "pipeline", "worker", "--lane", "replay")


@pytest.fixture
def lane(kafka_settings: Settings) -> Iterator[Settings]:
    """The settings of the replay lane; its topic exists."""
    admin = clients.admin(kafka_settings)
    assert [one.error for one in topics.create(admin, [replay_topic(kafka_settings)])] == [None]
    yield replay_lane(kafka_settings)
    for future in admin.delete_topics([replay_topic(kafka_settings).name]).values():
        future.result()


def dlq(settings: Settings, *args: str) -> subprocess.Popen[bytes]:
    """`articles dlq ... --json`."""
    command = [sys.executable, "-m", "pipeline", "dlq", *args, "--json"]
    return subprocess.Popen(command, env=environment(settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def replayed(process: subprocess.Popen[bytes]) -> Counter[str]:
    """What a replay that ends well has counted."""
    out, error = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, error
    return Counter(orjson.loads(out))


def why_not_ready(worker: Running) -> str:
    """What /readyz says of the breaker, once it fails."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{worker.port}/readyz", timeout=5).close()
        except urllib.error.HTTPError as answer:
            facts = orjson.loads(answer.read())
            if why := facts["stages"]["enrich"]["breaker"]:
                return str(why)
        except (urllib.error.URLError, ConnectionError):
            assert worker.process.poll() is None
        time.sleep(0.1)
    raise AssertionError("the breaker did not open")


def test_letters_are_replayed_once_whatever_happens(kafka_settings: Settings, lane: Settings) -> None:
    """A replay is killed, two run at once, one comes late: every letter lies in the lane once, and comes out once."""
    numbers = [n for n in range(1500) if n % 50 == 7] * 4
    feed(kafka_settings, *range(10, 50))  # first: with nothing well yet, the breaker would hold the dead
    with working(kafka_settings):
        assert finished(kafka_settings)
        feed(kafka_settings, *numbers)
        assert finished(kafka_settings)
    letters = everything(kafka_settings, kafka_settings.topics.dead)
    assert len(letters) == len(numbers)
    killed = dlq(kafka_settings, "replay", "--all", "--rate", "30")
    arrived(kafka_settings, lane.topics.raw, 20)
    killed.kill()
    killed.communicate()
    rivals = [dlq(kafka_settings, "replay", "--all", "--rate", "60") for _ in range(2)]
    for rival in rivals:
        rival.communicate(timeout=SECONDS)
    last = replayed(dlq(kafka_settings, "replay", "--all", "--rate", "1000"))
    assert last["replayed"] + last["already"] == len(letters)
    assert replayed(dlq(kafka_settings, "replay", "--all"))["replayed"] == 0
    in_lane = everything(kafka_settings, lane.topics.raw)
    assert Counter(headers_of(m)[FIRST_ORIGIN] for m in in_lane) == Counter(origin_of(m) for m in letters)
    before = len(everything(kafka_settings, kafka_settings.topics.raw))
    with working(kafka_settings, stage=None, program=LANE):
        arrived(kafka_settings, kafka_settings.topics.dead, 2 * len(letters))
    assert len(everything(kafka_settings, kafka_settings.topics.dead)) == 2 * len(letters)
    assert len(everything(kafka_settings, kafka_settings.topics.raw)) == before
    second = [m for m in everything(kafka_settings, kafka_settings.topics.dead) if headers_of(m)["attempt"] == b"2"]
    assert {headers_of(m)[FIRST_ORIGIN] for m in second} == {origin_of(m) for m in letters}
    assert len(second) == len(letters)
    ledger = [sys.executable, "-m", "pipeline", "ledger"]
    assert subprocess.run(ledger, env=environment(kafka_settings), check=False).returncode == 0


def test_a_bad_deploy_does_not_empty_the_topic(kafka_settings: Settings) -> None:
    """Nothing well so far: no letter, /readyz says why, over a restart too; mended, all come out, none was lost."""
    feed(kafka_settings, *[n for n in range(400) if n % 50 not in (7, 9)])
    bad = planted.program("tests.traps:bad_deploy")
    for _ in range(2):
        worker = start(kafka_settings, program=bad)
        assert "nothing has come out well yet" in why_not_ready(worker)
        assert worker.terminate() == 0
    assert everything(kafka_settings, *results(kafka_settings)) == []
    with working(kafka_settings):
        assert finished(kafka_settings)
    assert judge(kafka_settings) == clean(384)


@pytest.mark.usefixtures("lane")
def test_a_bad_deploy_in_mid_stream(kafka_settings: Settings) -> None:
    """After good days the letters of a bad one are bounded, and its breaker opens again after a restart; once the code
    is mended the rest is done, and with its letters replayed every record has come out well."""
    feed(kafka_settings, *[n for n in range(300) if n % 50 not in (7, 9)])
    with working(kafka_settings):
        assert finished(kafka_settings)
    feed(kafka_settings, *[n for n in range(300, 900) if n % 50 not in (7, 9)])
    bad = planted.program("tests.traps:bad_deploy")
    for _ in range(2):
        worker = start(kafka_settings, program=bad)
        assert "internal_error" in why_not_ready(worker)
        assert worker.terminate() == 0
    letters = everything(kafka_settings, kafka_settings.topics.dead)
    assert 0 < len(letters) <= 100  # breaker.fault_run
    with working(kafka_settings):
        assert finished(kafka_settings)
    assert judge(kafka_settings) == clean(288 + 576)
    assert len(everything(kafka_settings, kafka_settings.topics.dead)) == len(letters)
    assert replayed(dlq(kafka_settings, "replay", "--all"))["replayed"] == len(letters)
    with working(kafka_settings, stage=None, program=LANE):
        enriched = arrived(kafka_settings, kafka_settings.topics.enriched, 288 + 576)
    first = Counter(headers_of(m).get(FIRST_ORIGIN) or origin_of(m) for m in enriched)
    raw = [place_of(m) for m in everything(kafka_settings, kafka_settings.topics.raw)]
    assert first == Counter(f"{topic}/{partition}/{offset}".encode() for topic, partition, offset in raw)


def test_a_new_group_from_earliest_reprocesses(kafka_settings: Settings) -> None:
    """The same ids and page texts under the same pipeline version: whoever upserts by both has each article once."""
    feed(kafka_settings, *range(10, 50))
    assert value(10) != value(11)
    with working(kafka_settings):
        assert finished(kafka_settings)
    once = everything(kafka_settings, kafka_settings.topics.enriched)
    other = kafka_settings.model_copy(update={"worker": kafka_settings.worker.model_copy(update={"group": "again"})})
    program = ("-m", "pipeline", "worker", "--group", "again", "--from", "earliest")
    with working(kafka_settings, program=program):
        assert finished(other)
    twice = everything(kafka_settings, kafka_settings.topics.enriched)
    assert len(twice) == 2 * len(once) == 80
    by_id = Counter((m.key(), orjson.loads(m.value() or b"")["pipeline"]["version"]) for m in twice)
    assert set(by_id.values()) == {2}
    assert {key for key, _ in by_id} == {m.key() for m in once}
