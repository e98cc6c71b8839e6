"""Dates: the order of the sources, every form, what is refused, and no clock anywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.enrich import moments
from pipeline.enrich.dates import MAX_CANDIDATES, published, timestamp
from pipeline.enrich.moments import FIRST_YEAR, LAST_YEAR, MAX_DATE_CHARS
from pipeline.records import DateCandidate, Page, PublishedAt, RawArticle

ROOT = Path(__file__).parents[2]
FETCHED = "2024-05-18T10:00:00Z"
SHAPES = {
    "second": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "minute": r"\d{4}-\d\d-\d\dT\d\d:\d\dZ",
    "day": r"\d{4}-\d\d-\d\d",
    "month": r"\d{4}-\d\d",
    "year": r"\d{4}",
}
ANY_TEXT = st.text(st.characters(), max_size=150)  # lone surrogates and NUL too
PIECES = st.sampled_from(
    (
        "5", "17", "31", "2024", "1999", "May", "mai", "März", "déc", "10:30", "25:61", "AM", "UTC", "+0200", "-9999",
        "EST", "年", "月", "日", "ago", "hours", "yesterday", "in", "T", "Z", ",", ".", "/", "-", ":", "٢٠٢٤", "th",
        "de", "99999", "0", "0001", "9999", "2100", "week", "Published", "1715934600", "\ud800", "\0", "\n",
    )
)
DATE_LIKE = st.lists(PIECES, max_size=12).flatmap(lambda parts: st.sampled_from([" ".join(parts), "".join(parts)]))


def of(
    said: str | None = None,
    *,
    fetched: str | None = None,
    language: str | None = None,
    url: str | None = None,
    text: str = "",
    stated: tuple[DateCandidate, ...] = (),
) -> PublishedAt | None:
    raw = RawArticle("html", "", url=url, published_at=said, fetched_at=fetched, language=language)
    return published(raw, Page(text, (), published_at=stated), text)


def value(said: str, fetched: str | None = None, language: str | None = None) -> str | None:
    found = of(said, fetched=fetched, language=language)
    return found.value if found else None


def in_text(text: str) -> str | None:
    found = of(text=text)
    assert found is None or found.source == "text"
    return found.value if found else None


# --- sources --------------------------------------------------------------------------------------------------------

META = DateCandidate("meta", "2024-05-03")
JSON_LD = DateCandidate("json-ld", "2024-05-02")
URL = "https://paper.example/2024/05/04/tram"
TEXT = "KYIV, 5 May 2024 (Agency) - The council met."


def test_order_of_sources() -> None:
    """Record, JSON-LD, meta, URL, text: each speaks when those before it are silent or wrong."""
    found = [
        of("2024-05-01", stated=(META, JSON_LD), url=URL, text=TEXT),
        of(None, stated=(META, JSON_LD), url=URL, text=TEXT),
        of("soon", stated=(META,), url=URL, text=TEXT),
        of("1066-10-14", stated=(DateCandidate("json-ld", "-"),), url=URL, text=TEXT),
        of(None, text=TEXT),
        of(None),
    ]
    assert [date and (date.source, date.value) for date in found] == [
        ("record", "2024-05-01"),
        ("json-ld", "2024-05-02"),
        ("meta", "2024-05-03"),
        ("url", "2024-05-04"),
        ("text", "2024-05-05"),
        None,
    ]


@pytest.mark.parametrize("said", ["Published: 17 May 2024", "Posted on May 17, 2024", "Veröffentlicht am 17. Mai 2024"])
def test_a_label_before_the_date(said: str) -> None:
    """What a scraper took along with the date is passed over, and stands in `raw`; 'Updated' is no such label."""
    assert of(said) == PublishedAt("2024-05-17", "day", "record", said)
    assert of("Updated: 17 May 2024") is None


def test_the_future_is_not_plausible() -> None:
    """More than two days after the record was fetched gives way to the next source; without `fetched_at` it stands."""
    assert value("2024-05-20T09:00:00Z", fetched=FETCHED) == "2024-05-20T09:00:00Z"
    assert value("2024-05-20T11:00:00Z", fetched=FETCHED) is None
    late = of("2031-01-01", fetched=FETCHED, stated=(META,))
    assert late is not None
    assert late.source == "meta"
    assert value("2031-01-01") == "2031-01-01"


@pytest.mark.parametrize(
    ("url", "expected", "raw"),
    [
        ("https://paper.example/2024/05/17/tram", "2024-05-17", "2024/05/17"),
        ("https://paper.example/2024/5/7", "2024-05-07", "2024/5/7"),
        ("https://paper.example/world/2024/may/17/tram", "2024-05-17", "2024/may/17"),
        ("https://paper.example/20240517/tram", "2024-05-17", "20240517"),
        ("https://paper.example/tram-20240517.html", "2024-05-17", "20240517"),
        ("https://paper.example/tram-2024-05-17-line", "2024-05-17", "2024-05-17"),
        ("https://paper.example/2024/05/tram", "2024-05", "2024/05"),
        ("https://paper.example/2024/05/99-trams", "2024-05", "2024/05"),
        ("https://paper.example/2024/05/12-trams", "2024-05", "2024/05"),
        ("https://paper.example/2024/", None, None),
        ("https://paper.example/2024/13/tram", None, None),
        ("https://paper.example/tram?date=2024-05-17", None, None),
        ("https://paper.example/tram#2024-05-17", None, None),
        ("https://2024-05-17.example/tram", None, None),
        ("https://paper.example/id/120240517", None, None),
        ("https://paper.example/20249999/tram", None, None),
        ("not a url 2024/05/17", None, None),
    ],
)
def test_urls(url: str, expected: str | None, raw: str | None) -> None:
    """A day or a month in the path; not in host, query or longer numbers."""
    found = of(None, url=url)
    assert (found.value, found.source, found.raw) == (expected, "url", raw) if found else expected is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("KYIV, 5 February 2022 (Agency) - The council met.", "2022-02-05"),
        ("CAIRO- 24 July 2022: The council met.", "2022-07-24"),
        ("March 3, 2021 — The council met.", "2021-03-03"),
        ("Published: May 5, 2024\nThe council met.", "2024-05-05"),
        ("Published on May 5, 2024 at 10:30 The council met on 3 March 2020.", "2024-05-05T10:30Z"),
        ("Published May 5, 2024, 10:30 p.m. ET\nThe council met.", "2024-05-05"),
        ("Tram line approved\nBy the city desk | May 5, 2024\nThe council met.", "2024-05-05"),
        ("Neue Straßenbahn\n5. März 2024, 14:30 Uhr\nDer Rat tagte.", "2024-03-05T14:30Z"),
        ("LYON, le 5 mars 2024 - Le conseil s'est réuni.", "2024-03-05"),
        ("2024年5月17日\n市議会が開かれた。", "2024-05-17"),
        ("Updated: May 6, 2024\nPublished: May 5, 2024\nThe council met.", "2024-05-05"),
        ("The war began on 24 February 2022, and the council met.", None),
        ("On 5 May 2024 the council met. It adjourned on 6 May 2024.", None),
        ("Updated: May 6, 2024\nThe council met.", None),
        ("KYIV, 5 February - The council met.", None),
        ("The council met. " * 20 + "\nPublished: May 5, 2024", None),
    ],
)
def test_text(text: str, expected: str | None) -> None:
    """A dateline, a label, a line that is a date; not a date that a sentence tells of, nor one of a change."""
    assert in_text(text) == expected


def test_above_the_text() -> None:
    """The line above the body counts too when it was cut from the text, however far down the page."""
    body = "The council met on Monday and approved the line."
    page = Page("Home\n" * 200 + "By the city desk | 5 May 2024\n" + body, ())
    assert published(RawArticle("html", ""), page, body) == PublishedAt("2024-05-05", "day", "text", "5 May 2024")


# --- promises -------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=200)
@given(st.none() | DATE_LIKE | ANY_TEXT, st.none() | DATE_LIKE, st.none() | ANY_TEXT, ANY_TEXT | DATE_LIKE)
def test_any_string_has_an_answer(said: str | None, fetched: str | None, url: str | None, text: str) -> None:
    """Never raises; a value has the form of its precision, is a real date in range, and is the same the second time."""
    found = of(said, fetched=fetched, url=url, text=text)
    assert found == of(said, fetched=fetched, url=url, text=text)
    stamp = timestamp(fetched)
    assert stamp is None or re.fullmatch(SHAPES["second"], stamp)
    if found is not None:
        assert re.fullmatch(SHAPES[found.precision], found.value, re.ASCII)
        full = found.value.rstrip("Z") + "0000-01-01T00:00:00"[len(found.value.rstrip("Z")) :]
        assert FIRST_YEAR <= datetime.fromisoformat(full).year <= LAST_YEAR
        assert 0 < len(found.raw) <= MAX_DATE_CHARS


@given(
    st.integers(631_238_400, 4_133_894_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.integers(-14 * 60, 14 * 60),
)
def test_iso_with_any_zone(at: datetime, minutes: int) -> None:
    """Every RFC 3339 time comes back as the same moment."""
    sign = "-" if minutes < 0 else "+"
    said = f"{at:%Y-%m-%dT%H:%M:%S}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    expected = f"{at - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"
    assert value(said) == expected
    assert timestamp(said) == expected


CLOCKLESS = """
import datetime as module
import dateparser.date, dateparser.date_parser, dateparser.freshness_date_parser, dateparser.parser
from pipeline.enrich.dates import published
from pipeline.records import Page, RawArticle

class AnyDatetime(type):
    def __instancecheck__(cls, value): return isinstance(value, module.datetime)

class Stopped(module.datetime, metaclass=AnyDatetime):
    @classmethod
    def now(cls, tz=None): raise AssertionError("the clock was read")
    utcnow = today = now

for patched in (dateparser.date, dateparser.date_parser, dateparser.freshness_date_parser, dateparser.parser):
    patched.datetime = Stopped
for said in ("5 mai 2024", "March 2024", "May 5, 2024 10:30 AM EDT", "3 hours ago", "yesterday", "Friday", "May 2024"):
    raw = RawArticle("text", "", published_at=said, fetched_at="2024-05-18T01:00:00Z")
    found = published(raw, Page("", ()), "")
    print(found and found.value)
"""


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def test_no_clock(zone: str) -> None:
    """The library answers with its clock taken away, the same in any zone: equal input, equal output on any day."""
    command, environment = [sys.executable, "-c", CLOCKLESS], {**os.environ, "TZ": zone}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    expected = ["2024-05-05", "2024-03", "2024-05-05T14:30Z", "2024-05-17", "None", "None", "2024-05"]
    assert done.stdout.split() == expected


@pytest.mark.parametrize("piece", ["1", "May ", "5 May 2024 ", "2024-", "\n", "-", "5 May 2024\n", "/2024/05/17", "("])
def test_what_is_looked_at_is_bounded(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a megabyte in every field the library is asked a bounded number of times, for short strings alone."""
    asked: list[str] = []
    parse = moments._parse

    def listening(said: str, language: str | None, wanted: moments.Wanted) -> Any:
        asked.append(said)
        return parse(said, language, wanted)

    monkeypatch.setattr(moments, "_parse", listening)
    long = piece * (1_000_000 // len(piece))
    stated = (DateCandidate("json-ld", long),) * 1000
    of(long, fetched=FETCHED, url=f"https://paper.example{long}", text=long, language=long, stated=stated)
    assert timestamp(long) is None
    assert len(asked) <= 2 * MAX_CANDIDATES
    assert max(map(len, asked), default=0) <= MAX_DATE_CHARS


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2024-05-17T08:30:00.5+02:00", "2024-05-17T06:30:00Z"),
        ("2024-05-17 08:30", "2024-05-17T08:30:00Z"),
        ("Fri, 17 May 2024 08:30:00 GMT", "2024-05-17T08:30:00Z"),
        ("1715934600", "2024-05-17T08:30:00Z"),
        ("2024-05-17", None),
        ("2024", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_timestamps(said: str | None, expected: str | None) -> None:
    """A machine's time to the second; what names no time of day is none."""
    assert timestamp(said) == expected


def test_the_import_loads_no_library() -> None:
    """dateparser is loaded by the first date that needs it, not by the import and not by an ISO date."""
    script = (
        "import sys, pipeline.enrich.dates as d\nfrom pipeline.records import Page, RawArticle\n"
        "d.published(RawArticle('text', '', published_at='2024-05-17T08:30:00Z'), Page('', ()), '')\n"
        "print('dateparser' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
