"""Labels the unlabelled texts by teachers of two kinds: `python -m quality.tagger.teach` writes silver.jsonl.gz.

Needs the extra `teacher` (torch) beside `train`. The teachers, neural nets of other seeds and a CRF that reads twice,
learn from worldwide-train alone; a token has the mean of the chances that they give its tags. The file holds the
mentions as offsets, without a word of text; `quality.tagger.train` learns from it. Ten minutes of two cores.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy
import torch

from pipeline.enrich.entities.crf import TAGS
from quality.corpora import rows
from quality.score_tagger import MERGED
from quality.tagger import clusters, learn, neural
from quality.tagger.batches import known, read
from quality.tagger.corpus import Document, Knowledge, document
from quality.tagger.leaks import all_runs
from quality.tagger.places import gazetteer
from quality.tagger.report import DEV, OTHERS
from quality.tagger.score import Tally, spans
from quality.tagger.silver import SILVER, to_label, without, write_silver
from quality.tagger.stages import best_tags, emissions, jackknife, with_tags
from quality.tagger.texts import Text, texts
from quality.tagger.train import FOLDS, GOLD, JACKKNIFE, TEACHERS, annotated, word_clusters

NETS = tuple(neural.Settings(seed=seed) for seed in (0, 1))
VECTOR, LEAST, CONTEXTS = 100, 3, 12000  # of word vectors
LEAST_CHANCE = 1e-5
CORES = 2
SCORED = [DEV, *OTHERS]
Chances = list[numpy.ndarray]  # of each document, tokens x TAGS


@dataclass(frozen=True, slots=True)
class Material:
    """What the teachers learn from, and what they label: the sets of SCORED, then the unlabelled texts."""

    knowledge: Knowledge
    unlabelled: list[Text]
    wanted: list[Text]
    gold: list[Document]
    groups: list[list[Document]]


@cache
def material() -> Material:
    """Read once; a child that is forked has it from its parent."""
    dev = list(rows(DEV))
    avoided = all_runs(row["text"] for row in dev)
    unlabelled = without(texts(newswire=True, leave_out={row["id"] for row in dev}), avoided)
    knowledge = Knowledge(word_clusters(unlabelled)[0], *gazetteer())
    wanted = to_label(unlabelled)
    groups = [[document(row["id"], row["text"], [], knowledge) for row in rows(name)] for name in SCORED]
    groups.append([document(one.name, one.text, [], knowledge) for one in wanted])
    gold = [document(*one, knowledge) for one in annotated(GOLD, avoided)]
    return Material(knowledge, unlabelled, wanted, gold, groups)


def chances(documents: Sequence[Document], scores: Sequence[numpy.ndarray], moves: numpy.ndarray) -> Chances:
    """The chance of each tag of each token, by forward-backward."""
    found = []
    for one, each in zip(documents, scores, strict=True):
        lengths = numpy.diff(numpy.array(one.tokens.pieces)).astype("i8")
        whole = learn.grid(lengths, numpy.ones(len(lengths), "f4"))
        found.append(learn.expected(each.astype("f4"), moves.astype("f4"), whole)[0])
    return found


def decoded(documents: Sequence[Document], likely: Chances) -> list[numpy.ndarray]:
    """The tags that may follow each other with the greatest product of chances."""
    still = numpy.zeros((TAGS, TAGS), "f4")
    return [
        numpy.array(best_tags(one, numpy.log(numpy.maximum(each, LEAST_CHANCE)), still), "i1")
        for one, each in zip(documents, likely, strict=True)
    ]


def by_net(settings: neural.Settings) -> list[Chances]:
    """The chances that a net of these settings gives the tags of each group of documents."""
    torch.set_num_threads(1)  # the order of sums, and so the result, depends on it
    given = material()
    pieces = clusters.words_of(one.text for one in given.unlabelled)
    words, vectors = clusters.vectors(pieces, least=LEAST, size=VECTOR, contexts=CONTEXTS, seed=0)
    what = known(given.gold, words, vectors, given.knowledge.clusters)
    net = neural.train([read(one, what) for one in given.gold], what, settings)
    moves = net.moves.detach().numpy()
    return [chances(some, neural.emissions(net, [read(one, what) for one in some]), moves) for some in given.groups]


def by_crf() -> list[Chances]:
    """The chances that a CRF of two readings, each of its own weights, gives."""
    given = material()
    keys = learn.vocabulary(given.gold, 1)
    first = learn.train(learn.gather(given.gold, keys), keys, TEACHERS[0])
    tags, _, _ = jackknife(given.gold, JACKKNIFE, FOLDS)
    twice = with_tags(given.gold, tags)
    keys = learn.vocabulary(twice, 1)
    second = learn.train(learn.gather(twice, keys), keys, TEACHERS[0])
    found = []
    for some in given.groups:
        once = chances(some, emissions(some, first), first.moves)
        again = with_tags(some, decoded(some, once))
        both = zip(once, chances(again, emissions(again, second), second.moves), strict=True)
        found.append([(one + other) / 2 for one, other in both])
    return found


def scores(tags: Sequence[Sequence[numpy.ndarray]], groups: Sequence[Sequence[Document]]) -> str:
    """F1 on worldwide-dev, and on the sets of other domains together."""
    own, others = Tally(), Tally()
    for name, group, some in zip(SCORED, groups, tags, strict=True):
        for row, one, each in zip(rows(name), group, some, strict=True):
            (own if name == DEV else others).add(spans(one, each), row["ents"], None if name == DEV else MERGED)
    return f"dev {own.f1():.2f}, others {others.f1():.2f}"


def mean(several: Sequence[list[Chances]]) -> list[Chances]:
    """Of the chances of several teachers."""
    return [[sum(each) / len(each) for each in zip(*some, strict=True)] for some in zip(*several, strict=True)]


def main() -> None:
    """Learns the teachers, scores them, writes what they find."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=SILVER)
    choice = parser.parse_args()
    started = time.monotonic()
    given = material()
    with ProcessPoolExecutor(CORES) as children:
        waiting = [children.submit(by_net, each) for each in NETS]
        crf = children.submit(by_crf).result()
        nets = mean([each.result() for each in waiting])
    print(f"{len(given.gold)} gold articles, teachers after {time.monotonic() - started:.0f} s", flush=True)
    together = mean([nets, crf])
    for title, some in (("nets", nets), ("CRF", crf), ("mean", together)):
        tags = [decoded(group, likely) for group, likely in zip(given.groups, some, strict=True)]
        print(f"{title}: {scores(tags[:-1], given.groups[:-1])}", flush=True)
    mentions = [spans(one, each) for one, each in zip(given.groups[-1], tags[-1], strict=True)]
    write_silver(choice.out, given.wanted, mentions)


if __name__ == "__main__":
    main()
