"""Page blocks as lines with the features that the rules look at."""

from __future__ import annotations

from pipeline.enrich.clean import phrases, words
from pipeline.enrich.clean.phrases import Phrase
from pipeline.records import Block, Page

MIN_PROSE = 9  # words, of a line that closes a sentence
LONG_LINE = 25  # words, of a line that counts as prose without a sentence end
MIN_JOINED = 3  # words, of a line of a hard-wrapped paragraph
MAX_PHRASE_LINE = 45  # words: a longer line is never cut for the phrase that it begins with
MENU_MARKS = ("|", "•", "·", "»", "›", "/")


class Line:
    """A block of the page: its text, its length in words, and what it looks like. Never changed once it is made."""

    def __init__(self, text: str, units: int, spaced: int, links: float, block: Block) -> None:
        self.text = text
        self.units = units
        self.spaced = spaced  # words between spaces: fewer than units in a script without spaces
        self.links = links  # share of its characters in links
        self.tag = block.tag
        self.hints = block.hints
        self.ends = words.ends_sentence(text)  # closes a sentence
        self.prose = _looks_like_prose(text, units, self.ends, links)  # reads like running text
        self.joined = False  # a line of a hard-wrapped paragraph: the sentence runs on from or into a neighbour
        self.has_words = words.has_words(text)  # else it is a rule or an ornament
        self.phrases: tuple[Phrase, ...] = ()  # that it is or begins with


def _looks_like_prose(text: str, units: int, ends: bool, links: float) -> bool:
    if links > 0.6 or units < MIN_PROSE or not (ends or units >= LONG_LINE):
        return False
    marks = 0
    for mark in MENU_MARKS:
        marks += text.count(mark)
    return marks * 4 <= units


def _runs_on(text: str, start: int, previous_end: int | None, page_text: str) -> bool:
    """The line goes on a sentence of the line directly above it: no blank line between, and a lower-case start."""
    return previous_end is not None and text[:1].islower() and page_text[previous_end:start].count("\n") <= 1


def _read(text: str, block: Block) -> Line:
    parts = text.split()
    units = len(parts) + words.unspaced(text)
    line = Line(text, units, len(parts), block.link_chars / len(text) if block.link_chars else 0.0, block)
    if units <= MAX_PHRASE_LINE:
        line.phrases = phrases.matches(text, parts)
    return line


def read_lines(page: Page) -> list[Line]:
    """The blocks of a page as lines, in order."""
    lines: list[Line] = []
    known: dict[str, Line] = {}  # of a text, where nothing but the words makes the line
    runs_on: list[bool] = []
    previous_end: int | None = None
    for block in page.blocks:
        text = page.text[block.start : block.end]
        line = known.get(text) or _read(text, block)
        if page.html is None:
            known[text] = line
        lines.append(line)
        runs_on.append(page.html is None and _runs_on(text, block.start, previous_end, page.text))
        previous_end = block.end
    for i, line in enumerate(lines):
        is_continued = i + 1 < len(lines) and runs_on[i + 1] and not line.ends
        if (runs_on[i] or is_continued) and not line.prose and line.units >= MIN_JOINED:
            joined = _read(line.text, page.blocks[i])  # another one: its text may stand elsewhere too
            joined.joined = True
            lines[i] = joined
    return lines
