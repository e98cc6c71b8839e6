"""Keeps articles that share text with the articles that settings are chosen on out of what is learned from."""

from __future__ import annotations

import re
from collections.abc import Iterable

SHARED_WORDS = 12


def runs(text: str) -> set[tuple[str, ...]]:
    """All runs of SHARED_WORDS words."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + SHARED_WORDS]) for at in range(len(words) - SHARED_WORDS + 1)}


def all_runs(texts: Iterable[str]) -> set[tuple[str, ...]]:
    """The runs of all the texts."""
    return set().union(*(runs(text) for text in texts))
