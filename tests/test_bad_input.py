"""Bad input, kind by kind, through the whole flow: nothing raises or vanishes, and each reason is the true one."""

from __future__ import annotations

import orjson
import pytest

from pipeline import process
from pipeline.flow import Rules
from pipeline.records import Dead, Enriched, Headers, Json, Limits, Outcome, Rejected

PROSE = "The council of Vienna met on Monday. Anna Gruber said that the budget was late, and nobody disagreed. "
BODY = PROSE * 3
PAGE: Headers = [("content-type", b"text/html; charset=utf-8")]
MEGABYTES = 1_000_000


def reason(outcome: Outcome) -> str:
    """'enriched', or why not."""
    return "enriched" if isinstance(outcome, Enriched) else str(outcome.reason)


def enriched(outcome: Outcome) -> Enriched:
    assert isinstance(outcome, Enriched), outcome
    return outcome


@pytest.mark.parametrize(
    ("value", "headers", "why"),
    [
        (None, [], "no_value"),
        (b"", [], "invalid_json"),
        (b" \n", [], "invalid_json"),
        (b"\x00", [], "invalid_json"),
        (b"\xff\xfe\xfd", [], "invalid_json"),
        (b"<html><p>A page without its header.", [], "invalid_json"),
        (b'{"text": "cut off', [], "invalid_json"),
        (b"[]", [], "not_an_object"),
        (b'"text"', [], "not_an_object"),
        (b"NaN", [], "not_an_object"),
        (b'{"text": 7}', [], "wrong_type"),
        (b'{"html": ["<p>"]}', [], "wrong_type"),
        (b'{"html_base64": "%%%"}', [], "wrong_type"),
        (b'{"text": "a", "url": NaN, "title": Infinity}', [], "enriched"),
        (b"{}", [], "no_content"),
        (b'{"text": "", "html": "", "html_base64": ""}', [], "no_content"),
        (b'{"text": NaN}', [], "no_content"),
        (b'{"text": "\\u0000\\u0000"}', [], "no_content"),
        (b"", PAGE, "no_content"),
        (b"\xef\xbb\xbf \x00", PAGE, "no_content"),
        (b'{"text": "a"}', [("schema", b"raw/2")], "unsupported_schema"),
        (b'{"text": "a"}', [("schema", b"\xff")], "unsupported_schema"),
        (b"not even JSON", [("schema", b"2")], "unsupported_schema"),
        (b'{"text": "' + b"a" * 20 * MEGABYTES + b'"}', [], "too_large"),
        (b'{"html": "' + b"<p>a" * 5 * MEGABYTES + b'"}', [], "too_large"),
        (b"\x00" * 20 * MEGABYTES, [], "too_large"),
        (b"<p>" + b"a" * 20 * MEGABYTES, PAGE, "too_large"),
        (b'{"html": "' + b"<p>a" * 1_500_000 + b'"}', [], "too_large"),
        (b"<p>" + b"a" * 6 * MEGABYTES, PAGE, "too_large"),
        (b"<div>" * 200_000, PAGE, "too_deep"),
        (b'{"html": "' + b"<div>" * 200_000 + b'"}', [], "too_deep"),
        (b'{"text": "a", "b": ' + b"[" * 200_000, [], "too_deep"),
        (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, [], "too_deep"),
        (b'{"text": "a", "b": ' + b"[" * 300 + b"]" * 300 + b"}", [], "too_deep"),
        (b'{"text": "Leave a Reply"}', [], "empty_after_cleaning"),
    ],
    ids=lambda part: repr(part[:24]) if isinstance(part, bytes) else None,
)
def test_the_reason_is_the_true_one(value: bytes | None, headers: Headers, why: str) -> None:
    """What cannot be read is dead, what can be read and is no article is rejected."""
    outcome = process(value, headers)
    kind = {"enriched": Enriched, "empty_after_cleaning": Rejected}.get(why, Dead)
    assert (why, kind) == (reason(outcome), type(outcome))


def test_twenty_megabytes_where_the_limits_allow_them() -> None:
    """Limits are an operator's: a text of 20 MB is an article like others, and its text is whole."""
    text = PROSE.strip() + "\n" + "\n".join([PROSE.strip()] * (20 * MEGABYTES // len(PROSE)))
    rules = Rules(limits=Limits(record_bytes=32 * MEGABYTES, html_bytes=32 * MEGABYTES), entity_languages=())
    assert enriched(process(orjson.dumps({"text": text}), rules=rules)).text == text


@pytest.mark.parametrize(
    ("before", "after"),
    [("\ufeff", ""), ("\0", "\0"), ("\r\n", "\r\n"), ("\x1b", "\x7f")],
    ids=["mark", "nul", "line ends", "controls"],
)
def test_marks_and_controls_leave_the_text(before: str, after: str) -> None:
    """A byte order mark, NUL and other controls around an article go; the article stays to the letter."""
    text = BODY.strip()
    assert enriched(process(orjson.dumps({"text": before + text + after}))).text == text


@pytest.mark.parametrize("marks", [1, 2])
def test_marks_before_the_json(marks: int) -> None:
    """UTF-8 with a byte order mark is read, and with the second one that another program put before it."""
    value = b"\xef\xbb\xbf" * marks + orjson.dumps({"text": BODY.strip()})
    assert enriched(process(value)).text == BODY.strip()


def test_nan_is_null_and_lone_surrogates_are_replaced() -> None:
    """Wherever they stand in the record; a joined pair is a character."""
    value = orjson.dumps({"text": BODY.strip()})[:-1]
    value += b', "a": [NaN, -Infinity], "b": "\\ud800", "\\ud83d\\ude00": 1, "url": NaN}'
    found = enriched(process(value))
    assert (found.extra, found.url) == ({"a": [None, None], "b": "\ufffd", "\U0001f600": 1}, None)


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({"id": 7}, {"id": 7}),
        ({"id": 7, "extra": {"id": 8, "rank": 1}}, {"id": 7, "rank": 1}),
        ({"extra": {"text": "x", "url": "y", "extra": {"z": None}}}, {"text": "x", "url": "y", "extra": {"z": None}}),
        ({"extra": None, "schema": "raw/9"}, {"schema": "raw/9"}),
        ({"Text": "other case", "": {}}, {"Text": "other case", "": {}}),
    ],
)
def test_what_is_not_named_is_carried(extra: dict[str, Json], expected: dict[str, Json]) -> None:
    """Under `extra`, its own merged and losing; `id` is such a field, and a `schema` inside the value is too."""
    assert enriched(process(orjson.dumps({"text": BODY, **extra}))).extra == expected


def test_html_wins_over_text() -> None:
    """With both the page is read, and the record says so; the id is that of the text, which tells deliveries apart."""
    both = enriched(process(orjson.dumps({"text": "Another text.", "html": f"<p>{BODY}"})))
    text = enriched(process(orjson.dumps({"text": BODY})))
    assert (both.input, both.text, text.input) == ("html", BODY.strip(), "text")
    assert both.id != text.id
    assert enriched(process(orjson.dumps({"text": BODY, "html": f"<p>{BODY}"}))).id == text.id


def test_a_page_as_the_value_says_the_same_as_in_json() -> None:
    """URL and time come from headers; all but `extra` and the id of what has no URL is as if it had come as JSON."""
    page = f"<html lang=en><title>Größe</title><article><p>{BODY}</article>"
    headers = [*PAGE, ("url", b"http://www.news.example/a?utm_source=x"), ("fetched-at", b"2024-05-15T08:00:00+02:00")]
    fields = {"html": page, "url": "http://www.news.example/a?utm_source=x", "fetched_at": "2024-05-15T06:00:00Z"}
    found = enriched(process(page.encode(), headers))
    assert found == process(orjson.dumps(fields))
    assert (found.url, found.site) == ("https://news.example/a", "news.example")
    assert found.fetched_at == "2024-05-15T06:00:00Z"
    latin = enriched(process(page.encode("latin-1"), [("content-type", b"text/html; charset=iso-8859-1")]))
    assert latin.title == "Größe"


def test_fetched_at_comes_only_from_the_record() -> None:
    """Without it the field is null: no clock, no time of the message."""
    assert enriched(process(orjson.dumps({"text": BODY}))).fetched_at is None
    assert enriched(process(orjson.dumps({"text": BODY}), [("fetched-at", b"2024-05-15T06:00:00Z")])).fetched_at is None


@pytest.mark.parametrize(
    "page",
    [
        '<script type="application/ld+json">{"@type": ' + "[" * 1000 + "]" * 1000 + "}</script>",
        '<script type="application/ld+json">' + '{"@graph": ' * 1000 + "1" + "}" * 1000 + "</script>",
        '<meta property="og:title" content="' + "x" * MEGABYTES + '">',
        "<b>" * 4000,
        "<a href=x>" * 20_000,
        "<table>" * 2000,
        "&#0;&#1;&#xD800;&#x110000;&#99999999999;",
        "<p>" + "&nbsp;" * 10_000,
        "<p hidden>" * 1000,
        "<!-->" * 1000,
        "<svg><style><![CDATA[" * 100 + "]]></style></svg>",
    ],
    ids=lambda page: page[:24],
)
def test_an_article_in_a_hostile_page_is_found(page: str) -> None:
    """What stands before an article does not cost it its text, its title is of bounded length, no control is left."""
    found = enriched(process(f"{page}<article><p>{BODY}<p>{BODY}</article>".encode(), PAGE))
    assert BODY.strip() in found.text
    assert len(found.title or "") <= 500
    assert not any(character < " " and character != "\n" for character in found.text)
