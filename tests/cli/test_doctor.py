"""`articles doctor`: each check sees its fault, and says what to do about it."""

from __future__ import annotations

import json
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest
from conftest import Invoke

from pipeline.cli import checks
from pipeline.settings import Settings
from pipeline.stream import reach
from pipeline.stream.embedded import EmbeddedBroker

NAMES = ["python", "compiled", "imports", "parsers", "models", "child process", "kafka", "topics"]


@pytest.mark.parametrize(
    ("version", "bounds", "expected"),
    [
        ("8.3.1", ">=8.3,<8.4", True),
        ("8.4", "<8.4,>=8.3", False),
        ("8.4.0", "<8.4,>=8.3", False),
        ("8.2.9", ">=8.3", False),
        ("8.10", ">=8.3", True),
        ("8.3", ">=8.3.0", True),
        ("2.0rc1", ">=2", True),
        ("1.0", "", True),
    ],
)
def test_versions_are_compared_as_numbers(version: str, bounds: str, expected: bool) -> None:
    """Not as text, and with or without trailing zeros."""
    assert expected is checks.within(version, bounds)


@pytest.mark.parametrize(
    ("requirement", "ok", "found"),
    [
        ("orjson>=3", True, ", compiled"),
        ("aiokafka[lz4,zstd]>=0.1", True, "compiled"),
        ("orjson>=99", False, "but >=99 is needed"),
        ("no-such-library>=1", False, "not installed"),
    ],
)
def test_libraries(requirement: str, ok: bool, found: str) -> None:
    """Missing and too old ones say: install again."""
    check = checks.library(requirement)
    assert check is not None
    assert (ok, True) == (check.ok, found in check.found), check
    assert "make install" in check.fix or ok


def test_what_is_optional_is_not_missed() -> None:
    """Development tools are nobody's fault."""
    assert checks.library('no-such-library>=1; extra == "dev"') is None


def test_a_library_without_its_compiled_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wheel for another Python is installed and cannot work."""
    monkeypatch.setattr(checks, "EXTENSION_SUFFIXES", [".cpython-27-nowhere.so"])
    check = checks.library("orjson>=3")
    assert check is not None
    assert (check.ok, "without its compiled part" in check.found) == (False, True)


def test_what_is_compiled_of_ours_is_counted_not_claimed(tmp_path: Path) -> None:
    """What has types and a compiled module beside it is compiled; what has only types could be."""
    for name in ("fast", "slow"):
        (tmp_path / f"{name}.pxd").touch()
        (tmp_path / f"{name}.py").touch()
    (tmp_path / f"fast{EXTENSION_SUFFIXES[0]}").touch()
    compiled, plain = checks.compiled(tmp_path).found.split("; ")
    assert f"{tmp_path.name}.fast" == compiled
    assert plain.startswith("plain Python, slower") and plain.endswith(f": {tmp_path.name}.slow")


def test_an_old_python_and_a_library_that_does_not_load() -> None:
    """Each is one failed check with a fix."""
    assert [checks.python((3, 10, 4)).ok, checks.python((3, 11, 0)).ok] == [False, True]
    check = checks.imports(["pipeline.no_such_module"])
    assert (check.ok, "no_such_module" in check.found, "make install" in check.fix) == (False, True, True)


def test_a_damaged_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message of the model's loader, and: install again."""
    from pipeline.enrich.entities import ModelError

    def damaged() -> None:
        raise ModelError("the tagger's model is damaged")

    monkeypatch.setattr("pipeline.flow.made_by", damaged)
    check = checks.models()
    assert (check.ok, check.found, "make install" in check.fix) == (False, "the tagger's model is damaged", True)


def test_a_child_that_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found by starting one; the usual cause is a limit."""
    monkeypatch.setattr("sys.executable", "/bin/false")
    check = checks.child(Settings())
    assert (check.ok, "could not start" in check.found, "child_memory_bytes" in check.fix) == (False, True, True)


def test_all_is_well_with_a_broker_and_its_topics(run: Invoke) -> None:
    """Every check is there and ok, exit code 0; the embedded broker is called what it is."""
    from pipeline.settings import Topics

    with EmbeddedBroker(Topics().model_dump().values()) as broker:
        done = run("doctor", "--json", "--bootstrap-servers", broker.bootstrap_servers)
    found = {check["name"]: check for check in json.loads(done.stdout)}
    assert [check for check in found.values() if not check["ok"]] == []
    assert (done.exit_code, [name for name in NAMES if name not in found]) == (0, [])
    assert "it drops data" in found["kafka"]["found"]
    assert "libxml2 " in found["parsers"]["found"]
    assert "expat " in found["parsers"]["found"]
    assert "tagger" in found["models"]["found"]


def test_what_is_missing_is_told_with_its_fix(run: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """No broker: why, and how to get one. No topics: the command, with the address. Exit code 1 for both."""
    monkeypatch.setattr(reach, "_SECONDS", 0.3)
    monkeypatch.setattr("pipeline.cli.checks.child", lambda _: checks.Check("child process", True, "not started here"))
    done = run("doctor", "--bootstrap-servers", "127.0.0.1:1")
    assert (done.exit_code, "FAIL kafka" in done.stdout, "Connection refused" in done.stdout) == (1, True, True)
    assert "-> start Kafka or `articles broker`" in done.stdout
    monkeypatch.setattr(reach, "_SECONDS", 5.0)
    with EmbeddedBroker() as broker:
        done = run("doctor", "--bootstrap-servers", broker.bootstrap_servers)
    assert (done.exit_code, done.stdout.count("FAIL topics")) == (1, 6)
    assert f"-> articles topics create --bootstrap-servers {broker.bootstrap_servers}" in done.stdout
