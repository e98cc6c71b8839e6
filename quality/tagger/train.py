"""Trains the entity tagger: `python -m quality.tagger.train` writes model and card, the same from the same data.

Reads ARTICLES_DATA (default ../shared/data). Gold are the annotated articles of the newswire, or without it
(`--without-newswire`) of the openly licensed sets, which know Person, Organization and Location alone. The tagger also
learns from unlabelled texts as teachers label them: those of `quality.tagger.teach`, whose labels are in a file beside
this, or without the newswire CRFs of other seeds. Its weights serve two readings: gold articles are learned as a first
reading has them and with the features of tags that models of the other folds gave them. Articles that share a run of
words with worldwide-dev are left out, and the model is scored. Then, with all settings as they were chosen, the model
that is written learns from worldwide-dev too; `--without-dev` writes the one that was scored. On one core three
minutes; a C compiler is needed.
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
from quality.tagger.learn import Settings, Weights, gather, train, vocabulary
from quality.tagger.places import gazetteer
from quality.tagger.report import report
from quality.tagger.silver import SILVER, Annotated, label, labelled, read_silver, to_label, without
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
FIRST_WEIGHT, SECOND_WEIGHT, SILVER_WEIGHT = 0.8, 0.8, 0.5
TEACHERS = (Settings(seed=0), Settings(seed=1, dropout=0.5), Settings(seed=2))
COARSE_OF_TEACHERS = (64, 32, 48)
STUDENT = Settings(seed=11, epochs=8, size=600)
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
    return train(data, keys, STUDENT), calibrate.table(margins, right)


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
    parser.add_argument("--without-dev", action="store_true")
    parser.add_argument("--out", type=Path, default=MODEL)
    choice = parser.parse_args()
    started = time.process_time()
    dev = list(rows(DEV))
    known = all_runs(row["text"] for row in dev)
    annotations = annotated(OPEN_GOLD if choice.without_newswire else GOLD, known)
    newswire = not choice.without_newswire
    unlabelled = without(texts(newswire=newswire, leave_out={row["id"] for row in dev}), known)
    names = gazetteer()
    knowledge = [Knowledge(each, *names) for each in word_clusters(unlabelled)]
    print(f"{len(annotations)} gold articles, {time.process_time() - started:.0f} s", flush=True)
    wanted = to_label(unlabelled)
    if newswire:
        silver = read_silver(SILVER, wanted, knowledge[0])
    else:
        tags = label(annotations, wanted, list(zip(knowledge, TEACHERS, strict=True)))
        silver = labelled(wanted, tags, knowledge[0])
    print(f"{len(silver)} texts labelled, {time.process_time() - started:.0f} s", flush=True)
    gold = [document(*one, knowledge[0]) for one in annotations]
    weights, chances = learn(gold, silver)
    print(f"{len(weights.keys)} rows learned, {time.process_time() - started:.0f} s", flush=True)
    model = packed.pack(weights, LEAST_WEIGHT)
    scores = report(packed.unpack(model), knowledge[0], chances, weights)
    print(scores, flush=True)
    if newswire and not choice.without_dev:
        gold += [document(row["id"], row["text"], apart(row["text"], row["ents"]), knowledge[0]) for row in dev]
        weights, chances = learn(gold, silver)
        model = packed.pack(weights, LEAST_WEIGHT)
        print(f"{len(model.keys)} rows kept with worldwide-dev, {time.process_time() - started:.0f} s", flush=True)
    packed.save(choice.out, model, knowledge[0], chances)
    sources = "with the newswire" if newswire else "without the newswire"
    choice.out.with_suffix(".md").write_text(card.card(choice.out, sources, len(gold), scores), "utf-8")


if __name__ == "__main__":
    main()
