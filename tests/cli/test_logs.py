"""Log lines: one event a line with its fields, as JSON or for a terminal, whatever the fields hold."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline import logs


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """The handlers of the tests come back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_an_event_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    """With time, level, logger, event and its fields; what is below the level is not there."""
    logs.set_up("info", "auto")
    log = logging.getLogger("somewhere")
    log.debug("not told")
    log.warning("batch\n%s", "done", extra={"records": 3, "offsets": {0: 17}})
    [line] = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert event.pop("at").endswith("+00:00")
    assert event == {
        "level": "warning",
        "logger": "somewhere",
        "event": "batch\ndone",
        "records": 3,
        "offsets": {"0": 17},
    }


@pytest.mark.parametrize("value", ["\ud800", 2**70, {"a": {1, 2}}, b"\xff", object(), float("nan")])
def test_any_field_can_be_told(value: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """No value of a field costs the event."""
    logs.set_up("info", "json")
    logging.getLogger("somewhere").info("odd", extra={"value": value})
    [line] = capsys.readouterr().err.splitlines()
    assert (json.loads(line)["event"], "value" in json.loads(line)) == ("odd", True)


def test_an_exception_comes_with_its_event(capsys: pytest.CaptureFixture[str]) -> None:
    """In the same line of JSON."""
    logs.set_up("info", "json")
    try:
        raise ValueError("why")
    except ValueError:
        logging.getLogger("somewhere").exception("failed")
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["exception"].endswith("ValueError: why")


def test_text_does_nothing_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Line breaks and escape sequences are shown, not done."""
    logs.set_up("info", "text")
    logging.getLogger("somewhere").info("a\nb", extra={"file": "\x1b[2J\x9b é\r"})
    [line] = capsys.readouterr().err.splitlines()
    assert line.endswith("info    a\\x0ab file=\\x1b[2J\\x9b é\\x0d")


def test_an_exception_does_nothing_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """What a message quotes may be hostile: its controls are shown, the lines of the traceback stay lines."""
    logs.set_up("info", "text")
    try:
        raise ValueError("a \x1b[2J\r page")
    except ValueError:
        logging.getLogger("somewhere").exception("failed")
    lines = capsys.readouterr().err.split("\n")
    assert lines[-2] == "ValueError: a \\x1b[2J\\x0d page"
    assert "Traceback (most recent call last):" in lines
