"""The file of places: names of the world's towns, countries and regions, found without loading them.

Little-endian: the header; PLACES records; a table of BUCKETS + 1 offsets into the entries; the entries, sorted. A
name's key is hashed to 48 bits (BLAKE2b): the first 16 choose the bucket, the other 32 are compared. The names
themselves are not in the file; that a name outside it meets one in it has a chance of about one in 500 million.
"""

from __future__ import annotations

import hashlib
import mmap
import re
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from enum import IntEnum, IntFlag
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parents[2] / "models" / "places.bin"
MAGIC = b"ARTPLACE"
VERSION = 1
MAX_NAME = 100  # code points; a longer name is in no gazetteer
BUCKETS = 1 << 16
_HEADER = struct.Struct("<8sIII32s")  # magic, version, places, entries, SHA-256 of what follows
_PLACE = struct.Struct("<Iii2s2sBBB")  # id, latitude and longitude in 1e-5 degrees, country, US state, kind, size, fame
_ENTRY = struct.Struct("<II")  # hash, place with flags in the upper byte
_OFFSET = struct.Struct("<I")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_DROPPED = re.compile(r"['’ʼʻʿʾ`´‘.]+")
_GAP = re.compile(r"[\W_]+")


class GazetteerError(RuntimeError):
    """The file of places is missing, damaged, or of another version than the code."""


class Kind(IntEnum):
    """What a record stands for; REGION has a country and no id, NOWHERE is a name that is no single place."""

    CITY = 0
    CAPITAL = 1
    COUNTRY = 2
    STATE = 3
    CONTINENT = 4
    REGION = 5
    NOWHERE = 6


class Use(IntFlag):
    """How a name belongs to its place."""

    NAME = 0
    ALTERNATE = 1
    DEMONYM = 2  # of a country: its people and what is theirs
    SHARED = 4  # a state that is meant only where the article says so: New York, Washington
    ABBREVIATION = 8  # of a state, after a town and a comma alone


class Place(NamedTuple):
    """A record; `state` a US postal code, `size` 8 log2(population + 1), `fame` the names it has elsewhere, to 255."""

    geonames: int | None
    lat: float
    lon: float
    country: str | None
    state: str | None
    kind: Kind
    size: int = 0
    fame: int = 0


class Found(NamedTuple):
    """A place that bears a name, and how."""

    place: Place
    use: Use


def key(name: str) -> str:
    """What names are compared by: case, marks, dots, apostrophes and hyphens do not tell them apart."""
    plain = name[: MAX_NAME + 1].casefold()
    if not plain.isascii():
        folded = unicodedata.normalize("NFKD", plain.translate(_LETTERS))
        plain = "".join(c for c in folded if not unicodedata.combining(c)).casefold()
    return _GAP.sub(" ", _DROPPED.sub("", plain)).strip()


class Gazetteer:
    """A read-only memory map, shared by all processes; `checksum` is the first 12 hex digits of the SHA-256 within."""

    def __init__(self, path: Path = FILE) -> None:
        """Raises GazetteerError with what to do."""
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except OSError as error:
            raise GazetteerError(f"the places {path} cannot be read ({error.strerror}); install again") from error
        except ValueError as error:  # an empty file cannot be mapped
            raise GazetteerError(f"the places {path} are damaged (empty); install again") from error
        try:
            magic, version, places, entries, digest = _HEADER.unpack_from(self._map)
        except struct.error as error:
            raise GazetteerError(f"the places {path} are damaged (no header); install again") from error
        if magic != MAGIC:
            raise GazetteerError(f"{path} is no file of places; install again")
        if version != VERSION:
            raise GazetteerError(f"the places {path} were made for another version of the code; install again")
        self._buckets = _HEADER.size + places * _PLACE.size
        self._entries = self._buckets + (BUCKETS + 1) * _OFFSET.size
        with memoryview(self._map) as view:
            sound = len(view) == self._entries + entries * _ENTRY.size
            if not sound or hashlib.sha256(view[_HEADER.size :]).digest() != digest:
                raise GazetteerError(f"the places {path} are damaged (checksum); install again")
        self.checksum = digest.hex()[:12]

    def find(self, name: str) -> list[Found]:
        """The places that bear a name, none where its key is empty or not in ASCII."""
        return self.find_key(key(name)) if len(name) <= MAX_NAME else []

    def find_key(self, text: str) -> list[Found]:
        """The same for a key."""
        if not text or not text.isascii():
            return []
        bucket, rest = _hash(text)
        first, last = struct.unpack_from("<II", self._map, self._buckets + bucket * _OFFSET.size)
        found = []
        for at in range(first, last):  # about six
            value, where = _ENTRY.unpack_from(self._map, self._entries + at * _ENTRY.size)
            if value == rest:
                found.append(Found(self._place(where & 0xFFFFFF), Use(where >> 24)))
        return found

    def _place(self, index: int) -> Place:
        geonames, lat, lon, country, state, kind, size, fame = _PLACE.unpack_from(
            self._map, _HEADER.size + index * _PLACE.size
        )
        return Place(geonames or None, lat / 1e5, lon / 1e5, _code(country), _code(state), Kind(kind), size, fame)


def _code(raw: bytes) -> str | None:
    return raw.decode("ascii") if raw.strip(b"\0") else None


def _hash(text: str) -> tuple[int, int]:
    value = int.from_bytes(hashlib.blake2b(text.encode("ascii"), digest_size=6).digest(), "little")
    return value & 0xFFFF, value >> 16


@cache
def load_gazetteer() -> Gazetteer:
    """The file in the package, mapped once."""
    return Gazetteer()


def write_gazetteer(path: Path, places: Sequence[Place], names: Iterable[tuple[str, int, Use]]) -> None:
    """Writes records and (key, index of its place, use); the same content gives the same bytes."""
    entries = sorted({(*_hash(text), index | use << 24) for text, index, use in names})
    counts = [0] * (BUCKETS + 1)
    for bucket, _, _ in entries:
        counts[bucket + 1] += 1
    for bucket in range(BUCKETS):
        counts[bucket + 1] += counts[bucket]
    body = b"".join(
        [
            *(_packed(place) for place in places),
            struct.pack(f"<{BUCKETS + 1}I", *counts),
            *(_ENTRY.pack(rest, where) for _, rest, where in entries),
        ]
    )
    header = _HEADER.pack(MAGIC, VERSION, len(places), len(entries), hashlib.sha256(body).digest())
    path.write_bytes(header + body)


def _packed(place: Place) -> bytes:
    country, state = (place.country or "").encode(), (place.state or "").encode()
    lat, lon = round(place.lat * 1e5), round(place.lon * 1e5)
    return _PLACE.pack(place.geonames or 0, lat, lon, country, state, place.kind, place.size, place.fame)
