"""A date mention as ISO 8601: '2024-03-11', '2024-03', '2024', or an interval '2024-03-04/2024-03-10'.

Relative ones count from the article's own date; weekdays, days and months without a year follow the tense and the
words beside the mention. What could mean two things is None, or an interval where that says what is known:

- A part of a period is the period: 'early June' is June, 'the end of the month' is the month, a week Monday to Sunday.
- 'since 2011' goes to the article's day. 'last Monday' one or two days after a Monday, 'next Friday' before Friday, a
  weekday tomorrow in the past tense or yesterday in the future: None.
- A time in UTC leaves the local day open by hours: 'today' is then two days, a weekday still one.
- A bare date in a sentence that names another year is None.

dateparser is not asked: of 3,532 mentions of newswire this leaves 96, of which it reads 15, five of them rightly, the
others by guessing ('4/6/2022', '17', '25 years'), at 1,100 us a call.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from pipeline.enrich.entities.dategrammar import MAX_CHARS, Fixed, Said, Shift, Since, Weekday, Yearless, iso, read
from pipeline.enrich.entities.tense import Tense, tense
from pipeline.records import PublishedAt

WEST, EAST = timedelta(hours=8), timedelta(hours=12)  # of UTC: where most who write live
NEAR_DAYS = 90  # a bare day without a tense is the nearest one, if nearer than this
NEAR_MONTHS = 6  # a bare month without a tense is the last one, if no longer ago
OWN_YEARS = frozenset((0, *range(2, 200)))  # after the article's: a sentence of 'Agenda 2030' is still of this year
CLASH_DAYS, CLASH_MONTHS = 31, 1  # the tense says past, yet the next one is as near as this: unclear

_NAMED = r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAY = (
    rf"(?:[0-9]{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_NAMED})[a-z]*|(?:{_NAMED})[a-z]*\.? [0-9]{{1,2}}(?:st|nd|rd|th)?)"
)
_YEAR_BEHIND = re.compile(r",? (?:of )?(1[0-9]{3}|20[0-9]{2})(?![\w%]|[,.][0-9]| [a-z]*(?:people|dollars|euros))")
_DAY_BEHIND = re.compile(rf",? (?:the )?\(?({_DAY}(?:,? [0-9]{{4}})?)(?![\w])", re.IGNORECASE)
_DAY_AHEAD = re.compile(rf"({_DAY}(?:,? [0-9]{{4}})?),? ?(?:on |\()?(?:(?:a|the) )?(?:last )?$", re.IGNORECASE)
_RANGE_BEHIND = re.compile(
    rf" ?(?:and|or|to|until|through|till|[-–—]) ?({_DAY}|(?:{_NAMED})[a-z]*\.?),? ([0-9]{{4}})(?!\w)", re.IGNORECASE
)
_STEP_AHEAD = re.compile(
    r"\b(last|past|this|next|coming|every|each|most|previous|following|same|that|another)( year['’]s)?"
    r" (?:early |late |mid-?|the )?$",
    re.IGNORECASE,
)
_STEP_INSIDE = re.compile(r"(?i)(last|this|next|every|each|previous|following|same|that) (?=\S)")
_STEP_BEHIND = re.compile(
    r",? (?:of |in )?(last|this|next|that|(?:the )?(?:same|previous|following)|each|every) (year|week)\b", re.IGNORECASE
)
_ANY_YEAR = re.compile(r"(?<![\w.,$€£])(1[5-9][0-9]{2}|20[0-9]{2})(?![\w%]|[.,][0-9])")
_WEEKDAY_TO = re.compile(r" ?(?:to|through|[-–]) ?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day")  # often of every week
_TO_WEEKDAY = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day ?(?:to|through|[-–]) ?$")
_ZONE = re.compile(r"[0-9] ?([+-])(?!00:?00)([0-9]{2}):?([0-9]{2})$")
_YEAR_STEPS = {"last year": -1, "this year": 0, "next year": 1}
_DATELINE_BEHIND = re.compile(r" ?(?:\([^()]{1,30}\) ?)?(?:--|[-–—]) ")
_DECADE_BEHIND = re.compile(r"['’]?s\b")
_THE = re.compile(r"\bthe (?:early |late |mid-?)?$", re.IGNORECASE)
_OF_LIFE = re.compile(r"\b(?:his|her|their|my|our|your) (?:early |late |mid-?)?$", re.IGNORECASE)


def when(text: str, published_at: PublishedAt | None = None, before: str = "", after: str = "") -> str | None:
    """The value of a mention; `before` and `after` are the parts of its sentence around it. Never raises, no clock."""
    if len(text) > MAX_CHARS:
        return None
    text, before, after = _steps_out(text, before, after)
    said = _joined(text, before, after)
    if said is None or isinstance(said, Fixed):
        return said and said.value
    today = _today(published_at) if published_at else ()
    values = {_resolve(said, day, before, after) for day in today}
    if published_at and published_at.precision in ("second", "minute"):
        values.discard(None)  # 'Thursday' is today in one of the zones
        if len(values) == 2 and isinstance(said, Shift) and said.unit == "day":
            return "/".join(sorted(filter(None, values)))
    return values.pop() if len(values) == 1 else None


def _steps_out(text: str, before: str, after: str) -> tuple[str, str, str]:
    """'last Monday' as 'Monday' behind 'last', 'April this year' as 'April' before ' this year'."""
    if isinstance(read(text), Shift):
        return text, before, after
    match = _STEP_INSIDE.match(text)
    if match:
        text, before = text[match.end() :], f"{before}{match[0]}"
    match = _STEP_BEHIND.search(text)
    if match and match.end() == len(text) and match.start():
        text, after = text[: match.start()], f"{match[0]}{after}"
    return text, before, after


def _joined(text: str, before: str, after: str) -> Said | None:
    """What the mention says together with the year, weekday or decade's ending that stands just outside of it."""
    said = read(text)
    if isinstance(said, Fixed):
        if len(text) == 4 and text.isdigit() and text[3] == "0" and (match := _DECADE_BEHIND.match(after)):
            plain = match[0] == "s" or _THE.search(before)
            return read(f"{text}s") if plain else None
        return None if said.value[4:5] == "/" and _OF_LIFE.search(before) else said
    if said is None and _DECADE_BEHIND.match(after) and text.lstrip("'’‘").isdigit():
        return None if _OF_LIFE.search(before) else read(f"{text}s")
    if isinstance(said, Weekday):
        ahead, behind = _DAY_AHEAD.search(before[-40:]), _DAY_BEHIND.match(after)
        match = behind or ahead
        return (match and read(f"{text} {match[1]}")) or said
    if isinstance(said, Yearless):
        if match := _YEAR_BEHIND.match(after):
            return read(f"{text} {match[1]}")
        if match := _RANGE_BEHIND.match(after):
            last = read(match[1])
            if isinstance(last, Yearless) and said.month <= last.month:
                return read(f"{text} {match[2]}")
    return said


def _today(published_at: PublishedAt) -> tuple[date, ...]:
    """What the article's own day may be where it was written: one day, or the first and the last; else none."""
    value, precision = published_at.value, published_at.precision
    try:
        if precision == "year":
            return date(int(value[:4]), 1, 1), date(int(value[:4]), 12, 31)
        if precision == "month":
            first = date(int(value[:4]), int(value[5:7]), 1)
            return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if precision == "day":
            return (date.fromisoformat(value[:10]),)
        at = datetime.fromisoformat(value[:16])
        if zone := _ZONE.search(published_at.raw):
            shift = timedelta(hours=int(zone[2]), minutes=int(zone[3]))
            return ((at + shift if zone[1] == "+" else at - shift).date(),)
        return tuple(dict.fromkeys(((at - WEST).date(), (at + EAST).date())))
    except (ValueError, OverflowError):
        return ()


def _resolve(said: Said, today: date, before: str, after: str) -> str | None:
    """The value as seen from one day."""
    try:
        if isinstance(said, Shift):
            return _shifted(said, today)
        if isinstance(said, Since):
            start = said.start
            value = start.value if isinstance(start, Fixed) else _resolve(start, today, "was ", "")
            return f"{value.partition('/')[0]}/{today}" if value and value < today.isoformat() else None
        ahead = _STEP_AHEAD.search(before[-40:])
        behind = _STEP_BEHIND.match(after)
        if isinstance(said, Weekday):
            if _WEEKDAY_TO.match(after) or _TO_WEEKDAY.search(before[-20:]):
                return None
            step = ahead[1] if ahead and not ahead[2] else f"{behind[1]} week" if behind and behind[2] == "week" else ""
            return _weekday(said.number, today, step.lower(), _spoken(before, after))
        assert isinstance(said, Yearless)
        year_step = ahead[1] if ahead and ahead[2] else behind[1] if behind and behind[2] == "year" else ""
        step = f"{year_step} year" if year_step else ahead[1] if ahead else ""
        return _yearless(said, today, step.lower(), before, after)
    except (ValueError, OverflowError):  # before the year 1 or past 9999
        return None


def _spoken(before: str, after: str) -> Tense | None:
    """The tense, but for a dateline, which is near in any, and 'Tuesday's rise will', which has mostly been."""
    if _DATELINE_BEHIND.match(after) and len(before) < 40:
        return None
    spoken = tense(before, after)
    return None if spoken == "future" and after.startswith(("'s", "’s")) else spoken


def _shifted(said: Shift, today: date) -> str:
    unit, steps = said
    if unit == "day":
        return (today + timedelta(days=steps)).isoformat()
    if unit == "month":
        months = today.year * 12 + today.month - 1 + steps
        return f"{months // 12:04}-{months % 12 + 1:02}"
    if unit == "year":
        return f"{today.year + steps:04}"
    monday = today + timedelta(days=7 * steps - today.weekday())
    return f"{monday + timedelta(days=5 if unit == 'weekend' else 0)}/{monday + timedelta(days=6)}"


def _weekday(number: int, today: date, step: str, spoken: Tense | None) -> str | None:
    """The day that 'Monday' means, by the word before it or behind it, else by the tense."""
    ago, ahead = (today.weekday() - number) % 7, (number - today.weekday()) % 7
    days: int | None = None
    if step in ("last week", "this week", "next week"):
        days = {"last": -7, "this": 0, "next": 7}[step[:4]] + number - today.weekday()
    elif step == "past":
        days = -(ago or 7)
    elif step == "last":
        days = -(ago or 7) if ago not in (1, 2) else None
    elif step == "next":
        days = (ahead or 7) if number <= today.weekday() else None
    elif step == "coming":
        days = ahead or 7
    elif step == "this":
        days = number - today.weekday()
        days = None if (spoken == "past" and days > 0) or (spoken == "future" and days < 0) else days
    elif not step:
        past, future = (-ago if ago < 6 else None), (ahead if ahead < 6 else None)
        days = past if spoken == "past" else future if spoken == "future" else 0 if ago == 0 else None
    return None if days is None else (today + timedelta(days=days)).isoformat()


def _yearless(said: Yearless, today: date, step: str, before: str, after: str) -> str | None:
    """A day, a month or a range of them, in the year that the words around it or its distance say."""
    if step.endswith("year"):
        year = today.year + _YEAR_STEPS[step] if step in _YEAR_STEPS else None
    elif step in ("every", "each", "most", "previous", "following", "same", "that", "another"):
        year = None
    elif said.weekday is not None:
        year = _year_with_weekday(said, today)
    elif any(int(other) - today.year not in OWN_YEARS for other in _ANY_YEAR.findall(f"{before} {after}")):
        year = None
    elif said.day:
        year = _year_of_day(said, today, step, _spoken(before, after))
    else:
        year = _year_of_month(said.month, today, step, _spoken(before, after))
    first = iso(year, said.month, said.day) if year else None
    if year is None or first is None or said[:2] == said[2:4]:
        return first
    forward = (said.last_month, said.last_day) > (said.month, said.day)
    last = iso(year if forward else year + 1, said.last_month, said.last_day)
    return last and f"{first}/{last}"


def _year_with_weekday(said: Yearless, today: date) -> int | None:
    """The one year of the four around the article in which the day falls on that weekday."""
    days = [iso(year, said.month, said.day) for year in range(today.year - 2, today.year + 2)]
    fitting = [int(day[:4]) for day in days if day and date.fromisoformat(day).weekday() == said.weekday]
    return fitting[0] if len(fitting) == 1 else None


def _year_of_day(said: Yearless, today: date, step: str, spoken: Tense | None) -> int | None:
    texts = (iso(year, said.month, said.day) for year in range(today.year - 1, today.year + 2))
    distances = [(date.fromisoformat(text) - today).days for text in texts if text]
    last = max((days for days in distances if days <= 0), default=-400)
    following = min((days for days in distances if days >= 0), default=400)
    if step in ("last", "past") or spoken == "past":
        days = last if following > CLASH_DAYS or following == 0 else None
    elif step in ("next", "coming") or spoken == "future":
        days = following if last < -CLASH_DAYS or last == 0 else None
    else:
        nearest = min(last, following, key=abs)
        days = nearest if abs(nearest) <= NEAR_DAYS else None
    return None if days is None or abs(days) > 366 else (today + timedelta(days=days)).year


def _year_of_month(month: int, today: date, step: str, spoken: Tense | None) -> int | None:
    ago, ahead = (today.month - month) % 12, (month - today.month) % 12
    last = today.year - (month > today.month)
    following = today.year + (month < today.month)
    if step in ("last", "past"):
        return last if ago else today.year - 1
    if step == "this":
        return today.year
    if step == "next":
        return following if month < today.month else None
    if spoken == "future" or step == "coming":
        return following if ago == 0 or ago > CLASH_MONTHS else None
    if spoken == "past":
        return last if ahead == 0 or ahead > CLASH_MONTHS else None
    return last if ago <= NEAR_MONTHS else None
