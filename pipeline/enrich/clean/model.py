"""The model of cleaning: what training learnt for HTML and for texts, in one file with a checksum."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson

from pipeline.enrich.clean.columns import NAMES, WIDTH
from pipeline.enrich.clean.features import Cues
from pipeline.enrich.clean.trees import Trees, checked
from pipeline.records import Json

MODEL = Path(__file__).parents[2] / "models" / "clean.json.gz"
VERSION = 2
_ARRAYS = ("roots", "column", "limit", "left", "right", "leaves")


class CleanModelError(RuntimeError):
    """The model file is missing, damaged, or of another version than the code."""


@dataclass(frozen=True, slots=True)
class Part:
    """What belongs to one kind of input; `quality[d]` is the F1 to expect at a doubt of d 64ths."""

    cues: Cues
    trees: Trees
    quality: Sequence[float]


@dataclass(frozen=True, slots=True)
class Model:
    """`checksum` is the first 12 hex digits of the file's SHA-256."""

    html: Part
    text: Part
    checksum: str


def read_model(path: Path) -> Model:
    """Raises CleanModelError with what to do."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CleanModelError(f"the model {path} cannot be read ({error.strerror}); install again") from error
    try:
        found = orjson.loads(gzip.decompress(data))
        if found["version"] != VERSION or found["features"] != NAMES:
            raise CleanModelError(f"the model {path} was made for another version of the code; install again")
        return Model(_part(found["html"]), _part(found["text"]), hashlib.sha256(data).hexdigest()[:12])
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise CleanModelError(f"the model {path} is damaged ({type(error).__name__}); install again") from error


@cache
def load_model() -> Model:
    """The model in the package, read once."""
    return read_model(MODEL)


def write_model(path: Path, html: Part, text: Part) -> None:
    """The same parts give the same bytes."""
    value = {"version": VERSION, "features": NAMES, "html": _plain(html), "text": _plain(text)}
    path.write_bytes(gzip.compress(orjson.dumps(value), mtime=0))


def _part(value: Json) -> Part:
    cues = Cues(value["words"], value["names"], frozenset(value["common"]), value["long"])
    trees = checked(Trees(*(array("i", value[name]) for name in _ARRAYS)), WIDTH)
    return Part(cues, trees, value["quality"])


def _plain(part: Part) -> Json:
    cues, trees = part.cues, part.trees
    return {
        "words": dict(sorted(cues.words.items())),
        "names": dict(sorted(cues.names.items())),
        "common": sorted(cues.common),
        "long": dict(sorted(cues.long.items())),
        "quality": list(part.quality),
        **{name: list(getattr(trees, name)) for name in _ARRAYS},
    }
