"""Named mentions of the linked corpus: the name in each noun phrase, its label and which entity it names.

Kept are phrases of persons, places and organizations with a capital. The name in one: without what is inside a smaller
phrase of another person or organization (`president of [the Brotherhood]`), up to the first comma or relative clause,
the last run of capitalised words, joined by `of`, `the`, `de` and the like. A single word that the corpus writes small
more often than not (`Voters`, `We`) is no name, nor is one of titles alone (`Governor`). Two chains with one Wikipedia
title are one entity.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from pipeline.enrich.entities.names import TITLES, words_of
from pipeline.records import Label, Mention
from quality.corpora import rows

LABELS: dict[str, Label] = {"person": "Person", "place": "Location", "organization": "Organization"}
_WORD = re.compile(r"[^\W\d_](?:[\w.&’'-]*\w)?\.?|[’']s|\d+|[^\w\s]")
_JOINING = words_of("of the de del la le von van bin al for and & -")  # inside a name
_ENDS = words_of(
    ", ; : ( ) [ ] \" who whom whose which that where when 's ’s in at on from with by to is was has had as of for and"
    " he she they it into over under after before against"
)
_PRONOUNS = words_of("i we you he she they it my our your his her their its me us him them this that these")


@dataclass(frozen=True, slots=True)
class Document:
    """The text, its named mentions in order, and for each the entity that it names."""

    id: str
    title: str
    text: str
    mentions: list[Mention]
    entities: list[str]


def documents() -> list[Document]:
    """The whole corpus."""
    read = list(rows("ner/gum-links"))
    small = _written_small(row["text"] for row in read)
    return [_document(row, small) for row in read]


def _written_small(texts: Any) -> frozenset[str]:
    """Words that are written small at least as often as with a capital."""
    count = Counter(word for text in texts for word in re.findall(r"\w+", text))
    return frozenset(word for word in count if word.islower() and count[word] >= count[word.capitalize()])


def _document(row: dict[str, Any], small: frozenset[str]) -> Document:
    found: dict[tuple[int, int], tuple[Label, str]] = {}
    for start, end, kind, chain, link, capital in sorted(row["mentions"], key=lambda m: (m[0], -m[1])):
        if kind not in LABELS or not capital:
            continue
        inside = [
            (a, b)
            for a, b, other, another, *_ in row["mentions"]
            if start <= a
            and b <= end
            and (a, b) != (start, end)
            and another != chain
            and _hides(kind, other, a > start)
        ]
        span = _name(row["text"], start, end, inside, small)
        if span is not None:
            found[span] = LABELS[kind], link or f"chain {chain}"  # an inner phrase comes later, and wins
    mentions, entities, last = [], [], 0
    for (start, end), (label, entity) in sorted(found.items()):
        if start >= last:
            mentions.append(Mention(start, end, label, row["text"][start:end], 1.0))
            entities.append(entity)
            last = end
    return Document(row["id"], row["title"], row["text"], mentions, entities)


def _hides(kind: str, inner: str, later: bool) -> bool:
    """Is a smaller phrase of another entity no part of the name? `University of [Virginia]` needs its place."""
    return inner in ("person", "organization") if kind == "person" else later and inner != "place"


def _name(
    text: str, start: int, end: int, inside: list[tuple[int, int]], small: frozenset[str]
) -> tuple[int, int] | None:
    """The span of the name in a phrase; None where there is none."""
    run: list[tuple[int, int]] = []
    for match in _WORD.finditer(text, start, end):
        word, (at, stop) = match[0], match.span()
        outer = not any(a <= at and stop <= b for a, b in inside)
        if outer and (word[0].isupper() or (run and (word in _JOINING or word[0].isdigit()))):
            run.append((at, stop))
        elif run and (word in _ENDS or not outer):
            break
        else:
            run = []  # it only described what follows: `[Star Wars] actor`
    while run and not text[run[-1][0]].isupper() and not text[run[-1][0]].isdigit():
        run.pop()
    while run and text[slice(*run[0])].lower() in ("the", "a", "an"):
        run.pop(0)
    words = [text[a:b].lower().rstrip(".") for a, b in run]
    if not words or (words[0] in TITLES and (len(words) == 1 or words[1] == "of")) or TITLES.issuperset(words):
        return None
    if len(words) == 1 and (words[0] in small or words[0] in _PRONOUNS):
        return None
    return run[0][0], run[-1][1]
