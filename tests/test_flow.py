"""The flow as a whole: any bytes give a result, equal bytes equal results, and the record says what ran."""

from __future__ import annotations

from dataclasses import replace

import orjson
from hypothesis import given, settings
from strategies import hostile_bytes

from pipeline import process
from pipeline.flow import Rules, fit
from pipeline.reasons import DeadReason
from pipeline.records import Dead, Enriched, Rejected, encode
from pipeline.spans import rebuild

TEXT = "The parliament in Vienna met on Monday. Anna Gruber of the Greens said that the budget was late. " * 8


@given(value=hostile_bytes())
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_result_and_equal_bytes_equal_ones(value: bytes) -> None:
    """No input raises, and nothing but the input decides."""
    outcome = process(value)
    assert isinstance(outcome, (Enriched, Rejected, Dead))
    assert encode(outcome) == encode(process(value))


def test_an_article_is_cleaned_tagged_and_rebuilt() -> None:
    """Text and cuts give the delivered text back, and the steps say what ran."""
    text = f"Uncategorized\n\n{TEXT}\n\nLeave a Reply\n\nYour email address will not be published."
    outcome = process(orjson.dumps({"text": text, "url": "http://www.news.example/a?utm_source=x", "id": 7}))
    assert isinstance(outcome, Enriched)
    assert outcome.text == TEXT.strip() or outcome.text == TEXT
    assert rebuild(outcome.text, outcome.cuts or ()) == text
    assert (outcome.url, outcome.site, outcome.extra) == ("https://news.example/a", "news.example", {"id": 7})
    assert "Vienna" in {entity.name for entity in outcome.entities or ()}
    assert (outcome.steps.entities, outcome.steps.places, outcome.steps.dates) == ("run", "run", "none")


def test_other_languages_are_cleaned_and_not_tagged() -> None:
    """Not supported is not the same as none found."""
    german = "Der Bundestag hat am Montag in Berlin über den Haushalt beraten, und viele übten scharfe Kritik. " * 5
    outcome = process(orjson.dumps({"text": german}))
    assert isinstance(outcome, Enriched)
    assert (outcome.mentions, outcome.entities, outcome.steps.entities) == (None, None, "unsupported")


def test_a_record_that_is_too_large_is_degraded_by_rule() -> None:
    """First the texts of the cuts go, then the cuts, then the mentions, each named; then the record is dead."""
    text = TEXT + "\n\nLeave a Reply\n\nYour email address will not be published."
    outcome = process(orjson.dumps({"text": text, "url": "https://news.example/a"}))
    assert isinstance(outcome, Enriched)
    seen = []
    record: Enriched | Rejected | Dead = outcome
    body = encode(outcome)
    while body:
        record, body = fit(outcome, len(body) - 1)
        seen.append(record.truncated if isinstance(record, Enriched) else record.reason)  # type: ignore[union-attr]
    assert seen == [("cuts.text",), ("cuts.text", "cuts"), ("cuts.text", "cuts", "mentions"), DeadReason.TOO_LARGE]
    assert record == Dead(outcome.id, DeadReason.TOO_LARGE, "size", record.detail, "news.example")  # type: ignore[union-attr]


def test_what_was_left_out_is_left_out_alone() -> None:
    """A step of the rule takes what it names and nothing else; a record that fits is as it was, to the byte."""
    outcome = process(orjson.dumps({"text": TEXT + "\n\nLeave a Reply"}))
    assert isinstance(outcome, Enriched)
    body = encode(outcome)
    assert fit(outcome, len(body)) == (outcome, body)
    spans = tuple(replace(cut, text=None) for cut in outcome.cuts or ())
    short, _ = fit(outcome, len(body) - 1)
    assert short == replace(outcome, cuts=spans, truncated=("cuts.text",))
    rejected = process(b'{"text": "Leave a Reply"}')
    assert isinstance(rejected, Rejected)
    assert fit(rejected, len(encode(rejected))) == (rejected, encode(rejected))
    assert isinstance(fit(rejected, len(encode(rejected)) - 1)[0], Dead)


def test_the_record_wins_over_the_page() -> None:
    """Title and date of the record stand before those of its page; the page speaks where the record is silent."""
    page = f"<title>Of the page</title><meta name=date content=2024-05-02><article><p>{TEXT}</article>"
    told = {"title": "Told", "published_at": "2024-05-01"}
    found = [process(orjson.dumps({"html": page, **fields})) for fields in (told, {})]
    assert [one.title for one in found if isinstance(one, Enriched)] == ["Told", "Of the page"]
    dates = [one.published_at for one in found if isinstance(one, Enriched)]
    assert [date and (date.value, date.source) for date in dates] == [("2024-05-01", "record"), ("2024-05-02", "meta")]


def test_cuts_may_be_left_out() -> None:
    """records.cuts = spans keeps offsets only, off keeps nothing."""
    value = orjson.dumps({"text": TEXT + "\n\nLeave a Reply"})
    spans, off = (process(value, rules=Rules(cuts=mode)) for mode in ("spans", "off"))
    assert isinstance(spans, Enriched)
    assert isinstance(off, Enriched)
    assert [cut.text for cut in spans.cuts or ()] == [None]
    assert off.cuts is None
