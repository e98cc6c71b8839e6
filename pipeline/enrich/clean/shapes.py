"""Boilerplate that is known by its shape, not by its words: dates, bylines, credits, copies of the headline."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.enrich.clean.words import tokens, units

MAX_CHARS = 200  # of a line are looked at, so that every pattern is bounded
MIN_COPY = 3  # words that a copy of a headline must share

_NAME_STARTS = frozenset(
    ["by", "von", "par", "por", "di", "door", "av", "af", "text", "texte", "texto", "автор", "yazan"]
)
_JOINERS = frozenset(
    ["and", "und", "et", "y", "e", "en", "och", "og", "i", "de", "del", "der", "den", "la", "le", "van", "von", "da",
     "in", "for", "the", "of", "with", "at", "für", "pour", "para", "al", "el", "bin", "ibn", "on", "to"]
)  # fmt: skip
_DATE = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}(?:st|nd|rd|th|\.)? (?:de |of )?[^\W\d_]{3,12}\.?,? (?:de |of )?\d{4}"
    r"|[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{4} ?[年년] ?\d{1,2} ?[月월]"
)
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b\d{1,2} ?[ap]\.?m\b", re.IGNORECASE)
_COPYRIGHT = re.compile(
    r"©|\(c\) ?\d{4}|copyright \d{4}|all rights reserved|alle rechte vorbehalten|tous droits réservés"
    r"|todos los derechos reservados",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:getty images|getty|ap photo|associated press|shutterstock|istock|unsplash|picture alliance|imago images|imago"
    r"|wikimedia commons|afp via getty images|/ ?(?:reuters|afp|epa|dpa|ap|apa|efe|ansa|keystone|imago))\W{0,3}$"
    r"|[\[(](?:photo|image|picture|foto|file photo|ap photo|afp|reuters)\b[^\])]{0,80}[\])]\W{0,2}$"
    r"|\b(?:photo|image|foto|picture|photograph|bild|credit|crédit|fot)\.?: ?\S",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{2,64}|https?://\S{1,180}$|^www\.\S{1,180}$")
_DATELINE = re.compile(r"[A-ZÀ-Þ][A-ZÀ-Þ .,'’-]{2,40}(?:\([^)]{2,20}\) ?)?(?:[–—]|-- | - |\.-)")
_MENU = re.compile(r" [|•·»›/] ")


def is_date_line(text: str) -> bool:
    """Little but a date, with or without a time of day."""
    line = text[:MAX_CHARS]
    if units(line) > 14 or len(text) > MAX_CHARS:
        return False
    if _DATE.search(line) is None:
        return _CLOCK.search(line) is not None and units(line) <= 6
    return units(_DATE.sub(" ", line)) <= 6


def is_byline(text: str) -> bool:
    """'By' in some language and capitalised names, or a name with an e-mail address."""
    if len(text) > MAX_CHARS:
        return False
    parts = text.replace(",", " ").replace(":", " ").split()
    if len(parts) < 2 or len(parts) > 14 or parts[0].casefold() not in _NAME_STARTS:
        return False
    return all(part[:1].isupper() or part.casefold() in _JOINERS or not part[:1].isalpha() for part in parts[1:])


def is_name(text: str) -> bool:
    """Two to four capitalised words, as the name of an author stands on a line."""
    parts = text.split()
    return 2 <= len(parts) <= 4 and all(part[:1].isupper() and part[-1:].isalpha() for part in parts)


def is_copyright(text: str) -> bool:
    """A copyright sign or sentence in a line that is not long."""
    return units(text[: 2 * MAX_CHARS]) <= 45 and _COPYRIGHT.search(text[:MAX_CHARS]) is not None


def is_credit(text: str) -> bool:
    """Names an agency or a photographer as a picture credit does."""
    return len(text) <= 2 * MAX_CHARS and _CREDIT.search(text[: 2 * MAX_CHARS]) is not None


def is_address(text: str) -> bool:
    """An e-mail or web address and little else."""
    return units(text[:MAX_CHARS]) <= 5 and _ADDRESS.search(text[:MAX_CHARS]) is not None


def has_dateline(text: str) -> bool:
    """A place in capitals and a dash, as the first sentence of an agency report begins."""
    return _DATELINE.match(text[:MAX_CHARS]) is not None


def is_menu(text: str) -> bool:
    """Several short names between bars, dots or arrows."""
    line = text[:MAX_CHARS]
    marks = len(_MENU.findall(line))
    return marks >= 2 and units(line) <= 6 * (marks + 1)


def copies(line: str, other: str) -> float:
    """How surely `line` is a copy, full, cut off or lightly changed, of the beginning of `other`: 0 to 1."""
    head = tokens(line[: 2 * MAX_CHARS])
    body = tokens(other[: 4 * MAX_CHARS])
    if len(head) < MIN_COPY or not body:
        return 0.0
    shared = 0
    while shared < min(len(head), len(body)) and head[shared] == body[shared]:
        shared += 1
    cut_off = shared < len(body) and shared == len(head) - 1 and body[shared].startswith(head[shared])
    if shared >= MIN_COPY and (shared >= len(head) - 1 or cut_off):
        return 0.95
    if shared >= 4 and shared >= 0.7 * len(head):
        return 0.9
    common = sum((Counter(head) & Counter(body[: 2 * len(head) + 8])).values())
    return 0.8 if len(head) >= 5 and common >= 0.75 * len(head) else 0.0


def same_title(line: str, title: str | None) -> bool:
    """The line is the page's title, or the title without the site's name, or the title cut off."""
    if not title:
        return False
    head, whole = tokens(line[: 2 * MAX_CHARS]), tokens(title[: 2 * MAX_CHARS])
    if head == whole:
        return bool(head)
    if len(head) <= MIN_COPY or len(head) > len(whole) + 3:
        return False
    shared = min(len(head) - 1, len(whole))  # the last word may be cut off, the title may carry the site's name
    return shared >= MIN_COPY and head[:shared] == whole[:shared]
