"""Unlabelled text to learn from: openly licensed prose, the newswire's raw articles, bodies of English pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from quality.corpora import rows

PAGES = ("fundus", "mozilla-readability", "newspaper4k")
SMALL_WORDS = frozenset(["the", "of", "and", "to", "in", "is", "for", "that", "on", "with", "as", "was"])
ENGLISH_SHARE = 0.15  # of words that are SMALL_WORDS, in any text that is English
LEAST_WORDS = 40


@dataclass(frozen=True, slots=True)
class Text:
    """A text and where it is from: `open`, `newswire` or `page`."""

    name: str
    source: str
    text: str


def english(text: str) -> bool:
    """Whether a text is English, by its share of small words."""
    words = text.lower().split()
    return len(words) >= LEAST_WORDS and sum(word in SMALL_WORDS for word in words) > ENGLISH_SHARE * len(words)


def texts(*, newswire: bool, leave_out: Collection[str]) -> list[Text]:
    """All unlabelled texts but those of the ids to leave out, in a fixed order."""
    found = [Text(row["id"], "open", row["text"]) for row in rows("articles/open-raw")]
    if newswire:
        found += [Text(row["id"], "newswire", row["text"]) for row in rows("articles/worldwide-raw")]
    for name in PAGES:
        found += [Text(row["id"], "page", row["body"]) for row in rows(f"pages/{name}") if english(row["body"] or "")]
    return [one for one in found if one.name not in leave_out]
