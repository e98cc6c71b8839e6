"""Trains the entity tagger: `python -m quality.train_tagger` writes pipeline/models/tagger.crfsuite and its card.

Reads ARTICLES_DATA/ner/worldwide-train only; articles that share a paragraph with worldwide-dev are left out. The score
on worldwide-dev is printed and written into the card. L-BFGS with an L1 penalty (OWL-QN) gives a sparse, small model.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pycrfsuite

from pipeline.enrich.entities.features import document, piece_features
from pipeline.enrich.entities.tagger import MODEL, Tagger
from pipeline.enrich.entities.tokens import Token, pieces

DATA = Path(os.environ.get("ARTICLES_DATA", "../shared/data"))
Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    """The annotated articles of a set."""
    with gzip.open(DATA / "ner" / f"{name}.jsonl.gz") as lines:
        return [json.loads(line) for line in lines]


def without_leaks(train: list[Row], dev: list[Row]) -> list[Row]:
    """Articles of `train` that share no long paragraph with `dev`."""
    known = {p for row in dev for p in row["text"].split("\n") if len(p) > 60}
    return [row for row in train if not known.intersection(row["text"].split("\n"))]


def tags(piece: list[Token], ents: list[tuple[int, int, str]]) -> list[str]:
    """B-, I- and O tags of the tokens of a piece."""
    out = []
    for start, end in piece:
        label = next(((s, name) for s, e, name in ents if s < end and start < e), None)
        if label is None:
            out.append("O")
        else:
            out.append(("B-" if label[0] >= start or not out or out[-1][2:] != label[1] else "I-") + label[1])
    return out


def sequences(row: Row) -> Iterator[tuple[list[list[str]], list[str]]]:
    """Features and tags of every piece of an article."""
    text, parts = row["text"], list(pieces(row["text"]))
    surfaces = [[text[s:e] for s, e in piece] for piece in parts]
    article = document(surfaces)
    for piece, words in zip(parts, surfaces, strict=True):
        yield piece_features(words, article), tags(piece, row["ents"])


def train(train_rows: list[Row], path: Path, c1: float, c2: float, iterations: int, minfreq: int) -> None:
    """Writes a model file."""
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.select("lbfgs")
    for row in train_rows:
        for features, labels in sequences(row):
            trainer.append(features, labels)
    trainer.set_params(
        {"c1": c1, "c2": c2, "max_iterations": iterations, "feature.minfreq": minfreq, "feature.possible_transitions": True}
    )
    trainer.train(str(path))


def score(tagger: Tagger, gold: list[Row], merged: dict[str, str] | None = None) -> dict[str, tuple[float, int]]:
    """F1 (exact span and label) and gold count, by label and 'all'. `merged` maps our labels to those of the set."""
    hits, found, wanted = Counter[str](), Counter[str](), Counter[str]()
    for row in gold:
        ents = {(s, e, label) for s, e, label in row["ents"]}
        ours = {(m.start, m.end, (merged or {}).get(m.label, m.label)) for m in tagger.tag(row["text"])}
        if merged:
            ours = {m for m in ours if m[2] in merged.values()}
        for counter, spans in ((hits, ents & ours), (found, ours), (wanted, ents)):
            counter.update(label for _, _, label in spans)
            counter["all"] += len(spans)
    return {label: (2 * hits[label] / max(1, found[label] + wanted[label]), wanted[label]) for label in sorted(wanted)}


CARD = """# tagger.crfsuite

A linear-chain CRF (python-crfsuite) for named entities in English news: nine labels, BIO tags over the tokens and
features of `pipeline/enrich/entities`.

- Data: `worldwide-train`, {articles} articles of newswire from all regions. The repository that it comes from states no
  licence; the model holds weights of words and word parts, no text.
- Left out: {left} articles that share a paragraph with `worldwide-dev`.
- Command: `python -m quality.train_tagger --c1 {c1} --c2 {c2} --iterations {iterations} --minfreq {minfreq}`
- SHA-256: `{checksum}`, {size} bytes.

| label | dev F1 (exact span and label) | gold mentions |
|---|---|---|
{table}
"""


def main() -> None:
    """Trains, scores, writes the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--c1", type=float, default=0.25)
    parser.add_argument("--c2", type=float, default=0.03)
    parser.add_argument("--iterations", type=int, default=120)
    parser.add_argument("--minfreq", type=int, default=2)
    parser.add_argument("--out", type=Path, default=MODEL)
    args = parser.parse_args()
    dev, everything = rows("worldwide-dev"), rows("worldwide-train")
    kept = without_leaks(everything, dev)
    train(kept, args.out, args.c1, args.c2, args.iterations, args.minfreq)
    scores = score(Tagger(args.out), dev)
    table = "\n".join(f"| {label} | {f1:.3f} | {count} |" for label, (f1, count) in scores.items())
    size, checksum = args.out.stat().st_size, hashlib.sha256(args.out.read_bytes()).hexdigest()
    print(f"{size} bytes\n{table}")
    left = len(everything) - len(kept)
    args.out.with_suffix(".md").write_text(
        CARD.format(**vars(args), articles=len(kept), left=left, checksum=checksum, size=size, table=table)
    )


if __name__ == "__main__":
    main()
