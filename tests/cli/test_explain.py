"""`articles explain`: every step with its value, every cut with its reason, for each outcome."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from conftest import ARTICLE, Invoke

from pipeline.cli import explain
from pipeline.cli.flow import STEPS
from pipeline.job import Job, Result, enricher, enricher_config
from pipeline.records import Cut
from pipeline.sample import slow_page
from pipeline.settings import Settings
from pipeline.sources.files import Sourced
from pipeline.spans import rebuild

FORM = "Leave a Reply\n\nYour email address will not be published."
RECORDS = [
    {"id": "first", "text": f"{ARTICLE}\n\n{FORM}", "url": "https://news.example/ferry"},
    {"id": 2, "html": f"<html><body><article><h1>Quay</h1><p>{ARTICLE}</p></article><p>{FORM}</p></body></html>"},
    {"id": "refused", "text": FORM},
    {"id": "dead", "text": 7, "url": "https://news.example/dead"},
]
NAMES = [name for name, _, _ in STEPS]


@pytest.fixture(autouse=True)
def _records() -> None:
    Path("a.jsonl").write_bytes(b"\n".join(map(orjson.dumps, RECORDS)))


@pytest.fixture
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work of the child is done here, where it takes no second to start."""

    def guarded(chosen: Settings, record: Sourced) -> Result:
        return enricher(enricher_config(chosen))(Job(record.value, record.headers, record.origin))

    monkeypatch.setattr(explain, "_guarded", guarded)


def explained(run: Invoke, *args: str, **environ: str) -> dict[str, Any]:
    done = run("explain", *args, "--json", **environ)
    assert done.exit_code == 0, done.stderr
    data: dict[str, Any] = json.loads(done.stdout)
    return data


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize(("wanted", "line"), [("first", 1), ("2", 2)])
def test_an_article_with_all_its_steps(wanted: str, line: int, run: Invoke) -> None:
    """The values of all steps as data: page text, cuts with kind, text and why, and the record that `run` makes."""
    data = explained(run, "a.jsonl", "--id", wanted)
    assert ("enriched", {"file": "a.jsonl", "line": line}, NAMES) == (
        data["outcome"],
        data["origin"],
        [step["step"] for step in data["steps"]],
    )
    values = {step["step"]: step["value"] for step in data["steps"]}
    cuts = values["clean"]["cuts"]
    form = [cut for cut in cuts if "Leave a Reply" in cut["text"]]
    assert [(c["kind"], c["why"]) for c in form] == [("comment_form", "a form that asks the reader for a comment")]
    whys = [cut.pop("why") for cut in cuts]
    assert all(whys)
    assert values["page"]["text"] == rebuild(values["clean"]["text"], [Cut(**cut) for cut in cuts])
    assert data["record"]["cuts"] == cuts
    assert data["record"]["text"] == values["clean"]["text"]
    assert (values["language"]["code"], data["record"]["entities"]) == ("en", values["entities"])


@pytest.mark.usefixtures("_here")
def test_a_rejected_one(run: Invoke) -> None:
    """Found by its input id; the steps end where it was refused, and the reason has its sentence."""
    data = explained(run, "a.jsonl", "--id", "refused")
    assert (data["outcome"], data["reason"]) == ("rejected", "empty_after_cleaning")
    assert data["why"] == "nothing but boilerplate was delivered"
    assert NAMES[:3] == [step["step"] for step in data["steps"]]
    assert data["steps"][-1]["value"]["cuts"][0]["kind"] == "comment_form"
    assert data["record"]["reason"] == data["reason"]


@pytest.mark.usefixtures("_here")
def test_a_dead_one(run: Invoke) -> None:
    """Found by its id; one step, the reason with its sentence and detail, no record."""
    everything = explained(run, "a.jsonl", "--id", "first")
    Path("dead.jsonl").write_bytes(orjson.dumps(RECORDS[3]))
    data = explained(run, "dead.jsonl")
    assert (data["outcome"], data["reason"], data["record"]) == ("dead", "wrong_type", None)
    assert (data["why"], "text" in data["detail"]) == ("a field has a type that the contract does not allow", True)
    assert [step["step"] for step in data["steps"]] == ["decode"]
    assert data["id"] == explained(run, "a.jsonl", "--id", data["id"])["id"] != everything["id"]


def test_a_page_that_hangs_parsers_does_not_hang_us(run: Invoke) -> None:
    """What the limits of a child end is explained as `run` would see it."""
    Path("slow.jsonl").write_bytes(slow_page())
    data = explained(run, "slow.jsonl", ARTICLES_LIMITS__CPU_SECONDS="0.3")
    assert (data["outcome"], data["reason"], data["steps"]) == ("dead", "timeout", [])


@pytest.mark.usefixtures("_here")
def test_the_text_for_people(run: Invoke) -> None:
    """Steps in order, each cut in the table with its reason, the entities; escape sequences stay harmless."""
    hostile = f"Share this \x1b]0;owned\x07 [/bold]\n\n{ARTICLE} [bold]Zoë\x1b[31m[/red] Ltd.\n\n{FORM}"
    Path("t.jsonl").write_bytes(orjson.dumps({"text": hostile, "title": "[/x]", "url": "https://n.example/\x1b[2J"}))
    done = run("explain", "t.jsonl", COLUMNS="160")
    positions = [done.stdout.index(f"\n{name} ") for name in NAMES[1:]]
    assert positions == sorted(positions)
    assert "comment_form" in done.stdout
    assert "a form that asks the reader for a comment" in done.stdout
    assert "Ilse Brandvold" in done.stdout
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize(
    ("args", "told"), [([], "rejected empty_after_cleaning: nothing but boilerplate"), (["--id", "dead"], "no article")]
)
def test_the_text_of_others(args: list[str], told: str, run: Invoke) -> None:
    """A rejected one shows its reason; an id that is not there is a failure."""
    Path("r.jsonl").write_bytes(orjson.dumps(RECORDS[2]))
    done = run("explain", "r.jsonl", *args)
    assert (bool(args), told in done.output) == (done.exit_code == 1, True), done.output


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("none", None, "no such file: none"),
        ("empty", b"\n\n", "empty holds no record"),
        ("bad.gz", b"not gzip", "bad.gz is not a whole gzip file"),
        (".", None, ". is a directory"),
    ],
)
def test_inputs_without_a_record(name: str, content: bytes | None, told: str, run: Invoke) -> None:
    """One line, exit code 1."""
    if content is not None:
        Path(name).write_bytes(content)
    done = run("explain", name)
    assert (done.exit_code, done.stderr.startswith(f"Error: {told}")) == (1, True), done.stderr


def test_standard_input(run: Invoke) -> None:
    """'-' is read too, binary garbage is dead."""
    done = run("explain", "-", stdin=b"\x00\xff\xfe")
    assert (done.exit_code, "dead invalid_json" in done.stdout) == (0, True)
