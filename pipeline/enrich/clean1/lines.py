"""What a line of text looks like, and where the running text of a page is: the densest region of its lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_UNSPACED_PER_WORD = 2.5  # characters that say as much as a word where words are not spaced
_ENDERS = frozenset(".!?…。！？؟।॥۔:;،”\"'’»)]」")
_SENTENCE_ENDERS = frozenset(".!?…。！？؟।॥۔")
_LONG = 8  # words from which a line that ends a sentence counts for the region
_PENALTY = 5  # what any other line costs it; both from the sweep of the lab's prototype


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its words (by characters in scripts without spaces), and whether it ends a sentence."""

    text: str
    words: int
    sentence: bool

    @property
    def prose(self) -> bool:
        """Does it read like a part of running text?"""
        return self.sentence and self.words > _LONG


def look(text: str) -> Line:
    """What a line looks like."""
    unspaced = len(_UNSPACED.findall(text))
    count = int(unspaced / _UNSPACED_PER_WORD) + (len(_WORD.findall(text)) if unspaced * 2 < len(text) else 0)
    tail = text.rstrip()[-4:]
    ends = any(c in _SENTENCE_ENDERS for c in tail) and (not tail or tail[-1] in _ENDERS | _SENTENCE_ENDERS)
    return Line(text, count, ends)


def densest(lines: Sequence[Line]) -> tuple[int, int]:
    """The half-open range of lines with most running text: the maximum-sum segment (Kadane 1984)."""
    best = total = start = 0
    region = (0, 0)
    for index, line in enumerate(lines):
        if total <= 0:
            total, start = 0, index
        total += line.words - _LONG if line.prose else -_PENALTY
        if total > best:
            best, region = total, (start, index + 1)
    return region
