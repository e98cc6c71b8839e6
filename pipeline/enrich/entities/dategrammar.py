"""What a date mention says, apart from any article: a fixed value, or one that needs the article's own date.

A small grammar of English forms; what it cannot read is None. Pure and remembered by text: news repeats its dates.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

MAX_CHARS = 60  # of a mention that is read at all; callers keep to it, so that the memo stays small
MEMO = 4096  # texts remembered

Unit: TypeAlias = Literal["day", "week", "weekend", "month", "year"]


class Fixed(NamedTuple):
    """An ISO 8601 value or interval that no article changes."""

    value: str


class Yearless(NamedTuple):
    """A day or month without its year, or a range of them; day 0 is the whole month, weekday counts Monday as 0."""

    month: int
    day: int
    last_month: int
    last_day: int
    weekday: int | None = None


class Weekday(NamedTuple):
    """Monday is 0."""

    number: int


class Shift(NamedTuple):
    """So many units from the article's own: yesterday is -1 day, this month 0 months."""

    unit: Unit
    steps: int


class Since(NamedTuple):
    """From a date to the article's own day."""

    start: Fixed | Yearless | Weekday


Said: TypeAlias = Fixed | Yearless | Weekday | Shift | Since

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_FEASTS = {
    "christmas day": (12, 25), "christmas eve": (12, 24), "new year's day": (1, 1), "new year's eve": (12, 31),
    "valentine's day": (2, 14), "cinco de mayo": (5, 5),
}  # fmt: skip
_DECADES = {"thirties": 3, "forties": 4, "fifties": 5, "sixties": 6, "seventies": 7, "eighties": 8, "nineties": 9}
_ROMAN = {"xv": 15, "xvi": 16, "xvii": 17, "xviii": 18, "xix": 19, "xx": 20, "xxi": 21}
_ORDINALS = {
    "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20,
    "twenty-first": 21,
}  # fmt: skip
_SHIFTS: dict[str, Shift] = {
    "today": Shift("day", 0), "this morning": Shift("day", 0), "this afternoon": Shift("day", 0),
    "this evening": Shift("day", 0), "tonight": Shift("day", 0), "yesterday": Shift("day", -1),
    "last night": Shift("day", -1), "last evening": Shift("day", -1), "tomorrow": Shift("day", 1),
    "day before yesterday": Shift("day", -2), "day after tomorrow": Shift("day", 2),
}  # fmt: skip
_STEPS = {"last": -1, "this": 0, "current": 0, "next": 1, None: 0}

_M = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_W = r"(?:(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)"
_D, _Y = r"([0-9]{1,2})", r"([0-9]{4})"
_TO = r"(?: ?- ?| to | until | through | till )"
_NEXT_TO = r"( ?- ?| to | until | through | till |/| and | & | or )"
_WEEKDAY = re.compile(r"(mon|tues|wednes|thurs|fri|satur|sun)day")
_YEAR = re.compile(_Y)
_YEARS = re.compile(
    rf"{_Y}(-|/| to | until | through )([0-9]{{1,4}})(?: (?:academic |school |financial )?(?:season|year))?"
)
_DECADE = re.compile(r"(?:([0-9]{3})0|'?([3-9])0)'?s")
_CENTURY = re.compile(r"([0-9]{1,2}|[a-z]+(?:-[a-z]+)?)[ -]century")
_DAY = re.compile(rf"(?:{_W} )?(?:{_D} ?{_M}|{_M} ?{_D})(?: {_Y})?(?: {_W})?")
_MONTH = re.compile(rf"{_M}(?: {_Y})?")
_DAYS_OF_ONE = re.compile(rf"(?:{_M} {_D}{_NEXT_TO}{_D}|{_D}{_NEXT_TO}{_D} {_M})(?: {_Y})?")
_DAYS_OF_TWO = re.compile(rf"(?:{_M} {_D}|{_D} {_M})(?: {_Y})?{_TO}(?:{_M} {_D}|{_D} {_M})(?: {_Y})?")
_MONTHS_TO = re.compile(rf"{_M}(?: {_Y})?{_TO}{_M}(?: {_Y})?")
_FIGURES = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{1,2})([./-])([0-9]{1,2})\5([0-9]{4})")
_AGO = re.compile(r"([0-9]{1,3}|[a-z]+) (day|week|month|year)s? ago")
_STEP = re.compile(
    r"(?:(?:end|start|beginning|middle|later|earlier|early|late) )(last|this|current|next)? ?(week|month|year)"
    r"|(last|this|current|next) (weekend|week|month|year)"
)
_CLOCK = r"[0-9]{1,2}(?:[:.][0-9]{2})? ?[ap]\.?m\b\.?|[0-9]{1,2}:[0-9]{2}|noon|midnight"
_AT_START = re.compile(
    rf"(?:at )?(?:{_CLOCK}),? (?:on )?|(?:on|in|during|around|about|circa|early|late|mid)[ -]+(?=\S)"
)
_AT_END = re.compile(rf"(?<=[a-z0-9]),? (?:(?:at )?(?:{_CLOCK})|morning|afternoon|evening|night|midday)$")


@lru_cache(MEMO)
def read(text: str) -> Said | None:
    """What the text of a mention says; None for none, a duration, an age, a feast that moves, several."""
    said = " ".join(text.replace("–", "-").replace("—", "-").replace("’", "'").replace("‘", "'").lower().split())
    said = said.strip(' ,.;:()"')
    if said == "9/11":
        return Fixed("2001-09-11")
    if said.startswith("since "):
        start = read(said[6:])
        return Since(start) if isinstance(start, Fixed | Yearless | Weekday) else None
    whole = _SHIFTS.get(said.removeprefix("the "))
    return whole or _plain(_bare(said))


def _bare(said: str) -> str:
    """Without articles, commas, ordinal endings, hours, and the words that only say which part of a period."""
    said = re.sub(r"\bthe ", "", said)
    said = _AT_END.sub("", _AT_START.sub("", said, count=1) if _AT_START.match(said) else said)
    said = re.sub(r"(?<=[0-9])(?:st|nd|rd|th)(?= |-|/|$|,)(?! century)", "", said)
    said = re.sub(r"(?<=[a-z])\.|,|(?<=[0-9])\.(?![0-9])", " ", said)
    return " ".join(re.sub(r"\bof ", "", said).split())


def _plain(said: str) -> Said | None:
    """The form that matches all of it."""
    if said in _FEASTS:
        month, day = _FEASTS[said]
        return Yearless(month, day, month, day)
    if match := _WEEKDAY.fullmatch(said):
        return Weekday(_DAYS.index(match[1][:3]))
    if match := _YEAR.fullmatch(said):
        return Fixed(said) if 1000 <= int(said) <= 2199 else None
    if said[:1].isdigit() or said[:1] == "'" or said.endswith(("ties", "century", "ago")):
        found = _years(said) or _figures(said) or _ago(said)
        if found:
            return found
    if said in _SHIFTS:
        return _SHIFTS[said]
    if match := _STEP.fullmatch(said):
        unit: Unit = match[2] or match[4]  # type: ignore[assignment]
        return Shift(unit, _STEPS[match[1] or match[3]])
    return _named(said)


def _years(said: str) -> Fixed | None:
    """Ranges of years, decades, centuries."""
    if match := _YEARS.fullmatch(said):
        first, between, last = match.groups()
        if between == "-" and len(last) == 2 and int(last) <= 12:  # 2005-06 is a month, too
            return None
        last = first[: 4 - len(last)] + last
        return Fixed(f"{first}/{last}") if 1000 <= int(first) < int(last) <= 2199 else None
    if match := _DECADE.fullmatch(said):
        decade = match[1] or f"19{match[2]}"
        return Fixed(f"{decade}0/{decade}9") if 100 <= int(decade) <= 219 else None
    if said in _DECADES:
        return Fixed(f"19{_DECADES[said]}0/19{_DECADES[said]}9")
    if match := _CENTURY.fullmatch(re.sub(r"(?<=[0-9])(?:st|nd|rd|th)", "", said)):
        number = int(match[1]) if match[1].isdigit() else _ROMAN.get(match[1]) or _ORDINALS.get(match[1])
        return Fixed(f"{number - 1}01/{number}00") if number and 11 <= number <= 21 else None
    return None


def _figures(said: str) -> Fixed | None:
    """A day in figures; None where both could be the month."""
    match = _FIGURES.fullmatch(said)
    if match is None:
        return None
    if match[1]:
        return _fixed_day(int(match[1]), int(match[2]), int(match[3]))
    day, month, year = int(match[4]), int(match[6]), int(match[7])
    if month > 12:
        day, month = month, day
    elif day <= 12 and day != month and match[5] != ".":
        return None
    return _fixed_day(year, month, day)


def _ago(said: str) -> Shift | None:
    """'two years ago'; None from ten up, which is seldom meant exactly."""
    match = _AGO.fullmatch(said)
    if match is None:
        return None
    count = int(match[1]) if match[1].isdigit() else _COUNTS.get(match[1], 99)
    unit: Unit = match[2]  # type: ignore[assignment]
    return Shift(unit, -count) if 0 < count < 10 or (unit == "day" and count < 32 and count % 10) else None


def _named(said: str) -> Said | None:
    """Forms with the name of a month."""
    if match := _MONTH.fullmatch(said):
        month = _month(match[1])
        return Fixed(f"{match[2]}-{month:02}") if match[2] else Yearless(month, 0, month, 0)
    if match := _DAY.fullmatch(said):
        month, day = _month(match[3] or match[4]), int(match[2] or match[5])
        weekday = match[1] or match[7]
        number = _DAYS.index(weekday[:3]) if weekday else None
        if match[6]:
            fixed = _fixed_day(int(match[6]), month, day)
            return fixed if fixed and number in (None, date.fromisoformat(fixed.value).weekday()) else None
        return Yearless(month, day, month, day, number) if 1 <= day <= _LENGTHS[month - 1] else None
    if match := _DAYS_OF_ONE.fullmatch(said):
        month, between = _month(match[1] or match[8]), (match[3] or match[6]).strip()
        first, last = int(match[2] or match[5]), int(match[4] or match[7])
        if between in ("and", "&", "or", "/") and last != first + 1:
            return None
        return _range((month, first, match[9]), (month, last, match[9]))
    if match := _DAYS_OF_TWO.fullmatch(said):
        start = _month(match[1] or match[4]), int(match[2] or match[3]), match[5] or match[10]
        return _range(start, (_month(match[6] or match[9]), int(match[7] or match[8]), match[10]))
    if match := _MONTHS_TO.fullmatch(said):
        return _range((_month(match[1]), 0, match[2] or match[4]), (_month(match[3]), 0, match[4]))
    return None


Part: TypeAlias = tuple[int, int, str | None]  # month, day or 0, year


def _range(first: Part, last: Part) -> Fixed | Yearless | None:
    """From one to the other; None where it does not go forward within its year, or a day is none."""
    if any(day > _LENGTHS[month - 1] for month, day, _ in (first, last)) or (first[1] == 0) != (last[1] == 0):
        return None
    if first[2] is None and last[2] is None:
        return Yearless(first[0], first[1], last[0], last[1]) if first[:2] != last[:2] else None
    values = [iso(int(year), month, day) for month, day, year in (first, last) if year]
    if len(values) < 2 or None in values or str(values[0]) >= str(values[1]):
        return None
    return Fixed(f"{values[0]}/{values[1]}")


def _fixed_day(year: int, month: int, day: int) -> Fixed | None:
    value = iso(year, month, day) if day else None
    return Fixed(value) if value and 1000 <= year <= 2199 else None


def iso(year: int, month: int, day: int) -> str | None:
    """A day, or a month where day is 0; None where there is no such day."""
    try:
        at = date(year, month, day or 1)
    except ValueError:
        return None
    return at.isoformat() if day else f"{at.year:04}-{month:02}"


def _month(name: str) -> int:
    return _MONTHS.index(name[:3]) + 1
