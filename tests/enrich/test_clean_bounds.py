"""Cleaning a text is linear: twice the lines are twice the work, a line is little work. Counted, not timed."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.enrich.clean import clean_text, cuts
from pipeline.records import Cut
from pipeline.spans import rebuild
from tests.counting import calls

PROSE = "The harbour board of Westmark met again on Monday evening to discuss the old pier.\n"
BARELY = "This is a line of nine words that ends.\n"
CALLS_A_LINE = 220

HOSTILE = {
    "one word": ["word\n"],
    "other words": [f"word{i}\n" for i in range(4000)],
    "form": ["Leave a Reply\n"],
    "services": ["Facebook\n"],
    "bylines": [f"By Nora Testmann {i}\n" for i in range(4000)],
    "dates": ["12 October 2026\n"],
    "items": ["- word\n"],
    "one ideograph": ["雨\n"],
    "hard-wrapped": ["word goes on\n"],
    "paragraphs and adverts": [PROSE, "Advertisement\n"],
    "paragraphs and boxes": [BARELY, "Subscribe\n", "Sign up\n", "Enter your email address\n"],
    "teasers": [PROSE, "word\n", "word\n", "Related\n", "word\n", "Read more: word\n"],
    "copies": [f"{PROSE.strip()[: 20 + i % 60]}\n" for i in range(4000)],
    "words above a body": [*["word\n"] * 3999, PROSE],
    "words below a body": [PROSE, *["word\n"] * 3999],
    "no line end": ["word ", "By Nora ", "a@", "1/1/", "(photo ", " | "],
}


def text_of(pieces: list[str], count: int) -> str:
    """The pieces over and over; pieces enough for all are spread over the whole, so that the last stays the last."""
    if len(pieces) < count:
        return "".join(pieces[i % len(pieces)] for i in range(count))
    return "".join(pieces[: count // 2] + pieces[len(pieces) - count // 2 :])


@pytest.mark.parametrize("pieces", HOSTILE.values(), ids=list(HOSTILE))
def test_twice_the_lines_are_twice_the_work(pieces: list[str]) -> None:
    """A text of twice as many lines takes at most twice as many calls, and a line no more than so many."""
    clean_text("Leave a Reply")  # reads the phrase list
    some, twice = calls(clean_text, text_of(pieces, 2000)), calls(clean_text, text_of(pieces, 4000))
    assert twice <= 2.1 * some + 1000
    assert some <= 2000 * CALLS_A_LINE


@pytest.mark.parametrize("pieces", HOSTILE.values(), ids=list(HOSTILE))
def test_a_cut_is_made_once(pieces: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines that are cut together are one copy of their text, not one for each line that is added; none is lost."""
    made: list[Cut] = []

    def make(*arguments: Any) -> Cut:
        made.append(Cut(*arguments))
        return made[-1]

    monkeypatch.setattr(cuts, "Cut", make)
    text = text_of(pieces, 4000)
    cleaned = clean_text(text)
    assert tuple(made) == cleaned.cuts
    assert rebuild(cleaned.text, cleaned.cuts) == text
