# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""The features of a line that come from the lines around it: neighbours, windows, places, elements.

Plain Python that is compiled where a compiler is: around.pxd gives the types. Integers only, rounded down.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from pipeline.enrich.clean.columns import AT, LOG, OWN, SHIFTED, SHIFTS, WIDTH
from pipeline.records import Block

HEADING = 40  # sixteenths of a doubling: lines of up to five words are headings of what follows
MARKER = -96  # cue of a short line that opens what is no article: 1.5 in log odds
FAR = 60  # lines: no distance is told beyond
_W, _N = WIDTH, len(OWN)
_LOG = LOG
_SHIFTED_AT = [AT[name] for name in SHIFTED]
_DENSE, _PLACE, _IN_ELEMENT = AT["dense3"], AT["place"], AT["in_element"]
_REACHES = (3, 10, 30)
_MEANS = [  # column, lines on either side, scale, column of the mean
    (AT[name], reach, scale, AT[target])
    for name, reach, scale, target in (
        ("date", 5, 64, "dates5"), ("links", 4, 1, "links4"), ("cue", 4, 1, "cue4"), ("cue", 10, 1, "cue10"),
        ("names", 4, 1, "names4"), ("words", 6, 1, "words6"), ("ends", 6, 64, "ends6"),
    )
]  # fmt: skip


def look_around(out: array[int], good: array[int], blocks: Sequence[Block], count: int) -> None:
    """Fills the columns beyond a line's own; `good` are its words of running text."""
    _shifted(out, count)
    _windows(out, good, count)
    _places(out, good, count)
    _containers(out, good, blocks)


def _shifted(out: array[int], count: int) -> None:
    """Some columns of the three lines on either side."""
    column = _N
    for shift in SHIFTS:
        for source in _SHIFTED_AT:
            for i in range(max(0, -shift), min(count, count - shift)):
                out[i * _W + column] = out[(i + shift) * _W + source]
            column += 1


def _windows(out: array[int], good: array[int], count: int) -> None:
    """Means over the lines around: of running text also as a share of the page's densest place."""
    sums = array("q", bytes(8 * (count + 1)))
    for i in range(count):
        sums[i + 1] = sums[i] + good[i]
    for number in range(3):
        goal, most = _DENSE + number, 1
        _means(sums, out, count, _REACHES[number], 16, goal)
        for i in range(count):
            most = max(most, out[i * _W + goal] + 1)
        for i in range(count):
            out[i * _W + goal + 3] = out[i * _W + goal] * 64 // most
    for source, reach, scale, goal in _MEANS:
        for i in range(count):
            sums[i + 1] = sums[i] + out[i * _W + source]
        _means(sums, out, count, reach, scale, goal)


def _means(sums: array[int], out: array[int], count: int, reach: int, scale: int, goal: int) -> None:
    """The mean of a column over `reach` lines on either side, rounded down, from its running sums."""
    for i in range(count):
        low, high = max(0, i - reach), min(count, i + reach + 1)
        out[i * _W + goal] = (sums[high] - sums[low]) * scale // (high - low)


def _core(good: array[int], count: int) -> tuple[int, int, int]:
    """First and last line of the run of running text with the most words, gaps of three lines allowed; its words."""
    best_first, best_last, best_words = 0, -1, 0
    first, last, words = 0, -10, 0
    for i in range(count):
        if good[i] == 0:
            continue
        if i - last > 4:
            first, words = i, 0
        words += good[i]
        last = i
        if words > best_words:
            best_first, best_last, best_words = first, last, words
    return best_first, best_last, best_words


def _places(out: array[int], good: array[int], count: int) -> None:
    """Where a line stands: in the page, among the running text, below which heading, after how many markers."""
    core_first, core_last, core_words = _core(good, count)
    total, near = 0, FAR
    for i in range(count - 1, -1, -1):
        total += good[i]
        near = 0 if good[i] else min(FAR, near + 1)
        out[i * _W + _PLACE + 7] = near
    before, far, heading, heading_far, markers, marker_far = 0, FAR, 0, FAR, 0, FAR
    for i in range(count):
        row = i * _W
        size, cue, words, ends = good[i], out[row + 13], out[row], out[row + 3]
        far = 0 if size else min(FAR, far + 1)
        if words <= HEADING and not ends:
            heading, heading_far = cue, 0
        if words <= HEADING + 16 and cue < MARKER and before * 8 > total:
            markers, marker_far = markers + 1, 0
        row += _PLACE
        out[row] = i * 256 // count
        out[row + 1] = _LOG[min(i, 4095)]
        out[row + 2] = _LOG[min(count - 1 - i, 4095)]
        out[row + 3] = _LOG[min(count, 4095)]
        out[row + 4] = before * 256 // (total + 1)
        out[row + 5] = size * 256 // (total + 1)
        out[row + 6] = _LOG[min(total, 4095)]
        out[row + 8] = far
        if i < core_first:
            out[row + 9] = max(-FAR, i - core_first)
        elif i > core_last:
            out[row + 9] = min(FAR, i - core_last)
        out[row + 10] = core_words * 64 // (total + 1)
        out[row + 11] = heading
        out[row + 12] = heading_far
        out[row + 13] = min(markers, FAR)
        out[row + 14] = marker_far
        before += size
        heading_far = min(FAR, heading_far + 1)
        marker_far = min(FAR, marker_far + 1)


def _containers(out: array[int], good: array[int], blocks: Sequence[Block]) -> None:
    """What share of the running text stands in the elements around a line, and how its class names compare."""
    shares: dict[int, int] = {}
    total = weighted_names = weighted_depth = 0
    best, most = -(1 << 30), 1
    for i, block in enumerate(blocks):
        size, names = good[i], out[i * _W + 29]
        best = max(best, names)
        if size:
            total += size
            weighted_names += size * names
            weighted_depth += size * block.depth
            for element in {block.element, block.parent, block.outer}:
                share = shares.get(element, 0) + size
                shares[element] = share
                most = max(most, share)
    mean_names, mean_depth = weighted_names // (total + 1), weighted_depth // (total + 1)
    row = _IN_ELEMENT
    for block in blocks:
        names = out[row - _IN_ELEMENT + 29]
        for element in (block.element, block.parent, block.outer):
            share = shares.get(element, 0)
            out[row] = share * 256 // (total + 1)
            out[row + 3] = share * 256 // most
            row += 1
        out[row + 3] = names - best
        out[row + 4] = names - mean_names
        out[row + 5] = block.depth - mean_depth
        row += _W - 3
