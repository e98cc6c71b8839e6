"""A learned tagger as whole numbers, and its model file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy

from pipeline.enrich.entities.crf import UNIT
from pipeline.enrich.entities.model import write_model
from quality.tagger.calibrate import NEVER
from quality.tagger.corpus import Knowledge
from quality.tagger.learn import OK, Weights

LIMIT = 127  # of a weight in UNITs
LOAD = 0.85  # share of a table's places that are taken


@dataclass(slots=True)
class Packed:
    """Rows of weights by feature number, in UNITs, and moves: both readings use them."""

    keys: numpy.ndarray
    rows: numpy.ndarray
    moves: numpy.ndarray


def pack(weights: Weights, least: float) -> Packed:
    """Weights rounded to UNITs; a row goes where none of its weights reaches `least`. Key 0 is no feature."""
    kept = (numpy.abs(weights.rows).max(1) >= least) & (weights.keys != 0)
    whole = numpy.clip(numpy.rint(weights.rows[kept] * UNIT), -LIMIT, LIMIT).astype("i1")
    moves = numpy.where(OK > 0, numpy.rint(weights.moves * UNIT), NEVER).astype("i4")
    return Packed(weights.keys[kept].astype("u4"), whole, moves)


def unpack(packed: Packed) -> Weights:
    """The weights as they are after rounding."""
    moves = numpy.where(OK > 0, packed.moves / UNIT, 0).astype("f4")
    return Weights(packed.keys, packed.rows.astype("f4") / UNIT, moves)


def laid_out(keys: numpy.ndarray, values: numpy.ndarray) -> tuple[bytes, bytes]:
    """A table with open addressing: a key stands at key * size / 2**32, or behind it. Little-endian."""
    size = int(len(keys) / LOAD) + 1
    where, out = numpy.zeros(size, "<u4"), numpy.zeros((size, *values.shape[1:]), values.dtype)
    order = numpy.argsort(keys)
    for key, value in zip(keys[order].tolist(), values[order], strict=True):
        at = key * size >> 32
        while where[at]:
            at = at + 1 if at + 1 < size else 0
        where[at], out[at] = key, value
    return where.tobytes(), out.tobytes()


def save(path: Path, packed: Packed, knowledge: Knowledge, calibration: numpy.ndarray) -> None:
    """Writes the tagger's model file."""
    keys, weights = laid_out(packed.keys, packed.rows)
    words = numpy.array(list(knowledge.clusters), "u4")
    names, kinds = numpy.array(knowledge.names, "u4"), numpy.array(knowledge.kinds, "<i4")
    word_keys, clusters = laid_out(words, numpy.array(list(knowledge.clusters.values()), "<i4"))
    name_keys, name_kinds = laid_out(names[names > 0], kinds[names > 0])
    sections = {
        "keys": keys, "weights": weights, "moves": packed.moves.astype("<i4").tobytes(), "words": word_keys,
        "clusters": clusters, "names": name_keys, "kinds": name_kinds,
    }  # fmt: skip
    write_model(path, sections, [round(float(chance), 4) for chance in calibration])
