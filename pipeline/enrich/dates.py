"""When an article was published: the first source that says so plausibly, how precisely, and what it said.

The record, then JSON-LD, meta, URL, text. Frequent forms are read here by strict patterns; dateparser reads dates with
the name of a month, and "3 days ago". No clock: equal input gives equal output on any day. Rules of reading:

- A time without a zone is taken as UTC, so up to 14 hours off; midnight without a zone is a day. Days are not shifted.
- 05/06/2022 is not guessed: day first only with dots, with one of the two above 12, or on a page in a language that
  always writes so. English is none of them: many sites outside the US call themselves en-US. A year has four digits.
- A relative date counts from the record's `fetched_at`, to the day; without it, or in weeks and more, it is not read.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from pipeline.records import DateSource, Page, Precision, PublishedAt, RawArticle

MAX_DATE_CHARS = 100  # of a date that any parser sees
MAX_CANDIDATES = 16  # looked at; each costs the library 3 ms, at worst 20
HEAD_CHARS = 300  # of a text in which a dateline stands
FIRST_YEAR, LAST_YEAR = 1990, 2100
FUTURE = timedelta(days=2)  # past fetched_at: zones, clocks that are wrong, articles dated ahead

_FORMS: dict[Precision, str] = {
    "second": "%Y-%m-%dT%H:%M:%SZ",
    "minute": "%Y-%m-%dT%H:%MZ",
    "day": "%Y-%m-%d",
    "month": "%Y-%m",
    "year": "%Y",
}
_LANGUAGES = (  # tried in this order, after that of the page
    "en", "ru", "es", "fr", "de", "ja", "tr", "pt", "fa", "it", "zh", "nl", "vi", "pl", "ar", "ko", "cs", "id", "uk",
    "el", "he", "sv", "ro", "hu", "da", "fi", "bg", "nb", "hi",
)  # fmt: skip
_DAY_FIRST = frozenset(
    ("ca", "da", "el", "es", "fi", "fr", "gl", "hr", "id", "it", "nb", "nl", "no", "pt", "ro", "ru", "tr", "uk", "vi")
)
_BASE = datetime(2000, 1, 1, 12)  # noqa: DTZ001  (naive, as dateparser wants it; instead of its clock)
_SETTINGS = {
    "RELATIVE_BASE": _BASE,
    "TIMEZONE": "UTC",
    "PREFER_DATES_FROM": "current_period",
    "PREFER_DAY_OF_MONTH": "first",
    "PREFER_MONTH_OF_YEAR": "first",
    "DATE_ORDER": "DMY",
    "USE_GIVEN_LANGUAGE_ORDER": True,
    "RETURN_TIME_AS_PERIOD": True,
    "NORMALIZE": True,
}

_DAY = r"(?P<year>[0-9]{4})(?:(?P<dash>[-/.]?)(?P<month>[0-9]{2})(?:(?P=dash)(?P<day>[0-9]{2})"
_CLOCK = r"(?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
_ZONE = r"(?P<zone>Z|UTC|GMT|(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-9]{2})?)?(?:\[[A-Za-z_/]{1,40}\])?"
_ISO = re.compile(rf"{_DAY}(?:(?P<gap>T|,? |){_CLOCK} ?{_ZONE})?)?)?", re.IGNORECASE)
_MAIL = re.compile(
    r"(?:[A-Z][a-z]{2}, )?[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}(?P<second>:[0-9]{2})?"
    r" (?:[+-][0-9]{4}|GMT|UT|UTC|Z|[ECMP][SD]T)"
)
_EPOCH = re.compile(r"(1[0-9]{9})([0-9]{3})?")
_NUMERIC = re.compile(
    r"(?:([0-9]{4})([./-])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{1,2})([./-])([0-9]{1,2})\6([0-9]{4}))"
    r"(?:,? ([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?"
)

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_URL_DAY = re.compile(
    r"/([0-9]{4})/([0-9]{1,2}|[a-z]{3})/([0-9]{1,2})(?=/|$)|(?<![0-9])([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])"
    r"|(?<![0-9])([0-9]{4})([0-9]{2})([0-9]{2})(?![0-9])",
    re.IGNORECASE,
)
_URL_MONTH = re.compile(r"/([0-9]{4})/([0-9]{1,2}|[a-z]{3})(?=/)", re.IGNORECASE)

_NAME = r"[^\s\d,.|()\[\]:;–—-]{2,14}"
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?(?: (?:GMT|UTC|[A-Z]{2,3}T))?"
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


class Moment(NamedTuple):
    """A point in time, UTC, and how much of it was said."""

    at: datetime
    precision: Precision


def published(raw: RawArticle, page: Page, text: str) -> PublishedAt | None:
    """The first plausible date of the sources in order; None when none states one. Never raises.

    Plausible is a year from 1990 to 2100 and, where the record says when it was fetched, at most two days later.
    The value is RFC 3339 UTC cut to the precision; `raw` what was read, at most 100 characters.
    """
    fetched = _read(raw.fetched_at or "")
    language = _language(raw.language or page.language)
    for source, said in islice(_candidates(raw, page, text), MAX_CANDIDATES):
        if source == "url":
            found = _read(_hyphenated(said))
        else:
            found = (
                _read(said)
                or _numeric(said, language)
                or _named_month(said, language)
                or _relative(said, language, fetched)
            )
        if found is not None and (fetched is None or found.at <= fetched.at + FUTURE):
            value = found.at.strftime(_FORMS[found.precision])
            return PublishedAt(value, found.precision, source, said[:MAX_DATE_CHARS])
    return None


def timestamp(value: str | None) -> str | None:
    """A time that a machine wrote (RFC 3339, RFC 5322, Unix) as RFC 3339 UTC to the second; None for a day or less."""
    found = _read(value or "")
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


def _language(tag: str | None) -> str | None:
    """The language subtag; None for none, and for one that another region writes otherwise (es-US)."""
    parts = (tag or "")[:40].strip().lower().replace("_", "-").split("-")
    return None if not parts[0] or "us" in parts[1:] else parts[0]


# --- reading one ----------------------------------------------------------------------------------------------------


def _moment(at: datetime, precision: Precision) -> Moment | None:
    return Moment(at, precision) if FIRST_YEAR <= at.year <= LAST_YEAR else None


def _read(said: str) -> Moment | None:
    """The forms of machines: ISO 8601, RFC 5322, Unix time; None for any other."""
    said = said.strip()[:MAX_DATE_CHARS]
    try:
        if match := _ISO.fullmatch(said):
            return _iso(match)
        if match := _MAIL.fullmatch(said):
            at = parsedate_to_datetime(said)
            at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
            return _moment(at, "second" if match["second"] else "minute")
        if match := _EPOCH.fullmatch(said):
            return _moment(datetime.fromtimestamp(int(match[1]), UTC), "second")
    except (ValueError, OverflowError):  # no such day, hour or zone
        pass
    return None


def _iso(match: re.Match[str]) -> Moment | None:
    """ISO 8601 by its parts: `fromisoformat` differs between versions of Python (24:00, commas)."""
    year, month, day, hour, minute, second = (
        None if match[name] is None else int(match[name])
        for name in ("year", "month", "day", "hour", "minute", "second")
    )
    assert year is not None
    if not FIRST_YEAR - 1 <= year <= LAST_YEAR + 1:  # also keeps the shift by a zone within what datetime holds
        return None
    if (match["dash"] == "" and day is None) or (match["dash"] and match["gap"] == ""):  # 202405, 2024-05-170830
        return None
    at = datetime(year, month or 1, day or 1, hour or 0, minute or 0, 59 if second == 60 else second or 0, tzinfo=UTC)
    if hour is None or (match["zone"] is None and at.time() == datetime.min.time()):
        return _moment(at, "day" if day else "month" if month else "year")
    if match["sign"]:
        shift = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
        if shift > timedelta(hours=18):  # more than any zone has
            return None
        at = at - shift if match["sign"] == "+" else at + shift
    return _moment(at, "minute" if second is None else "second")


def _numeric(said: str, language: str | None) -> Moment | None:
    """Year, month and day in figures, a time behind them or none, where it is certain which is which."""
    match = _NUMERIC.fullmatch(said[: MAX_DATE_CHARS + 1].strip())
    if match is None:
        return None
    if match[1]:
        year, month, day = int(match[1]), int(match[3]), int(match[4])
    else:
        day, month, year = int(match[5]), int(match[7]), int(match[8])
        if month > 12:
            day, month = month, day
        elif day <= 12 and day != month and match[6] != "." and language not in _DAY_FIRST:
            return None
    hour, minute, second = (int(part or 0) for part in match.groups()[8:])
    precision: Precision = "second" if match[11] else "minute" if match[9] else "day"
    try:
        return _moment(datetime(year, month, day, hour, minute, second, tzinfo=UTC), precision)
    except ValueError:  # no such day or hour
        return None


def _parse(said: str, language: str | None, parser: str) -> tuple[datetime, tuple[str, ...], str] | None:
    """dateparser's answer: a moment, in UTC where a zone was said, which parts of it were said, and its `period`.

    The first call loads it and languages: 0.1 to 0.5 s.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of its dependencies are not ours to mend
        try:
            found = _library(language, parser).get_date_data(said)
        except (ValueError, OverflowError):  # what it raises on dates that cannot be
            return None
    return None if found.date_obj is None else (found.date_obj, found.parts, found.period)


@cache
def _library(language: str | None, parser: str) -> Any:
    from dateparser.data.languages_info import language_order
    from dateparser.date import DateDataParser

    languages = dict.fromkeys([*([language] if language in language_order else []), *_LANGUAGES])
    return DateDataParser(languages=list(languages), settings={**_SETTINGS, "PARSERS": [parser]})


def _named_month(said: str, language: str | None) -> Moment | None:
    """A date with the name of a month, and a year of four digits that stands in the text."""
    said = said[:MAX_DATE_CHARS].strip()
    years = {int(digits) for digits in re.findall(r"(?<!\d)\d{4}(?!\d)", said)}
    plausible = any(FIRST_YEAR <= year <= LAST_YEAR for year in years)
    found = _parse(said, language, "absolute-time") if plausible and re.search(r"[^\W\d_]", said) else None
    if found is None or "year" not in found[1]:
        return None
    at, parts, _ = found
    precision: Precision = "day" if "day" in parts else "month" if "month" in parts else "year"
    if "time" in parts:
        if precision != "day":
            return None
        precision = "second" if re.search(r"\d:\d\d:\d\d", said) else "minute"
    elif at.tzinfo is not None:  # a day with a zone: the library shifted its midnight, hardly a zone is more than 13 hours east
        at = (at + timedelta(hours=13)).replace(hour=0, minute=0)
    at = at.replace(tzinfo=UTC)
    near = {(at - timedelta(hours=14)).year, at.year, (at + timedelta(hours=14)).year}
    return _moment(at, precision) if near & years else None


def _relative(said: str, language: str | None, fetched: Moment | None) -> Moment | None:
    """'3 hours ago' as the day it was, counted from when the record was fetched; a clock's time or a future is none."""
    if fetched is None or fetched.precision not in ("second", "minute", "day") or len(said) > 40:
        return None
    found = _parse(said.strip(), language, "relative-time")
    if found is None or found[2] not in ("time", "day"):
        return None
    then = found[0].astimezone(UTC) if found[0].tzinfo else found[0]
    ago = _BASE - then.replace(tzinfo=None)
    return _moment(fetched.at - ago, "day") if timedelta(0) <= ago < timedelta(days=366) else None
