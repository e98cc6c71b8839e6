"""`articles run`: order, outcomes, dead lines, exit codes, inputs and outputs that are not what they should be."""

from __future__ import annotations

import base64
import gzip
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from conftest import ARTICLE, Invoke, Start

BINARY = b"\x00\xff\xfe not json"
PAGE = f"<html><body><article><h1>Ferry sails again</h1><p>{ARTICLE}</p></article></body></html>"


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(name).read_bytes().splitlines()]


def article(number: int) -> bytes:
    return orjson.dumps({"id": number, "text": f"{ARTICLE} Report {number}."})


@pytest.fixture
def mixed() -> list[str]:
    """Inputs of every kind: 43 articles, one page without text, two values that are dead."""
    articles = [article(number) for number in range(41)]
    Path("a.jsonl").write_bytes(b"\n".join([*articles[:20], b'{"text": " Share "}', BINARY, *articles[20:30]]))
    Path("b.jsonl.gz").write_bytes(gzip.compress(b"\n".join([*articles[30:], b'{"url": "x"}'])))
    Path("t.txt").write_text(ARTICLE, "utf-8")
    Path("p.html").write_text(PAGE, "utf-8")
    return ["a.jsonl", "b.jsonl.gz", "t.txt", "p.html"]


def test_every_line_is_accounted_for_in_order(mixed: list[str], run: Invoke) -> None:
    """Three files, each in the order of the input, from two children; the counts are the sum; exit code 0."""
    done = run("run", *mixed, "-o", "out", "--rejected", "rejected", "--dead", "dead", "--workers", "2", "--json")
    assert done.exit_code == 0
    tally = json.loads(done.stdout)
    expected = {
        "records": 46,
        "enriched": 43,
        "rejected": {"empty_after_cleaning": 1},
        "dead": {"invalid_json": 1, "no_content": 1},
        "balanced": True,
        "unread": None,
    }
    assert expected == {key: tally[key] for key in expected}
    enriched = lines("out")
    assert [*range(41), None, None] == [record["extra"].get("id") for record in enriched]
    assert [r["origin"] for r in enriched[-2:]] == [{"file": "t.txt", "line": 1}, {"file": "p.html", "line": 1}]
    assert [(r["origin"]["file"], r["origin"]["line"]) for r in lines("rejected")] == [("a.jsonl", 21)]
    first, second = lines("dead")
    assert {"id", "reason", "detail", "origin", "value", "value_b64"} == set(first) == set(second)
    assert (first["value"], base64.b64decode(first["value_b64"])) == (None, BINARY)
    assert (second["value"], second["value_b64"]) == ('{"url": "x"}', None)
    assert [first["origin"], second["origin"]] == [{"file": "a.jsonl", "line": 22}, {"file": "b.jsonl.gz", "line": 12}]


def test_strict_and_standard_streams(run: Invoke) -> None:
    """'-' is standard input and output; the counts and reasons are on stderr; --strict fails where one is dead."""
    done = run("run", "-", "--strict", "--workers", "1", stdin=article(1) + b"\n" + BINARY + b"\n")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["origin"] == {"file": "-", "line": 1}
    assert done.stderr == "2 records = 1 enriched + 0 rejected + 1 dead (invalid_json 1)\n"


def test_nothing_in_nothing_out(run: Invoke) -> None:
    """Empty input is no failure."""
    Path("empty.jsonl").touch()
    done = run("run", "empty.jsonl", "--workers", "1", "--strict", "--json", "-o", "out")
    assert (done.exit_code, json.loads(done.stdout)["records"], Path("out").read_bytes()) == (0, 0, b"")


def test_what_comes_before_damage_is_done(run: Invoke) -> None:
    """A file that breaks off fails the run, after every record before the damage has got its result."""
    Path("a.jsonl").write_bytes(article(1) + b"\n")
    packed = gzip.compress(b"\n".join([article(2), os.urandom(9000).hex().encode()]))
    Path("cut.jsonl.gz").write_bytes(packed[:-3000])
    done = run("run", "a.jsonl", "cut.jsonl.gz", "--workers", "1", "-o", "out", "--json")
    tally = json.loads(done.stdout)
    assert (done.exit_code, tally["records"], tally["balanced"]) == (1, 2, True)
    assert tally["unread"] == "cut.jsonl.gz is cut short: it ends in the middle of its compressed data"
    assert [record["extra"]["id"] for record in lines("out")] == [1, 2]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["none.jsonl"], "no such file: none.jsonl"),
        (["folder"], "folder is a directory"),
        (["a.jsonl", "-o", "none/out"], "none/out cannot be written: No such file or directory"),
        (["a.jsonl", "--dead", "folder"], "folder cannot be written: Is a directory"),
        (["a.jsonl", "-o", "./a.jsonl"], "a.jsonl is both input and output"),
        (["a.jsonl", "-o", "link"], "link is both input and output"),
        (["a.jsonl", "-o", "x", "--dead", "folder/../x"], "x is named for two outputs"),
    ],
)
def test_wrong_files_end_it_before_work_starts(
    args: list[str], told: str, run: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, exit code 1, no child was started, and the input is as it was."""
    monkeypatch.setattr("pipeline.pool.Pool", None)
    Path("a.jsonl").write_bytes(article(1))
    Path("folder").mkdir()
    Path("link").symlink_to("a.jsonl")
    done = run("run", *args)
    [line] = done.stderr.splitlines()
    assert (done.exit_code, told in line) == (1, True), line
    assert Path("a.jsonl").read_bytes() == article(1)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_ends_it(run: Invoke) -> None:
    """A result that cannot be written is told in one line."""
    Path("a.jsonl").write_bytes(article(1))
    done = run("run", "a.jsonl", "--workers", "1", "-o", "/dev/full")
    assert (done.exit_code, done.stderr) == (1, "Error: an output cannot be written: No space left on device\n")


def test_a_child_that_cannot_start_ends_it(run: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """No record is to blame, and the run says so."""
    monkeypatch.setattr("sys.executable", "/bin/false")
    Path("a.jsonl").write_bytes(article(1))
    done = run("run", "a.jsonl", "--workers", "1")
    assert (done.exit_code, done.stderr.startswith("Error: a child process could not start")) == (1, True), done.stderr


def test_sigint_is_130(start: Start) -> None:
    """Interrupted while it waits for input: no traceback."""
    process = start("run", "-", "--workers", "1")
    assert process.stdin is not None
    process.stdin.write(article(1) + b"\n")
    process.stdin.flush()
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    error = process.communicate(timeout=30)[1].decode()
    assert (process.returncode, "Traceback" in error) == (130, False), error
