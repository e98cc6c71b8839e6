"""Scores of tags against annotated spans: exact span and label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from quality.tagger.corpus import LABELS, Document

Span = tuple[int, int, str]


def token_spans(document: Document, tags: Sequence[int]) -> list[Span]:
    """Mentions as first token, token behind the last, label."""
    found: list[Span] = []
    firsts = set(document.tokens.pieces)
    start = -1
    for i in range(len(tags) + 1):
        tag = tags[i] if i < len(tags) else 0
        goes_on = start >= 0 and tag > 0 and tag % 2 == 0 and tags[i - 1] in (tag, tag - 1) and i not in firsts
        if start >= 0 and not goes_on:
            found.append((start, i, LABELS[(tags[start] - 1) // 2]))
            start = -1
        if tag and not goes_on:
            start = i
    return found


def spans(document: Document, tags: Sequence[int]) -> list[Span]:
    """Mentions as code points, half-open, and label."""
    tokens = document.tokens
    return [(tokens.starts[first], tokens.ends[end - 1], label) for first, end, label in token_spans(document, tags)]


class Tally:
    """Hits, found and wanted mentions by label."""

    def __init__(self) -> None:
        self.hits, self.found, self.wanted = Counter[str](), Counter[str](), Counter[str]()

    def add(self, ours: Iterable[Span], gold: Iterable[Sequence[object]], merged: Mapping[str, str] | None) -> None:
        """Counts an article; `merged` maps our labels to the set's, others are not counted."""
        if merged is not None:
            ours = [(start, end, merged[label]) for start, end, label in ours if label in merged]
        mine, truth = set(ours), {(int(str(a)), int(str(b)), str(label)) for a, b, label in gold}
        for counter, some in ((self.hits, mine & truth), (self.found, mine), (self.wanted, truth)):
            counter.update(label for _, _, label in some)

    def f1(self, label: str | None = None) -> float:
        """F1 in percent, of one label or of all together."""
        hits, found, wanted = (
            counter.total() if label is None else counter[label] for counter in (self.hits, self.found, self.wanted)
        )
        return 200 * hits / max(1, found + wanted)
