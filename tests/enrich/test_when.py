"""Values of date mentions: the forms, what they count from, what is left open, and that nothing breaks them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrich.entities.dategrammar import MAX_CHARS, read
from pipeline.enrich.entities.tense import tense
from pipeline.enrich.entities.values import SENTENCE_CHARS, sentence_around, with_values
from pipeline.enrich.entities.when import when
from pipeline.records import Entity, Label, Mention, Precision, PublishedAt
from quality.values.score import read_lines, report

THURSDAY = PublishedAt("2024-03-14", "day", "meta", "2024-03-14")
ISO = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?(?:/[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?)?")


def stated(value: str, precision: Precision = "second", raw: str = "") -> PublishedAt:
    return PublishedAt(value, precision, "meta", raw or value)


def in_sentence(sentence: str, published_at: PublishedAt | None = THURSDAY) -> str | None:
    """The value of what stands in [brackets]."""
    before, _, rest = sentence.partition("[")
    said, _, after = rest.partition("]")
    return when(said, published_at, before, after)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2011", "2011"), ("March 2023", "2023-03"), ("Sept. 2019", "2019-09"), ("November of 2020", "2020-11"),
        ("26 June 2021", "2021-06-26"), ("the 20th of July 2022", "2022-07-20"), ("July, 26, 1999", "1999-07-26"),
        ("Friday 22nd July, 2022", "2022-07-22"), ("Thursday 21July 2022", "2022-07-21"),
        ("2017-01-13", "2017-01-13"), ("27.08.2022", "2022-08-27"), ("26/07/2022", "2022-07-26"),
        ("3/3/2022", "2022-03-03"), ("10:30am, 4 May 2020", "2020-05-04"), ("9/11", "2001-09-11"),
        ("the 1990s", "1990/1999"), ("'80s", "1980/1989"), ("70s", "1970/1979"), ("nineties", "1990/1999"),
        ("19th century", "1801/1900"), ("XIX century", "1801/1900"), ("twentieth century", "1901/2000"),
        ("2019-2022", "2019/2022"), ("2021/22", "2021/2022"), ("1989–99", "1989/1999"), ("1557-8", "1557/1558"),
        ("2019 to 2022", "2019/2022"), ("2019/20 season", "2019/2020"), ("early 2022", "2022"), ("mid-2019", "2019"),
        ("July 14 to 24, 2022", "2022-07-14/2022-07-24"), ("28 to 31 July 2022", "2022-07-28/2022-07-31"),
        ("29th & 30th December 2022", "2022-12-29/2022-12-30"), ("July 2021 to December 2021", "2021-07/2021-12"),
        ("January 31-February 6, 2022", "2022-01-31/2022-02-06"), ("May to July 2020", "2020-05/2020-07"),
    ],
)  # fmt: skip
def test_a_date_that_says_its_year_needs_no_article(said: str, expected: str) -> None:
    """Fixed forms have one value, whatever the article's date and with none."""
    assert expected == when(said) == when(said, THURSDAY)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("today", "2024-03-14"), ("Yesterday", "2024-03-13"), ("last night", "2024-03-13"),
        ("tomorrow morning", "2024-03-15"), ("the day before yesterday", "2024-03-12"),
        ("last week", "2024-03-04/2024-03-10"), ("this week", "2024-03-11/2024-03-17"),
        ("next weekend", "2024-03-23/2024-03-24"), ("last month", "2024-02"), ("next year", "2025"),
        ("the end of the month", "2024-03"), ("earlier this year", "2024"), ("end of last year", "2023"),
        ("two years ago", "2022"), ("three days ago", "2024-03-11"), ("a month ago", "2024-02"),
        ("since 2011", "2011/2024-03-14"), ("since January", "2024-01/2024-03-14"),
        ("last Monday", "2024-03-11"), ("next Tuesday", "2024-03-19"), ("this Friday", "2024-03-15"),
        ("last December", "2023-12"), ("next January", "2025-01"), ("Monday last week", "2024-03-04"),
        ("April last year", "2023-04"), ("February of this year", "2024-02"), ("Friday, July 15", "2022-07-15"),
    ],
)  # fmt: skip
def test_a_relative_date_counts_from_the_article(said: str, expected: str) -> None:
    """On a Thursday in March; without the article's date there is no value."""
    assert expected == when(said, THURSDAY)
    assert when(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "three days", "25 years", "27-year-old", "daily", "Mondays", "every week", "Ramadan", "Eid al-Adha", "Easter",
        "2 a.m.", "17", "COVID-19", "the week", "03/04/2022", "05-08-2021", "2005-06", "2022-2018",
        "31 February 2020",
        "Monday 26 July 2022", "January and December 2021", "4 and 11 May", "summer 2022", "20 years ago",
        "decades ago",
        "last Wednesday", "next Friday", "300 BC", "Meiji Era", "", " ", "0000", "9999", "since", "99 July",
    ],
)  # fmt: skip
def test_what_is_no_date_or_could_be_two_has_no_value(said: str) -> None:
    """Durations, ages, frequencies, moving feasts, months that may be days, contradictions: None."""
    assert when(said, THURSDAY) is None


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The minister resigned on [Monday].", "2024-03-11"),
        ("The minister will resign on [Monday].", "2024-03-18"),
        ("The talks are to be held on [Monday].", "2024-03-18"),
        ("She is expected to leave on [Monday].", "2024-03-18"),
        ("On [Monday], ministers were told to wait.", "2024-03-11"),
        ("A law passed on [Monday] will cost jobs.", "2024-03-11"),
        ("The vote will be held on [Saturday], officials said.", "2024-03-16"),
        ("They won on [Thursday].", "2024-03-14"),
        ("The army fired on [Friday].", None),
        ("They agreed to meet on [Monday].", None),
        ("It was due to open on [Monday].", None),
        ("[Monday]'s rise will hurt.", None),
        ("The shop opens every [Monday].", None),
        ("I will work [Sunday] to Thursday.", None),
        ("I will work Sunday to [Thursday].", None),
        ("He denied it, with a vote to be held on [Saturday].", "2024-03-16"),
        ("They began to be held on [Monday].", None),
        ("She came to police on [Monday].", "2024-03-11"),
        ("Agenda 2030 was shown on [February 2].", "2024-02-02"),
        ("Trains run Tuesday, [Saturday] and Sunday.", None),
        ("They met in [October].", "2023-10"),
        ("They will meet in [October].", "2024-10"),
        ("They met in [April].", None),
        ("The [January] survey", "2024-01"),
        ("It rained on [26 June].", "2023-06-26"),
        ("It will open on [26 June].", "2024-06-26"),
        ("The hearing was moved to [26 March].", None),
        ("It will be dry, as since [1 March].", None),
        ("The [August] survey", None),
        (
            "On [Monday] the small and rather old shop at the corner of the street beside the station, they say, will",
            None,
        ),
        ("The fair, from [April 2 to 5], is free.", "2024-04-02/2024-04-05"),
        ("The house, from [26 June].", None),
        ("He was there in last year's [June 18] sale.", "2023-06-18"),
        ("It opened last [November].", "2023-11"),
        ("It opened in [July] last year.", "2023-07"),
        ("It opened on [May 13] of that year.", None),
        ("In 2019 it opened on [February 2].", None),
        ("Founded in [October], 1994.", "1994-10"),
        ("It ran between [June 24] and July 8, 2022.", "2022-06-24"),
        ("It left on [Friday], July 15, for good.", "2022-07-15"),
        ("On 24 May on a [Tuesday]", "2022-05-24"),
        ("KAMPALA, [13 March] - A mayor has resigned.", "2024-03-13"),
        ("during the [1970]s and after", "1970/1979"),
        ("in the early [1970]'s", "1970/1979"),
        ("the ['80]s", "1980/1989"),
        ("a man in his ['80]s", None),
        ("a woman in her [70s] said", None),
        ("The ministry kept [2020]'s rule.", None),
    ],
)
def test_the_words_beside_a_mention_decide(sentence: str, expected: str | None) -> None:
    """Tense, 'last', 'of that year', a year or weekday just outside the mention."""
    assert expected == in_sentence(sentence)


def test_a_time_in_utc_leaves_the_day_open() -> None:
    """In the evening of Wednesday in UTC it is Thursday elsewhere: 'today' is two days, weekdays mostly one."""
    evening = stated("2024-03-13T22:00:00Z")
    assert when("today", evening) == "2024-03-13/2024-03-14"
    assert in_sentence("He resigned on [Tuesday].", evening) == "2024-03-12"
    assert in_sentence("He resigned on [Thursday].", evening) == "2024-03-14"
    assert when("last month", evening) == "2024-02"
    assert when("today", stated("2024-03-13T22:00:00Z", raw="2024-03-14T09:00:00+11:00")) == "2024-03-14"
    assert when("today", stated("2024-03-14T09:00:00Z")) == "2024-03-14"


def test_a_date_of_the_article_that_is_a_month_gives_no_days() -> None:
    """What is not known of the article cannot be known of a mention."""
    month, year = stated("2024-03", "month"), stated("2024", "year")
    assert when("last year", month) == when("last year", year) == "2023"
    assert when("last month", month) == "2024-02"
    assert when("last month", year) is None
    assert when("yesterday", month) is None
    assert in_sentence("He left on [Monday].", month) is None


@pytest.mark.parametrize("value", ["", "2024", "2024-13-99", "yesterday", "0001-01-01"])
def test_a_date_of_the_article_that_cannot_be_read_is_none(value: str) -> None:
    """A record may be made by others: no error, no value."""
    assert when("last year", stated(value, "day")) in (None, "0000")


DATES = st.dates(date(1990, 1, 1), date(2100, 12, 31)).map(lambda day: stated(day.isoformat(), "day"))
PIECES = (
    "last next this since early mid- the of Monday Friday July 31 February 29 2024 1999 to - / and ago two years "
    "week will was said be held , . ( ' s 's th at 2 a.m. century 20th yesterday every"
)
WORDS = st.lists(st.sampled_from(PIECES.split()), max_size=8).map(" ".join)


@given(st.one_of(st.text(max_size=MAX_CHARS + 5), WORDS), st.one_of(st.none(), DATES), WORDS, WORDS)
def test_any_text_has_a_value_in_iso_8601_or_none(
    said: str, published_at: PublishedAt | None, before: str, after: str
) -> None:
    """Days exist, intervals go forward, nothing is raised."""
    value = when(said, published_at, before, after)
    if value is None:
        return
    assert ISO.fullmatch(value), value
    ends = value.split("/")
    assert ends == sorted(ends)
    assert all(date.fromisoformat(f"{end}-01-01"[:10] if len(end) < 8 else end) for end in ends)


@given(st.one_of(st.text(max_size=30), WORDS), WORDS, WORDS)
def test_a_remembered_text_reads_as_the_first_time(said: str, before: str, after: str) -> None:
    """The memo changes no result."""
    assert read.__wrapped__(said) == read(said) == read(said)
    assert tense(before, after) in (None, "past", "future")


def test_a_mention_of_any_length_is_bounded() -> None:
    """10 MB of digits or words are not read, nor more of the sentence than SENTENCE_CHARS on a side."""
    long, remembered = "1" * 10_000_000, read.cache_info().currsize
    assert when(long, THURSDAY) is None
    assert when("Monday " * 1_000_000, THURSDAY) is None
    assert remembered == read.cache_info().currsize
    before, after = sentence_around(long, 5_000_000, 5_000_010)
    assert len(before) == len(after) == SENTENCE_CHARS


def test_a_sentence_ends_at_its_full_stop_and_not_at_a_title() -> None:
    """'Mr.' and 'Jan.' end none."""
    text = "He left. Then Mr. Abel Dorn came on Monday to stay. She goes."
    start = text.index("Monday")
    assert sentence_around(text, start, start + 6) == ("Then Mr. Abel Dorn came on ", " to stay")


@pytest.mark.data
def test_values_that_were_read_by_hand(data_dir: Path) -> None:
    """Precision and recall of each draw have floors; `quality.values.score` says how they were made."""
    articles = [
        article
        for split in ("dev", "train")
        for article in read_lines(data_dir / "ner" / f"worldwide-{split}.jsonl.gz")
    ]
    scores = report({article["id"]: article["text"] for article in articles}, show=False)
    floors = {"dates": (0.98, 0.94), "sums": (0.98, 0.96), "relative": (0.96, 0.88)}
    for draw, (precision, recall) in floors.items():
        assert precision <= scores[draw][0]
        assert recall <= scores[draw][1]


# --- entities -------------------------------------------------------------------------------------------------------


def grouped(text: str, *names: tuple[str, Label]) -> tuple[list[Mention], list[Entity]]:
    """Every occurrence of each name is a mention of one entity."""
    mentions = [
        Mention(found.start(), found.end(), label, name, 0.9, index)
        for index, (name, label) in enumerate(names)
        for found in re.finditer(re.escape(name), text)
    ]
    entities = [Entity(f"{label.lower()}:{name}", label, name, 1, 0.5, 0.9) for name, label in names]
    return mentions, entities


def test_an_entity_has_the_value_of_its_mentions() -> None:
    """Dates and sums have values, persons none, and all else stays as it was."""
    text = "Ada Dorn paid $5 million on Monday. She said so on Monday."
    mentions, entities = grouped(text, ("Ada Dorn", "Person"), ("$5 million", "Money"), ("Monday", "Date"))
    found = with_values(text, mentions, entities, THURSDAY)
    assert [entity.value for entity in found] == [None, "5000000 USD", "2024-03-11"]
    assert [replace(entity, value=None) for entity in found] == entities


def test_an_entity_whose_mentions_differ_has_no_value() -> None:
    """'Monday' may be two days in one article; a mention that cannot be read takes no part."""
    text = "They met on Monday. They will meet again on Monday."
    mentions, entities = grouped(text, ("Monday", "Date"))
    assert with_values(text, mentions, entities, THURSDAY)[0].value is None
    text = "They met on Monday. They agreed to meet on Monday."
    mentions, entities = grouped(text, ("Monday", "Date"))
    assert with_values(text, mentions, entities, THURSDAY)[0].value == "2024-03-11"


def test_places_of_the_article_say_whose_money_it_is() -> None:
    """The countries of the entities are those that `money` takes."""
    text = "The 500 rupees were stolen in Ambapur."
    mentions, entities = grouped(text, ("500 rupees", "Money"))
    place = Entity("geonames:1", "Location", "Ambapur", 1, 0.5, 0.9, country="IN")
    assert with_values(text, mentions, entities, None)[0].value is None
    assert with_values(text, mentions, [*entities, place], None)[0].value == "500 INR"
