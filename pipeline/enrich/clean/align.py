"""Which blocks of the page text an extraction holds: an in-order alignment, so that what is kept are slices of ours.

Four-word shingles place a block in the extraction; the heaviest chain of blocks in the same order wins, so that a
teaser that repeats a sentence of the body does not count; short blocks are then found in the gaps between placed ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.words import tokens

SHINGLE = 4  # words
ANCHORS = 3  # rarest shingles of a block whose places are tried
MAX_PLACES = 6  # occurrences of a shingle that are tried
COVERED = 0.5  # of a block's words must be in the extraction
SLACK = 8  # words that the extraction may add within a block
MAX_GAP = 400  # words between two placed blocks that are searched for short ones


@dataclass(frozen=True, slots=True)
class _Place:
    block: int
    start: int  # words in the extraction, half-open
    end: int
    weight: float


def _index(words: Sequence[str]) -> dict[tuple[str, ...], list[int]]:
    places: dict[tuple[str, ...], list[int]] = {}
    for i in range(len(words) - SHINGLE + 1):
        found = places.setdefault(tuple(words[i : i + SHINGLE]), [])
        if len(found) < MAX_PLACES:
            found.append(i)
    return places


def _places(block: int, line: Line, words: Sequence[str], index: dict[tuple[str, ...], list[int]]) -> list[_Place]:
    """Where the block may stand in the extraction: windows that hold more than half of its words."""
    shingles = [index.get(tuple(words[i : i + SHINGLE]), ()) for i in range(len(words) - SHINGLE + 1)]
    found = [i for i, at in enumerate(shingles) if at]
    if not found:
        return []
    rarest = sorted(found, key=lambda i: len(shingles[i]))[:ANCHORS]  # what recurs would place the block anywhere
    places = []
    for begin in sorted({at - i for i in rarest for at in shingles[i]}):
        covered: set[int] = set()
        hits = []
        for i in found:
            at = min(shingles[i], key=lambda at: abs(at - i - begin))
            if begin - SLACK <= at <= begin + len(words) + SLACK:
                covered.update(range(i, i + SHINGLE))
                hits.append(at)
        if len(covered) > COVERED * len(words):
            weight = len(covered) * (1.0 - 0.5 * line.links)
            margin = min(SLACK, len(covered) // 4)  # words that recur at the seam of two blocks are no overlap
            places.append(_Place(block, min(hits) + margin, max(hits) + SHINGLE - margin, weight))
    return places


def _heaviest_chain(places: Sequence[_Place], length: int) -> list[_Place]:
    """The heaviest set of places, one a block, in order and without overlap; Fenwick tree of prefix maxima."""
    tree: list[tuple[float, int]] = [(0.0, -1)] * (length + 2)
    before = [-1] * len(places)
    pending: list[tuple[int, tuple[float, int]]] = []
    block = -1
    for number, place in enumerate(places):
        if place.block != block:  # places of one block exclude each other: entered when the block is done
            _enter(tree, pending)
            pending, block = [], place.block
        best = _best_until(tree, place.start + 1)
        before[number] = best[1]
        pending.append((place.end + 1, (best[0] + place.weight, number)))
    _enter(tree, pending)
    chain = []
    number = max(tree)[1]
    while number >= 0:
        chain.append(places[number])
        number = before[number]
    return chain[::-1]


def _best_until(tree: Sequence[tuple[float, int]], position: int) -> tuple[float, int]:
    best = (0.0, -1)
    while position > 0:
        best = max(best, tree[position])
        position -= position & -position
    return best


def _enter(tree: list[tuple[float, int]], pending: Sequence[tuple[int, tuple[float, int]]]) -> None:
    for first, value in pending:
        position = first
        while position < len(tree):
            tree[position] = max(tree[position], value)
            position += position & -position


def _find(words: Sequence[str], within: Sequence[str]) -> int:
    """Where `words` begin in `within`, -1 when they do not."""
    for i in range(len(within) - len(words) + 1):
        if within[i] == words[0] and list(within[i : i + len(words)]) == list(words):
            return i
    return -1


def align(lines: Sequence[Line], extraction: str) -> list[bool]:
    """True for the lines that the extraction holds, more than half of their words, in its order."""
    text = tokens(extraction)
    index = _index(text)
    blocks = [tokens(line.text) for line in lines]
    places = [
        place for i, words in enumerate(blocks) if len(words) >= SHINGLE for place in _places(i, lines[i], words, index)
    ]
    chain = _heaviest_chain(places, len(text))
    kept = [False] * len(lines)
    for place in chain:
        kept[place.block] = True
    _fill_gaps(kept, blocks, chain, text)
    return kept


def _fill_gaps(kept: list[bool], blocks: Sequence[Sequence[str]], chain: Sequence[_Place], text: Sequence[str]) -> None:
    """Find the blocks that are too short for shingles in the words between two placed blocks."""
    placed = [place.block for place in chain]
    position, following = 0, -1
    for i, words in enumerate(blocks):
        if kept[i]:
            position = chain[bisect_left(placed, i)].end
            continue
        if not words or len(words) >= SHINGLE + 2 or not chain:
            continue
        following = bisect_left(placed, i)
        end = chain[following].start if following < len(chain) else min(len(text), position + MAX_GAP)
        begin = position if following else max(position, end - MAX_GAP)
        at = _find(words, text[begin : min(end, begin + MAX_GAP)])
        if at >= 0:
            kept[i] = True
            position = begin + at + len(words)
