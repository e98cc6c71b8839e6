"""Decode: every way in, every reason to die, and what holds for any bytes and headers."""

from __future__ import annotations

import base64
import json

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.enrich.decode import decode
from pipeline.enrich.identity import article_id
from pipeline.reasons import DeadReason
from pipeline.records import Dead, Headers, Json, Limits, RawArticle, encode
from tests.counting import calls
from tests.strategies import headers_, hostile_objects, hostile_values

LIMITS = Limits()
PAGE: Headers = [("content-type", b"text/html")]

NAMED = ("url", "title", "published_at", "fetched_at", "language", "source")
documents = st.builds(
    lambda parsed, codec: json.dumps(parsed).encode(codec),
    hostile_objects() | hostile_values(),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"]),
)


def article(value: bytes | None, headers: Headers = (), limits: Limits = LIMITS) -> RawArticle:
    """The article that a value decodes to; a test fails when it is dead."""
    found = decode(value, headers, limits)
    assert isinstance(found, RawArticle), found
    return found


def dead(value: bytes | None, headers: Headers = (), limits: Limits = LIMITS) -> Dead:
    """The dead record of a value; a test fails when it can be read."""
    found = decode(value, headers, limits)
    assert isinstance(found, Dead), found
    assert found.step == "decode"
    assert len(found.detail) < 300
    return found


def record(**fields: Json) -> bytes:
    """A raw record."""
    return json.dumps(fields).encode()


# --- properties ---------------------------------------------------------------------------------------------------


@settings(max_examples=300)
@given(st.none() | st.binary() | documents, headers_())
@example(b'{"text": "a", "b": ' + b"9" * 5000 + b"}", [])
@example(b'{"text": "\\ud83d", "\\ud83d": ["\\ude00", -1e999, Infinity]}', [])
@example(b"\xff\xfe{", [])
@example(b"<p>\x1b$B", [("content-type", b"text/html; charset=iso-2022-jp")])
def test_decode_returns_the_same_for_any_bytes_and_headers(value: bytes | None, headers: Headers) -> None:
    """Any bytes and headers give an article or a dead record, twice the same, and it can be written as UTF-8 JSON."""
    found = decode(value, headers, LIMITS)
    assert repr(found) == repr(decode(value, headers, LIMITS))
    assert orjson.loads(encode(found))
    if isinstance(found, RawArticle):
        assert found.content.strip()
        assert not any(character in found.content for character in "\x00\r\x0b\x0c\u2028\x85")


@given(hostile_objects())
def test_every_other_field_is_carried_under_extra(fields: dict[str, Json]) -> None:
    """What the contract does not name is under `extra`, as JSON can say it."""
    fields = {**fields, "text": "A text.", "html": None, "html_base64": None, "extra": None}
    fields |= dict.fromkeys(NAMED)
    value = json.dumps(fields).encode()
    others = fields.keys() - {"text", "html", "html_base64", "extra", *NAMED}
    whole = {key.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for key in others}
    assert whole == set(article(value).extra)


@given(hostile_values())
def test_fast_and_slow_parsers_agree(parsed: Json) -> None:
    """Where orjson reads a value, a byte order mark, which sends it to the standard library, changes nothing."""
    value = b'{"text": "a", "x": ' + json.dumps(parsed).encode() + b"}"
    try:
        orjson.loads(value)
    except ValueError:
        return
    assert repr(article(value)) == repr(article(b"\xef\xbb\xbf" + value))


# --- ways in ------------------------------------------------------------------------------------------------------


def test_a_full_record() -> None:
    """Each named field arrives, trimmed; others are under `extra`."""
    found = article(
        record(
            text=" A text.\r\nTwo lines.",
            url=" https://example.com/a ",
            title="\tA\ttitle\n \x00",
            published_at="2024-05-01",
            fetched_at="2024-05-02T00:00:00Z",
            language="en",
            source="desk",
            id=7,
            extra={"id": 8, "rank": 1},
        )
    )
    assert found == RawArticle(
        input="text",
        content=" A text.\nTwo lines.",
        delivered=" A text.\r\nTwo lines.",
        url="https://example.com/a",
        title="A title",
        published_at="2024-05-01",
        fetched_at="2024-05-02T00:00:00Z",
        language="en",
        source="desk",
        extra={"id": 7, "rank": 1},
    )


@pytest.mark.parametrize(
    ("fields", "kind", "content"),
    [
        ({"html": "<p>h", "html_base64": "PHA+Yg==", "text": "t"}, "html", "<p>h"),
        ({"html": " \ufeff\x00", "html_base64": "PHA+Yg==", "text": "t"}, "html", "<p>b"),
        ({"html": None, "html_base64": "", "text": "t"}, "text", "t"),
        ({"text": "\ufefft"}, "text", "t"),
    ],
)
def test_html_wins_over_text(fields: Json, kind: str, content: str) -> None:
    """The first of html, html_base64 and text that is not blank is read; `delivered` is the text all the same."""
    found = article(record(**fields))
    assert (kind, content, fields["text"]) == (found.input, found.content, found.delivered)


def test_a_blank_text_is_not_what_was_delivered() -> None:
    """Pages without URL that all carry an empty text do not share an id."""
    assert article(record(html="<p>a", text=" ")).delivered is None


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-be"])
def test_json_of_other_unicode_forms(codec: str) -> None:
    """JSON in UTF-8, -16 or -32, with or without a byte order mark, is read."""
    assert article('{"text": "Größe 😀"}'.encode(codec)).content == "Größe 😀"


def test_json_that_only_the_standard_library_reads() -> None:
    """NaN and numbers out of range become null or a float, surrogates are joined or replaced, at any depth."""
    value = b'{"text": "a\\ud83d\\ude00b\\ud800", "\\udc00": [NaN, -Infinity, 1e999, {"\\ud800": "\\udfff"}]'
    value += b', "big": 18446744073709551616, "huge": ' + b"7" * 5000 + b', "low": -9223372036854775808}'
    found = article(value)
    assert found.content == found.delivered == "a😀b\ufffd"
    assert found.extra == {
        "\ufffd": [None, None, None, {"\ufffd": "\ufffd"}],
        "big": 18446744073709551616.0,
        "huge": None,
        "low": -(2**63),
    }
    assert article(b'{"text": "\xed\xa0\x80"}').content == "\ufffd"


def test_an_extra_that_is_no_object_is_kept() -> None:
    """An `extra` of another type is a field like others; null is none."""
    assert article(record(text="a", extra=[1], b=2)).extra == {"extra": [1], "b": 2}
    assert article(record(text="a", extra=None)).extra == {}


def test_the_value_is_the_page_itself() -> None:
    """With a content type of HTML the value is the page, and its URL and time are headers; names have any case."""
    headers: Headers = [
        ("Content-Type", b"Text/HTML ; Charset='ISO-8859-1'"),
        ("url", b"https://example.com/old"),
        ("url", b"https://example.com/\xff"),
        ("url", None),
        (" Fetched-At", b"2024-05-02T00:00:00Z"),
        ("\x00", b"\xff"),
    ]
    assert article("<p>été".encode("latin-1"), headers) == RawArticle(
        input="html", content="<p>été", url="https://example.com/\ufffd", fetched_at="2024-05-02T00:00:00Z"
    )
    assert article(b"<p>a", [("content-type", b"application/xhtml+xml")]).content == "<p>a"


@pytest.mark.parametrize("schema", [None, b"1", b"raw/1"])
def test_schema_versions_that_are_read(schema: bytes | None) -> None:
    """A record without a schema header is version 1."""
    assert article(record(text="a"), [("schema", schema)]).content == "a"


def test_a_broken_encoding_is_repaired_and_flagged() -> None:
    """Mojibake in the content is undone and the record says so; a title is repaired too, a sound text has no flag."""
    broken = "Der Bürgermeister öffnete die Brücke".encode().decode("latin-1")
    found = article(record(text=broken, title="Ã‰tÃ©"))
    assert (found.content, found.title) == ("Der Bürgermeister öffnete die Brücke", "Été")
    assert found.flags == ("repaired_encoding",)
    assert found.delivered == broken
    assert article(record(text="Straße, “Été”")).flags == ()


# --- reasons to die -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "headers", "reason", "detail"),
    [
        (None, [], "no_value", "no value"),
        (b"", [], "invalid_json", "Expecting value at character 0"),
        (b"{", [], "invalid_json", "at character 1"),
        (b"<p>secret</p>", [], "invalid_json", "at character 0"),
        (b'{"text": "\xe9"}', [], "invalid_json", "not utf-8 at byte 10"),
        (b'["secret"]', [], "not_an_object", "an array"),
        (b"null", [], "not_an_object", "null"),
        (b"NaN", [], "not_an_object", "null"),
        (b'"secret"', [], "not_an_object", "a string"),
        (b'{"text": ["secret"], "url": 7}', [], "wrong_type", "text is an array, url is a number"),
        (b'{"text": "a", "title": {"secret": 1}}', [], "wrong_type", "title is an object"),
        (b'{"text": "a", "published_at": 1714521600}', [], "wrong_type", "published_at is a number"),
        (b'{"text": "a", "language": true}', [], "wrong_type", "language is a boolean"),
        (b'{"html_base64": "secret!"}', [], "wrong_type", "html_base64"),
        (b'{"html_base64": "PHA+\\n"}', [], "wrong_type", "html_base64"),
        (b'{"html_base64": "\xc3\xa9"}', [], "wrong_type", "html_base64"),
        (b"{}", [], "no_content", "missing or blank"),
        (b'{"text": " \\u00a0\\u0000\\ufeff", "html": null, "html_base64": ""}', [], "no_content", "blank"),
        (b'{"html_base64": "ICA="}', [], "no_content", "blank"),
        (b"", PAGE, "no_content", "blank"),
        (b"\xff\xfe \x00", PAGE, "no_content", "blank"),
        (b'{"text": "a"}', [("schema", b"2")], "unsupported_schema", "raw/1"),
        (b'{"text": "a"}', [("schema", b"enriched/1")], "unsupported_schema", "raw/1"),
        (b"[" * 1_000_000, [], "too_deep", "200 levels"),
        (b'{"a":' * 1_000_000, [], "too_deep", "200 levels"),
    ],
)
def test_reasons(value: bytes | None, headers: Headers, reason: str, detail: str) -> None:
    """Each kind of bad record has its reason, and a detail that says what is wrong without any of the content."""
    found = dead(value, headers)
    assert (reason, True) == (found.reason, detail in found.detail), found
    assert "secret" not in found.detail


def test_a_dead_record_has_the_id_of_its_article() -> None:
    """The id of a letter is that of the article where URL or text could be read, else that of its bytes."""
    url, value = "https://example.com/a", record(url="http://www.example.com/a/", text=7)
    assert dead(value).id == article_id(url, None, None)
    assert dead(b"", [*PAGE, ("url", url.encode())]).id == article_id(url, None, None)
    assert dead(record(text="a", title=7)).id == article_id(None, "a", None)
    assert dead(b"{").id == article_id(None, None, b"{")
    assert (dead(value).site, dead(b"{").site) == ("example.com", None)


def test_sizes() -> None:
    """Records and pages over their limit are dead and both numbers are named; at the limit they are read."""
    limits = Limits(record_bytes=100, html_bytes=20)
    value = record(text="a" * 88)
    assert len(value) == 100
    assert article(value, limits=limits).input == "text"
    assert dead(value + b" ", limits=limits).detail == "the record has 101 bytes, over the limit of 100"
    assert article(record(html="<p>" + "a" * 17), limits=limits).input == "html"
    for too_large in (
        dead('{"html": "<p>ééééééééa"}'.encode() + b" " * 10, limits=Limits(record_bytes=100, html_bytes=19)),
        dead(record(html_base64=base64.b64encode(b"a" * 20).decode()), limits=Limits(html_bytes=19)),
        dead(b"a" * 20, PAGE, limits=Limits(html_bytes=19)),
    ):
        assert too_large.reason == DeadReason.TOO_LARGE
        assert too_large.detail == "the page has 20 bytes, over the limit of 19"


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_json_of_200_levels_can_be_written_again(opening: bytes) -> None:
    """200 levels are read and can be written as `extra`; one more is dead."""
    closing = b"]" if opening == b"[" else b"}"
    inner = b"1" if opening != b"[" else b""
    for depth, is_read in ((199, True), (200, False), (250, False), (1020, False), (5000, False)):
        value = b'{"text": "a", "x": ' + opening * depth + inner + closing * depth + b"}"
        found = decode(value, (), LIMITS)
        assert isinstance(found, RawArticle) is is_read
        assert encode(found)
        if isinstance(found, Dead):
            assert found.reason == DeadReason.TOO_DEEP
            assert repr(found).replace(found.id, "") == repr(dead(b"\xef\xbb\xbf" + value)).replace(
                dead(b"\xef\xbb\xbf" + value).id, ""
            )


def test_a_deep_page_is_dead_at_once() -> None:
    """200,000 open elements are refused without being counted to the end; text input is never scanned for tags."""
    page = b"<div>" * 200_000
    assert dead(page, PAGE).reason == DeadReason.TOO_DEEP
    assert calls(dead, page, PAGE) == calls(dead, page[:50_000], PAGE)
    assert article(record(text=page.decode())).input == "text"
