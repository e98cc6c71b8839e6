"""How a cleaned text is scored: F1 on shingles of four words, F1 on snippets, bootstrap intervals."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence

SHINGLE = 4
_WORD = re.compile(r"\w+")
Counts = tuple[float, float, float]  # true positive, false positive, false negative


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words, with how often each occurs; of a shorter text the whole."""
    words = _WORD.findall(text)
    return Counter(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1)) if words)


def counts(reference: str, found: str) -> Counts:
    """Shares of one page's shingles that are found, found wrongly, and missed; they sum to 1."""
    one, other = shingles(reference), shingles(found)
    shared = sum((one & other).values())
    extra, missed = other.total() - shared, one.total() - shared
    total = shared + extra + missed
    return (shared / total, extra / total, missed / total) if total else (0.0, 0.0, 0.0)


def f1(pages: Sequence[Counts]) -> tuple[float, float, float]:
    """F1, precision and recall: means over pages of precision and of recall, F1 of the two means."""
    precisions = [tp / (tp + fp) for tp, fp, _ in pages if tp + fp]
    recalls = [tp / (tp + fn) for tp, _, fn in pages if tp + fn]
    precision = sum(precisions) / len(precisions) if precisions else 0.0
    recall = sum(recalls) / len(recalls) if recalls else 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0, precision, recall


def snippet_counts(text: str, include: Sequence[str], exclude: Sequence[str]) -> Counts:
    """Snippets kept rightly, kept wrongly, and lost, white space folded."""
    folded = " ".join(text.split())
    kept = sum(" ".join(part.split()) in folded for part in include)
    wrong = sum(" ".join(part.split()) in folded for part in exclude)
    return float(kept), float(wrong), float(len(include) - kept)


def snippet_f1(pages: Sequence[Counts]) -> float:
    """F1 over all snippets of all pages."""
    tp, fp, fn = (sum(column) for column in zip(*pages, strict=True))
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0


def interval(ours: Sequence[Counts], theirs: Sequence[Counts], draws: int = 1000) -> tuple[float, float]:
    """95% interval of the gain in F1 over the same pages, by the paired bootstrap (seed 1)."""
    rng = random.Random(1)
    gains = []
    for _ in range(draws):
        drawn = [rng.randrange(len(ours)) for _ in ours]
        gains.append(f1([ours[i] for i in drawn])[0] - f1([theirs[i] for i in drawn])[0])
    gains.sort()
    return gains[draws * 25 // 1000], gains[draws * 975 // 1000]
