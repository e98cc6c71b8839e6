# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""Features of tokens as 32-bit numbers: of a surface form, of its neighbours, of how the whole text writes it.

A feature is the number of a template and one or two values, mixed; the model holds a row of weights for those that
count. Strings enter as FNV-1a hashes of their code points (Fowler, Noll and Vo). What depends on a surface form alone
is made once a form. Plain Python that is compiled where a compiler is: rows.pxd gives the types.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

MAX_FORM = 40  # a longer token is known by its first and last 20 characters: one of 10 MB costs no more than a word
MAX_SHAPE = 12  # characters that a shape looks at

LETTER, UPPER, JOINS, STOP, COLON = _LETTER, _UPPER, _JOINS, _STOP, _COLON = 1, 2, 4, 8, 16  # signs of a form
_JOINING = frozenset(
    [
        "of", "and", "for", "the", "de", "la", "del", "al", "el", "&", "on", "in", "to", "das", "do", "da", "van",
        "von", "bin", "-",
    ]
)  # fmt: skip

_ALL = 0xFFFFFFFF  # 32 bits; numbers as long as this are named, so that they are numbers of C where it is compiled
_ONE, _OTHER, _TEMPLATE = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D  # odd, bits well mixed
_BASIS = 2166136261  # of FNV-1a


def mix(template: int, one: int, other: int) -> int:
    """The number of a feature: a template and its values, well spread over 32 bits."""
    value = (one * _ONE + other * _OTHER + template * _TEMPLATE) & _ALL
    value = ((value ^ (value >> 15)) * 0x2C1B3C6D) & _ALL
    value = ((value ^ (value >> 12)) * 0x297A2D39) & _ALL
    return value ^ (value >> 15)


def text_hash(text: str, start: int, end: int) -> int:
    """FNV-1a, 32 bits, over code points."""
    value = _BASIS
    for i in range(start, end):
        value = ((value ^ ord(text[i])) * 16777619) & _ALL
    return value


def _kind(letter: str) -> int:
    if letter.isalpha():
        return 88 if letter.isupper() else 120
    return 100 if letter.isdecimal() else ord(letter)


def shape_hash(text: str) -> int:
    """Character classes of the first characters, runs shortened to two: `McDonald` as `XxXxx`, `2024` as `dd`."""
    value, before, run = _BASIS, -1, 0
    for i in range(min(len(text), MAX_SHAPE)):
        kind = _kind(text[i])
        run = run + 1 if kind == before else 0
        before = kind
        if run < 2:
            value = ((value ^ kind) * 16777619) & _ALL
    return value


def _signs(surface: str, low: str) -> int:
    """LETTER: it begins with one; UPPER: two capital letters or more, alone; JOINS names; is a STOP, or a COLON."""
    found = _LETTER if surface[0].isalpha() else 0
    if len(surface) > 1 and surface.isalpha() and surface.isupper():
        found += _UPPER
    if low in _JOINING:
        found += _JOINS
    if surface in (".", "!", "?", '"', "”"):
        found += _STOP
    return found + (_COLON if surface == ":" else 0)


class Form:
    """What is known of a surface form: hashes of it in lower case, its shape, its first and last three letters."""

    def __init__(self, surface: str) -> None:
        if len(surface) > MAX_FORM:
            surface = surface[: MAX_FORM // 2] + surface[-MAX_FORM // 2 :]
        low = surface.lower()
        size = len(low)
        self.surface = surface
        self.low = low
        self.lower = text_hash(low, 0, size)
        self.shape = shape_hash(surface)
        self.head = text_hash(low, 0, min(3, size)) ^ 3
        self.tail = text_hash(low, max(0, size - 3), size) ^ 5
        self.cluster = 0  # the caller's to look up
        self.capital = 1 if surface[0].isupper() else 0
        self.signs = _signs(surface, low)
        self.slot = 0  # where a cache keeps its sums


def own_rows(form: Form, out: array[int]) -> int:
    """The features of the token itself; returns how many."""
    low, size, shape = form.low, len(form.low), form.shape
    out[0] = mix(1, form.lower, 0)
    out[1] = mix(2, shape, 0)
    out[2] = mix(3, text_hash(form.surface, 0, len(form.surface)), 0)
    out[3] = mix(4, shape, form.tail)
    count = 4
    for length in range(1, 5):
        out[count] = mix(4 + length, text_hash(low, 0, min(length, size)), 0)
        out[count + 1] = mix(8 + length, text_hash(low, max(0, size - length), size), 0)
        count += 2
    if form.cluster:
        out[count] = mix(13, form.cluster, 0)
        out[count + 1] = mix(14, form.cluster, shape)
        out[count + 2] = mix(15, form.cluster >> 4, shape)
        count += 3
    return count


def beside_rows(form: Form, offset: int, out: array[int]) -> int:
    """The features of the token `offset` places before (negative) or after; returns how many."""
    base = 32 + 8 * (offset + 2)
    out[0] = mix(base, form.lower, 0)
    out[1] = mix(base + 1, form.shape, 0)
    count = 2
    if -2 < offset < 2:
        out[2] = mix(base + 2, form.tail, 0)
        out[3] = mix(base + 3, form.head, 0)
        count = 4
    if form.cluster:
        out[count] = mix(base + 4, form.cluster, 0)
        out[count + 1] = mix(base + 5, form.cluster >> 4, 0)
        count += 2
    return count


def lookup(keys: Sequence[int], values: Sequence[int], key: int) -> int:
    """The value of a key in a table with open addressing, 0 where it has none. A key of 0 marks a free place."""
    size = len(keys)
    at = (key * size) >> 32
    while keys[at]:
        if keys[at] == key:
            return values[at]
        at = at + 1 if at + 1 < size else 0
    return 0
