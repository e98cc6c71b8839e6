"""Scores grouping on the linked corpus: `python -m quality.linking.score`. B-cubed, and its gain over equal strings.

For each mention the share of its found entity that is right (precision), and of its true entity that is found (recall);
both are means over all mentions, F1 is of the means. Intervals draw documents with repetition, 1000 times, seed 1. Two
lines: names with the corpus's own labels, and with those that our tagger gives the same spans (untagged ones left out).
`--errors` lists what is joined or apart wrongly, `--errors --tagged` with the tagger's mentions.
"""

from __future__ import annotations

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace

from pipeline.enrich.entities import load_tagger
from pipeline.enrich.entities.group import group
from pipeline.records import Mention
from quality.linking.corpus import Document, documents

Counts = tuple[float, float, int]  # sums over mentions of precision and recall, and how many mentions
DRAWS = 1000


def b_cubed(true: Sequence[Hashable], found: Sequence[Hashable]) -> Counts:
    """The sums of a document."""
    pairs = Counter(zip(true, found, strict=True))
    wanted, got = Counter(true), Counter(found)
    precision = sum(n * n / got[one] for (_, one), n in pairs.items())
    recall = sum(n * n / wanted[one] for (one, _), n in pairs.items())
    return precision, recall, len(true)


def rates(rows: Sequence[Counts]) -> tuple[float, float, float]:
    """Precision, recall and F1 over documents."""
    precisions, recalls, counts = (sum(column) for column in zip(*rows, strict=True))
    precision, recall = precisions / counts, recalls / counts
    return precision, recall, 2 * precision * recall / (precision + recall)


def gains(ours: Sequence[Counts], theirs: Sequence[Counts]) -> list[tuple[float, float]]:
    """95% intervals of the gain in precision, recall and F1, by the paired bootstrap over documents."""
    rng = random.Random(1)
    drawn: list[list[float]] = [[], [], []]
    for _ in range(DRAWS):
        chosen = [rng.randrange(len(ours)) for _ in ours]
        pairs = zip(rates([ours[i] for i in chosen]), rates([theirs[i] for i in chosen]), strict=True)
        for column, (own, other) in zip(drawn, pairs, strict=True):
            column.append(own - other)
    return [(sorted(one)[DRAWS * 25 // 1000], sorted(one)[DRAWS * 975 // 1000]) for one in drawn]


def exact(document: Document) -> list[Hashable]:
    """Equal strings are one entity."""
    return [mention.text for mention in document.mentions]


def grouped(document: Document) -> list[Hashable]:
    """Our entities."""
    return [mention.entity for mention in group(document.mentions, len(document.text))[0]]


def tagged(document: Document) -> Document:
    """The mentions that our tagger finds too, with their end and no more in front, under the label that it gives."""
    tags = {tag.end: tag for tag in load_tagger().tag(document.text)}
    kept: list[tuple[Mention, str]] = []
    for mention, entity in zip(document.mentions, document.entities, strict=True):
        tag = tags.get(mention.end)
        if tag is not None and tag.start >= mention.start:
            kept.append((tag, entity))
    return replace(document, mentions=[one for one, _ in kept], entities=[entity for _, entity in kept])


def report(name: str, rows: Sequence[Document]) -> None:
    """A table of one way to get mentions."""
    by: dict[str, list[Counts]] = {}
    print(f"{name}: {sum(len(row.mentions) for row in rows)} mentions, {len(rows)} documents")
    for called, grouping in (("exact string", exact), ("ours", grouped)):
        by[called] = [b_cubed(row.entities, grouping(row)) for row in rows]
        print(f"  {called:13} precision {{:.4f}} recall {{:.4f}} F1 {{:.4f}}".format(*rates(by[called])))
    shown = ", ".join(f"{low:+.4f} to {high:+.4f}" for low, high in gains(by["ours"], by["exact string"]))
    print(f"  gain, 95%: precision, recall, F1: {shown}")


def errors(row: Document) -> None:
    """Entities that hold several true ones, and true ones that are several of ours."""
    mentions, entities = group(row.mentions, len(row.text))
    ours: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    true: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for mention, entity in zip(mentions, row.entities, strict=True):
        found = entities[mention.entity or 0].id
        ours[found][entity].add(mention.text)
        true[entity][found].add(mention.text)
    for kind, table in (("joined", ours), ("apart", true)):
        for one, parts in table.items():
            if len(parts) > 1:
                print(f"{row.id} {kind}: {one}: { ({part: sorted(texts) for part, texts in parts.items()}) }")


def main() -> None:
    """Prints both tables."""
    rows = documents()
    if "--errors" in sys.argv:
        for row in rows:
            errors(tagged(row) if "--tagged" in sys.argv else row)
        return
    report("labels of the corpus", rows)
    report("mentions of our tagger", [tagged(row) for row in rows])


if __name__ == "__main__":
    main()
