"""Files and standard input as raw records: JSON lines (also .gz), or one page (.html, .htm) or text (.txt) a file."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import orjson

from pipeline.records import FileOrigin, Headers

PAGE_HEADERS: Headers = (("content-type", b"text/html"),)


@dataclass(frozen=True, slots=True)
class Sourced:
    """One raw value as it will lie on the topic, and where it stood."""

    value: bytes
    headers: Headers
    origin: FileOrigin


def read(inputs: Iterable[str]) -> Iterator[Sourced]:
    """The records of all inputs in order; '-' is standard input. Blank lines are no records. OSError as it comes."""
    for name in inputs:
        if name == "-":
            yield from _lines(sys.stdin.buffer, "-")
        elif name.endswith((".html", ".htm")):
            yield Sourced(Path(name).read_bytes(), PAGE_HEADERS, FileOrigin(name, 1))
        elif name.endswith(".txt"):
            text = Path(name).read_bytes().decode("utf-8", "replace")
            yield Sourced(orjson.dumps({"text": text}), (), FileOrigin(name, 1))
        elif name.endswith(".gz"):
            with gzip.open(name) as packed:
                yield from _lines(packed, name)
        else:
            with open(name, "rb") as lines:
                yield from _lines(lines, name)


def _lines(stream: Iterable[bytes] | IO[bytes], name: str) -> Iterator[Sourced]:
    for number, line in enumerate(stream, 1):
        value = line.rstrip(b"\r\n")
        if value.strip():
            yield Sourced(value, (), FileOrigin(name, number))
