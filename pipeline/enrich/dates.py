"""When an article was published: the first source that says so plausibly, with what it said and how precisely.

Record, JSON-LD, meta, URL, text, in this order. Strict forms are read here; dateparser (BSD) reads the rest. No clock:
equal input gives equal output on any day; `fetched_at` of the record bounds the future. A time without a zone is UTC.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from pipeline.records import DateSource, Page, Precision, PublishedAt, RawArticle

_LONGEST = 100  # characters of a date that any parser sees
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_ISO = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:[.,]\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?)?)?)?$"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_URL_DAY = re.compile(r"/(\d{4})([/-])(\d{1,2})\2(\d{1,2})(?=[/.\-_]|$)|[/_-](20\d{2})(\d{2})(\d{2})(?=[/._-]|$)")
_URL_MONTH = re.compile(r"/(20\d{2}|199\d)/(\d{1,2})(?=/)")
_MONTH = r"[^\W\d_]{3,12}\.?"
_WRITTEN = re.compile(
    rf"(?<!\w)(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}\.? (?:de )?{_MONTH} (?:de )?\d{{4}}"
    r"|\d{4}-\d{2}-\d{2}|\d{4}年\d{1,2}月\d{1,2}日)(?!\w)"
)
_AMBIGUOUS = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2,4}")
_HEAD = 300  # characters of a text in which a dateline stands
_PARSER_SETTINGS = {
    "STRICT_PARSING": True,
    "REQUIRE_PARTS": ["day", "month", "year"],
    "PARSERS": ["absolute-time"],
    "RELATIVE_BASE": datetime(2000, 1, 1),  # noqa: DTZ001  (without it, the clock)
    "RETURN_AS_TIMEZONE_AWARE": False,
    "DATE_ORDER": "DMY",
}


def published(raw: RawArticle, page: Page, text: str) -> PublishedAt | None:
    """The first plausible date of the sources in order; None when no source names a day, month or year."""
    latest = _read(raw.fetched_at) if raw.fetched_at else None
    for source, said in _candidates(raw, page, text):
        found = _read(said)
        if found and _FIRST_YEAR <= found[0].year <= _LAST_YEAR and not (latest and found[0] > latest[0] + timedelta(days=2)):
            return PublishedAt(_written(*found), found[1], source, said[:_LONGEST])
    return None


def timestamp(value: str | None) -> str | None:
    """A time as RFC 3339 UTC to the second, or None when it is none."""
    found = _read(value) if value else None
    return found[0].strftime("%Y-%m-%dT%H:%M:%SZ") if found else None


def _candidates(raw: RawArticle, page: Page, text: str) -> Iterator[tuple[DateSource, str]]:
    if raw.published_at:
        yield "record", raw.published_at
    for candidate in page.published_at:
        yield candidate.source, candidate.raw
    path = (raw.url or "")[:2000].partition("://")[2].partition("?")[0]
    for match in _URL_DAY.finditer(path):
        year, month, day = (match[1], match[3], match[4]) if match[1] else (match[5], match[6], match[7])
        yield "url", f"{year}-{int(month):02}-{int(day):02}"
    for match in _URL_MONTH.finditer(path):
        yield "url", f"{match[1]}-{int(match[2]):02}"
    for match in _WRITTEN.finditer(text[:_HEAD]):
        yield "text", match[0]


def _read(said: str) -> tuple[datetime, Precision] | None:
    said = said.strip()[:_LONGEST]
    try:
        return _iso(said) or _mail(said) or _any(said)
    except (ValueError, OverflowError):
        return None


def _iso(said: str) -> tuple[datetime, Precision] | None:
    match = _ISO.match(said) or _COMPACT.match(said)
    if match is None or not said.isascii():
        return None
    year, month, day, *time = match.groups()
    date = datetime(int(year), int(month or 1), int(day or 1), tzinfo=timezone.utc)
    if not time or not time[0]:
        return date, "day" if day else "month" if month else "year"
    clock, seconds, zone = time
    stamp = f"{year}-{month}-{day}T{clock}{(seconds or ':00')[:3]}{zone or '+00:00'}"
    return datetime.fromisoformat(stamp).astimezone(timezone.utc), "second" if seconds else "minute"


def _mail(said: str) -> tuple[datetime, Precision] | None:
    """RFC 5322, as feeds and headers write it."""
    if not re.match(r"[A-Z][a-z]{2}, \d", said):
        return None
    found = parsedate_to_datetime(said)
    return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).astimezone(timezone.utc), "second"


def _any(said: str) -> tuple[datetime, Precision] | None:
    """Written dates in any language, to the day; a numeric date whose day and month could be swapped is no date."""
    if not re.search(r"\d", said) or _AMBIGUOUS.search(said):
        return None
    import dateparser  # 0.2 s, and most records never need it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = dateparser.parse(said, settings=_PARSER_SETTINGS)
    if found is None:
        return None
    timed = re.search(r"\d:\d\d", said) is not None
    return found.replace(tzinfo=timezone.utc), "minute" if timed else "day"


def _written(at: datetime, precision: Precision) -> str:
    forms = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d", "minute": "%Y-%m-%dT%H:%MZ", "second": "%Y-%m-%dT%H:%M:%SZ"}
    return at.strftime(forms[precision])
