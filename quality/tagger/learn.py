"""Learning a linear-chain CRF: likelihood over batches of pieces, AdaGrad, dropout of features.

Sources: Lafferty, McCallum and Pereira 2001 (CRF); Duchi, Hazan and Singer 2011 (AdaGrad).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from scipy.sparse import csr_matrix

from pipeline.enrich.entities.crf import TAGS
from quality.tagger import descent
from quality.tagger.corpus import Document


@dataclass(frozen=True, slots=True)
class Settings:
    """`rate` of AdaGrad falls to a tenth; `dropout`: share of features left out; `size`: tokens of a batch."""

    seed: int = 0
    epochs: int = 10
    size: int = 600
    dropout: float = 0.4
    rate: float = 0.15
    decay: float = 5e-4


@dataclass(slots=True)
class Weights:
    """`keys[n]` is the feature number of row n of `rows`; `moves[a, b]` scores tag b after tag a."""

    keys: numpy.ndarray
    rows: numpy.ndarray
    moves: numpy.ndarray


@dataclass(slots=True)
class Data:
    """All pieces as one matrix of features: piece p holds tokens `pieces[p]` to `pieces[p + 1]`."""

    matrix: csr_matrix
    tags: numpy.ndarray
    pieces: numpy.ndarray
    weights: numpy.ndarray  # of each piece


def vocabulary(documents: Sequence[Document], least: int) -> numpy.ndarray:
    """The feature numbers that stand on at least `least` tokens, sorted."""
    keys, counts = numpy.unique(numpy.concatenate([d.rows for d in documents]), return_counts=True)
    return keys[counts >= least]


def gather(documents: Sequence[Document], keys: numpy.ndarray, weights: Sequence[float] | None = None) -> Data:
    """The documents' pieces over the features `keys`."""
    indices, ends, pieces, tags, sizes = [], [0], [0], [], []
    total = tokens = 0
    for number, one in enumerate(documents):
        place = numpy.searchsorted(keys, one.rows)
        place[place == len(keys)] = 0
        known = keys[place] == one.rows
        counts = numpy.concatenate(([0], numpy.cumsum(known)))
        indices.append(place[known])
        ends.extend((total + counts[one.ends]).tolist())
        total += int(counts[-1])
        pieces.extend(tokens + end for end in one.tokens.pieces[1:])
        sizes.extend([1.0 if weights is None else weights[number]] * (len(one.tokens.pieces) - 1))
        tokens += len(one.tags)
        tags.append(one.tags)
    where = numpy.concatenate(indices).astype("i4")
    matrix = csr_matrix((numpy.ones(len(where), "f4"), where, numpy.array(ends, "i8")), (tokens, len(keys)))
    return Data(matrix, numpy.concatenate(tags), numpy.array(pieces), numpy.array(sizes, "f4"))


def allowed() -> numpy.ndarray:
    """1 where a tag may follow another: an I- tag only behind B- or I- of its label."""
    ok = numpy.ones((TAGS, TAGS), "f4")
    for tag in range(2, TAGS, 2):
        ok[:, tag] = 0
        ok[tag - 1, tag] = ok[tag, tag] = 1
    return ok


OK = allowed()
SPREAD = 0x9E3779B97F4A7C15  # bits well mixed: seeds that are neighbours start far apart
START = numpy.array([0 if tag and tag % 2 == 0 else 1 for tag in range(TAGS)], "f4")


def batches(data: Data, size: int, rng: numpy.random.Generator) -> list[numpy.ndarray]:
    """Pieces in batches of about `size` tokens, each of pieces of like length, in random order."""
    lengths = numpy.diff(data.pieces)
    order = numpy.lexsort((rng.random(len(lengths)), lengths // 8))
    out, start, tokens = [], 0, 0
    for i, piece in enumerate(order):
        tokens += lengths[piece]
        if tokens >= size:
            out.append(order[start : i + 1])
            start, tokens = i + 1, 0
    if start < len(order):
        out.append(order[start:])
    return [out[i] for i in rng.permutation(len(out))]


@dataclass(slots=True)
class Grid:
    """A batch of pieces side by side: `at[p, t]` is token t of piece p among the batch's, the last one repeated."""

    at: numpy.ndarray
    inside: numpy.ndarray
    weight: numpy.ndarray  # of each piece
    lengths: numpy.ndarray


def grid(lengths: numpy.ndarray, weight: numpy.ndarray) -> Grid:
    """Pieces that stand one after the other."""
    firsts = numpy.cumsum(lengths) - lengths
    steps = numpy.arange(int(lengths.max()))[None, :]
    at = firsts[:, None] + numpy.minimum(steps, lengths[:, None] - 1)
    return Grid(at, steps < lengths[:, None], weight, lengths)


def expected(scores: numpy.ndarray, moves: numpy.ndarray, batch: Grid) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Chances of each tag of each token (forward-backward), and how often each move is expected, weighted."""
    inside, longest = batch.inside, batch.at.shape[1]
    cells = scores[batch.at]
    cells = numpy.exp(cells - cells.max(2, keepdims=True))
    step = numpy.exp(moves) * OK
    forward, scale = numpy.empty_like(cells), numpy.ones((len(cells), longest), "f4")
    now = cells[:, 0] * START
    for t in range(longest):
        if t:
            now = (now @ step) * cells[:, t]
        scale[:, t] = now.sum(1)
        now = now / scale[:, t, None]
        if t:
            now = numpy.where(inside[:, t, None], now, forward[:, t - 1])
        forward[:, t] = now
    backward = numpy.ones_like(cells)
    now = numpy.ones((len(cells), TAGS), "f4")
    pairs = numpy.zeros((TAGS, TAGS), "f4")
    for t in range(longest - 1, 0, -1):
        message = now * cells[:, t] / scale[:, t, None] * inside[:, t, None]
        pairs += (forward[:, t - 1] * batch.weight[:, None]).T @ message
        now = numpy.where(inside[:, t, None], message @ step.T, 1.0).astype("f4")
        backward[:, t - 1] = now
    chances = forward * backward
    chances /= chances.sum(2, keepdims=True)
    out = numpy.empty_like(scores)
    out[batch.at[inside]] = chances[inside]
    return out, pairs * step


def gradient(
    scores: numpy.ndarray, moves: numpy.ndarray, tags: numpy.ndarray, batch: Grid
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Of the negative log likelihood, by the scores (tokens x TAGS, pieces one after the other) and by the moves."""
    out, pairs = expected(scores, moves, batch)
    out[numpy.arange(len(tags)), tags] -= 1
    out *= numpy.repeat(batch.weight, batch.lengths)[:, None]
    gold, follows = tags[batch.at], batch.inside[:, 1:]
    weight = numpy.repeat(batch.weight, batch.lengths - 1)
    numpy.subtract.at(pairs, (gold[:, :-1][follows], gold[:, 1:][follows]), weight)
    return out, pairs


def train(data: Data, keys: numpy.ndarray, settings: Settings) -> Weights:
    """The weights of the features `keys`, which are the columns of `data`, scaled by 1 - dropout for use."""
    rng = numpy.random.default_rng(settings.seed)
    state = numpy.array([(2 * settings.seed + 1) * SPREAD & 0xFFFFFFFFFFFFFFFF], "u8")
    rows, moves = (numpy.zeros((count, 2, descent.ROOM), "f4") for count in (len(keys), TAGS))
    rows[:, 1] = moves[:, 1] = 1
    matrix = data.matrix
    given = (matrix.indices, matrix.indptr.astype("i8"), data.tags, data.pieces.astype("i8"), data.weights)
    for epoch in range(settings.epochs):
        rate = settings.rate * (1 - 0.9 * epoch / settings.epochs)
        descent.epoch(
            rows, moves, given, batches(data, settings.size, rng), (OK, START), state,
            dropout=settings.dropout, rate=rate, decay=settings.decay,
        )  # fmt: skip
    return Weights(keys, rows[:, 0, :TAGS] * (1 - settings.dropout), moves[:, 0, :TAGS].copy())
