"""Probabilities of mentions: how often a mention of a margin is right, by isotonic regression.

Source: Zadrozny and Elkan 2002; pooling of adjacent violators.
"""

from __future__ import annotations

from array import array

import numpy

from pipeline.enrich.entities.crf import UNIT, margins
from quality.tagger.corpus import Document
from quality.tagger.learn import OK
from quality.tagger.score import token_spans

NEVER = -(1 << 20)  # a move that cannot be, in UNITs
MOST = 16 * UNIT  # margins beyond are as this one
PRIOR = 2.0  # mentions, half of them right, added to each step: no step of a few mentions is sure


def mention_margins(
    document: Document, scores: numpy.ndarray, moves: numpy.ndarray, tags: array[int]
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The least margin over the tokens of each mention, in UNITs; and whether the mention is right."""
    flat = array("i", numpy.rint(scores * UNIT).astype("i4").tobytes())
    steps = array("i", numpy.where(OK > 0, numpy.rint(moves * UNIT), NEVER).astype("i4").tobytes())
    gold = set(token_spans(document, document.tags.tolist()))
    sure = array("i", bytes(4 * len(tags)))
    margins(flat, steps, document.tokens.pieces, tags, sure)
    found, right = [], []
    for first, end, label in token_spans(document, tags):
        found.append(min(sure[first:end]))
        right.append((first, end, label) in gold)
    return numpy.array(found, "i4"), numpy.array(right, bool)


def table(least: numpy.ndarray, right: numpy.ndarray) -> numpy.ndarray:
    """The probability that a mention is right, by its margin in UNITs from 0 to MOST."""
    place = numpy.clip(least, 0, MOST)
    total = numpy.bincount(place, minlength=MOST + 1).astype(float)
    hits = numpy.bincount(place, right, MOST + 1)
    blocks: list[tuple[float, float, int]] = []  # right, all, how many margins
    for one, count in zip(hits, total, strict=True):
        blocks.append((one, count, 1))
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
            last, before = blocks.pop(), blocks.pop()
            blocks.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    rates = [((one + PRIOR / 2) / (count + PRIOR), size) for one, count, size in blocks]
    found = numpy.concatenate([numpy.full(size, rate) for rate, size in rates])
    return numpy.maximum.accumulate(found).astype("f4")


def expected_error(chances: numpy.ndarray, right: numpy.ndarray, bins: int = 10) -> float:
    """Expected calibration error over bins of equal width."""
    place = numpy.minimum((chances * bins).astype(int), bins - 1)
    gaps = [abs(float((chances[place == b] - right[place == b]).sum())) for b in range(bins)]
    return sum(gaps) / len(chances)
