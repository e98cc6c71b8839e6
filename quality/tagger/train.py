"""Trains the entity tagger: `python -m quality.tagger.train` writes model and card, the same from the same data.

Reads ARTICLES_DATA (default ../shared/data). Gold are the annotated articles of the newswire, or without it
(`--without-newswire`) of the openly licensed sets, which know Person, Organization and Location alone. Teachers label
the unlabelled texts; the tagger learns from both. Its weights serve two readings: gold articles are learned as a first
reading has them and with the features of tags that models of the other folds gave them. Articles that share a run of
words with worldwide-dev are left out. On one core about ten minutes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy

from pipeline.enrich.entities.model import MODEL
from quality.corpora import rows
from quality.tagger import calibrate, card, clusters, packed
from quality.tagger.corpus import Document, Knowledge, apart, document
from quality.tagger.leaks import all_runs, runs
from quality.tagger.learn import Settings, Weights, gather, mean, train, vocabulary
from quality.tagger.places import gazetteer
from quality.tagger.report import report
from quality.tagger.silver import Annotated, label, labelled
from quality.tagger.stages import jackknife, with_tags
from quality.tagger.texts import Text, texts

DEV = "ner/worldwide-dev"
GOLD = ("ner/worldwide-train",)
OPEN_GOLD = ("ner/wikigold", "ner/ewt-dev-test", "ner/crossner-politics")
LEAST_COUNT = 4  # occurrences of a word with a cluster
VECTOR, CONTEXTS = 80, 8000
FINE = 16  # clusters within each of COARSE_OF_TEACHERS
FOLDS = 4
SILVER_LEAST = 3  # occurrences of a feature that only silver text has
FIRST_WEIGHT, SECOND_WEIGHT, SILVER_WEIGHT = 0.8, 0.8, 0.25
TEACHERS = (Settings(seed=0), Settings(seed=1, dropout=0.5), Settings(seed=2))
COARSE_OF_TEACHERS = (64, 32, 48)
STUDENTS = tuple(Settings(seed=seed, epochs=8, size=600) for seed in (10, 11))
JACKKNIFE = Settings(seed=20, epochs=8, size=800)
LEAST_WEIGHT = 0.06  # of the largest in a row that is kept


def annotated(names: Sequence[str], known: set[tuple[str, ...]]) -> list[Annotated]:
    """The articles of the sets that share no text with what is `known`, places that commas join taken apart."""
    found = [row for name in names for row in rows(name) if known.isdisjoint(runs(row["text"]))]
    return [(row["id"], row["text"], apart(row["text"], row["ents"])) for row in found]


def learn(gold: list[Document], silver: list[Document]) -> tuple[Weights, numpy.ndarray]:
    """The weights of both readings, and the table of probabilities by margin."""
    tags, margins, right = jackknife(gold, JACKKNIFE, FOLDS)
    second = with_tags(gold, tags)
    keys = numpy.union1d(vocabulary(second, 1), vocabulary(silver, SILVER_LEAST))
    weights = [FIRST_WEIGHT] * len(gold) + [SECOND_WEIGHT] * len(second) + [SILVER_WEIGHT] * len(silver)
    data = gather(gold + second + silver, keys, weights)
    return mean([train(data, keys, each) for each in STUDENTS]), calibrate.table(margins, right)


def word_clusters(unlabelled: Sequence[Text]) -> list[dict[int, int]]:
    """Clusters for each teacher; the tagger has those of the first."""
    pieces = clusters.words_of(one.text for one in unlabelled)
    words, points = clusters.vectors(pieces, least=LEAST_COUNT, size=VECTOR, contexts=CONTEXTS, seed=0)
    return [
        clusters.clusters(words, points, coarse=coarse, fine=FINE, seed=number)
        for number, coarse in enumerate(COARSE_OF_TEACHERS)
    ]


def main() -> None:
    """Learns, writes and scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-newswire", action="store_true")
    parser.add_argument("--out", type=Path, default=MODEL)
    choice = parser.parse_args()
    started = time.process_time()
    dev = list(rows(DEV))
    known = all_runs(row["text"] for row in dev)
    annotations = annotated(OPEN_GOLD if choice.without_newswire else GOLD, known)
    unlabelled = [
        one
        for one in texts(newswire=not choice.without_newswire, leave_out={row["id"] for row in dev})
        if known.isdisjoint(runs(one.text))
    ]
    names = gazetteer()
    knowledge = [Knowledge(each, *names) for each in word_clusters(unlabelled)]
    print(f"{len(annotations)} gold articles, {time.process_time() - started:.0f} s", flush=True)
    to_label = [one for one in unlabelled if one.source != "newswire"]
    tags = label(annotations, to_label, list(zip(knowledge, TEACHERS, strict=True)))
    print(f"{len(tags)} texts labelled, {time.process_time() - started:.0f} s", flush=True)
    gold = [document(*one, knowledge[0]) for one in annotations]
    weights, chances = learn(gold, labelled(to_label, tags, knowledge[0]))
    print(f"{len(weights.keys)} rows learned, {time.process_time() - started:.0f} s", flush=True)
    model = packed.pack(weights, LEAST_WEIGHT)
    packed.save(choice.out, model, knowledge[0], chances)
    scores = report(packed.unpack(model), knowledge[0], chances, weights)
    print(scores)
    sources = "without the newswire" if choice.without_newswire else "with the newswire"
    choice.out.with_suffix(".md").write_text(card.card(choice.out, sources, len(annotations), scores), "utf-8")


if __name__ == "__main__":
    main()
