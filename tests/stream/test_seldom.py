"""Lines that clients repeat: one of a kind in ten seconds."""

from __future__ import annotations

import logging

import pytest

from pipeline.settings import Settings
from pipeline.stream import clients
from pipeline.stream.seldom import AIOKAFKA_LOGGERS, Seldom, quiet_aiokafka


def line(message: str, *values: object, level: int = logging.ERROR) -> logging.LogRecord:
    """A log record."""
    return logging.LogRecord("aiokafka.conn", level, "", 0, message, values, None)


def test_one_of_a_kind() -> None:
    """Level, template and first value make the kind; the rest may differ."""
    now = 0.0
    rule = Seldom(10, lambda: now)
    lines = [line("no %s: %s", 1, "a"), line("no %s: %s", 1, "b"), line("no %s: %s", 2, "a"), line("other")]
    assert [rule.filter(one) for one in lines] == [True, False, True, True]
    assert rule.filter(line("no %s: %s", 1, "a", level=logging.INFO))
    now = 9.9
    assert not rule.filter(line("other"))
    now = 10.1
    assert [rule.filter(one) for one in lines] == [True, False, True, True]


def test_librdkafka_repeats_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Each client has a rule of its own, so that a new one is heard."""
    for _ in range(2):
        client = clients._ClientLog(Settings())
        for number in range(5):
            client.log(logging.ERROR, "%s [%s] %s", "FAIL", "x#1", f"refused {number}")
    assert [record.getMessage() for record in caplog.records] == ["FAIL [x#1] refused 0"] * 2


def test_aiokafka_has_one_rule() -> None:
    """Set up twice, the filter is there once."""
    quiet_aiokafka()
    quiet_aiokafka()
    for name in AIOKAFKA_LOGGERS:
        assert len([one for one in logging.getLogger(name).filters if isinstance(one, Seldom)]) == 1
