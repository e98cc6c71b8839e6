"""Refusals are for what is no article, and for nothing else: generated non-articles, and articles in hostile chrome."""

from __future__ import annotations

from collections import Counter

import pytest

from pipeline.enrich.clean import clean_html, clean_text
from pipeline.enrich.shadow import open_shadow_roots
from quality.corpora import rows
from quality.non_articles import non_articles
from quality.score_refusals import in_chrome
from tests.test_cases import CASES, NAMES, expected

ARTICLES = [name for name in NAMES if "text" in expected(name) and (CASES / name / "raw.html").exists()]
FLOOR = 0.9  # of each kind; what sites say of an error has no end


def test_what_is_no_article_is_refused_for_what_it_is() -> None:
    """Consent walls, error pages, script shells, listings and home pages, in eight languages and more."""
    made: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for page in non_articles():
        made[page.kind] += 1
        named[page.kind] += str(clean_html(page.html).refusal) in page.reasons
    assert len(made) == 8
    assert {kind: named[kind] / made[kind] for kind in made if named[kind] < FLOOR * made[kind]} == {}


@pytest.mark.parametrize("name", ARTICLES)
def test_chrome_around_an_article_refuses_nothing(name: str) -> None:
    """Bars, boxes and a consent notice around and inside an article make it neither an error nor a wall."""
    html = (CASES / name / "raw.html").read_bytes()
    if name not in ("utf_16", "wrong_charset_cyrillic"):
        assert clean_html(in_chrome(html.decode())).refusal is None
    assert clean_html(html).refusal is None


@pytest.mark.parametrize(
    "text",
    [
        "The page was not found in the archive of Westmark until a trainee moved the shelf on Monday. It is the last "
        "page of the town's oldest charter.",
        "404 litres of milk were poured into the harbour on Monday.",
        "Access to the old pier is denied to all but fishermen, the harbour board of Westmark said.",
        "The council rejects cookies. It will serve cake at its meetings instead, the mayor said on Friday.",
        "We accept, said the choir, and sang on. The partners of the old mill had offered it their hall.",
        "A school in Westmark teaches JavaScript from the third year on. It needs teachers who know it, too.",
    ],
)
def test_news_that_sounds_like_an_error_stays(text: str) -> None:
    """Words of errors, consent and scripts in a flash of one or two sentences refuse nothing."""
    assert clean_text(text).refusal is None
    page = f"<title>{text[:60]}</title><body><nav><a href=/>Home</a></nav><h1>{text[:60]}</h1><p>{text}</p></body>"
    assert clean_html(page).refusal is None


@pytest.mark.data
def test_real_articles_are_not_refused() -> None:
    """Of 256 pages of publishers in many countries none is."""
    assert [row["id"] for row in rows("pages/fundus") if clean_html(row["html"]).refusal is not None] == []


def test_shadow_roots_are_opened_and_other_templates_are_not() -> None:
    """Each end tag goes with its own start tag; one too many stays as it is."""
    html = "<a-b><template shadowrootmode=open>1<template>2</template></TEMPLATE>3</a-b></template>"
    assert open_shadow_roots(html) == "<a-b><div>1<template>2</template></div>3</a-b></template>"
    assert open_shadow_roots("<template>1</template>") == "<template>1</template>"
