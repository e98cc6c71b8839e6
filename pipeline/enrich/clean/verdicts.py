"""Why a line goes: the strict rules that hold anywhere, and the loose ones that hold only outside the body."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pipeline.enrich.clean import phrases, rights, shapes, words
from pipeline.enrich.clean.kinds import (
    BYLINE,
    CAPTION,
    COPYRIGHT,
    LABEL,
    NAVIGATION,
    OTHER,
    PAYWALL_NOTICE,
    SHARE_BAR,
)
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.phrases import Phrase
from pipeline.reasons import CutKind

Where: TypeAlias = Literal["above", "inside", "below"]

MAX_INVITATION = 25  # words of a closing line whose later sentences are looked at
MIN_SENTENCE_PHRASE = 3  # words a phrase must have to cut a whole sentence inside the body
_STOPS = (".", "!", "?")  # of ASCII
QUOTES = "\"'“”„‘«»‹›「『"  # what begins with one is said by somebody, not by the page


class Verdict:
    """A line goes: what it is, the rule that says so, how sure that rule is. Never changed once it is made."""

    def __init__(self, kind: CutKind, rule: str, confidence: float) -> None:
        self.kind = kind
        self.rule = rule
        self.confidence = confidence

    def __eq__(self, other: object) -> bool:
        return repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(self.rule)

    def __repr__(self) -> str:
        return f"Verdict({self.kind}, {self.rule}, {self.confidence})"


_PICTURE_CREDIT = Verdict(CAPTION, "picture_credit", 0.8)
_COPYRIGHT_SIGN = Verdict(COPYRIGHT, "copyright_sign", 0.9)
_BRACKETED_CREDIT = Verdict(CAPTION, "bracketed_credit", 0.8)
_BYLINE_BEFORE_DATE = Verdict(BYLINE, "byline_shape", 0.8)
_SEPARATOR = Verdict(OTHER, "separator", 0.9)
_SHARE_NAMES = Verdict(SHARE_BAR, "share_names", 0.85)
_NAMED_ADDRESS = Verdict(BYLINE, "byline_address", 0.7)
_BYLINE_SHAPE = Verdict(BYLINE, "byline_shape", 0.85)
_DATE_LINE = Verdict(BYLINE, "date_line", 0.85)
_INITIALS = Verdict(BYLINE, "initials", 0.7)
_FOR_SUBSCRIBERS = Verdict(PAYWALL_NOTICE, "for_subscribers", 0.8)
_PICTURE_NUMBER = Verdict(CAPTION, "picture_number", 0.7)
_CREDIT_SHAPE = Verdict(CAPTION, "credit_shape", 0.7)
_MENU_SHAPE = Verdict(NAVIGATION, "menu_shape", 0.8)
_ADDRESS_ABOVE = Verdict(BYLINE, "address", 0.6)
_ADDRESS = Verdict(NAVIGATION, "address", 0.6)


def of_phrase(phrase: Phrase, confidence: float) -> Verdict:
    """The verdict of a phrase of the list."""
    return Verdict(phrase.kind, phrase.rule, confidence)


def strict(line: Line) -> Verdict | None:
    """What cuts a line wherever it stands: a phrase that articles do not say, a copyright line, a caption's credit."""
    if rights.is_picture_credit(line.text):
        return _PICTURE_CREDIT
    for phrase in line.phrases:
        if phrase.outside:
            continue
        if not line.prose:
            return of_phrase(phrase, 0.95)
        if len(phrase.key) - phrase.key.count(":") >= MIN_SENTENCE_PHRASE and line.text[0] not in QUOTES:
            return of_phrase(phrase, 0.8)
    if rights.is_copyright(line.text) if not line.prose else rights.begins_with_copyright(line.text):
        return _COPYRIGHT_SIGN
    if rights.has_bracketed_credit(line.text):
        return _BRACKETED_CREDIT
    return None


def opener(line: Line) -> CutKind | None:
    """The kind of section that the line opens: what follows belongs to it while it looks like it."""
    for phrase in line.phrases:
        if phrase.opens:
            return phrase.kind
    return None


def named(line: Line, where: Where, beside: CutKind | None = None) -> Verdict | None:
    """What the phrase list says. Of several kinds, that of the neighbour, above the body a label, else the firmest."""
    if len(line.phrases) < 2:
        return of_phrase(line.phrases[0], 0.8 if line.phrases[0].outside else 0.95) if line.phrases else None
    best = line.phrases[0]
    for phrase in line.phrases[1:]:
        if _rank(phrase, where, beside) < _rank(best, where, beside):
            best = phrase
    return of_phrase(best, 0.8 if best.outside else 0.95)


def _rank(phrase: Phrase, where: Where, beside: CutKind | None) -> tuple[bool, bool, bool]:
    is_label = phrase.kind is LABEL
    return phrase.kind is not beside, is_label != (where == "above"), phrase.outside


def loose(line: Line, where: Where, beside: CutKind | None = None) -> Verdict | None:
    """What cuts a line at the edge of the body: also common words and shapes."""
    if not line.prose and (found := named(line, where, beside)) is not None:
        return found
    if where == "below" and 1 < line.units <= MAX_INVITATION and (said := _said_later(line)) is not None:
        return said
    if line.prose:
        return _BYLINE_BEFORE_DATE if where == "above" and shapes.is_joined_byline(line.text) else None
    return _shaped(line, where)


def _shaped(line: Line, where: Where) -> Verdict | None:
    if line.units == 1 and line.text.isalpha():  # one word has no shape
        return None
    if not line.has_words:
        return _SEPARATOR
    if shapes.is_share_bar(line.text):
        return _SHARE_NAMES
    if shapes.is_named_address(line.text):
        return _NAMED_ADDRESS
    if shapes.is_byline(line.text):
        return _BYLINE_SHAPE
    if shapes.is_date_line(line.text):
        return _DATE_LINE
    if where == "below" and shapes.is_initials(line.text):
        return _INITIALS
    if where == "below" and shapes.is_for_subscribers(line.text):
        return _FOR_SUBSCRIBERS
    if shapes.is_picture_number(line.text):
        return _PICTURE_NUMBER
    if rights.is_credit(line.text):
        return _CREDIT_SHAPE
    if shapes.is_menu(line.text):
        return _MENU_SHAPE
    if shapes.is_address(line.text):
        return _ADDRESS_ABOVE if where == "above" else _ADDRESS
    return None


def _said_later(line: Line) -> Verdict | None:
    """The second sentence of a closing line is the one that invites: 'Enjoyed this? Leave a comment below.'"""
    if line.text.isascii() and not words.has_mark(line.text[:-1], _STOPS):
        return None
    for part in words.sentences(line.text)[1:4]:
        for phrase in phrases.matches(part, part.split()):
            if not phrase.outside and len(phrase.key) > 1:
                return of_phrase(phrase, 0.7)
    return None
