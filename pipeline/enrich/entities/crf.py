# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""A linear-chain CRF over BIO tags in whole numbers: sums of weights, best path, margins. Scores are in UNITs.

Source of the model: Lafferty, McCallum and Pereira 2001. Plain Python that is compiled where a compiler is: crf.pxd
gives the types; whole numbers make both agree to the bit.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

UNIT = 96  # a weight of 1.0, about the largest that training gives
TAGS = _TAGS = 19  # O, then B- and I- of nine labels
REACH = _REACH = 5  # a form has sums for its own token and for the two on either side
_NEVER = -(1 << 28)  # score of what cannot be


def add_rows(
    keys: Sequence[int], weights: Sequence[int], rows: array[int], ends: array[int], count: int, out: array[int]
) -> None:
    """Adds the weights of features `rows[ends[i - 1]:ends[i]]` to the TAGS scores of i; unknown ones add nothing."""
    size, start = len(keys), 0
    for i in range(count):
        base = i * _TAGS
        for number in range(start, ends[i]):
            key = rows[number]
            place = (key * size) >> 32
            while keys[place]:
                if keys[place] == key:
                    for tag in range(_TAGS):
                        out[base + tag] += weights[place * _TAGS + tag]
                    break
                place = place + 1 if place + 1 < size else 0
        start = ends[i]


def add_forms(
    sums: array[int], slots: array[int], ids: array[int], pieces: array[int], edge: int, out: array[int]
) -> None:
    """Adds what the forms of a token and of the two on either side say; beyond a piece stands the form `edge`."""
    for piece in range(len(pieces) - 1):
        first, end = pieces[piece], pieces[piece + 1]
        for i in range(first, end):
            base = i * _TAGS
            for offset in range(_REACH):
                near = i + offset - 2
                slot = slots[ids[near]] if first <= near < end else edge
                place = (slot * _REACH + offset) * _TAGS
                for tag in range(_TAGS):
                    out[base + tag] += sums[place + tag]


def add_whole(vectors: array[int], ids: array[int], count: int, out: array[int]) -> None:
    """Adds to each token the scores of its form in `vectors`."""
    for i in range(count):
        for tag in range(_TAGS):
            out[i * _TAGS + tag] += vectors[ids[i] * _TAGS + tag]


def best_tags(scores: array[int], moves: array[int], pieces: array[int], tags: array[int]) -> None:
    """Fills `tags` with the path of the highest sum of `scores` and `moves` (from, to) through each piece."""
    longest = 1
    for piece in range(len(pieces) - 1):
        longest = max(longest, pieces[piece + 1] - pieces[piece])
    back = array("b", bytes(_TAGS * longest))
    work, gains, live = array("i", bytes(8 * _TAGS)), array("i", bytes(4 * _TAGS)), array("i", bytes(4 * _TAGS))
    for before in range(1, _TAGS):
        gains[before] = moves[before * _TAGS] - moves[0]
        for tag in range(1, _TAGS, 2):
            gains[before] = max(gains[before], moves[before * _TAGS + tag] - moves[tag])
    for piece in range(len(pieces) - 1):
        _best_path(scores, moves, pieces[piece], pieces[piece + 1], back, work, gains, live, tags)


def _best_path(
    scores: array[int],
    moves: array[int],
    first: int,
    end: int,
    back: array[int],
    work: array[int],
    gains: array[int],
    live: array[int],
    tags: array[int],
) -> None:
    """Viterbi. An I- tag follows only B- or I- of its label. `work` holds the sums of two tokens, in turns.

    `gains[tag]` is by how much the best step from a tag beats the same step from O: a tag that is further behind O than
    that leads nowhere and is left out of `live`.
    """
    base, now, then = first * _TAGS, 0, _TAGS
    for tag in range(_TAGS):
        work[tag] = _NEVER if tag > 0 and (tag & 1) == 0 else scores[base + tag]
    for i in range(1, end - first):
        base += _TAGS
        count = 0
        for before in range(1, _TAGS):
            if work[now + before] + gains[before] > work[now]:
                live[count] = before
                count += 1
        for tag in range(_TAGS):
            if tag > 0 and (tag & 1) == 0:
                source = tag - 1
                best = work[now + source] + moves[source * _TAGS + tag]
                other = work[now + tag] + moves[tag * _TAGS + tag]
                if other > best:
                    best, source = other, tag
            else:
                source = 0
                best = work[now] + moves[tag]
                for n in range(count):
                    before = live[n]
                    other = work[now + before] + moves[before * _TAGS + tag]
                    if other > best:
                        best, source = other, before
            work[then + tag] = best + scores[base + tag]
            back[i * _TAGS + tag] = source
        now, then = then, now
    tag = 0
    for before in range(1, _TAGS):
        if work[now + before] > work[now + tag]:
            tag = before
    for i in range(end - first - 1, -1, -1):
        tags[first + i] = tag
        tag = back[i * _TAGS + tag]


def margins(scores: array[int], moves: array[int], pieces: array[int], tags: array[int], out: array[int]) -> None:
    """By how much the tag of each token that has one beats the next best, the tags beside it as they are."""
    for piece in range(len(pieces) - 1):
        first, end = pieces[piece], pieces[piece + 1]
        for i in range(first, end):
            own, value, best = tags[i], 0, _NEVER
            if own == 0:
                continue
            for tag in range(_TAGS):
                total = scores[i * _TAGS + tag]
                if i > first:
                    total += moves[tags[i - 1] * _TAGS + tag]
                if i + 1 < end:
                    total += moves[tag * _TAGS + tags[i + 1]]
                if tag == own:
                    value = total
                elif total > best:
                    best = total
            out[i] = value - best
