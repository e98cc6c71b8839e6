"""Text -> pieces of tokens: what the tagger reads at once, a line or a part of a long line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

MAX_PIECE_TOKENS = 200  # a longer line is split after the last sentence end within it, or here

Token: TypeAlias = tuple[int, int]  # start, end: code points of the text, half-open

# By character class: abbreviation with dots, number, possessive, letters, other word characters, any single sign.
_TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}|\d+(?:[.,]\d+)*|['’]s\b|[^\W\d_]+|\w+|[^\w\s]")
_LINE = re.compile(r"[^\n]+")
_SENTENCE_ENDS = frozenset(".!?")


def pieces(text: str) -> Iterator[list[Token]]:
    """The tokens of `text`, at most MAX_PIECE_TOKENS at a time, none across a newline; linear in time."""
    for line in _LINE.finditer(text):
        piece: list[Token] = []
        for match in _TOKEN.finditer(text, line.start(), line.end()):
            piece.append(match.span())
            if len(piece) == MAX_PIECE_TOKENS:
                cut = _sentence_end(text, piece)
                yield piece[:cut]
                piece = piece[cut:]
        if piece:
            yield piece


def _sentence_end(text: str, piece: list[Token]) -> int:
    """How many tokens to take: up to the last sentence end in the second half (so that progress is sure), or all."""
    for index in range(len(piece) - 1, len(piece) // 2, -1):
        if text[piece[index][0]] in _SENTENCE_ENDS:
            return index + 1
    return len(piece)
