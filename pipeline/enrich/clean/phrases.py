"""The phrase list: which kind of boilerplate a line names. One dictionary look-up a prefix, so linear in the line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from pipeline.enrich.clean.words import NO_SPACES, are_plain, ascii_table, split_ascii
from pipeline.reasons import CutKind

MAX_CHARS = 200  # of a line are looked at
MAX_TOKENS = 24  # of a phrase that may go on
_KEY = re.compile(f"[{NO_SPACES}]|[^\\W\\d_{NO_SPACES}]+|\\d+|[:：©#]")

_SIGNS = ":#"
_SIGNED = ascii_table(_SIGNS)
_DOT = "\u0307"  # case-folding makes the Turkish İ an i and this mark, which is no letter

Key = tuple[str, ...]


class Phrase:
    """One line of the list. Never changed once it is made."""

    def __init__(self, key: Key, kind: CutKind, marks: str, goes_on: bool) -> None:
        self.key = key
        self.kind = kind
        self.outside = "~" in marks or (goes_on and len(key) == 1 and key[0] != "©")  # too common: not inside the body
        self.opens = ">" in marks  # opens a section of its kind
        self.goes_on = goes_on  # the line may have more words
        self.rule = f"{kind}_phrase"


Phrases = tuple[Phrase, ...]


def key(text: str) -> Key:
    """A line as the list compares it: case-folded words and colons, every number as #."""
    head = text[:MAX_CHARS]
    if head.isascii():
        signed = split_ascii(head.replace(":", " : ").replace("#", " # "), _SIGNED)
        if are_plain([part for part in signed if part not in _SIGNS]):
            return tuple(["#" if part.isdigit() else part for part in signed])
    found = _KEY.findall(head.casefold().replace(_DOT, ""))
    return tuple([token if token.isalpha() else _normal(token) for token in found])


def _normal(token: str) -> str:
    return "#" if token[0].isdigit() else ":" if token == "：" else token.replace(_DOT, "")


def parse(text: str) -> Iterator[Phrase]:
    """Read a list: `;` starts a remark, `[kind]` a section. ValueError on an unknown kind."""
    kind = CutKind.OTHER
    for line in text.splitlines():
        if line.startswith("["):
            kind = CutKind(line.strip("[]"))
        elif line and not line.startswith(";"):
            body = line.lstrip("~>")
            marks = line[: len(line) - len(body)]
            goes_on = body.endswith("...")
            yield Phrase(key(body.removesuffix("...")), kind, marks, goes_on)


@cache
def _listed() -> tuple[dict[Key, Phrases], dict[Key, Phrases], dict[str, frozenset[str] | None], dict[str, int]]:
    """Phrases that are a whole line, phrases that begin one, and the words that any phrase begins with.

    To each first word, the second ones that a phrase of more words has, None where the line may go on at will; and how
    many words the longest has that begins a line.
    """
    whole: dict[Key, list[Phrase]] = {}
    starts: dict[Key, list[Phrase]] = {}
    for phrase in parse(files(__package__).joinpath("phrases.txt").read_text("utf-8")):
        whole.setdefault(phrase.key, []).append(phrase)
        if phrase.goes_on:
            starts.setdefault(phrase.key, []).append(phrase)
    seconds: dict[str, set[str]] = {}
    for words in whole:
        seconds.setdefault(words[0], set()).add(words[1] if len(words) > 1 else "")
    firsts = {word: None if (word,) in starts else frozenset(found) for word, found in seconds.items()}
    longest: dict[str, int] = {}
    for words in starts:
        longest[words[0]] = max(longest.get(words[0], 0), min(len(words), MAX_TOKENS))
    return _fixed(whole), _fixed(starts), firsts, longest


def _fixed(phrases: Mapping[Key, list[Phrase]]) -> dict[Key, Phrases]:
    return {words: tuple(found) for words, found in phrases.items()}


def _may_match(text: str, parts: Sequence[str], firsts: Mapping[str, frozenset[str] | None]) -> bool:
    """A phrase begins with the first word of the line and its second; most lines end here."""
    if not parts:
        return False
    first = parts[0]
    if len(text) > MAX_CHARS or not (first.isascii() and first.isalpha()):
        found = _KEY.search(text, 0, MAX_CHARS)
        return found is not None and _normal(found.group().casefold()) in firsts
    first = first.lower()
    if first not in firsts:
        return False
    seconds = firsts[first]
    if seconds is None:
        return True
    second = parts[1] if len(parts) > 1 else ""
    if second and not (second.isascii() and second.isalpha()):
        return True
    return second.lower() in seconds


def matches(text: str, parts: Sequence[str]) -> Phrases:
    """Phrases that the line is, or, where it is none, the longest ones that it begins with; `parts` = text.split()."""
    whole, starts, firsts, longest = _listed()
    if not _may_match(text, parts, firsts):
        return ()
    words = key(text)
    while words and words[-1] == ":":
        words = words[:-1]
    if len(text) <= MAX_CHARS and (found := whole.get(words)):
        return found
    for length in range(min(len(words), longest.get(words[0], 0) if words else 0), 0, -1):
        if found := starts.get(words[:length]):
            return found
    return ()
