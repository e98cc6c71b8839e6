"""The two readings of an article: emissions, best tags, and what a second reading takes from the first."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace

import numpy

from pipeline.enrich.entities import crf
from pipeline.enrich.entities.article import second_rows
from quality.tagger.calibrate import mention_margins
from quality.tagger.corpus import Document
from quality.tagger.learn import OK, Settings, Weights, gather, train, vocabulary

FINE = 1024  # parts of a score of 1.0, while learning
SECOND_ROWS = 15  # the most that a token has in a second reading
Tags = list["array[int]"]


def emissions(documents: Sequence[Document], weights: Weights) -> list[numpy.ndarray]:
    """Scores of all tokens of each document, tokens x TAGS."""
    scores = gather(documents, weights.keys).matrix @ weights.rows
    return numpy.split(scores, numpy.cumsum([len(one.tags) for one in documents])[:-1])


def best_tags(document: Document, scores: numpy.ndarray, moves: numpy.ndarray) -> array[int]:
    """The tags of an article's tokens."""
    whole = array("i", numpy.rint(scores * FINE).astype("i4").tobytes())
    steps = array("i", numpy.rint(numpy.where(OK > 0, moves, -100.0) * FINE).astype("i4").tobytes())
    tags = array("b", bytes(len(document.tags)))
    crf.best_tags(whole, steps, document.tokens.pieces, tags)
    return tags


def read(documents: Sequence[Document], weights: Weights) -> Tags:
    """The best tags of each document with the features that it has."""
    scores = emissions(documents, weights)
    return [best_tags(one, each, weights.moves) for one, each in zip(documents, scores, strict=True)]


def with_tags(documents: Sequence[Document], tags: Tags) -> list[Document]:
    """The documents with the features of a second reading added to those of the first."""
    return [_with_tags(one, each) for one, each in zip(documents, tags, strict=True)]


def _with_tags(one: Document, tags: array[int]) -> Document:
    count = len(one.tags)
    rows, ends = array("I", bytes(4 * SECOND_ROWS * count)), array("i", bytes(4 * count))
    total = second_rows(one.article, tags, rows, ends)
    first, second = numpy.diff(one.ends, prepend=0), numpy.diff(numpy.array(ends, "i8"), prepend=0)
    places = numpy.arange(count)
    owner = numpy.concatenate((numpy.repeat(places, first), numpy.repeat(places, second)))
    both = numpy.concatenate((one.rows, numpy.array(rows[:total], "u4")))
    return replace(one, rows=both[numpy.argsort(owner, kind="stable")], ends=numpy.cumsum(first + second))


def twice(documents: Sequence[Document], weights: Weights) -> tuple[list[Document], Tags]:
    """The documents as a second reading has them, and its tags."""
    second = with_tags(documents, read(documents, weights))
    return second, read(second, weights)


def jackknife(
    documents: Sequence[Document], settings: Settings, folds: int
) -> tuple[Tags, numpy.ndarray, numpy.ndarray]:
    """Tags of each document by a first reading learned from the other folds; their mentions' margins, and if right.

    Articles of one source, the first two parts of their names, are in one fold: what a new source meets.
    """
    sources = ["_".join(one.name.split("_")[:2]) for one in documents]
    names, number_of = numpy.unique(sources, return_inverse=True)
    fold = (numpy.random.default_rng(settings.seed).permutation(len(names)) % folds)[number_of]
    found: Tags = [array("b")] * len(documents)
    margins: list[numpy.ndarray] = []
    rights: list[numpy.ndarray] = []
    for number in range(folds):
        inside = [one for one, at in zip(documents, fold, strict=True) if at != number]
        keys = vocabulary(inside, 1)
        places = numpy.flatnonzero(fold == number).tolist()
        weights = train(gather(inside, keys), keys, settings)
        outside = [documents[place] for place in places]
        for place, scores in zip(places, emissions(outside, weights), strict=True):
            found[place] = best_tags(documents[place], scores, weights.moves)
            margin, right = mention_margins(documents[place], scores, weights.moves, found[place])
            margins.append(margin)
            rights.append(right)
    return found, numpy.concatenate(margins), numpy.concatenate(rights)
