"""Moments: every form of a date, what is refused, and that nothing which could be two days is read as one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrich.dates import published
from pipeline.enrich.moments import MAX_DATE_CHARS, read
from pipeline.records import Page, PublishedAt, RawArticle

FETCHED = "2024-05-18T10:00:00Z"


def of(said: str, fetched: str | None = None, language: str | None = None) -> PublishedAt | None:
    return published(RawArticle("text", "", published_at=said, fetched_at=fetched, language=language), Page("", ()), "")


def value(said: str, fetched: str | None = None, language: str | None = None) -> str | None:
    found = of(said, fetched, language)
    return found.value if found else None


# --- forms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected", "precision"),
    [
        ("2024-05-17T08:30:00Z", "2024-05-17T08:30:00Z", "second"),
        ("2024-05-17T08:30:59.999+02:00", "2024-05-17T06:30:59Z", "second"),
        ("2024-05-17T23:30:00-0500", "2024-05-18T04:30:00Z", "second"),
        ("2024-05-17 08:30:00 UTC", "2024-05-17T08:30:00Z", "second"),
        ("2024-05-17T08:30:00+02:00[Europe/Berlin]", "2024-05-17T06:30:00Z", "second"),
        ("2024-05-17T08:30", "2024-05-17T08:30Z", "minute"),
        ("2024-05-17T10:30+02", "2024-05-17T08:30Z", "minute"),
        ("20240517T083000Z", "2024-05-17T08:30:00Z", "second"),
        ("20240517083000", "2024-05-17T08:30:00Z", "second"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z", "second"),
        ("  2024-05-17\n", "2024-05-17", "day"),
        ("2024/05/17", "2024-05-17", "day"),
        ("2024-5-7", "2024-05-07", "day"),
        ("20240517", "2024-05-17", "day"),
        ("2024-05-17T00:00:00", "2024-05-17", "day"),
        ("2024-05-17T00:00:00Z", "2024-05-17T00:00:00Z", "second"),
        ("2024-05", "2024-05", "month"),
        ("2024", "2024", "year"),
        ("Fri, 17 May 2024 08:30:00 +0200", "2024-05-17T06:30:00Z", "second"),
        ("17 May 2024 08:30 GMT", "2024-05-17T08:30Z", "minute"),
        ("1715934600", "2024-05-17T08:30:00Z", "second"),
        ("1715934600123", "2024-05-17T08:30:00Z", "second"),
        ("May 5, 2024", "2024-05-05", "day"),
        ("March 3rd, 2021", "2021-03-03", "day"),
        ("March 2024", "2024-03", "month"),
        ("May 5, 2024 10:30 AM EDT", "2024-05-05T14:30Z", "minute"),
        ("31 December 2023 23:00:05 EST", "2024-01-01T04:00:05Z", "second"),
        ("5 May 2024 CET", "2024-05-05", "day"),
        ("1 January 2024 NZDT", "2024-01-01", "day"),
        ("31 December 2023 PST", "2023-12-31", "day"),
        ("17.05.2024", "2024-05-17", "day"),
        ("10.12.2022, 07:00:03", "2022-12-10T07:00:03Z", "second"),
        ("10.12.2022 00:00", "2022-12-10", "day"),
        ("May 17, 2024 12:00 AM", "2024-05-17", "day"),
        ("17 May 2024 00:00 GMT", "2024-05-17T00:00Z", "minute"),
        ("1715934600.5", "2024-05-17T08:30:00Z", "second"),
        ("2024-05-17 08:30 PM", "2024-05-17T20:30Z", "minute"),
        ("2024-05-06T08:30:00 CEST", "2024-05-06T06:30:00Z", "second"),
        ("2024-05-00", "2024-05", "month"),
        ("5/17/2024 8:30 PM", "2024-05-17T20:30Z", "minute"),
        ("5.6.2023 klo 14.30", "2023-06-05T14:30Z", "minute"),
        ("Fri May 17 08:30:00 UTC 2024", "2024-05-17T08:30:00Z", "second"),
        ("Thu May 16 2024 20:00:00 GMT+0200 (CEST)", "2024-05-16T18:00:00Z", "second"),
    ],
)
def test_forms(said: str, expected: str, precision: str) -> None:
    """What was said, in UTC, cut to what was said."""
    assert of(said) == PublishedAt(expected, precision, "record", said[:MAX_DATE_CHARS])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("5 mai 2024", "2024-05-05"),
        ("5. März 2024, 14:30 Uhr", "2024-03-05T14:30Z"),
        ("5 de mayo de 2024", "2024-05-05"),
        ("5 de fevereiro de 2024", "2024-02-05"),
        ("12 dicembre 2023", "2023-12-12"),
        ("17 Mayıs 2024", "2024-05-17"),
        ("17 мая 2024, 10:30", "2024-05-17T10:30Z"),
        ("5 лютого 2022", "2022-02-05"),
        ("2024年5月17日", "2024-05-17"),
        ("2024년 5월 17일", "2024-05-17"),
        ("17 مايو 2024", "2024-05-17"),
        ("5 lutego 2022", "2022-02-05"),
        ("5 set 2023", "2023-09-05"),
        ("3 Mart 2024", "2024-03-03"),
        ("marzo 2024", "2024-03"),
        ("2024年5月", "2024-05"),
    ],
)
def test_languages(said: str, expected: str) -> None:
    """Names of months in other languages, whatever the page says of its language."""
    assert value(said) == expected
    assert value(said, language="en-US") == expected


@pytest.mark.parametrize(
    "said",
    [
        "", " ", "-", "soon", "May", "May 5", "Friday", "10:30", "yesterday", "2 hours ago", "5 May 24", "0001-01-01",
        "1970-01-01T00:00:00Z", "1989-12-31", "2101-01-01", "2024-02-30", "2024-13-01", "2024-05-17T24:30:00Z",
        "202405",
        "2024-05-170830", "2024-05-17T08:30:75Z", "2024-05-17T08:30:00+19:00", "31/02/2024", "17 May 12024",
        "10:30 May 2024", "PT15M", "2024-W20-5", "W20 2024", "2024-W20", "Friday 2024", "Q2 2024", "2024 A",
        "5 ma 2024",
        "May 5-6, 2024", "2024-05-17T08", "2567-05-17", "99/99/2024 10:30 AM", "31/02/2024 8:30 PM",
        "\ud800", "\0", "٢٠٢٤-٠٥-١٧", "{{ date }}", "null", "9" * 5000,
    ],
)  # fmt: skip
def test_no_date(said: str) -> None:
    """Not a date, no such date, not plausible, or too little to place it: nothing is made up."""
    assert of(said) is None


# --- ambiguity ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "language", "expected"),
    [
        ("05/06/2022", None, None),
        ("05/06/2022", "en", None),
        ("05/06/2022", "en-US", None),
        ("05/06/2022", "en-GB", None),
        ("05/06/2022", "es-US", None),
        ("05/06/2022", "ja", None),
        ("05/06/2022", "fr", "2022-06-05"),
        ("05/06/2022", "pt_BR", "2022-06-05"),
        ("05.06.2022", None, "2022-06-05"),
        ("05.06.2022", "en", "2022-06-05"),
        ("25/06/2022", None, "2022-06-25"),
        ("06/25/2022", None, "2022-06-25"),
        ("06/25/2022", "fr", "2022-06-25"),
        ("06/06/2022", None, "2022-06-06"),
        ("2022/06/05", None, "2022-06-05"),
    ],
)
def test_day_and_month_are_not_guessed(said: str, language: str | None, expected: str | None) -> None:
    """Day first with dots, where a figure above 12 says so, or in a language that always writes so; else no date."""
    assert value(said, language=language) == expected


@given(
    st.tuples(st.integers(1, 12), st.integers(1, 12)).filter(lambda pair: pair[0] != pair[1]),
    st.sampled_from("/- "),
    st.sampled_from(("", "0")),
    st.sampled_from(("", "Fri ", "Monday, ", "W")),
    st.sampled_from(("", " 8:30 AM", " 08:30 PM EST", ", 10:30 GMT", "T10:30", " um 8:30", " UTC", " (local)")),
    st.sampled_from((None, "en", "en-GB", "de", "ja")),
)
def test_figures_among_words_are_not_guessed_either(
    pair: tuple[int, int], sign: str, zero: str, before: str, after: str, language: str | None
) -> None:
    """Whatever stands around them, two figures up to 12 do not say which is the month."""
    first, second = (f"{zero if number < 10 else ''}{number}" for number in pair)
    assert value(f"{before}{first}{sign}{second}{sign}2022{after}", language=language) is None


@given(st.dates(date(1990, 1, 2), date(2100, 12, 30)), st.sampled_from((" 8:30 AM", " 08h30", " (Monday)", "")))
def test_year_first_is_always_year_month_day(at: date, after: str) -> None:
    """Figures that begin with the year are read in one way, words behind them or not, and by no library's order."""
    found = read(f"{at.year}-{at.month}-{at.day}{after}", "en", None)
    assert found is not None
    assert found.at.date() == at


@pytest.mark.parametrize(
    "said", ["May 17, 2024, 8:30 a.m. ET", "17 May 2024 08:30:00 IST", "2024-05-17T08:30:00 CST", "17 May 2024 8:30 PT"]
)
def test_a_zone_of_several_meanings(said: str) -> None:
    """Eastern time in summer or winter, India or Israel, America or China: the day is what is known."""
    assert value(said) == "2024-05-17"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2 hours ago", "2024-05-18"),
        ("12 hours ago", "2024-05-17"),
        ("30 minutes ago", "2024-05-18"),
        ("9 hours ago EST", "2024-05-18"),
        ("vor 12 Stunden", "2024-05-17"),
        ("2 часа назад", "2024-05-18"),
        ("yesterday", None),
        ("Yesterday at 10:30", None),
        ("today", None),
        ("вчера", None),
        ("3 days ago", None),
        ("2 weeks ago", None),
        ("2 years ago", None),
        ("last Friday", None),
        ("in 2 hours", None),
    ],
)
def test_relative_dates(said: str, expected: str | None) -> None:
    """Hours count from when the record was fetched, to the day; what a word for a day means is not sure, so unread."""
    assert value(said, fetched=FETCHED) == expected
    assert value(said) is None
    assert value(said, fetched="2024-05-18") is None
