"""The commands that need Kafka, on the embedded broker: counts, refusals, what lies where, signals, no broker."""

from __future__ import annotations

import base64
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from conftest import ARTICLE, COMMANDS_WITH_KAFKA, Invoke, Start

from pipeline.settings import Kafka, Settings, Topics
from pipeline.stream import clients, reach
from pipeline.stream.embedded import MAX_RECORD_BYTES, EmbeddedBroker
from pipeline.stream.feeding import Feeder

SERVERS = "ARTICLES_KAFKA__BOOTSTRAP_SERVERS"


def article(number: int) -> bytes:
    return orjson.dumps({"id": number, "text": f"{ARTICLE} Report {number}."})


@pytest.fixture(autouse=True)
def servers() -> Iterator[str]:
    """An embedded broker with our topics, found by all that a test starts."""
    with EmbeddedBroker(Topics().model_dump().values()) as broker, pytest.MonkeyPatch.context() as patch:
        patch.setenv(SERVERS, broker.bootstrap_servers)
        yield broker.bootstrap_servers


def produce(servers: str, topic: str, value: bytes | None, **extra: Any) -> None:
    producer = clients.producer(Settings(kafka=Kafka(bootstrap_servers=servers)))
    producer.produce(topic, value, **extra)
    assert producer.flush(10) == 0


def on_topic(run: Invoke, topic: str) -> list[dict[str, Any]]:
    done = run("tail", topic, "--json")
    assert done.exit_code == 0, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n")[:-1]]


# --- feed and tail --------------------------------------------------------------------------------------------------


def test_feed_counts_and_refuses(run: Invoke) -> None:
    """What is valid is sent and counted exactly; the rest is refused with file, line and reason; exit code 1."""
    bad = [b"\xff", b'{"url": "x"}', b'{"text": 5}']
    Path("a.jsonl").write_bytes(b"\n".join([article(1), *bad, article(2), b""]))
    done = run("feed", "a.jsonl", "-", stdin=article(3))
    assert done.exit_code == 1
    told = done.stderr.splitlines()
    assert [line.rpartition(": ")[0] for line in told[:3]] == [
        "a.jsonl:2: invalid_json",
        "a.jsonl:3: no_content",
        "a.jsonl:4: wrong_type",
    ]
    assert told[3:] == ["3 sent and acknowledged, 3 refused, 0 failed"]
    assert {1, 2, 3} == {json.loads(record["value"])["id"] for record in on_topic(run, "raw")}


def test_feed_as_is_changes_nothing(run: Invoke) -> None:
    """Every line arrives byte for byte, whatever it is."""
    values = [b"\x00\xff {", b"[1,", article(1), "Straße \u2028".encode()]
    Path("a.jsonl").write_bytes(b"\n".join(values))
    done = run("feed", "a.jsonl", "--as-is", "--json")
    assert (done.exit_code, json.loads(done.stdout)["sent"], json.loads(done.stdout)["refused"]) == (0, 4, 0)
    records = on_topic(run, "articles.raw.v1")
    found = [base64.b64decode(r["value_b64"]) if r["value"] is None else r["value"].encode() for r in records]
    assert sorted(values) == sorted(found)


@pytest.mark.parametrize("as_is", [[], ["--as-is"]], ids=["checked", "as is"])
def test_feed_refuses_what_is_too_large(as_is: list[str], run: Invoke) -> None:
    """Over limits.record_bytes, and over what the embedded broker keeps: each named, nothing of it sent."""
    over = orjson.dumps({"text": "x" * 2000})
    huge = orjson.dumps({"text": "x" * MAX_RECORD_BYTES})
    Path("a.jsonl").write_bytes(b"\n".join([over, huge]))
    done = run("feed", "a.jsonl", "--json", *as_is, ARTICLES_LIMITS__RECORD_BYTES="1500")
    tally = json.loads(done.stdout)
    assert (done.exit_code, tally["sent"], tally["refused"]) == (1, 0, 2)
    assert [("a.jsonl", n, "too_large") for n in (1, 2)] == [
        (r["file"], r["line"], r["reason"]) for r in tally["refusals"]
    ]
    assert str(len(over)) in tally["refusals"][0]["detail"]


def test_feed_stops_before_the_embedded_broker_drops(run: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no worker it says so and ends with 1; what it counted as sent is what lies there."""
    monkeypatch.setattr("pipeline.stream.feeding.Feeder", partial(Feeder, patience=0.3))
    large = orjson.dumps({"url": "https://news.example/a", "text": "word " * 60_000})
    Path("a.jsonl").write_bytes(b"\n".join([large] * 12))
    done = run("feed", "a.jsonl", "--json")
    tally = json.loads(done.stdout)
    assert (done.exit_code, "articles worker" in tally["stopped"]) == (1, True)
    assert 0 < tally["sent"] < 12
    assert tally["sent"] == len(on_topic(run, "raw"))


def test_feed_of_what_breaks_off(run: Invoke) -> None:
    """The error names the file, after the count of what came before."""
    Path("cut.jsonl.gz").write_bytes(b"no gzip at all")
    done = run("feed", "cut.jsonl.gz")
    assert done.exit_code == 1
    assert done.stderr.startswith("0 sent and acknowledged, 0 refused, 0 failed\nError: cut.jsonl.gz is not a whole")


def test_tail_shows_keys_headers_and_reasons(servers: str, run: Invoke) -> None:
    """As data: null and non-UTF-8 as they are. As text: one line a record, a letter's reason, nothing that acts."""
    headers = [("reason", b"invalid_json"), ("h", b"\xff"), ("n", None)]
    produce(servers, "articles.raw.v1.dlq", None, key=b"\xfe", headers=headers, partition=1)
    produce(servers, "articles.raw.v1.dlq", "é\x1b[2J\nx".encode(), partition=2)
    first, second = sorted(on_topic(run, "dead"), key=lambda record: record["partition"])
    expected = [["reason", "invalid_json"], ["h", "\\xff"], ["n", None]]
    assert ("\\xfe", None, None, expected) == (first["key"], first["value"], first["value_b64"], first["headers"])
    assert (second["key"], second["value"]) == (None, "é\x1b[2J\nx")
    text = run("tail", "dead").stdout
    assert sorted(text.splitlines()) == ["1/0  invalid_json  (no value)", "2/0  é\\x1b[2J\\nx"]


def test_tail_reads_enriched_unless_told_otherwise(servers: str, run: Invoke) -> None:
    """And stops after -n records."""
    for number in range(3):
        produce(servers, "articles.enriched.v1", b"%d" % number, partition=0)
    assert run("tail", "-n", "2").stdout == "0/0  0\n0/1  1\n"


def test_tail_ends_when_nobody_reads(start: Start, closed_pipe: int) -> None:
    """Following a topic on which nothing happens, it sees that its reader is gone: exit code 0."""
    process = start("tail", "--follow", stdout=closed_pipe)
    assert (process.communicate(timeout=30)[1], process.returncode) == (b"", 0)


# --- topics, ledger -------------------------------------------------------------------------------------------------


def test_topics_are_missed_made_and_shown(run: Invoke) -> None:
    """check fails and names the command, create makes all, a second create changes nothing, show counts partitions."""
    with EmbeddedBroker() as broker:
        where = {SERVERS: broker.bootstrap_servers}
        done = run("topics", "check", **where)
        assert (done.exit_code, done.stdout.count("create it: articles topics create")) == (1, 6)
        assert run("topics", "show", **where).stdout.count("does not exist") == 6
        news = [[row["new"] for row in json.loads(run("topics", "create", "--json", **where).stdout)] for _ in "12"]
        assert news == [[True] * 6, [False] * 6]
        assert run("topics", "check", **where).stdout == "all topics are as they should be\n"
        rows = json.loads(run("topics", "show", "--json", **where).stdout)
        assert [{"topic": name, "partitions": 4, "replicas": 1} for name in Topics().model_dump().values()] == rows


def test_a_wrong_topics_file_is_named(run: Invoke) -> None:
    """config/topics.yaml of the working directory is read, and its error is one line."""
    Path("config").mkdir()
    Path("config/topics.yaml").write_text("raw: 5\n")
    done = run("topics", "create")
    assert (done.exit_code, done.stderr.startswith("Error: config/topics.yaml: ")) == (1, True)


def test_the_ledger_balances_or_not(servers: str, run: Invoke) -> None:
    """Ranges that join give 0; a gap gives 1 and says where."""

    def batch(first: int, last: int) -> None:
        counts = {"enriched": 1, "rejected": {"not_an_article": 1}, "dead": {}}
        where = {"group": "g", "topic": "articles.raw.v1", "partition": 0, "first": first, "last": last}
        entry = {"schema": "ledger/1", **where, "counts": counts, "sites": {"a.example": [2, 1, 1, 0]}}
        produce(servers, "articles.ledger.v1", orjson.dumps(entry), partition=0)

    batch(0, 1)
    done = run("ledger")
    told = done.stdout.splitlines()
    assert (done.exit_code, told[0], told[-1]) == (0, "2 in = 1 enriched + 1 rejected + 0 dead", "balanced")
    batch(7, 8)
    done = run("ledger")
    assert (done.exit_code, "ALARM gap in g articles.raw.v1/0" in done.stdout) == (1, True)
    data = json.loads(run("ledger", "--json").stdout)
    assert (data["balanced"], data["findings"][0]["alarm"], data["sites"]) == (
        False,
        "gap",
        {"a.example": [4, 2, 2, 0]},
    )


# --- no broker, processes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("args", COMMANDS_WITH_KAFKA, ids=" ".join)
def test_no_broker_is_one_line(args: list[str], run: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the address and what the client met; exit code 1."""
    monkeypatch.setattr(reach, "_SECONDS", 0.3)
    Path("in.jsonl").write_bytes(article(1))
    done = run(*args, "--bootstrap-servers", "127.0.0.1:1")
    assert done.exit_code == 1
    assert (done.stderr.splitlines()) == [
        "Error: no broker answers at 127.0.0.1:1: Connect to ipv4#127.0.0.1:1 failed: Connection refused"
    ]


def test_an_unknown_topic_names_the_command(run: Invoke) -> None:
    """A topic that is not there ends `tail` with the command that makes ours."""
    done = run("tail", "nope")
    [line] = done.stderr.splitlines()
    assert (done.exit_code, "topic nope cannot be read" in line, "articles topics create" in line) == (1, True, True)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_the_broker_warns_and_ends_by_signal(number: signal.Signals, code: int, start: Start, run: Invoke) -> None:
    """It prints its address, says that it drops data, can be used, and ends cleanly."""
    process = start("broker")
    assert process.stdout is not None
    address = process.stdout.readline().decode().strip()
    assert run("topics", "check", "--bootstrap-servers", address).exit_code == 0
    process.send_signal(number)
    error = process.communicate(timeout=30)[1].decode()
    assert (process.returncode, "drops data" in error, "Traceback" in error) == (code, True, False)


def test_the_worker_ends_by_signal(start: Start) -> None:
    """One stage, logs as JSON: SIGTERM after a clean stop is 0, SIGINT 130."""
    codes = {signal.SIGTERM: 0, signal.SIGINT: 130}
    workers = {
        number: start("worker", "--stage", "entities", "--group", number.name, "--port", "0", "--json")
        for number in codes
    }
    for number, process in workers.items():
        assert process.stderr is not None
        events = (json.loads(line) for line in process.stderr)
        wait_ready(next(event for event in events if event["event"] == "http")["addresses"][0])
        process.send_signal(number)
        rest = process.communicate(timeout=30)[1].decode()
        assert (codes[number], False) == (process.returncode, "Traceback" in rest), rest


def wait_ready(address: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except (urllib.error.URLError, TimeoutError):
            assert time.monotonic() < deadline, "never ready"
            time.sleep(0.1)


def test_a_worker_that_cannot_listen_names_the_setting(start: Start) -> None:
    """A wrong http.host is one line, no traceback."""
    process = start("worker", "--stage", "entities", ARTICLES_HTTP__HOST="192.0.2.1", ARTICLES_LOG__LEVEL="error")
    error = process.communicate(timeout=60)[1].decode()
    assert (process.returncode, "http.host" in error, "Traceback" in error) == (1, True, False), error


def test_an_interrupted_feed_says_how_far_it_came(servers: str, start: Start) -> None:
    """What was acknowledged is counted even then; exit code 130."""
    process = start("feed", "-")
    assert process.stdin is not None
    process.stdin.write(article(1) + b"\n" + article(2) + b"\n")
    process.stdin.flush()
    deadline = time.monotonic() + 20
    settings = Settings(kafka=Kafka(bootstrap_servers=servers))
    from pipeline.stream.reading import read

    while len(list(read(settings, settings.topics.raw))) < 2:
        assert time.monotonic() < deadline
    process.send_signal(signal.SIGINT)
    error = process.communicate(timeout=30)[1].decode()
    assert (process.returncode, "interrupted: 2 sent and acknowledged" in error) == (130, True), error


def test_a_sourced_pipe_is_read_once(run: Invoke) -> None:
    """A named pipe, as the shell's `<(...)` makes it, is a good input."""
    os.mkfifo("pipe")
    child = os.fork()
    if child == 0:
        with open("pipe", "wb") as pipe:
            pipe.write(article(1) + b"\n")
        os._exit(0)
    done = run("feed", "pipe")
    os.waitpid(child, 0)
    assert (done.exit_code, done.stderr) == (0, "1 sent and acknowledged, 0 refused, 0 failed\n")
