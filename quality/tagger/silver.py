"""Self-training: several taggers of different seeds and clusters label text that nobody has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy

from quality.tagger.corpus import Document, Knowledge, document
from quality.tagger.learn import Settings, gather, train, vocabulary
from quality.tagger.stages import best_tags, emissions
from quality.tagger.texts import Text

Annotated = tuple[str, str, list[tuple[int, int, str]]]  # name, text, spans


def label(
    annotated: Sequence[Annotated], texts: Sequence[Text], teachers: Sequence[tuple[Knowledge, Settings]]
) -> list[numpy.ndarray]:
    """The tags of each text: the best path over the mean of the teachers' scores."""
    total: list[numpy.ndarray] = []
    moves: list[numpy.ndarray] = []
    documents: list[Document] = []
    for knowledge, settings in teachers:
        known = [document(*one, knowledge) for one in annotated]
        keys = vocabulary(known, 1)
        weights = train(gather(known, keys), keys, settings)
        documents = [document(one.name, one.text, [], knowledge) for one in texts]
        scores = emissions(documents, weights)
        total = scores if not total else [sum_ + each for sum_, each in zip(total, scores, strict=True)]
        moves.append(weights.moves)
    mean = numpy.mean(moves, 0)
    return [
        numpy.array(best_tags(one, each / len(teachers), mean), "i1")
        for one, each in zip(documents, total, strict=True)
    ]


def labelled(texts: Sequence[Text], tags: Sequence[numpy.ndarray], knowledge: Knowledge) -> list[Document]:
    """The texts as documents with these tags."""
    return [
        replace(document(one.name, one.text, [], knowledge), tags=each) for one, each in zip(texts, tags, strict=True)
    ]
