"""What the markup says of the article, and that no markup makes it raise."""

from __future__ import annotations

import pytest
from hypothesis import given

from pipeline.enrich.page import read_page
from pipeline.records import DateCandidate, Page, RawArticle
from tests.strategies import broken_texts, hostile_html

LD = '<script type="application/ld+json">%s</script>'


def read(html: str) -> Page:
    """A page of HTML, read."""
    return read_page(RawArticle("html", html))


def test_metadata_in_order_of_trust() -> None:
    """Title, byline, dates, language and paywall come from JSON-LD and meta elements, an article node before others."""
    page = read(
        '<html lang="en-GB"><head><title>Old pier | Courier</title><meta property="og:title" content=" Old  pier ">'
        '<meta property="article:published_time" content="2026-10-12"><meta property="og:locale" content="de_DE">'
        + LD
        % '{"@graph": [{"@type": "WebPage", "datePublished": "2020-01-01"}, {"@type": ["Thing", "NewsArticle"], '
        '"datePublished": "2026-10-12T08:00:00Z", "author": [{"name": "Nora Testmann"}, "Tom Beispiel"], '
        '"isAccessibleForFree": "False"}]}'
        + '</head><body><time datetime="2026-10-13">yesterday</time></body></html>'
    )
    assert (page.title, page.byline) == ("Old pier", "Nora Testmann, Tom Beispiel")
    assert (page.language, page.paywalled) == ("en-GB", True)
    assert page.published_at == (
        DateCandidate("json-ld", "2026-10-12T08:00:00Z"),
        DateCandidate("json-ld", "2020-01-01"),
        DateCandidate("meta", "2026-10-12"),
        DateCandidate("meta", "2026-10-13"),
    )


@pytest.mark.parametrize(
    "script",
    [
        *("", "{", '"text"', "null", "[" * 100_000, '{"a": "' + "x" * 400_000),
        '{"@type": 5, "author": {"name": 7}, "datePublished": []}',
        '{"@type": ' + "[" * 1015 + "]" * 1015 + "}",
        '{"author": ' + '[{"name": ' * 500 + "1" + "}]" * 500 + "}",
        '{"@graph": ' * 1015 + "1" + "}" * 1015,
    ],
    ids=lambda script: script[:12],
)
def test_bad_json_ld_is_passed_over(script: str) -> None:
    """JSON-LD that is broken, deep, huge or of wrong types says nothing, and stops nothing."""
    page = read(LD % script + "<p>Text.</p>")
    assert (page.text, page.byline, page.published_at) == ("Text.", None, ())


def test_json_ld_with_line_breaks_in_strings_is_read() -> None:
    """The commonest mistake in JSON-LD does not cost its metadata."""
    assert read(LD % '{"@type": "Article", "headline": "Old\n pier"}').title == "Old pier"


@pytest.mark.parametrize(
    "around",
    ["%s", "<div hidden>%s</div>", "<b style='display:none'>%s</b>", "<noscript>%s</noscript>", "<p>x</p><b>%s</b>"],
)
def test_what_is_stated_in_the_body_counts(around: str) -> None:
    """JSON-LD, <meta> and <time> outside the head are read, hidden ones too, in the order of the page."""
    facts = '<meta itemprop=author content="Runa Feld"><time datetime=2026-01-02>2 January</time><time>no date</time>'
    body = around % (facts + LD % '{"headline": "Old pier"}') + "<time datetime=2026-01-03></time>"
    page = read(f"<body>{body}<p>{'It stands in the bay. ' * 20}</p>")
    assert (page.title, page.byline) == ("Old pier", "Runa Feld")
    assert [date.raw for date in page.published_at] == ["2026-01-02", "2026-01-03"]


def test_controls_and_length() -> None:
    """Fields are one line each, without controls, of 500 characters at most; a name that is a URL is no name."""
    title, author = "A&#1;B\n " + "x" * 600, "https://a.example/n"
    page = read(f'<meta property="og:title" content="{title}"><meta name=author content="{author}">')
    assert page.title == "AB " + "x" * 495
    assert page.byline is None


@given(hostile_html(), broken_texts())
def test_any_markup_has_an_answer(html: str, script: str) -> None:
    """Never raises, and what is found is one line of bounded length."""
    page = read(f"<title>{script}</title>{LD % script}<meta name=author content='{script}'>{html}")
    for field in (page.title, page.byline, page.language, *(date.raw for date in page.published_at)):
        assert field is None or (0 < len(field) <= 500 and " ".join(field.split()) == field)
