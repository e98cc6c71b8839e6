"""Bytes that come in pieces as lines, each bounded: what is longer than a record may be is told, and not kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line by its number, from 1. `value` is None where it had more bytes than a record may have."""

    number: int
    value: bytes | None


class Lines:
    """Cuts what it is fed at each line feed; blank lines count and are left out. Keeps `most` bytes at most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._number = 1
        self._held: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> Iterator[Line]:
        """The lines that end in this piece."""
        *ended, rest = piece.split(b"\n")
        for part in ended:
            self._hold(part)
            yield from self.finish()
            self._number += 1
        self._hold(rest)

    def finish(self) -> Iterator[Line]:
        """What is left when no more comes: a last line without a line feed."""
        value = b"".join(self._held).removesuffix(b"\r")
        is_too_long = self._size > self._most + 1  # one for the carriage return
        self._held, self._size = [], 0
        if is_too_long or len(value) > self._most:
            yield Line(self._number, None)
        elif value.strip():
            yield Line(self._number, value)

    def _hold(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._most + 1:
            self._held = []
        elif part:
            self._held.append(part)
