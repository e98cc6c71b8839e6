"""Which blocks of a page trafilatura takes for the article: its extraction aligned to our own page text, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml.etree import LxmlError

_SHINGLE = 4
_COVERED = 0.5  # share of a block's shingles that must be in the extraction
_SHORT = 4  # words under which a block must be found right after the one before
_NEAR = 400  # characters of the extraction that count as right after
_WORD = re.compile(r"\w+")
_LIBRARY_ERRORS = (LxmlError, ValueError, TypeError, AttributeError, IndexError, KeyError, AssertionError)


def extraction(html: str) -> str:
    """trafilatura's main text (Barbaresi 2021, Apache-2.0), '' when it finds none or fails."""
    import trafilatura

    try:
        return trafilatura.extract(html, include_comments=False, include_tables=True, deduplicate=False) or ""
    except _LIBRARY_ERRORS:  # it is not written for hostile markup
        return ""


def kept_blocks(texts: Sequence[str], extracted: str) -> list[bool]:
    """For each block: do most of its words stand in the extraction, in the order of the page? Linear in both."""
    whole = f" {_normal(extracted)} "
    words = whole.split()
    shingles = {tuple(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)}
    position = 0
    out = []
    for text in texts:
        block = _normal(text)
        if not block:
            out.append(False)
            continue
        told = block.split()
        near = whole.find(f" {block} ", max(0, position - 1), position + _NEAR + len(block))
        found = near if near >= 0 or len(told) < _SHORT else whole.find(f" {block} ", max(0, position - 1))
        if found >= 0:
            position = found + len(block)
            out.append(True)
        elif len(told) > _SHINGLE:
            covered = sum(tuple(told[i : i + _SHINGLE]) in shingles for i in range(len(told) - _SHINGLE + 1))
            inside = covered > _COVERED * (len(told) - _SHINGLE + 1)
            out.append(inside and f" {block} " not in whole)  # said already, and further up: a teaser
        else:
            out.append(False)
    return out


def _normal(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))
