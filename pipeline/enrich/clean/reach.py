"""How far a body goes on beyond its densest region: short sentences, lists, and what single cuts interrupt."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.enrich.clean import copies, shapes, words
from pipeline.enrich.clean.kinds import ADVERT, CAPTION, COMMENT_FORM, COMMENTS, NEWSLETTER, RELATED
from pipeline.enrich.clean.lines import MIN_PROSE, Line
from pipeline.enrich.clean.verdicts import Verdict, loose, opener

LABEL_WORDS = 3  # and fewer are a label, no sentence
LIST_ITEMS = 12  # lines that a list may have
ENUMERATION = 12  # words of a line that lists things between commas
MIN_COMMAS = 3  # of it
MIN_CUT_OFF = 5  # words of a last line without its full stop
LIST_HEAD = 5  # words before the colon of a sentence that a list goes on
INTERRUPTIONS = 3  # lines in a row that may stand between two paragraphs of a text
INTERRUPTING = frozenset([ADVERT, CAPTION, RELATED, NEWSLETTER])
_ITEM = re.compile(r"(?:\d{1,2}[.)]|[-–•*·‣▪]) ?[^\W\d]")


def lead(lines: Sequence[Line], given: Sequence[Verdict | None], start: int) -> int:
    """The first line of a body whose region begins at `start`, with the short sentences directly above."""
    while start > 0 and given[start - 1] is None and _is_lead(lines[start - 1], lines[start]):
        start -= 1
    return start


def _is_lead(line: Line, below: Line) -> bool:
    """A short first sentence, or one cut off behind a dateline; no headline."""
    is_sentence = words.full_stop(line.text) and line.units >= LABEL_WORDS
    is_sentence = is_sentence or (line.units > 12 and shapes.has_dateline(line.text))
    if not (is_sentence or line.joined) or line.links > 0.5 or loose(line, "above") is not None:
        return False
    return not copies.copies(line.text, below.text)


def _interrupts(line: Line, verdict: Verdict) -> bool:
    """A cut such as stands between two paragraphs: an advert, a caption, a box, the title of one other article."""
    return verdict.kind in INTERRUPTING and opener(line) is None


def reach_up(lines: Sequence[Line], given: Sequence[Verdict | None], start: int) -> int:
    """The first line of a text whose region begins at `start`: also paragraphs above a few interrupting lines."""
    interruptions = 0
    i = start - 1
    while i >= 0:
        verdict = given[i] or loose(lines[i], "above")
        if verdict is not None:
            interruptions += 1
            if interruptions > INTERRUPTIONS or not _interrupts(lines[i], verdict) or verdict.kind is CAPTION:
                break
        elif lines[i].prose and not copies.copies(lines[i].text, lines[start].text):
            start, interruptions = lead(lines, given, i), 0
            i = start
        else:
            break
        i -= 1
    return start


def reach_down(lines: Sequence[Line], given: Sequence[Verdict | None], end: int) -> int:
    """Past the last line of a text whose region ends at `end`: sentences, and lists and single cuts between them."""
    reached, interruptions = end, 0
    items: int | None = 0 if end > 0 and _in_list(lines[end - 1]) else None  # of the list that is open
    is_list = items is not None  # surely, else a sentence must follow it
    for i in range(end, len(lines)):
        line = lines[i]
        verdict = given[i] or loose(line, "below")
        if verdict is not None and line.has_words:
            interruptions += 1
            if interruptions > INTERRUPTIONS or not _interrupts(line, verdict):
                break
        elif line.prose or line.joined or _goes_on(line, is_next=i == reached) or _in_list(line):
            reached, interruptions = i + 1, 0
            items = 0 if _in_list(line) else None
            is_list = items is not None
        elif items is not None and items < LIST_ITEMS:
            items += 1
        elif i == reached and line.text.endswith((":", "：")):
            items = 1
        elif i == reached and _is_cut_off(line, lines[i + 1 : i + 2], given[i + 1 : i + 2]):
            return i + 1
        elif i > reached and line.has_words:
            return reached
    return reached + (items or 0) if is_list else reached


def _goes_on(line: Line, *, is_next: bool) -> bool:
    """A sentence; further down one with a full stop, as a title may close with another sign; an enumeration."""
    if line.ends and line.units > 1:
        return is_next or words.full_stop(line.text)
    return is_next and line.units >= ENUMERATION and line.text.count(",") >= MIN_COMMAS


def _in_list(line: Line) -> bool:
    """Opens a list, or is an item with its sign or number."""
    return (line.units >= LIST_HEAD and line.text.endswith((":", "："))) or _ITEM.match(line.text) is not None


def _is_cut_off(line: Line, below: Sequence[Line], given: Sequence[Verdict | None]) -> bool:
    """A sentence without its end, directly below the last paragraph and above a cut: long, and not written as a title.

    The heading of a form tells that the line is not the form's heading itself: then a shorter line will do.
    """
    if not below or given[0] is None:
        return False
    is_form = opener(below[0]) in (COMMENT_FORM, COMMENTS)
    capitals = sum(part[:1].isupper() for part in line.text.split())
    return line.units >= (MIN_CUT_OFF if is_form else MIN_PROSE) and line.links < 0.5 and 2 * capitals < line.units
