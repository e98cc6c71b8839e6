"""One event a line, with fields: JSON when nobody watches, plain on a terminal. No article text, no line breaks."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

import orjson

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}  # what acts on a terminal


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        event = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        try:
            return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
        except TypeError:  # lone surrogates, integers beyond 64 bits
            return json.dumps(event, default=str)


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{key}={value}" for key, value in _fields(record).items())
        told = f"{record.levelname.lower():7} {record.getMessage()} {fields}".rstrip(" ").translate(_ESCAPES)
        line = f"{self.formatTime(record, '%H:%M:%S')} {told}"
        return f"{line}\n{_lines(self.formatException(record.exc_info))}" if record.exc_info else line


def _lines(text: str) -> str:
    """Several lines that do nothing to a terminal."""
    return "\n".join(line.translate(_ESCAPES) for line in text.split("\n"))


def _fields(record: logging.LogRecord) -> dict[str, object]:
    return {key: value for key, value in vars(record).items() if key not in _STANDARD}


def set_up(level: str, form: Literal["auto", "json", "text"]) -> None:
    """Sends all logging to stderr in one of the two forms; `auto` looks whether stderr is a terminal."""
    handler = logging.StreamHandler(sys.stderr)
    plain = form == "text" or (form == "auto" and sys.stderr.isatty())
    handler.setFormatter(_Plain() if plain else _Json())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
