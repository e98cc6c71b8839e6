"""One epoch of learning in C: descent.c, compiled when it is first needed. Learning needs a C compiler, `cc`."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy

ROOM = 24  # floats of a row; TAGS are used
_SOURCE = Path(__file__).with_suffix(".c")
_FLAGS = ("-O3", "-march=native", "-ffast-math", "-shared", "-fPIC")


@cache
def _library() -> ctypes.CDLL:
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "descent.so"
        subprocess.run(["cc", *_FLAGS, "-o", built, _SOURCE, "-lm"], check=True)
        return ctypes.CDLL(str(built))


def _pointer(values: numpy.ndarray) -> ctypes.c_void_p:
    return values.ctypes.data_as(ctypes.c_void_p)


def epoch(
    weights: numpy.ndarray,
    moves: numpy.ndarray,
    given: tuple[numpy.ndarray, ...],
    batches: list[numpy.ndarray],
    rules: tuple[numpy.ndarray, numpy.ndarray],
    state: numpy.ndarray,
    *,
    dropout: float,
    rate: float,
    decay: float,
) -> None:
    """Learns from each batch in turn, in place.

    `weights` (features x 2 x ROOM) and `moves` (tags x 2 x ROOM) hold values, then their sums of squares, float32.
    `given`: columns (int32) and begins (int64) of the matrix of features, tags (int8), first tokens of pieces (int64),
    weights of pieces (float32). `rules`: allowed moves and starts (float32). `state`: of random numbers (uint64).
    """
    order = numpy.concatenate(batches).astype("i8")
    bounds = numpy.cumsum([0, *map(len, batches)]).astype("i8")
    place = numpy.full(len(weights), -1, "i4")
    _library().epoch(
        _pointer(weights), _pointer(moves), *map(_pointer, given), _pointer(order), _pointer(bounds),
        ctypes.c_int64(len(batches)), *map(_pointer, rules), _pointer(place), _pointer(state),
        ctypes.c_float(dropout), ctypes.c_float(rate), ctypes.c_float(decay),
    )  # fmt: skip
