"""The phrase list: which kind of boilerplate a line names. One dictionary look-up a prefix, so linear in the line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.enrich.clean.words import NO_SPACES
from pipeline.reasons import CutKind

MAX_CHARS = 200  # of a line are looked at
MAX_TOKENS = 24  # of a phrase that may go on
_KEY = re.compile(f"[{NO_SPACES}]|[^\\W\\d_{NO_SPACES}]+|\\d+|[:：©#]")

_DOT = "\u0307"  # case-folding makes the Turkish İ an i and this mark, which is no letter

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line of the list."""

    key: Key
    kind: CutKind
    outside: bool  # too common a word: counts only above, below or beside what is cut
    opens: bool  # opens a section of its kind
    goes_on: bool  # the line may have more words
    rule: str  # its name as a rule


def key(text: str) -> Key:
    """A line as the list compares it: case-folded words and colons, every number as #."""
    found = _KEY.findall(text[:MAX_CHARS].casefold().replace(_DOT, ""))
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
            words = key(body.removesuffix("..."))
            outside = "~" in marks or (goes_on and len(words) == 1 and words[0] != "©")
            yield Phrase(words, kind, outside, ">" in marks, goes_on, f"{kind}_phrase")


@cache
def _listed() -> tuple[dict[Key, list[Phrase]], dict[Key, list[Phrase]], dict[str, frozenset[str] | None]]:
    """Phrases that are a whole line, phrases that begin one, and the words that any phrase begins with.

    To each first word, the second ones that a phrase of more words has; None where the line may go on at will.
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
    return whole, starts, firsts


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


def matches(text: str, parts: Sequence[str]) -> Sequence[Phrase]:
    """Phrases that the line is, or, where it is none, the longest ones that it begins with; `parts` = text.split()."""
    whole, starts, firsts = _listed()
    if not _may_match(text, parts, firsts):
        return ()
    words = key(text)
    while words and words[-1] == ":":
        words = words[:-1]
    if len(text) <= MAX_CHARS and (found := whole.get(words)):
        return found
    for length in range(min(len(words), MAX_TOKENS), 0, -1):
        if found := starts.get(words[:length]):
            return found
    return ()
