"""Clusters of words that stand among the same neighbours: word vectors from counts, then k-means.

Sources: Levy and Goldberg 2014 (positive pointwise mutual information), Halko, Martinsson and Tropp 2011 (randomised
singular value decomposition).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy
from scipy.sparse import csr_matrix

from pipeline.enrich.entities.rows import text_hash
from pipeline.enrich.entities.tokens import tokenise

OFFSETS = (-2, -1, 1, 2)
SMOOTHING = 0.75  # power of a neighbour's count: rare neighbours tell less than their counts say


def words_of(texts: Iterable[str]) -> list[list[str]]:
    """The pieces of the texts as words in lower case, figures as `0`."""
    found = []
    for text in texts:
        tokens, _ = tokenise(text, 0, 1 << 30)
        low = [surface.lower() for surface in tokens.surfaces]
        low = ["0" * min(len(word), 4) if word[0].isdecimal() else word for word in low]
        for first, end in zip(tokens.pieces[:-1], tokens.pieces[1:], strict=True):
            found.append([low[i] for i in tokens.ids[first:end]])
    return found


def vectors(
    pieces: list[list[str]], *, least: int, size: int, contexts: int, seed: int, offsets: tuple[int, ...] = OFFSETS
) -> tuple[list[str], numpy.ndarray]:
    """Words that occur `least` times or more, most frequent first, and a vector of `size` for each."""
    counts = Counter(word for piece in pieces for word in piece)
    words = sorted((word for word, count in counts.items() if count >= least), key=lambda word: (-counts[word], word))
    place = {word: n for n, word in enumerate(words)}
    ids = numpy.array([place.get(word, -1) for piece in pieces for word in [*piece, "\n", "\n"]])
    edge = len(words)
    contexts = min(contexts, edge)
    parts = []
    for n, offset in enumerate(offsets):
        one, near = (ids[:-offset], ids[offset:]) if offset > 0 else (ids[-offset:], ids[:offset])
        known = (one >= 0) & (near >= 0) & (near < contexts)
        parts.append((one[known], near[known] + n * contexts))
    rows, columns = (numpy.concatenate([part[n] for part in parts]) for n in (0, 1))
    matrix = csr_matrix((numpy.ones(len(rows)), (rows, columns)), (edge, len(offsets) * contexts))
    matrix.sum_duplicates()
    by_row, by_column = numpy.asarray(matrix.sum(1)).ravel(), numpy.asarray(matrix.sum(0)).ravel() ** SMOOTHING
    cells = matrix.tocoo()
    chance = numpy.log(cells.data * by_column.sum() / (by_row[cells.row] * numpy.maximum(by_column[cells.col], 1e-9)))
    positive = csr_matrix((numpy.maximum(chance, 0), (cells.row, cells.col)), matrix.shape)
    positive.eliminate_zeros()
    return words, _left_singular(positive, size, seed)


def _left_singular(matrix: csr_matrix, size: int, seed: int) -> numpy.ndarray:
    """Left singular vectors times the root of their values, rows of length 1."""
    basis = matrix @ numpy.random.default_rng(seed).normal(size=(matrix.shape[1], size + 10))
    for _ in range(3):
        basis, _ = numpy.linalg.qr(basis)
        basis = matrix @ (matrix.T @ basis)
    basis, _ = numpy.linalg.qr(basis)
    left, values, _ = numpy.linalg.svd((matrix.T @ basis).T, full_matrices=False)
    long = (basis @ left[:, :size]) * numpy.sqrt(values[:size])
    found: numpy.ndarray = long / numpy.maximum(numpy.linalg.norm(long, axis=1, keepdims=True), 1e-9)
    return found


def means(points: numpy.ndarray, count: int, seed: int, rounds: int = 20) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Spherical k-means: the number of the mean of each point, and the means."""
    rng = numpy.random.default_rng(seed)
    centres = points[rng.choice(len(points), count, replace=False)]
    nearest = numpy.zeros(len(points), "i8")
    for _ in range(rounds):
        nearest = (points @ centres.T).argmax(1)
        sums = numpy.zeros_like(centres)
        numpy.add.at(sums, nearest, points)
        empty = ~sums.any(1)
        sums[empty] = points[rng.choice(len(points), int(empty.sum()), replace=False)]
        centres = sums / numpy.linalg.norm(sums, axis=1, keepdims=True)
    return nearest, centres


def clusters(words: list[str], points: numpy.ndarray, *, coarse: int, fine: int, seed: int) -> dict[int, int]:
    """By the hash of a word: `fine` times 1 + its coarse cluster, + its cluster within; `fine` is 16 (see rows)."""
    outer, _ = means(points, coarse, seed)
    found: dict[int, int] = {}
    for group in range(coarse):
        inside = numpy.flatnonzero(outer == group)
        if not len(inside):
            continue
        inner, _ = means(points[inside], min(fine, len(inside)), seed)
        for place, number in zip(inside, inner, strict=True):
            found[text_hash(words[place], 0, len(words[place]))] = int(group * fine + number) + fine
    return found
