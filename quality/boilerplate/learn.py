"""Learning from Documents: cues by logistic regression, trees by LightGBM on the integer features.

Cues that a document's own labels shaped would look better in training than they are: the features that trees learn from
use cues of the other folds (INNER of them, by site).
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from pipeline.enrich.clean import body
from pipeline.enrich.clean.columns import WIDTH
from pipeline.enrich.clean.decide import rows_of_text
from pipeline.enrich.clean.edges import trim
from pipeline.enrich.clean.features import MAX_CHARS, MIDDLE, SHORT_LINK, Cues, features, scan, word_tokens
from pipeline.enrich.clean.lines import read_lines
from quality.boilerplate.corpus import Document

INNER = 3
MIN_SITES = 4  # sites that a token must be seen on
LONG_SITES = 8  # the same of a word of long lines
COMMON = 400  # words of body text that count as common
LINE_WORDS = (3, 60)  # a line weighs as its words, within these
TREES = {
    "objective": "binary", "num_leaves": 31, "learning_rate": 0.08, "min_data_in_leaf": 40, "feature_fraction": 0.5,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "verbose": -1, "num_threads": 1, "seed": 1,
    "deterministic": True, "force_row_wise": True, "max_bin": 127,
}  # fmt: skip
ROUNDS = 160


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a model file holds of one kind of input."""

    cues: Cues
    trees: lightgbm.Booster


def fold_of(site: str, folds: int, salt: str = "") -> int:
    """The fold of a site, the same in every run."""
    return zlib.crc32((salt + site).encode()) % folds


def long_tokens(document: Document) -> Iterator[list[str]]:
    """The words of each long block that `features` sums the cues of; of others none."""
    for block in document.page.blocks:
        line = document.page.text[block.start : min(block.end, block.start + MAX_CHARS)]
        words = scan(line)[0]
        yield words if len(words) > MIDDLE else []


def line_tokens(document: Document) -> Iterator[list[str]]:
    """The word tokens of each block, as `features` reads them."""
    for block in document.page.blocks:
        size = block.end - block.start
        if block.link_chars * 64 // size > 54 and size < SHORT_LINK:
            yield []
            continue
        line = document.page.text[block.start : min(block.end, block.start + MAX_CHARS)]
        yield word_tokens(scan(line)[0])


def line_weights(document: Document) -> list[float]:
    """A document weighs the same whatever its length; a line as its words."""
    sizes = []
    for block in document.page.blocks:
        words = len(document.page.text[block.start : block.end].split())
        sizes.append(min(LINE_WORDS[1], max(LINE_WORDS[0], words)))
    body = sum(size for size, label in zip(sizes, document.labels, strict=True) if label) or sum(sizes)
    scale = 100 / body
    return [size * scale * weight for size, weight in zip(sizes, document.weights, strict=True)]


def common_words(documents: Sequence[Document]) -> frozenset[str]:
    """The words that most bodies share: function words, of every language in the corpus."""
    seen: Counter[str] = Counter()
    for document in documents:
        words: set[str] = set()
        for block, label in zip(document.page.blocks, document.labels, strict=True):
            if label:
                words.update(w for w in scan(document.page.text[block.start : block.end])[0] if len(w) < 8)
        seen.update(word for word in sorted(words) if not word.isdigit())  # equally common ones: the same in every run
    return frozenset(word for word, _ in seen.most_common(COMMON))


def _weights_of(
    tokens: Sequence[Sequence[str]], labels: Any, weights: Any, sites: Sequence[str], c: float, *, rooted: bool = False
) -> dict[str, int]:
    """Log odds of tokens, in 64ths; `rooted`: a line's are divided by the root of their number, and c is for a mean
    weight of 1."""
    least = LONG_SITES if rooted else MIN_SITES
    where: dict[str, set[str]] = {}
    for found, site in zip(tokens, sites, strict=True):
        for token in found:
            kept = where.setdefault(token, set())
            if len(kept) < least:
                kept.add(site)
    known = {token: i for i, token in enumerate(t for t, s in where.items() if len(s) >= least)}
    starts, columns, values = [0], [], []
    for found in tokens:
        columns += [known[token] for token in found if token in known]
        values += [len(found) ** -0.5 if rooted else 1.0] * (len(columns) - starts[-1])
        starts.append(len(columns))
    matrix = csr_matrix((values, columns, starts), shape=(len(tokens), len(known)))
    weights = weights / numpy.mean(weights) if rooted else weights
    model = LogisticRegression(C=c, max_iter=100, solver="liblinear", tol=0.002, random_state=0)
    model.fit(matrix, labels, sample_weight=weights)
    found = {token: round(64 * float(model.coef_[0, i])) for token, i in known.items()}
    return {token: value for token, value in found.items() if abs(value) >= 6}


def learn_cues(documents: Sequence[Document]) -> Cues:
    """Cues from the labels of these documents."""
    tokens, names, labels, weights, sites, marked = [], [], [], [], [], []
    for document in documents:
        blocks = document.page.blocks
        for block, found, label, weight in zip(
            blocks, line_tokens(document), document.labels, document.weights, strict=True
        ):
            tokens.append(found)
            names.append(block.hints)
            labels.append(label)
            weights.append(weight)
            sites.append(document.site)
            marked.append(bool(block.hints))
    y, w, m = numpy.array(labels), numpy.array(weights), numpy.array(marked)
    words = _weights_of(tokens, y, w, sites, 0.3)
    hints = [n for n, is_marked in zip(names, marked, strict=True) if is_marked]
    named = [s for s, is_marked in zip(sites, marked, strict=True) if is_marked]
    names_ = _weights_of(hints, y[m], w[m], named, 0.1) if hints else {}
    return Cues(words, names_, common_words(documents), {} if hints else learn_long(documents))


def learn_long(documents: Sequence[Document]) -> dict[str, int]:
    """Cues of the words of long lines."""
    tokens, labels, weights, sites = [], [], [], []
    for document in documents:
        for found, label, weight in zip(long_tokens(document), document.labels, line_weights(document), strict=True):
            if found and weight:
                tokens.append(found)
                labels.append(label)
                weights.append(weight)
                sites.append(document.site)
    return _weights_of(tokens, numpy.array(labels), numpy.array(weights), sites, 0.3, rooted=True)


def matrix(document: Document, cues: Cues) -> Any:
    """The features of a document as an array (blocks, WIDTH)."""
    if document.mode == "html":
        found = features(document.page, cues)
    else:
        lines = read_lines(document.page)
        given = body.strict_verdicts(lines)
        dense = body.by_density(lines, given, True)
        ruled, _ = trim(lines, list(dense), list(given), document.page.title)
        found = rows_of_text(document.page, lines, given, dense, ruled, cues)
    return numpy.array(found, dtype=numpy.int32).reshape(-1, WIDTH)


def learn(documents: Sequence[Document], rounds: int = ROUNDS) -> Learnt:
    """Cues and trees from these documents."""
    rows = []
    for fold in range(INNER):
        others = [d for d in documents if fold_of(d.site, INNER, "inner") != fold]
        cues = learn_cues(others)
        rows += [(d, matrix(d, cues)) for d in documents if fold_of(d.site, INNER, "inner") == fold]
    x = numpy.concatenate([row for _, row in rows]).astype(numpy.float32)
    y = numpy.concatenate([document.labels for document, _ in rows])
    w = numpy.concatenate([line_weights(document) for document, _ in rows])
    told = w > 0
    trees = lightgbm.train(TREES, lightgbm.Dataset(x[told], y[told], weight=w[told], params=TREES), rounds)
    return Learnt(learn_cues(documents), trees)
