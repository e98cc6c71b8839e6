"""One date as somebody wrote it -> the moment it names, in UTC, and how much of it was said. No clock.

Frequent forms are read here by strict patterns; dateparser reads dates with the name of a month, and "3 hours ago".
What could mean two days is not read:

- A time without a zone is taken as UTC, so up to 14 hours off; midnight without a zone is a day. Days are not shifted.
- 05/06/2022 is not guessed: day first only with dots, with one of the two above 12, or on a page in a language that
  always writes so. English is none of them: many sites outside the US call themselves en-US. A year has four digits.
- ET (winter or summer), IST (India, Israel) and CST (America, China) are several zones: with them a time is but a day.
- "3 hours ago" counts from the record's `fetched_at`, to the day. "Yesterday" and "3 days ago" depend on where and when
  the page was made, and are not read.
"""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Literal, NamedTuple

from pipeline.records import Precision

MAX_DATE_CHARS = 100  # of a date that any parser sees
MAX_AGO_CHARS = 40
FIRST_YEAR, LAST_YEAR = 1990, 2100

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
_EPOCH = re.compile(r"(1[0-9]{9})(?:[0-9]{3}|\.[0-9]{1,9})?")
_FIGURES = r"(?:([0-9]{4})([./-])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{1,2})([./ -])([0-9]{1,2})\6([0-9]{4}))"
_NUMERIC = re.compile(rf"{_FIGURES}(?:,? ([0-9]{{1,2}}):([0-9]{{2}})(?::([0-9]{{2}}))?)?")
_IN_FIGURES = re.compile(rf"(?<![0-9]){_FIGURES}(?![0-9])")
_WEEK = re.compile(r"(?i)(?<![^\W\d_])w[0-9]")  # 2024-W20-5
_VAGUE_ZONE = re.compile(r"\b(?:[ECMP]T|CST|IST)\b")
_MONTH_ALONE = re.compile(r"[^\W\d]{3,}\D*[0-9]{4}|[0-9]{4}[ ,-]*[^\W\d]{3,}\D*|[0-9]{4} ?[年년] ?[0-9]{1,2} ?[月월]")


class Moment(NamedTuple):
    """A point in time, UTC, and how much of it was said."""

    at: datetime
    precision: Precision


def read(said: str, language: str | None, fetched: Moment | None) -> Moment | None:
    """The moment that a person or a machine wrote; None where it is none, not plausible or could be two. Never raises.

    `language` is the primary subtag of the page's language; plausible is a year from 1990 to 2100.
    """
    return (
        read_machine(said) or _numeric(said, language) or _named_month(said, language) or _ago(said, language, fetched)
    )


def read_machine(said: str) -> Moment | None:
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


def _moment(at: datetime, precision: Precision) -> Moment | None:
    return Moment(at, precision) if FIRST_YEAR <= at.year <= LAST_YEAR else None


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


def _day_in_figures(match: re.Match[str], language: str | None) -> datetime | None:
    """The day of a match of _FIGURES where it is certain which figure is the month, else None."""
    if match[1]:
        year, month, day = int(match[1]), int(match[3]), int(match[4])
    else:
        day, month, year = int(match[5]), int(match[7]), int(match[8])
        if month > 12:
            day, month = month, day
        elif day <= 12 and day != month and match[6] != "." and language not in _DAY_FIRST:
            return None
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:  # no such day
        return None


def _numeric(said: str, language: str | None) -> Moment | None:
    """Year, month and day in figures, a time behind them or none."""
    match = _NUMERIC.fullmatch(said[: MAX_DATE_CHARS + 1].strip())
    day = _day_in_figures(match, language) if match else None
    if match is None or day is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups()[8:])
    if hour == minute == second == 0:
        return _moment(day, "day")
    try:
        return _moment(day.replace(hour=hour, minute=minute, second=second), "second" if match[11] else "minute")
    except ValueError:  # no such hour
        return None


def _named_month(said: str, language: str | None) -> Moment | None:
    """A date with the name of a month, or in figures among words; its year has four digits and stands in the text."""
    said = said[:MAX_DATE_CHARS].strip()
    years = {int(digits) for digits in re.findall(r"(?<!\d)\d{4}(?!\d)", said)}
    is_plausible = any(FIRST_YEAR <= year <= LAST_YEAR for year in years)
    if not is_plausible or not re.search(r"[^\W\d_]", said) or _WEEK.search(said):
        return None
    if any(_day_in_figures(match, language) is None for match in _IN_FIGURES.finditer(said)):
        return None
    plain = _VAGUE_ZONE.sub("", said)
    found = _parse(plain, language, "day")
    if found is None:
        found = _parse(plain, language, "month") if _MONTH_ALONE.fullmatch(plain.strip()) else None
        return _moment(found[0].replace(tzinfo=UTC), "month") if found and "time" not in found[1] else None
    at, parts, _ = found
    precision: Precision = "day"
    if at.tzinfo is not None and "time" not in parts:  # the library shifted the day's midnight, by 13 hours at most
        at = (at + timedelta(hours=13)).replace(hour=0, minute=0)
    elif plain == said and (at.tzinfo is not None or at.time() != datetime.min.time()):
        precision = "second" if re.search(r"\d:\d\d:\d\d", said) else "minute"
    at = at.replace(tzinfo=UTC)
    near = {(at - timedelta(hours=14)).year, at.year, (at + timedelta(hours=14)).year}
    return _moment(at, precision) if near & years else None


def _ago(said: str, language: str | None, fetched: Moment | None) -> Moment | None:
    """'3 hours ago' as the day it was, counted from when the record was fetched; a clock's time or a future is none."""
    if fetched is None or fetched.precision not in ("second", "minute") or len(said) > MAX_AGO_CHARS or ":" in said:
        return None
    found = _parse(said.strip(), language, "ago")
    if found is None or found[2] != "time":  # hours and less; others have the period 'day' and more
        return None
    then = found[0].astimezone(UTC) if found[0].tzinfo else found[0]
    ago = _BASE - then.replace(tzinfo=None)
    return _moment(fetched.at - ago, "day") if timedelta(0) <= ago < timedelta(days=366) else None


Wanted = Literal["day", "month", "ago"]


def _parse(said: str, language: str | None, wanted: Wanted) -> tuple[datetime, tuple[str, ...], str] | None:
    """dateparser's answer: a moment, in UTC where a zone was said, which parts of it were said, and its `period`.

    The first call loads it and languages: 0.1 to 0.5 s.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of its dependencies are not ours to mend
        try:
            found = _library(language, wanted).get_date_data(said)
        except (ValueError, OverflowError):  # what it raises on dates that cannot be
            return None
    return None if found.date_obj is None else (found.date_obj, found.parts, found.period)


@cache
def _library(language: str | None, wanted: Wanted) -> Any:
    """A parser that goes on to the next language where one finds less than is wanted ('5 set' is 5 SET in English)."""
    from dateparser.data.languages_info import language_order
    from dateparser.date import DateDataParser

    languages = dict.fromkeys([*([language] if language in language_order else []), *_LANGUAGES])
    parts = {"day": ["day", "month", "year"], "month": ["month", "year"], "ago": []}[wanted]
    parser = "relative-time" if wanted == "ago" else "absolute-time"
    settings = {**_SETTINGS, "PARSERS": [parser], "REQUIRE_PARTS": parts}
    return DateDataParser(languages=list(languages), settings=settings)
