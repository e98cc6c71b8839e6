"""Trains the model of cleaning: `python -m quality.boilerplate.train [--folds N] [--out FILE] [--scores FILE]`.

Needs the extra `train` and ARTICLES_DATA. Deterministic. First FOLDS models by site, for honest scores and the table of
expected quality; then one of everything, which is written. About 10 minutes on two cores.
"""

from __future__ import annotations

import argparse
from array import array
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import orjson

from pipeline.enrich.clean.decide import BODY, doubt_of
from pipeline.enrich.clean.model import MODEL, Part, read_model, write_model
from pipeline.enrich.clean.trees import UNIT, Trees
from quality.boilerplate import dressed, learn
from quality.boilerplate.corpus import MODES, SETS, Document, clean_documents, documents
from quality.boilerplate.measures import counts, f1

FOLDS = 4
PRIOR = 10  # pages at the mean that every row of the table of quality starts with
Scores = dict[tuple[str, str], list[int]]


def flat(booster: Any) -> Trees:
    """LightGBM's trees as arrays; limits rounded down, which changes nothing for whole numbers."""
    trees = Trees(*(array("i") for _ in range(6)))
    for tree in booster.dump_model()["tree_info"]:
        trees.roots.append(_add(trees, tree["tree_structure"]))
    return replace(trees)  # made once more, now that they are whole


def _add(trees: Trees, node: Any) -> int:
    if "leaf_value" in node:
        trees.leaves.append(round(node["leaf_value"] * UNIT))
        return ~(len(trees.leaves) - 1)
    place = len(trees.column)
    trees.column.append(node["split_feature"])
    trees.limit.append(int(numpy.floor(node["threshold"])))
    trees.left.append(0)
    trees.right.append(0)
    trees.left[place] = _add(trees, node["left_child"])
    trees.right[place] = _add(trees, node["right_child"])
    return place


def out_of_fold(corpus: Sequence[Document], folds: int) -> Scores:
    """The scores of every document by a model that has not seen its site."""
    scores: Scores = {}
    for fold in range(folds):
        learnt = learn.learn([d for d in corpus if learn.fold_of(d.site, folds) != fold])
        for document in corpus:
            if learn.fold_of(document.site, folds) == fold:
                raw = learnt.trees.predict(learn.matrix(document, learnt.cues).astype("f4"), raw_score=True)
                scores[document.name, document.mode] = [round(float(value) * UNIT) for value in raw]
        print(f"fold {fold + 1} of {folds}", flush=True)
    return scores


def kept_text(document: Document, scores: Sequence[int]) -> str:
    """The blocks that are body by these scores, without the rules that follow."""
    page = document.page
    return "\n".join(page.text[b.start : b.end] for b, value in zip(page.blocks, scores, strict=True) if value > BODY)


def quality_by_doubt(corpus: Sequence[Document], scores: Scores) -> list[float]:
    """For a doubt of 0 to 64 64ths: the mean F1 of pages with at least nearly so much, falling, smoothed by PRIOR."""
    seen = []
    for document in corpus:
        if document.body is None or document.mode == "clean":
            continue
        own = scores[document.name, document.mode]
        found = f1([counts(document.body, kept_text(document, own))])[0]
        seen.append((doubt_of(document.page, own, [value > BODY for value in own]), found))
    mean = sum(found for _, found in seen) / len(seen)
    table, least = [], 1.0
    for doubt in range(65):
        reach = 1 + doubt // 4
        near = [found for at, found in seen if abs(at - doubt) <= reach]
        least = min(least, (sum(near) + PRIOR * mean) / (len(near) + PRIOR))
        table.append(round(least, 4))
    return table


def main() -> None:
    """Trains both parts and writes the model."""
    parser = argparse.ArgumentParser(prog="python -m quality.boilerplate.train", description="Train the model.")
    parser.add_argument("--folds", type=int, default=FOLDS)
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--only", choices=("html", "text"), help="train one part, take the other from --out")
    parser.add_argument("--scores", type=Path, help="write the scores out of fold, for quality.boilerplate.score")
    chosen = parser.parse_args()
    everything = [document for mode in MODES for name in SETS for document in documents(name, mode)]
    parts, scores = [], {}
    old = read_model(chosen.out) if chosen.only else None
    for kind in ("html", "text"):
        if old is not None and kind != chosen.only:
            parts.append(old.html if kind == "html" else old.text)
            continue
        corpus = [document for document in everything if (document.mode == "html") == (kind == "html")]
        corpus += [*clean_documents(), *dressed.documents()] if kind == "text" else []
        own = out_of_fold(corpus, chosen.folds)
        scores |= own
        learnt = learn.learn(corpus)
        parts.append(Part(learnt.cues, flat(learnt.trees), quality_by_doubt(corpus, own)))
        sizes = len(corpus), len(learnt.cues.words), len(learnt.cues.names)
        print("{}: {} documents, {} words, {} names".format(kind, *sizes), flush=True)
    write_model(chosen.out, *parts)
    if chosen.scores:
        chosen.scores.write_bytes(orjson.dumps([[*key, value] for key, value in scores.items()]))


if __name__ == "__main__":
    main()
