"""Scores cleaning on the corpus: `python -m quality.boilerplate.score --scores FILE`, FILE from `train --scores`.

Every page is cleaned by the whole of `clean`, with the scores of a model that has not seen its site, and beside it by
trafilatura's default. F1 by set and mode, the gain over trafilatura with its 95% interval, harm on clean articles.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import orjson
import trafilatura

from pipeline.enrich.clean import clean, clean_html
from pipeline.enrich.clean.extract import main_text
from pipeline.reasons import CutKind
from quality.boilerplate.corpus import MODES, SETS, Document, Mode, clean_documents, documents
from quality.boilerplate.measures import Counts, counts, f1, interval, snippet_counts, snippet_f1
from quality.corpora import rows

_DECIDE = import_module("pipeline.enrich.clean.decide")  # the package has a function of that name

Ours = dict[tuple[str, str], list[int]]


def cleaned(document: Document, scores: Ours) -> str:
    """The text that `clean` makes of a page, with these scores in the place of the model's."""
    with patch.object(_DECIDE, "score", lambda *_: scores[document.name, document.mode]):
        return clean(document.page).text


def counted(document: Document, text: str) -> Counts:
    """By shingles, or by snippets where only those are."""
    if document.body is None:
        return snippet_counts(text, document.include, document.exclude)
    return counts(document.body, text)


def score_set(name: str, mode: Mode, scores: Ours) -> tuple[list[Counts], list[Counts]]:
    """Counts of a set, ours and trafilatura's (of texts: as they come)."""
    sources = {f"{name}/{row['id']}": row["html"] for row in rows(f"pages/{name}")}
    ours, theirs = [], []
    for document in documents(name, mode):
        ours.append(counted(document, cleaned(document, scores)))
        peer = main_text(sources[document.name]) if mode == "html" else document.page.text
        theirs.append(counted(document, peer))
    return ours, theirs


def line(name: str, mode: str, ours: Sequence[Counts], theirs: Sequence[Counts]) -> str:
    """A row of the table."""
    if name == "trafilatura-half":
        return f"{name:20} {mode:5} {len(ours):4} {snippet_f1(ours):.4f} {snippet_f1(theirs):.4f}"
    found, precision, recall = f1(ours)
    low, high = interval(ours, theirs)
    told = f"P {precision:.3f} R {recall:.3f} gain {found - f1(theirs)[0]:+.4f} [{low:+.4f}, {high:+.4f}]"
    return f"{name:20} {mode:5} {len(ours):4} {found:.4f} {f1(theirs)[0]:.4f} {told}"


def harm(scores: Ours) -> float:
    """Share of the characters of clean articles that are cut, margins aside."""
    lost = total = 0
    for document in clean_documents():
        with patch.object(_DECIDE, "score", lambda *_, own=document: scores[own.name, own.mode]):
            cuts = clean(document.page).cuts
        lost += sum(cut.end - cut.start for cut in cuts if cut.rule != "outer_whitespace")
        total += len(document.page.text)
    return lost / total


def other_share() -> float:
    """Share of the characters cut from the pages that no kind but `other` fits."""
    cut = other = 0
    for name in SETS:
        for row in rows(f"pages/{name}"):
            for one in clean_html(row["html"]).cuts:
                cut += one.end - one.start
                other += one.end - one.start if one.kind is CutKind.OTHER else 0
    return other / cut


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m quality.boilerplate.score", description="Score cleaning.")
    parser.add_argument("--scores", type=Path, required=True)
    rows_ = orjson.loads(parser.parse_args().scores.read_bytes())
    scores = {(name, mode): own for name, mode, own in rows_}
    print(f"set, mode, pages, F1 ours, F1 of trafilatura {trafilatura.__version__} (texts: as they come)")
    for mode in MODES:
        every: tuple[list[Counts], list[Counts]] = ([], [])
        for name in SETS:
            ours, theirs = score_set(name, mode, scores)
            print(line(name, mode, ours, theirs), flush=True)
            if name != "trafilatura-half":
                every = every[0] + ours, every[1] + theirs
        print(line("all with a text", mode, *every), flush=True)
    print(f"harm on clean articles: {harm(scores):.3%}")
    print(f"cut characters of kind other: {other_share():.2%}")


if __name__ == "__main__":
    main()
