"""Copies of the headline: a line that is the page's title, or the beginning of another line."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from pipeline.enrich.clean.words import tokens

MAX_CHARS = 200  # of a line are looked at, twice as many as of its shape; of the other four times as many
MIN_COPY = 3  # words that a copy of a headline must share


@lru_cache(maxsize=8)
def _compared(text: str) -> tuple[list[str], frozenset[str]]:
    """Tokens of a title or a first line, with which one line after the other is compared."""
    found = tokens(text)
    return found, frozenset(found)


def _shares(head: list[str], words: frozenset[str]) -> bool:
    """Three quarters of the tokens, or more, are among the words."""
    common = 0
    for token in head:
        common += token in words
    return common >= 0.75 * len(head)


def copies(line: str, other: str) -> float:
    """How surely `line` is a copy, full, cut off or lightly changed, of the beginning of `other`: 0 to 1."""
    head = tokens(line[: 2 * MAX_CHARS])
    if len(head) < MIN_COPY:
        return 0.0
    body, words = _compared(other[: 4 * MAX_CHARS])
    if not body:
        return 0.0
    shared = 0
    while shared < min(len(head), len(body)) and head[shared] == body[shared]:
        shared += 1
    cut_off = shared < len(body) and shared == len(head) - 1 and body[shared].startswith(head[shared])
    if shared >= MIN_COPY and (shared >= len(head) - 1 or cut_off):
        return 0.95
    if shared >= 4 and shared >= 0.7 * len(head):
        return 0.9
    if len(head) < 5 or not _shares(head, words):  # counted in a part, or apart, fewer are shared
        return 0.0
    part = body[: 2 * len(head) + 8]
    common = sum((Counter(head) & Counter(part)).values())
    return 0.8 if common >= 0.75 * len(head) else 0.0


def same_title(line: str, title: str | None) -> bool:
    """The line is the page's title, or the title without the site's name, or the title cut off."""
    if not title:
        return False
    whole, _ = _compared(title[: 2 * MAX_CHARS])
    first = line[:1].lower()
    if whole and first.isascii() and first.isalpha() and first != whole[0][0]:
        return False
    head = tokens(line[: 2 * MAX_CHARS])
    if head == whole:
        return bool(head)
    if len(head) <= MIN_COPY or len(head) > len(whole) + 3:
        return False
    shared = min(len(head) - 1, len(whole))  # the last word may be cut off, the title may carry the site's name
    return shared >= MIN_COPY and head[:shared] == whole[:shared]
