"""The program as a whole: help, usage, settings, exit codes, closed pipes; what it costs to ask for help."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import orjson
import pytest
from conftest import ARTICLE, Invoke, Start

from pipeline.cli import COMMANDS, articles, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_and_json(name: str, run: Invoke) -> None:
    """Its own page shows how it is called, on one line that can be copied, and it prints data on request."""
    done = run(name, "--help")
    assert done.exit_code == 0
    assert f"Example: articles {name}" in done.output
    command = articles.get_command(click.Context(articles), name)
    assert command is not None
    parts = list(command.commands.values()) if isinstance(command, click.Group) else [command]
    for part in parts:
        assert "--json" in [option for parameter in part.params for option in parameter.opts]


def test_the_list_of_commands_is_that_of_the_files() -> None:
    """No command without a file, no file of a command that is not listed; `dlq_list` is a part of `dlq`."""
    folder = Path(sys.modules["pipeline.cli"].__file__ or "").parent
    files = {path.stem for path in folder.glob("*.py") if "@click." in path.read_text("utf-8").partition("\ndef ")[0]}
    assert {file.partition("_")[0] for file in files - {"__init__"}} == set(COMMANDS)


def test_help_loads_next_to_nothing() -> None:
    """A person who asks what there is does not wait for models and clients."""
    script = "import sys, pipeline.cli as cli; cli.articles(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    heavy = {"orjson", "pydantic", "rich", "yaml", "confluent_kafka", "faust", "lxml", "numpy", "trafilatura"}
    assert loaded & heavy == set()
    assert "click" in loaded


def test_both_names_are_one_program(run: Invoke) -> None:
    """`articles` is pipeline.cli:main, and `python -m pipeline` says the same."""
    [script] = importlib.metadata.entry_points(group="console_scripts", name="articles")
    assert script.load() is main
    done = subprocess.run([sys.executable, "-m", "pipeline", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == run("--version").stdout


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ([], "Usage"),
        (["rn"], "the nearest is run"),
        (["run"], "INPUTS"),
        (["run", "x.jsonl", "--workers", "0"], "--workers"),
        (["run", "x.jsonl", "--wrokers", "1"], "--workers"),
        (["run", "x.jsonl", "--config", "none.toml"], "none.toml"),
        (["feed"], "INPUTS"),
        (["topics"], "create"),
        (["topics", "destroy"], "destroy"),
        (["worker", "--stage", "clean"], "enrich"),
        (["worker", "--group", "two words"], "worker.group"),
        (["tail", "-n", "0"], "--lines"),
        (["tail", "--bootstrap-servers", "nonsense"], "host:port"),
        (["explain"], "INPUT"),
        (["schema", "nope"], "enriched"),
    ],
)
def test_wrong_calls_end_with_2(args: list[str], told: str, run: Invoke) -> None:
    """And the message names what is right."""
    done = run(*args)
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr


READ_SETTINGS = [
    ["run", "x.jsonl"],
    ["explain", "x.jsonl"],
    ["feed", "x.jsonl"],
    *([name] for name in ("worker", "tail", "ledger", "broker", "doctor", "flow")),
    ["topics", "check"],
]


@pytest.mark.parametrize("args", READ_SETTINGS, ids=" ".join)
def test_a_wrong_setting_ends_every_command_with_2(args: list[str], run: Invoke) -> None:
    """Before anything else happens: one line with the setting, where it was set and the fix."""
    done = run(*args, ARTICLES_LIMITS__DEPTH="deep")
    assert done.exit_code == 2
    [line] = done.stderr.splitlines()
    assert "limits.depth = 'deep' (environment variable ARTICLES_LIMITS__DEPTH): write a whole number" in line


def test_an_unknown_setting_names_the_nearest(run: Invoke) -> None:
    """From the environment and from a file."""
    done = run("run", "x.jsonl", ARTICLES_KAFKA__BOOTSTRAP_SERVER="k:9092")
    assert (done.exit_code, "nearest is ARTICLES_KAFKA__BOOTSTRAP_SERVERS" in done.stderr) == (2, True)
    Path("c.toml").write_text("[limits]\ndept = 4\n")
    done = run("run", "x.jsonl", "--config", "c.toml")
    assert (done.exit_code, "nearest is limits.depth" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "args",
    [["--help"], ["--version"], ["schema", "raw"], ["flow"], ["run", "a.jsonl"], ["explain", "a.jsonl"]],
    ids=" ".join,
)
def test_a_closed_pipe_is_no_failure(args: list[str], start: Start, closed_pipe: int) -> None:
    """Whoever reads may go (`| head -1`): exit code 0, and nothing of Python's on stderr."""
    Path("a.jsonl").write_bytes(orjson.dumps({"text": ARTICLE}) + b"\n")
    process = start(*args, stdout=closed_pipe)
    error = process.communicate(timeout=60)[1].decode()
    assert (process.returncode, "Traceback" in error, "Exception" in error) == (0, False, False), error


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("args", [["schema", "raw"], ["--help"]], ids=" ".join)
def test_a_full_disk_is_one_line(args: list[str], start: Start) -> None:
    """Standard output that takes nothing is told, with exit code 1."""
    with open("/dev/full", "wb") as full:
        process = start(*args, stdout=full.fileno())
    error = process.communicate(timeout=60)[1].decode()
    assert (process.returncode, error.splitlines()) == (
        1,
        ["Error: standard output cannot be written: No space left on device"],
    )


def test_schemas_by_every_name(run: Invoke) -> None:
    """A topic's name, the short one, and the one that `tail` uses give the same; without one there is a list."""
    names = ("articles.raw.v1.dlq", "dead_headers", "dead")
    assert len({run("schema", name).stdout for name in names}) == 1
    assert json.loads(run("schema", "enriched").stdout)["properties"]["cuts"]
    assert json.loads(run("schema", "enriched", "--example").stdout)["schema"] == "enriched/1"
    assert "dead_line" in json.loads(run("schema").stdout)
