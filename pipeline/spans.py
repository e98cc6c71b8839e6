"""Offsets: between clean text and page text by the cuts, between code points and UTF-16 units or UTF-8 bytes.

Every character of the page text is in exactly one kept slice or one cut, so the cuts alone map any offset.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from pipeline.records import Cut


def kept_slices(length: int, cuts: Sequence[Cut]) -> list[tuple[int, int]]:
    """The (start, end) slices of a page text of `length` code points that no cut covers; cuts sorted and apart."""
    slices = []
    position = 0
    for cut in cuts:
        if cut.start > position:
            slices.append((position, cut.start))
        position = cut.end
    if position < length:
        slices.append((position, length))
    return slices


def without_cuts(page_text: str, cuts: Sequence[Cut]) -> str:
    """The clean text: the page text without the cuts."""
    return "".join(page_text[start:end] for start, end in kept_slices(len(page_text), cuts))


def rebuild(text: str, cuts: Sequence[Cut]) -> str:
    """The page text from the clean text and the cuts with their text. ValueError when a cut carries no text."""
    parts = []
    taken = position = 0
    for cut in cuts:
        if cut.text is None:
            raise ValueError("the cuts carry no text (records.cuts = spans): the page text cannot be rebuilt from them")
        keep = cut.start - position
        parts += [text[taken : taken + keep], cut.text]
        taken += keep
        position = cut.end
    return "".join([*parts, text[taken:]])


def to_page(offset: int, cuts: Sequence[Cut]) -> int:
    """The page-text offset of the character at a clean-text offset."""
    for cut in cuts:
        if cut.start > offset:
            break
        offset += cut.end - cut.start
    return offset


def span_to_page(start: int, end: int, cuts: Sequence[Cut]) -> tuple[int, int]:
    """The page-text span of a non-empty clean-text span; a cut inside it is covered."""
    return to_page(start, cuts), to_page(end - 1, cuts) + 1


def to_clean(offset: int, cuts: Sequence[Cut]) -> int | None:
    """The clean-text offset of a page-text offset; None inside a cut."""
    removed = 0
    for cut in cuts:
        if offset < cut.start:
            break
        if offset < cut.end:
            return None
        removed += cut.end - cut.start
    return offset - removed


def to_utf16(text: str, offsets: Iterable[int]) -> list[int]:
    """Code-point offsets as UTF-16 units, as JavaScript counts them."""
    table = [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]
    return [table[offset] for offset in offsets]


def to_utf8(text: str, offsets: Iterable[int]) -> list[int]:
    """Code-point offsets as UTF-8 bytes."""
    table = [0, *accumulate(len(character.encode("utf-8", "replace")) for character in text)]
    return [table[offset] for offset in offsets]
