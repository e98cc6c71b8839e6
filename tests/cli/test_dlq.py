"""`articles dlq` on the embedded broker: counts, one letter in full, what would change, replays that repeat nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from conftest import ARTICLE, Invoke

from pipeline import __version__
from pipeline.reasons import DeadReason
from pipeline.settings import Kafka, Settings, Topics
from pipeline.stream import clients
from pipeline.stream.embedded import EmbeddedBroker
from pipeline.stream.letters import Letters
from pipeline.stream.messages import Consumed

TOPICS = Topics()
LANE = f"{TOPICS.raw}.replay"
GOOD = orjson.dumps({"url": "https://a.example/1", "text": ARTICLE})
BAD = b'{"text": '
HEADERS = (("h", b"\xff"), ("traceparent", b"t"))


@pytest.fixture(autouse=True)
def servers() -> Iterator[str]:
    """An embedded broker with our topics and the lane's, found by all that a test runs."""
    with EmbeddedBroker([*TOPICS.model_dump().values(), LANE]) as broker, pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARTICLES_KAFKA__BOOTSTRAP_SERVERS", broker.bootstrap_servers)
        yield broker.bootstrap_servers


def died(
    servers: str,
    number: int,
    reason: DeadReason = DeadReason.INTERNAL_ERROR,
    *,
    value: bytes | None = GOOD,
    key: bytes | None = b"a.example",
    topic: str = TOPICS.raw,
    headers: tuple[tuple[str, bytes | None], ...] = HEADERS,
) -> None:
    """The letter, on partition 1, of a record that lay at offset `number` of partition 0."""
    record = Consumed(topic, 0, number, key, value, headers)
    letter = Letters(TOPICS.dead, 10**6).write(record, reason, "decode", "why it died", "0" * 32, 0)
    producer = clients.producer(Settings(kafka=Kafka(bootstrap_servers=servers)))
    producer.produce(letter.topic, letter.value, letter.key, headers=list(letter.headers), partition=1)
    assert producer.flush(10) == 0


def data(run: Invoke, *args: str) -> Any:
    done = run("dlq", *args, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def lane(run: Invoke) -> list[dict[str, Any]]:
    done = run("tail", LANE, "--json")
    return [json.loads(line) for line in done.stdout.split("\n")[:-1]]


def test_list_counts(servers: str, run: Invoke) -> None:
    """By reason, site and version; the site is the key's, else that of the record's URL; filters leave out."""
    died(servers, 1)
    died(servers, 2, key=None)
    died(servers, 3, DeadReason.INVALID_JSON, value=BAD, key=b"b.example")
    died(servers, 4, DeadReason.NO_VALUE, value=None, key=None)
    counted = data(run, "list")
    assert (counted["letters"], counted["versions"]) == (4, {__version__: 4})
    assert counted["reasons"] == {"internal_error": 2, "invalid_json": 1, "no_value": 1}
    assert counted["sites"] == {"a.example": 2, "b.example": 1, "": 1}
    assert [row["letter"] for row in counted["newest"]] == ["1/0", "1/1", "1/2", "1/3"]
    assert counted["newest"][0]["origin"] == f"{TOPICS.raw}/0/1"


@pytest.mark.parametrize(
    ("args", "letters"),
    [
        (["--reason", "invalid_json"], ["1/1"]),
        (["--reason", "invalid_json", "--reason", "internal_error"], ["1/0", "1/1"]),
        (["--site", "b.example"], ["1/1"]),
        (["--version", __version__], ["1/0", "1/1"]),
        (["--version", "0.0.0"], []),
        (["--since", "2020-01-01"], ["1/0", "1/1"]),
        (["--until", "2020-01-01T00:00:00Z"], []),
        (["--offsets", "1/1-9"], ["1/1"]),
        (["--offsets", "0/0-9"], []),
        (["--offsets", "1/0", "--reason", "invalid_json"], []),
    ],
)
def test_filters(args: list[str], letters: list[str], servers: str, run: Invoke) -> None:
    """Each leaves out what it should; two kinds must both fit."""
    died(servers, 1)
    died(servers, 3, DeadReason.INVALID_JSON, value=BAD, key=b"b.example")
    assert [row["letter"] for row in data(run, "list", *args)["newest"]] == letters


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["list", "--offsets", "3-4"], "is not PARTITION/OFFSET"),
        (["list", "--offsets", "3/9-4"], "is not PARTITION/OFFSET"),
        (["list", "--since", "yesterday"], "is no time"),
        (["list", "--reason", "sad"], "'timeout'"),
        (["replay"], "or --all"),
        (["diff", "x.jsonl", "--site", "a.example"], "not for files"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_misuse_is_named(args: list[str], told: str, run: Invoke) -> None:
    """Exit code 2, and what to write instead."""
    done = run("dlq", *args)
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr


def test_text_does_nothing_to_a_terminal(servers: str, run: Invoke) -> None:
    """Keys, headers and values of strangers are escaped; without letters the list says so."""
    assert run("dlq", "list").stdout == "no dead letters\n"
    died(servers, 1, value=b"\x1b[2J" + b"x" * 5000, key=b"\x1b[1mx.example", headers=(("\x1b", b"\x1b"),))
    for args in (["list"], ["show", "1/0"]):
        assert "\x1b" not in run("dlq", *args).stdout


def test_show_tells_all(servers: str, run: Invoke) -> None:
    """Reason, step, detail, attempt, headers, and so much of the value as asked; a letter that is not there: 1."""
    died(servers, 7, value=b"x" * 5000)
    told = data(run, "show", "1/0")
    wanted = {"reason": "internal_error", "step": "decode", "detail": "why it died", "attempt": 1, "value_bytes": 5000}
    assert wanted.items() <= told.items()
    assert ["h", "\\xff"] in told["headers"]
    assert [len(data(run, "show", "1/0", *most)["value"]) for most in ([], ["--bytes", "10"], ["--bytes", "0"])] == [
        2000,
        10,
        5000,
    ]
    assert "5000 bytes, the first 2000 of them" in run("dlq", "show", "1/0").stdout
    done = run("dlq", "show", "1/1")
    assert (done.exit_code, done.stderr) == (1, f"Error: there is no letter 1/1 in {TOPICS.dead}\n")


def test_a_replay_repeats_nothing(servers: str, run: Invoke) -> None:
    """The bytes, key and headers as they were, attempt and first origin; a second replay sends 0; nor do twins go."""
    died(servers, 1)
    died(servers, 1)  # at least once: two letters of one attempt
    died(servers, 2, DeadReason.INVALID_JSON, value=BAD)
    assert {"replayed": 1, "already": 1}.items() <= data(run, "replay", "--reason", "internal_error").items()
    [record] = lane(run)
    assert (record["key"], record["value"].encode()) == ("a.example", GOOD)
    marks = [["attempt", "1"], ["first-origin", f"{TOPICS.raw}/0/1"]]
    assert record["headers"] == [["h", "\\xff"], ["traceparent", "t"], *marks]
    assert {"replayed": 1, "already": 2}.items() <= data(run, "replay", "--all").items()
    assert {"replayed": 0, "already": 3}.items() <= data(run, "replay", "--all").items()
    assert len(lane(run)) == 2


def test_what_dies_again_may_go_again(servers: str, run: Invoke) -> None:
    """Its letter names the next attempt and the first origin; after --max-attempts it is left alone."""
    marks = (("attempt", b"1"), ("first-origin", f"{TOPICS.raw}/0/1".encode()))
    died(servers, 1)
    died(servers, 0, topic=LANE, headers=(*HEADERS, *marks))
    [first, second] = data(run, "list")["newest"]
    assert [(first["attempt"], first["first_origin"]), (second["attempt"], second["first_origin"])] == [
        (number, f"{TOPICS.raw}/0/1") for number in (1, 2)
    ]
    assert {"replayed": 1, "too_often": 1}.items() <= data(run, "replay", "--all", "--max-attempts", "2").items()
    assert {"replayed": 1, "already": 1}.items() <= data(run, "replay", "--all").items()
    assert [dict(record["headers"])["attempt"] for record in lane(run)] == ["1", "2"]


def test_what_cannot_be_replayed_is_counted(servers: str, run: Invoke) -> None:
    """Letters of another topic, letters without their record; -n ends early."""
    died(servers, 1, topic=TOPICS.enriched)
    died(servers, 2, DeadReason.TOO_LARGE, value=b"x" * 1_500_000)
    for number in range(3, 8):
        died(servers, number)
    died(servers, 9, DeadReason.NO_VALUE, value=None)
    counts = data(run, "replay", "--all", "-n", "2", "--rate", "1000")
    assert (counts["not_raw"], counts["without_value"], counts["replayed"]) == (1, 1, 2)
    assert data(run, "replay", "--all", "--rate", "1000")["replayed"] == 4


def test_a_lane_without_a_topic_is_named(run: Invoke) -> None:
    """With the command that makes it, which makes nothing else."""
    with EmbeddedBroker(TOPICS.model_dump().values()) as broker:
        where = {"ARTICLES_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers}
        done = run("dlq", "replay", "--all", **where)
        assert (done.exit_code, done.stderr.rpartition(": ")[2]) == (1, "articles topics create --lane replay\n")
        assert (
            "create it: articles topics create --lane replay"
            in run("topics", "check", "--lane", "replay", **where).stdout
        )
        assert run("topics", "create", "--lane", "replay", **where).stdout == f"{LANE}: created\n"
        assert run("dlq", "replay", "--all", **where).exit_code == 0


def test_diff_of_the_topic(servers: str, run: Invoke) -> None:
    """Then, now, how many, and examples; nothing is sent."""
    for number in range(3):
        died(servers, number)
    died(servers, 3, DeadReason.INVALID_JSON, value=BAD)
    died(servers, 4, topic=TOPICS.enriched)
    found = data(run, "diff", "--examples", "2", "--workers", "1")
    assert (found["records"], found["changed"]) == (4, 3)
    assert [(row["then"], row["now"], row["count"]) for row in found["outcomes"]] == [
        ("dead internal_error", "enriched", 3),
        ("dead invalid_json", "dead invalid_json", 1),
    ]
    [first, second] = found["outcomes"][0]["examples"]
    assert (first["where"], first["site"], first["detail_then"]) == ("1/0", "a.example", "why it died")
    assert second["where"] == "1/1"
    assert lane(run) == []


def test_diff_of_files(run: Invoke) -> None:
    """Lines of `run --dead`, of `tail --json`, and raw records, whose outcome then is unknown."""
    Path("in.jsonl").write_bytes(BAD + b"\n")
    run("run", "in.jsonl", "-o", "out.jsonl", "--dead", "dead.jsonl")
    letter = {"partition": 0, "offset": 1, "key": None, "headers": [["reason", "timeout"]], "value_b64": None}
    Path("more.jsonl").write_bytes(GOOD + b"\n" + orjson.dumps(letter | {"value": GOOD.decode()}))
    done = run("dlq", "diff", "dead.jsonl", "more.jsonl", "--workers", "1")
    assert done.stdout.splitlines()[0] == "3 records, 2 would change"
    assert "unknown -> enriched" in done.stdout
    assert "dead timeout -> enriched" in done.stdout
    assert "dead invalid_json -> dead invalid_json  (no change)" in done.stdout
