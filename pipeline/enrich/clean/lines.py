"""Page blocks as lines with the features that the rules look at."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.enrich.clean import phrases, words
from pipeline.enrich.clean.phrases import Phrase
from pipeline.records import Page

MIN_PROSE = 9  # words, of a line that closes a sentence
LONG_LINE = 25  # words, of a line that counts as prose without a sentence end
MAX_PHRASE_LINE = 45  # words: a longer line is never cut for the phrase that it begins with
MENU_MARKS = ("|", "•", "·", "»", "›", "/")


@dataclass(frozen=True, slots=True)
class Line:
    """A block of the page: its text, its length in words, and what it looks like."""

    text: str
    units: int
    ends: bool  # closes a sentence
    prose: bool  # reads like running text
    joined: bool  # a line of a hard-wrapped paragraph: the sentence runs on from or into a neighbour
    has_words: bool  # else it is a rule or an ornament
    links: float  # share of its characters in links
    tag: str
    hints: tuple[str, ...]
    phrases: tuple[Phrase, ...]


def _looks_like_prose(text: str, units: int, ends: bool, links: float) -> bool:
    if links > 0.6 or sum(text.count(mark) for mark in MENU_MARKS) * 4 > units:
        return False
    return units >= MIN_PROSE and (ends or units >= LONG_LINE)


def _runs_on(text: str, start: int, previous_end: int | None, page_text: str) -> bool:
    """The line goes on a sentence of the line directly above it: no blank line between, and a lower-case start."""
    return previous_end is not None and text[:1].islower() and page_text[previous_end:start].count("\n") <= 1


def read_lines(page: Page) -> list[Line]:
    """The blocks of a page as lines, in order."""
    lines: list[Line] = []
    previous_end: int | None = None
    runs_on = []
    for block in page.blocks:
        text = page.text[block.start : block.end]
        units, ends = words.units(text), words.ends_sentence(text)
        links = block.link_chars / len(text)
        found = tuple(phrases.matches(text)) if units <= MAX_PHRASE_LINE else ()
        prose = _looks_like_prose(text, units, ends, links)
        lines.append(Line(text, units, ends, prose, False, words.has_words(text), links, block.tag, block.hints, found))
        runs_on.append(page.html is None and _runs_on(text, block.start, previous_end, page.text))
        previous_end = block.end
    return [_joined(line, runs_on[i], runs_on[i + 1 : i + 2] == [True]) for i, line in enumerate(lines)]


def _joined(line: Line, runs_on: bool, is_continued: bool) -> Line:
    if line.prose or line.units < 3 or not (runs_on or (is_continued and not line.ends)):
        return line
    return replace(line, joined=True)
