"""The program for tests: in this process where that is enough, as one of its own for signals, pipes and streams."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import articles

ARTICLE = (
    "The council of Marrowby met on Monday. Ilse Brandvold of the Harbour Party said that the ferry would sail again "
    "in June, and that the quay must be mended before the storms of autumn come. "
) * 6
COMMANDS_WITH_KAFKA = (["feed", "in.jsonl"], ["intake"], ["tail"], ["ledger"], ["worker"], ["topics", "check"])

Invoke = Callable[..., Result]
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has an empty working directory, and no settings of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ARTICLES_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def run() -> Invoke:
    """`run("explain", "x.jsonl", ARTICLES_LOG__LEVEL="info")`: the result of the program, in this process."""

    def invoke(*args: str, stdin: bytes | None = None, **environ: str) -> Result:
        result = CliRunner().invoke(articles, args, input=stdin, env=environ, prog_name="articles")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


@pytest.fixture
def start() -> Iterator[Start]:
    """`start("broker", stdout=PIPE)`: the program as a process; what still runs is killed at the end of the test."""
    running: list[subprocess.Popen[bytes]] = []

    def popen(*args: str, stdout: int = subprocess.PIPE, **environ: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline", *args],
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env={**os.environ, **environ},
        )
        running.append(process)
        return process

    yield popen
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def closed_pipe() -> Iterator[int]:
    """A standard output whose reader is gone before anything is written."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)
