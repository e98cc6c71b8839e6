"""The tagger's model file: weights of a CRF, clusters of words, names of places, calibration.

Layout: MAGIC, the header's length (4 bytes, little-endian), the header (JSON), then the sections that it names, each
from a multiple of 64 on. The file is mapped read-only: processes that have it open share its pages.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import orjson

from pipeline.enrich.entities.crf import TAGS, UNIT
from pipeline.records import Json, Label

MODEL = Path(__file__).parents[2] / "models" / "tagger.bin"
MAGIC = b"artNER1\n"
VERSION = 1
FEATURES = 2  # counts on with every change of a template: a model fits the code that made its features
_ALIGNED = 64
_Kind: TypeAlias = Literal["I", "b", "i"]
_SECTIONS: dict[str, _Kind] = {  # name and type of item
    "keys": "I", "weights": "b", "moves": "i", "words": "I", "clusters": "i", "names": "I",
    "kinds": "i",
}  # fmt: skip
_LABELS = list(get_args(Label))


class ModelError(RuntimeError):
    """The model file is missing, damaged, or of another version than the code."""


@dataclass(frozen=True, slots=True)
class Model:
    """`keys` and `weights` are a table of features, TAGS weights each in 1/UNIT; `moves` score tags (from, to);
    `words` and `clusters`, `names` and `kinds` are tables with open addressing; `calibration[n]` is the chance that a
    mention is right whose least margin is n (the last: n or more).
    """

    keys: memoryview[int]
    weights: memoryview[int]
    moves: memoryview[int]
    words: memoryview[int]
    clusters: memoryview[int]
    names: memoryview[int]
    kinds: memoryview[int]
    calibration: tuple[float, ...]
    checksum: str


def _mapped(path: Path) -> memoryview[int]:
    try:
        with path.open("rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:  # ValueError: an empty file
        raise ModelError(f"the tagger's model {path} cannot be read ({error}); install again") from error


def read_model(path: Path = MODEL) -> Model:
    """Raises ModelError with what to do."""
    data = _mapped(path)
    try:
        if bytes(data[: len(MAGIC)]) != MAGIC:
            raise ModelError(f"{path} is no model of the tagger; install again")
        (size,) = struct.unpack_from("<I", data, len(MAGIC))
        start = len(MAGIC) + 4
        header = orjson.loads(data[start : start + size])
        body = data[_up(start + size) :]
        found = hashlib.sha256(body).hexdigest()
        if len(body) != header["size"] or found != header["sha256"]:
            raise ModelError(f"the tagger's model {path} is damaged or cut off; install again")
        _check(path, header)
        sections = {name: _section(body, header["sections"][name], kind) for name, kind in _SECTIONS.items()}
        return Model(**sections, calibration=tuple(header["calibration"]), checksum=found[:12])
    except (struct.error, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ModelError(f"the tagger's model {path} is damaged ({type(error).__name__}); install again") from error


def _check(path: Path, header: Json) -> None:
    wanted = {"version": VERSION, "features": FEATURES, "labels": _LABELS, "tags": TAGS, "unit": UNIT}
    for name, value in wanted.items():
        if header[name] != value:
            raise ModelError(f"the tagger's model {path} has {name} {header[name]}, not {value}; install again")
    if sys.byteorder != "little":
        raise ModelError("the tagger's model is made for little-endian machines")


def _section(body: memoryview[int], place: list[int], kind: _Kind) -> memoryview[int]:
    start, size = place
    return body[start : start + size].cast(kind)


def _up(place: int) -> int:
    return -(-place // _ALIGNED) * _ALIGNED


def write_model(path: Path, sections: Mapping[str, bytes], calibration: list[float]) -> None:
    """The same parts give the same bytes. `sections` are those of Model, little-endian."""
    body = bytearray()
    places = {}
    for name in _SECTIONS:
        body += bytes(_up(len(body)) - len(body))
        places[name] = [len(body), len(sections[name])]
        body += sections[name]
    header = orjson.dumps(
        {
            "version": VERSION, "features": FEATURES, "labels": _LABELS, "tags": TAGS, "unit": UNIT, "sections": places,
            "calibration": calibration, "size": len(body), "sha256": hashlib.sha256(body).hexdigest(),
        }
    )  # fmt: skip
    start = MAGIC + struct.pack("<I", len(header)) + header
    path.write_bytes(start + bytes(_up(len(start)) - len(start)) + body)
