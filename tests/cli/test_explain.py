"""`articles explain`: every step with its value, every cut with its reason, for each outcome."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from conftest import ARTICLE, Invoke
from selectolax.lexbor import LexborHTMLParser

from pipeline.cli import explain
from pipeline.cli.flow import STEPS
from pipeline.job import Job, Result, enricher, enricher_config
from pipeline.records import Cut
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


def test_an_article_that_takes_too_long_does_not_hold_us_up(run: Invoke) -> None:
    """What the limits of a child end is explained as `run` would see it."""
    text = "\n\n".join(f"On day {day} {ARTICLE}" for day in range(5000))
    Path("slow.jsonl").write_bytes(orjson.dumps({"text": text}))
    data = explained(run, "slow.jsonl", ARTICLES_LIMITS__CPU_SECONDS="0.05")
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


TURNED = "<script>alert(1)</script> \u202eagain\u202c \"x\" 'y'\x00"
HOSTILE = f"News\n\n{TURNED}\n\n{ARTICLE} <img src=x onerror=a>\n\n{FORM}"


def page_of(run: Invoke, record: dict[str, Any]) -> str:
    """The page that `--html` writes of a record."""
    Path("page.jsonl").write_bytes(orjson.dumps(record))
    done = run("explain", "page.jsonl", "--html", "out.html")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "wrote out.html\n")
    return Path("out.html").read_text("utf-8")


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.usefixtures("_here")
def test_the_margin_names_each_cut(run: Invoke) -> None:
    """Beside a struck piece stand its kind, its rule and how sure it is; beside a kept one stands nothing."""
    done = run("explain", "a.jsonl", "--id", "first", COLUMNS="160")
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in done.stdout.splitlines() if line[:1] == "│"]
    form = next(i for i, row in enumerate(rows) if row[:2] == ["comment_form", "Leave a Reply"])
    assert rows[form][2] == ""
    assert rows[form + 1][0] == "comment_form_phrase 0.95"
    assert {row[0] for row in rows if row[1].startswith("The council of Marrowby met on Monday. Ilse Br")} == {""}


@pytest.mark.usefixtures("_here")
def test_a_page_for_people(run: Invoke) -> None:
    """All of the page text is there, what is struck are the cuts, what is marked the entities, each kind explained."""
    tree = LexborHTMLParser(page_of(run, RECORDS[0]))
    values = {step["step"]: step["value"] for step in explained(run, "a.jsonl", "--id", "first")["steps"]}
    mentions = explained(run, "a.jsonl", "--id", "first")["record"]["mentions"]
    main = tree.css_first("main")
    assert squeezed(values["page"]["text"]) == squeezed("".join(node.text() for node in main.css(".text")))
    assert [squeezed(cut["text"]) for cut in values["clean"]["cuts"]] == [squeezed(d.text()) for d in main.css("del")]
    assert [one["text"] for one in mentions] == [node.text() for node in main.css("mark")]
    legend = tree.css_first(".legend").text()
    assert all(f"{cut['kind']} 1: {cut['why']}" in legend for cut in values["clean"]["cuts"])


@pytest.mark.usefixtures("_here")
def test_a_hostile_article_stays_text(run: Invoke) -> None:
    """Tags, quotes, NUL and marks that turn the reading order are shown, and do nothing."""
    page = page_of(run, {"text": HOSTILE, "title": "</title><script>a", "url": "https://n.example/'\"><script>"})
    tree = LexborHTMLParser(page)
    assert not tree.css("script, img, link, iframe, [onerror], [src], [href]")
    assert "<script>alert(1)</script>" in tree.body.text()
    assert tree.css_first("title").text() == "</title><script>a"
    assert [node.text() for node in tree.css(".control")] == ["U+202E", "U+202C"]
    shown = run("explain", "page.jsonl").stdout
    assert not set(page + shown) & {"\0", "\u202e", "\u202c"}


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize(("record", "told"), [(2, "rejected: empty_after_cleaning"), (3, "dead: wrong_type")])
def test_a_page_of_what_is_no_article(record: int, told: str, run: Invoke) -> None:
    """Its reason stands on it; a rejected one shows its cuts, a dead one has no text."""
    tree = LexborHTMLParser(page_of(run, RECORDS[record]))
    assert told in tree.css_first("dl").text()
    assert [node.text().split("\n")[0] for node in tree.css("main del")] == (["Leave a Reply"] if record == 2 else [])


@pytest.mark.usefixtures("_here")
def test_a_page_that_cannot_be_written(run: Invoke) -> None:
    """One line, exit code 1."""
    done = run("explain", "a.jsonl", "--html", "none/out.html")
    assert done.exit_code == 1
    assert done.stderr == "Error: cannot write none/out.html: No such file or directory\n"
