"""Cleaning: no character lost, the right kinds, the fallback, refusals, and little harm."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.enrich.clean import clean_html, clean_text, extract
from pipeline.enrich.clean.align import align
from pipeline.enrich.clean.cuts import make_cuts
from pipeline.enrich.clean.lines import read_lines
from pipeline.enrich.clean.verdicts import Verdict
from pipeline.enrich.page import read_page, text_blocks
from pipeline.reasons import CutKind, RejectReason
from pipeline.records import Cleaned, Page, RawArticle
from pipeline.spans import kept_slices, rebuild, without_cuts

DATA = Path(os.environ.get("ARTICLES_DATA", "../shared/data"))
SENTENCES = [
    "The harbour board of Westmark met again on Monday evening to discuss the old pier.",
    "Engineers found cracks in the main pier during two inspections in the autumn.",
    "Repairs would cost nine million crowns, which the town does not have this year.",
    "Ferries will leave from the fishing quay until a new terminal opens in 2027.",
    "Fishermen fear that the quay is too small for boats and passengers together.",
]
BODY = "".join(f"<p>{sentence} {SENTENCES[i - 1]}</p>" for i, sentence in enumerate(SENTENCES))
BODY_TEXT = "\n".join(f"{sentence} {SENTENCES[i - 1]}" for i, sentence in enumerate(SENTENCES))
FURNITURE = [
    "Leave a Reply",
    "News",
    "Share this:",
    "Related",
    "By Nora Testmann",
    "3 min read",
    "©",
    "Tags: a, b",
    "***",
    "x",
]
TEXTS = st.lists(st.sampled_from([*SENTENCES, *FURNITURE, "", " ", "\t"]) | st.text(max_size=20), max_size=30).map(
    "\n".join
)


def holds(cleaned: Cleaned) -> bool:
    """Every character of the page text is in exactly one kept slice or one cut, and says which."""
    page, cuts = cleaned.page.text, cleaned.cuts
    covered = sorted([*kept_slices(len(page), cuts), *((cut.start, cut.end) for cut in cuts)])
    joined = [0, *(end for _, end in covered)] == [*(start for start, _ in covered), len(page)]
    told = all(cut.text == page[cut.start : cut.end] and 0 <= cut.confidence <= 1 and cut.rule for cut in cuts)
    same = rebuild(cleaned.text, cuts) == page and without_cuts(page, cuts) == cleaned.text
    return joined and told and same and cleaned.text == cleaned.text.strip() and 0 <= cleaned.confidence <= 1


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The rows of a corpus, or a skip."""
    path = DATA / f"{name}.jsonl.gz"
    if not path.exists():
        pytest.skip(f"no {path}: set ARTICLES_DATA")
    with gzip.open(path) as lines:
        yield from map(json.loads, lines)


@given(TEXTS)
def test_no_character_of_a_text_is_lost(text: str) -> None:
    """Kept slices and cuts rebuild any text, and the clean text has no white space around it."""
    assert holds(clean_text(text))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["p", "li", "h1", "nav", "div class=related", "a href=x", "figcaption"]), TEXTS),
        max_size=12,
    )
)
def test_no_character_of_a_page_is_lost(parts: list[tuple[str, str]]) -> None:
    """Kept slices and cuts rebuild the page text of any HTML."""
    assert holds(clean_html("".join(f"<{tag}>{text}</{tag.split()[0]}>" for tag, text in parts)))


def test_separators_go_with_the_cut() -> None:
    """Between kept lines the separator before a cut stays; at the end of the text it goes."""
    text = " A\n\nB\n\n\nC\nD \n"
    page = Page(text, text_blocks(text))
    tags, menu = Verdict(CutKind.TAGS, "t", 0.9), Verdict(CutKind.NAVIGATION, "n", 0.5)
    cuts = make_cuts(page, [None, tags, None, menu])
    assert [cut.text for cut in cuts] == [" ", "B\n\n\n", "\nD \n"]
    assert without_cuts(text, cuts) == "A\n\nC"
    assert [cut.text for cut in make_cuts(page, [tags, tags, menu, None])] == [" A\n\nB\n\n\n", "C\n", " \n"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Leave a Reply", "comment_form"),
        ("12 thoughts on “Old pier”", "comments"),
        ("Share on Facebook", "share_bar"),
        ("You may also like", "related"),
        ("Sign up for our newsletter", "newsletter"),
        ("We use cookies to improve this site", "cookie_notice"),
        ("Back to top", "navigation"),
        ("By Nora Testmann", "byline"),
        ("Photo: Port Authority", "caption"),
        ("Advertisement", "advert"),
        ("Tags: pier, ferries", "tags"),
        ("© 2026 Westmark Courier", "copyright"),
        ("Subscribe to continue reading", "paywall_notice"),
    ],
)
def test_kind_of_a_line_below_the_body(line: str, kind: str) -> None:
    """Each kind of furniture is cut as what it is."""
    cleaned = clean_text(f"{BODY_TEXT}\n{line}")
    assert cleaned.text == BODY_TEXT
    assert [str(cut.kind) for cut in cleaned.cuts] == [kind]


def test_furniture_inside_the_body_is_cut_and_the_body_joined() -> None:
    """Lines between paragraphs that no article says go, with the titles below their heading."""
    first, rest = BODY_TEXT.split("\n", 1)
    cleaned = clean_text(f"{first}\nRelated articles\nStorm damages pier\nAdvertisement\n{rest}")
    assert cleaned.text == BODY_TEXT
    assert [str(cut.kind) for cut in cleaned.cuts] == ["related", "related", "advert"]


def test_prose_that_begins_like_a_button_stays() -> None:
    """Words that are buttons elsewhere begin sentences too."""
    lines = [
        "Share prices of the ferry company fell by four per cent on Monday after the news.",
        "Comments by the chairwoman had raised hopes for the old pier only last week.",
        "Related costs for the town could rise to eleven million crowns, the board said.",
        "Home is where the fishermen of the old quay want to stay, whatever the board decides.",
        "Search teams looked for two missing divers near the pier until late in the night.",
    ]
    text = "\n".join(lines)
    assert clean_text(text).text == text


def test_html_keeps_the_article_and_names_the_rest() -> None:
    """The body stays; menus, teasers, also of a kept sentence, and forms are cut as what they are."""
    html = (
        "<html><head><title>Old pier must go - Courier</title></head><body><nav><ul><li><a href=/>Home</a><li><a "
        "href=/n>News</a></ul></nav>"
        f"<div class=teaser><a href=/1>{SENTENCES[1]}</a></div><article><h1>Old pier must go</h1><p class=byline>By "
        f"Nora Testmann</p>{BODY}"
        "<div class=share-bar>Share</div></article><div id=respond><h3>Leave a Reply</h3><form>Comment "
        "<textarea></textarea></form></div>"
        "<footer>© 2026 Courier</footer></body></html>"
    )
    cleaned = clean_html(html)
    assert (cleaned.text, cleaned.method, cleaned.refusal) == (BODY_TEXT, "trees", None)
    assert {"headline", "byline", "share_bar", "comment_form", "copyright"} <= {str(cut.kind) for cut in cleaned.cuts}
    assert holds(cleaned)


@pytest.mark.parametrize("wrap", ["form", "aside", "details open", "article><section"])
def test_main_text_in_unusual_elements_survives(wrap: str) -> None:
    """A page wrapped whole in a form, an aside or a details element keeps its article."""
    opening = "".join(f"<{tag}>" for tag in wrap.split("><"))
    assert clean_html(f"<body>{opening}{BODY}</body>").text == BODY_TEXT


def test_a_failing_extractor_is_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What trafilatura raises on odd input does not leave the step."""

    def fail(*_args: object, **_options: object) -> str:
        raise ValueError("odd input")

    monkeypatch.setattr("trafilatura.extract", fail)
    assert extract.main_text("<p>a</p>") == ""
    assert clean_html(f"<body>{BODY}</body>").text == BODY_TEXT


def test_alignment_follows_the_order_of_the_extraction() -> None:
    """A teaser that repeats the beginning of a paragraph, and a heading repeated below, are not taken for them."""
    paragraphs = [f"<p>{sentence}</p>" for sentence in (SENTENCES[0][:60], SENTENCES[0], SENTENCES[1], SENTENCES[4])]
    heading = "<h2>The pier</h2>"
    html = paragraphs[0] + heading + paragraphs[1] + paragraphs[2] + heading + paragraphs[3]
    lines = read_lines(read_page(RawArticle("html", html)))
    assert align(lines, "\n".join(["The pier", *SENTENCES[:2]])) == [False, True, True, True, False, False]
    assert not any(align(lines, ""))


REFUSED = [
    ("", "empty_after_cleaning"),
    ("Leave a Reply\n\nYour email address will not be published.", "empty_after_cleaning"),
    ("404 Not Found", "error_page"),
    ("Page not found\n\nThe page you requested could not be found.", "error_page"),
    ("Please enable JavaScript to view this page.", "needs_javascript"),
    (
        "We value your privacy\nWe and our partners store cookies on your device.\nAccept all\nReject all",
        "consent_page",
    ),
    ("\n".join(f"Harbour story {i}" for i in range(30)), "not_an_article"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_refused_texts(text: str, reason: str) -> None:
    """What is clearly no article is refused with its reason and measurements."""
    cleaned = clean_text(text)
    assert cleaned.refusal is RejectReason(reason)
    assert cleaned.measurements["words"] >= 0


def test_refused_pages() -> None:
    """Script shells, error pages and pages of links alone are refused."""
    links = "".join(f"<li><a href=/{i}>Harbour story number {i} of today</a></li>" for i in range(40))
    assert (
        clean_html("<body><div id=app></div><script src=a.js></script></body>").refusal is RejectReason.NEEDS_JAVASCRIPT
    )
    assert (
        clean_html("<title>404 Not Found</title><h1>Not Found</h1><p>Nothing here.</p>").refusal
        is RejectReason.ERROR_PAGE
    )
    assert clean_html(f"<body><ul>{links}</ul></body>").refusal is RejectReason.NOT_AN_ARTICLE


@pytest.mark.parametrize(
    "text",
    [
        "The mayor of Westmark resigned on Monday. A vote follows next week.",
        "Ferry sinks off Westmark.",
        "404 people were rescued from the ferry on Monday, the coast guard said.",
        "Forbidden islands off Westmark open to visitors. The first boat leaves on Monday.",
        "The court ruled that consent to cookies must be free. We value your privacy, the company had written to its "
        "users in spring.",
    ],
)
def test_short_news_is_flagged_never_refused(text: str) -> None:
    """A flash of one or two sentences is an article, whatever words it holds."""
    cleaned = clean_text(text)
    assert (cleaned.text, cleaned.refusal, cleaned.flags) == (text, None, ("short",))


def test_a_paywall_stub_is_kept_and_flagged() -> None:
    """A notice below the text, or the page's own word, flags; a newsletter box does not."""
    assert "paywalled" in clean_text(f"{BODY_TEXT}\nAlready a subscriber? Log in").flags
    assert "paywalled" not in clean_text(f"{BODY_TEXT}\nSign up for our newsletter").flags
    stated = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
    assert "paywalled" in clean_html(f"<head>{stated}</head><body>{BODY}</body>").flags


def test_the_same_page_gives_the_same_result() -> None:
    """Cleaning remembers nothing: the hundredth time is as the first."""
    html = f"<body><h1>Pier</h1>{BODY}<p>Share</p></body>"
    assert len({(clean_html(html).text, clean_html(html).cuts) for _ in range(60)}) == 1


@pytest.mark.data
def test_harm_on_clean_articles() -> None:
    """Of real articles that are clean already, at most 0.2% of the characters is cut, and none is refused."""
    lost = total = 0
    for row in rows("articles/worldwide-raw"):
        cleaned = clean_text(row["text"])
        assert holds(cleaned)
        assert cleaned.refusal is None
        lost += sum(cut.end - cut.start for cut in cleaned.cuts if cut.rule != "outer_whitespace")
        total += len(row["text"])
    assert lost / total <= 0.002


@pytest.mark.data
@pytest.mark.parametrize("name", ["fundus", "mozilla-readability", "newspaper4k", "trafilatura-half"])
def test_invariants_on_real_pages(name: str) -> None:
    """On every real page the cuts rebuild the page text, and few cut characters are of kind other."""
    cut = other = 0
    for row in rows(f"pages/{name}"):
        cleaned = clean_html(row["html"])
        assert holds(cleaned)
        cut += sum(one.end - one.start for one in cleaned.cuts)
        other += sum(one.end - one.start for one in cleaned.cuts if one.kind is CutKind.OTHER)
    assert other <= 0.05 * cut
