"""When an article was published: the first source that says so plausibly, how precisely, and what it said.

The record, then JSON-LD, meta, URL, text; how a date is read stands in `moments`. No clock: equal input gives equal
output on any day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from pipeline.enrich.moments import MAX_DATE_CHARS, read, read_machine
from pipeline.records import DateSource, Page, Precision, PublishedAt, RawArticle

MAX_CANDIDATES = 16  # looked at; each costs the library 5 ms, at worst 40
HEAD_CHARS = 300  # of a text in which a dateline stands
FUTURE = timedelta(days=2)  # past fetched_at: zones, clocks that are wrong, articles dated ahead

_FORMS: dict[Precision, str] = {
    "second": "%Y-%m-%dT%H:%M:%SZ",
    "minute": "%Y-%m-%dT%H:%MZ",
    "day": "%Y-%m-%d",
    "month": "%Y-%m",
    "year": "%Y",
}
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_URL_DAY = re.compile(
    r"/([0-9]{4})/([0-9]{1,2}|[a-z]{3})/([0-9]{1,2})(?=/|$)|(?<![0-9])([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])"
    r"|(?<![0-9])([0-9]{4})([0-9]{2})([0-9]{2})(?![0-9])",
    re.IGNORECASE,
)
_URL_MONTH = re.compile(r"/([0-9]{4})/([0-9]{1,2}|[a-z]{3})(?=/)", re.IGNORECASE)

_NAME = r"[^\s\d,.|()\[\]:;–—-]{2,14}"
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?(?: (?:GMT|UTC|[A-Z]{1,3}T))?"
_WRITTEN = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|er|\.)? (?:de |of )?{_NAME}\.?,? (?:de |del )?\d{{4}}"
    rf"|{_NAME}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    r"|\d{4}[-/.]\d{2}[-/.]\d{2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일])(?!\w)"
    rf"(?:(?:T|,? | [-–|•] |,? at | um | à ){_TIME})?"
)
_DATELINE = re.compile(rf"[^.!?\n\d]{{0,60}}(?<!\w)({_WRITTEN})(?: ?\([^()\n]{{1,40}}\))? ?[-–—:]+(?=\s)")
_PUBLISHED = (
    r"\b(?:published|posted|publié le|veröffentlicht(?: am)?|publicado(?: el| em)?|pubblicato(?: il)?|опубликовано)"
)
_LABEL = re.compile(rf"{_PUBLISHED}(?: on)?:? ({_WRITTEN})", re.IGNORECASE)
_LINE = re.compile(rf"(?:[^\n\d]{{0,60}}[\s,|•·:–—-])?({_WRITTEN})[^\n\w]{{0,5}}(?:[^\n\d.!?]{{0,40}})")
_CHANGED = re.compile(r"updat|modif|aktualis|actuali|mis à jour|aggiorna|atualiz|обновл", re.IGNORECASE)


def published(raw: RawArticle, page: Page, text: str) -> PublishedAt | None:
    """The first plausible date of the sources in order; None when none states one. Never raises.

    Plausible is a year from 1990 to 2100 and, where the record says when it was fetched, at most two days later.
    The value is RFC 3339 UTC cut to the precision; `raw` what was read, at most 100 characters.
    """
    fetched = read_machine(raw.fetched_at or "")
    language = _language(raw.language or page.language)
    for source, said in islice(_candidates(raw, page, text), MAX_CANDIDATES):
        found = read_machine(_hyphenated(said)) if source == "url" else read(_unlabelled(said), language, fetched)
        if found is not None and (fetched is None or found.at <= fetched.at + FUTURE):
            value = found.at.strftime(_FORMS[found.precision])
            return PublishedAt(value, found.precision, source, said[:MAX_DATE_CHARS])
    return None


def timestamp(value: str | None) -> str | None:
    """A time that a machine wrote (RFC 3339, RFC 5322, Unix) as RFC 3339 UTC to the second; None for a day or less."""
    found = read_machine(value or "")
    return found.at.strftime(_FORMS["second"]) if found and found.precision in ("second", "minute") else None


# --- where a date stands --------------------------------------------------------------------------------------------


def _candidates(raw: RawArticle, page: Page, text: str) -> Iterator[tuple[DateSource, str]]:
    if raw.published_at:
        yield "record", raw.published_at
    stated = page.published_at[:MAX_CANDIDATES]
    yield from ((candidate.source, candidate.raw) for candidate in stated if candidate.source == "json-ld")
    yield from ((candidate.source, candidate.raw) for candidate in stated if candidate.source != "json-ld")
    yield from (("url", date) for date in _in_url(raw.url or ""))
    yield from (("text", date) for date in _in_text(page, text))


def _in_url(url: str) -> Iterator[str]:
    """Pieces of a URL's path that look like a day, then those that look like a month; not its query."""
    path = url[:2000].partition("://")[2].partition("?")[0].partition("#")[0].partition("/")[2]
    for pattern in (_URL_DAY, _URL_MONTH):
        yield from (match[0].strip("/") for match in pattern.finditer("/" + path))


def _hyphenated(piece: str) -> str:
    """2024/may/7 as 2024-05-07."""
    year, *rest = piece.split("/")
    numbers = (_MONTH_NAMES.index(part) + 1 if part in _MONTH_NAMES else part for part in map(str.lower, rest))
    return "-".join([year, *(f"{number:0>2}" for number in numbers)])


def _in_text(page: Page, text: str) -> Iterator[str]:
    """Dates of datelines, labels and lines that are little more than a date: in the head of the text, and above it
    where the page text shows what was cut there. A date in a sentence is what the article tells of."""
    head = text[:HEAD_CHARS]
    start = page.text.find(head[:40]) if head.strip() else 0
    above = page.text[max(0, start - HEAD_CHARS) : start] if start > 0 else page.text[:HEAD_CHARS]
    for part in dict.fromkeys((head, above)):
        for line in part.split("\n"):
            found = _DATELINE.match(line) or _LABEL.search(line) or _LINE.fullmatch(line)
            if found and not _CHANGED.search(line[: found.start(1)]):
                yield found[1].strip()


def _unlabelled(said: str) -> str:
    """The date behind 'Published on'."""
    match = _LABEL.match(said[:MAX_DATE_CHARS])
    return match[1] if match else said


def _language(tag: str | None) -> str | None:
    """The language subtag; None for none, and for one that another region writes otherwise (es-US)."""
    parts = (tag or "")[:40].strip().lower().replace("_", "-").split("-")
    return None if not parts[0] or "us" in parts[1:] else parts[0]
