"""Scores of a learned tagger: worldwide-dev by label and region, the sets of other domains, calibration."""

from __future__ import annotations

from collections.abc import Mapping

import numpy

from quality.corpora import rows
from quality.score_tagger import MERGED, OTHER_DOMAINS
from quality.tagger import calibrate
from quality.tagger.corpus import LABELS, Knowledge, document
from quality.tagger.learn import Weights
from quality.tagger.score import Tally, spans
from quality.tagger.stages import emissions, read, twice

DEV = "ner/worldwide-dev"
OTHERS = [f"ner/{name}" for name in OTHER_DOMAINS]


def _scored(name: str, knowledge: Knowledge, weights: Weights, merged: Mapping[str, str] | None) -> list[Tally]:
    """Of the first reading, of the second."""
    annotations = list(rows(name))
    documents = [document(row["id"], row["text"], [], knowledge) for row in annotations]
    tallies = []
    for tags in (read(documents, weights), twice(documents, weights)[1]):
        tally = Tally()
        for one, each, row in zip(documents, tags, annotations, strict=True):
            tally.add(spans(one, each), row["ents"], merged)
        tallies.append(tally)
    return tallies


def _pooled(tallies: list[Tally]) -> float:
    whole = Tally()
    for one in tallies:
        whole.hits += one.hits
        whole.found += one.found
        whole.wanted += one.wanted
    return whole.f1()


def _by_region(knowledge: Knowledge, weights: Weights) -> dict[str, Tally]:
    annotations = list(rows(DEV))
    documents = [document(row["id"], row["text"], [], knowledge) for row in annotations]
    found: dict[str, Tally] = {}
    for one, each, row in zip(documents, twice(documents, weights)[1], annotations, strict=True):
        found.setdefault(row["id"].split("_")[0], Tally()).add(spans(one, each), row["ents"], None)
    return found


def calibration_error(knowledge: Knowledge, weights: Weights, chances: numpy.ndarray) -> float:
    """Expected calibration error of the second reading's mentions on worldwide-dev."""
    documents = [document(row["id"], row["text"], row["ents"], knowledge) for row in rows(DEV)]
    second, tags = twice(documents, weights)
    pairs = [
        calibrate.mention_margins(one, scores, weights.moves, each)
        for one, scores, each in zip(second, emissions(second, weights), tags, strict=True)
    ]
    margins, right = (numpy.concatenate([pair[n] for pair in pairs]) for n in (0, 1))
    return calibrate.expected_error(chances[numpy.clip(margins, 0, calibrate.MOST)], right)


def report(weights: Weights, knowledge: Knowledge, chances: numpy.ndarray, unrounded: Weights) -> str:
    """F1 of both readings, then of the second by label and region; what rounding and pruning cost."""
    first, second = _scored(DEV, knowledge, weights, None)
    lines = [f"worldwide-dev: first reading {first.f1():.2f}, second {second.f1():.2f}"]
    lines.append(f"before rounding and pruning: {_scored(DEV, knowledge, unrounded, None)[1].f1():.2f}")
    lines.append(f"rows kept: {len(weights.keys)}")
    lines += [f"  {label}: {second.f1(label):.1f} of {second.wanted[label]}" for label in LABELS]
    lines += [
        f"  {region}: {tally.f1():.1f} of {tally.wanted.total()}"
        for region, tally in sorted(_by_region(knowledge, weights).items())
    ]
    others = [_scored(name, knowledge, weights, MERGED) for name in OTHERS]
    for name, pair in zip(OTHERS, others, strict=True):
        lines.append(f"{name}: first reading {pair[0].f1():.2f}, second {pair[1].f1():.2f}")
    lines.append(
        f"pooled: first reading {_pooled([o[0] for o in others]):.2f}, second {_pooled([o[1] for o in others]):.2f}"
    )
    lines.append(f"expected calibration error on dev: {calibration_error(knowledge, weights, chances):.3f}")
    return "\n".join(lines)
