"""The phrase list: which kind of boilerplate a line names. One dictionary look-up a prefix, so linear in the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.enrich.clean.words import NO_SPACES
from pipeline.reasons import CutKind

MAX_CHARS = 200  # of a line are looked at
MAX_TOKENS = 24  # of a phrase that may go on
_KEY = re.compile(f"[{NO_SPACES}]|[^\\W\\d_{NO_SPACES}]+|\\d+|[:：©#]")

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line of the list."""

    key: Key
    kind: CutKind
    outside: bool  # too common a word: counts only above, below or beside what is cut
    opens: bool  # opens a section of its kind
    goes_on: bool  # the line may have more words


def key(text: str) -> Key:
    """A line as the list compares it: case-folded words and colons, every number as #."""
    found = _KEY.findall(text[:MAX_CHARS].casefold())
    return tuple("#" if token[0].isdigit() else ":" if token == "：" else token for token in found)


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
            yield Phrase(words, kind, outside, ">" in marks, goes_on)


@cache
def _listed() -> tuple[dict[Key, list[Phrase]], dict[Key, list[Phrase]]]:
    """Phrases that are a whole line, and phrases that begin one."""
    whole: dict[Key, list[Phrase]] = {}
    starts: dict[Key, list[Phrase]] = {}
    for phrase in parse(files(__package__).joinpath("phrases.txt").read_text("utf-8")):
        whole.setdefault(phrase.key, []).append(phrase)
        if phrase.goes_on:
            starts.setdefault(phrase.key, []).append(phrase)
    return whole, starts


def matches(text: str) -> list[Phrase]:
    """Phrases that the line is, or, where it is none, the longest ones that it begins with."""
    whole, starts = _listed()
    words = key(text)
    while words and words[-1] == ":":
        words = words[:-1]
    if len(text) <= MAX_CHARS and (found := whole.get(words)):
        return found
    for length in range(min(len(words), MAX_TOKENS), 0, -1):
        if found := starts.get(words[:length]):
            return found
    return []
