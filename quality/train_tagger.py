"""Trains the entity tagger: `python -m quality.train_tagger` writes pipeline/models/tagger.crfsuite and its card.

Reads ARTICLES_DATA/ner/worldwide-train only, without the articles that share a run of 12 words with worldwide-dev,
on which the settings were chosen. L-BFGS with L1 and L2 penalties (OWL-QN) gives a sparse model; its weights are
rounded and the file is gzipped. The same input gives the same file. About 3 minutes on one core.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import re
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pycrfsuite

from pipeline.enrich.entities.features import document, piece_features
from pipeline.enrich.entities.tagger import MODEL, Tagger
from pipeline.enrich.entities.tokens import Token, pieces
from quality.score_tagger import Row, rows, score, table

# Swept on dev: F1 78.1 here, 77.7 at (0.1, 0.1), 77.9 there with 200 iterations, 77.2 at (0.3, 0.05) at half the size.
C1, C2 = 0.15, 0.3
ITERATIONS = 100
WEIGHT_STEPS = 64  # weights are multiples of 1/64: no loss on dev, and the file compresses to 2/3
SHARED_WORDS = 12

CARD = """# tagger.crfsuite

A linear-chain CRF for named entities in English news: nine labels, BIO tags over the tokens and features of
`pipeline/enrich/entities`. The file is a gzipped CRFsuite model, opened by python-crfsuite.

- Data: `worldwide-train`, newswire in English from all regions, {articles} articles. The repository that it comes from
  states no licence. The model holds words, parts of words and weights, no running text. No gazetteer, no other source.
- Left out: {left} articles that share a run of {shared} words with `worldwide-dev`, on which the settings were chosen.
- Command: `python -m quality.train_tagger` (c1 {c1}, c2 {c2}, {iterations} iterations at most, weights in 1/{steps}).
- SHA-256: `{checksum}`, {size} bytes, {unpacked} unpacked.
- Confidence of a mention is the least marginal probability of its tags.
- Facility and Product are rare in the data and near noise.

Exact span and label on `worldwide-dev`:

{table}
"""


def runs(text: str) -> set[tuple[str, ...]]:
    """All runs of SHARED_WORDS words."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + SHARED_WORDS]) for at in range(len(words) - SHARED_WORDS + 1)}


def without_leaks(train_rows: list[Row], dev: list[Row]) -> list[Row]:
    """The articles that share no run of words with `dev`."""
    known: set[tuple[str, ...]] = set().union(*(runs(row["text"]) for row in dev))
    return [row for row in train_rows if known.isdisjoint(runs(row["text"]))]


def tags(piece: list[Token], entities: list[tuple[int, int, str]]) -> list[str]:
    """The B-, I- and O tags of a piece; a token belongs to the entity that it overlaps."""
    out = []
    before = None
    for start, end in piece:
        entity = next((entity for entity in entities if entity[0] < end and start < entity[1]), None)
        out.append("O" if entity is None else ("I-" if entity == before else "B-") + entity[2])
        before = entity
    return out


def sequences(row: Row) -> Iterator[tuple[list[list[str]], list[str]]]:
    """Features and tags of every piece of an article."""
    text, parts = row["text"], list(pieces(row["text"]))
    surfaces = [[text[start:end] for start, end in piece] for piece in parts]
    article = document(surfaces)
    for piece, words in zip(parts, surfaces, strict=True):
        inside = [(s, e, label) for s, e, label in row["ents"] if s < piece[-1][1] and piece[0][0] < e]
        yield piece_features(words, article), tags(piece, inside)


def rounded(model: bytes) -> bytes:
    """The same model with its weights rounded; the layout is that of CRFsuite 0.12, crf1d_model.c."""
    first, end = struct.unpack_from("<II", model, 28)  # where the chunks of weights and of labels begin
    out = bytearray(model)
    for at in range(first + 12, end, 20):  # a chunk's header is 12 bytes; kind, source, target, weight are 20
        (weight,) = struct.unpack_from("<d", model, at + 12)
        struct.pack_into("<d", out, at + 12, round(weight * WEIGHT_STEPS) / WEIGHT_STEPS)
    return bytes(out)


def train(train_rows: list[Row], c1: float, c2: float, iterations: int) -> bytes:
    """A CRFsuite model."""
    params = {"c1": c1, "c2": c2, "max_iterations": iterations}
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", params=params, verbose=False)
    for row in train_rows:
        for features, labels in sequences(row):
            trainer.append(features, labels)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model")
        trainer.train(str(path))
        return path.read_bytes()


def main() -> None:
    """Trains, scores, writes the model and its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--c1", type=float, default=C1, help="L1 penalty")
    parser.add_argument("--c2", type=float, default=C2, help="L2 penalty")
    parser.add_argument("--iterations", type=int, default=ITERATIONS)
    parser.add_argument("--out", type=Path, default=MODEL)
    args = parser.parse_args()
    dev, everything = rows("worldwide-dev"), rows("worldwide-train")
    kept = without_leaks(everything, dev)
    model = rounded(train(kept, args.c1, args.c2, args.iterations))
    packed = gzip.compress(model, 9, mtime=0)
    partial = args.out.with_suffix(".partial")
    partial.write_bytes(packed)
    os.replace(partial, args.out)  # a reader sees the old file or the new one
    args.out.with_suffix(".md").write_text(
        CARD.format(
            articles=len(kept),
            left=len(everything) - len(kept),
            shared=SHARED_WORDS,
            c1=args.c1,
            c2=args.c2,
            iterations=args.iterations,
            steps=WEIGHT_STEPS,
            checksum=hashlib.sha256(packed).hexdigest(),
            size=len(packed),
            unpacked=len(model),
            table=table(score(Tagger(args.out), dev)),
        ),
        encoding="utf-8",
    )
    print(args.out.with_suffix(".md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
