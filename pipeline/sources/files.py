"""Files and standard input as raw records: JSON lines, or a page (.html, .htm) or text (.txt) a file; all also .gz."""

from __future__ import annotations

import gzip
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import IO, cast

import orjson

from pipeline.enrich.charset import decode_html
from pipeline.records import FileOrigin, Headers

PAGE_HEADERS: Headers = (("content-type", b"text/html"),)
_LARGEST = 256 * 1024**2  # the most that limits.record_bytes may be: what is longer is no record, whatever the settings


class SourceError(Exception):
    """An input cannot be read, or not to its end; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Sourced:
    """One raw value as it will lie on the topic, and where it stood."""

    value: bytes
    headers: Headers
    origin: FileOrigin


def problem(name: str) -> str | None:
    """Why an input cannot be opened, None when nothing is known against it. Opens nothing: a pipe has one reader."""
    if name == "-":
        return None if sys.stdin else "standard input is closed"
    if not os.path.exists(name):
        return f"no such file: {name}"
    if os.path.isdir(name):
        return f"{name} is a directory; name the files in it"
    return None if os.access(name, os.R_OK) else f"{name} cannot be read: permission denied"


def read(inputs: Iterable[str]) -> Iterator[Sourced]:
    """The records of all inputs in order; '-' is standard input. Blank lines are no records. Raises SourceError."""
    for name in inputs:
        try:
            with _opened(name) as stream:
                yield from _records(stream, name)
        except EOFError as error:
            raise SourceError(f"{name} is cut short: it ends in the middle of its compressed data") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise SourceError(f"{name} is not a whole gzip file: {error}") from error
        except OSError as error:
            raise SourceError(f"{name} cannot be read: {error.strerror or error}") from error


def _opened(name: str) -> AbstractContextManager[IO[bytes]]:
    if name == "-":
        return nullcontext(sys.stdin.buffer)
    return cast(IO[bytes], gzip.open(name)) if name.lower().endswith(".gz") else open(name, "rb")


def _records(stream: IO[bytes], name: str) -> Iterator[Sourced]:
    shown = os.fsencode(name).decode("utf-8", "backslashreplace")  # file names are bytes, records are not
    kind = name.lower().removesuffix(".gz")
    if kind.endswith((".html", ".htm")):
        yield Sourced(_whole(stream, name), PAGE_HEADERS, FileOrigin(shown, 1))
    elif kind.endswith(".txt"):
        text = decode_html(_whole(stream, name), None)
        yield Sourced(orjson.dumps({"text": text}), (), FileOrigin(shown, 1))
    else:
        for number, line in enumerate(iter(partial(stream.readline, _LARGEST + 1), b""), 1):
            if len(line) > _LARGEST:
                raise SourceError(f"{name}:{number} is longer than {_LARGEST} bytes; is it a file of JSON lines?")
            value = line.removesuffix(b"\n").removesuffix(b"\r")
            if value.strip():
                yield Sourced(value, (), FileOrigin(shown, number))


def _whole(stream: IO[bytes], name: str) -> bytes:
    data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise SourceError(f"{name} is longer than {_LARGEST} bytes")
    return data
