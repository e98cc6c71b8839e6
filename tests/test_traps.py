"""Pages and texts that cost libraries minutes, through the real children at the real limits: each comes out in time.

Deadline and memory are the defaults, 2 s of processor time and, for these, 600 MB; on a machine that is busy with other
work processor time stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from pipeline.enrich.clean import clean_html
from pipeline.enrich.clean.extract import MAX_BLOCKS, MAX_CELLS, MAX_CHARS, MAX_TAGS, is_bounded
from pipeline.job import Job, enricher_config
from pipeline.pool import Pool, PoolRules
from pipeline.records import FileOrigin, Limits
from pipeline.settings import Settings

ROOT = Path(__file__).parent.parent
PROSE = "The council of Vienna met on Monday. Anna Gruber said that the budget was late, and nobody disagreed. "
BODY = f"<article>{f'<p>{PROSE * 3}' * 6}</article>"
SIZE = Limits().html_bytes - 4000


def full(piece: str, size: int = SIZE) -> str:
    """The piece over and over, as many bytes as a page may have."""
    return piece * (size // len(piece.encode()))


def many(piece: str, end: str = "") -> str:
    """The piece as often as a page may have tags."""
    return (piece + end) * ((Limits().html_bytes // 128 - 40) // (piece + end).count("<"))


ATTRIBUTES = " ".join(f"a{i}=1" for i in range(200_000))
CROWDED = "<p " + " ".join(f"a{i}" for i in range(2700)) + ">x"
PAGES = {  # and what may become of them
    "200k attributes": (f"<div {ATTRIBUTES}>{BODY}", {"too_deep"}),
    "attributes behind a quoted sign": (f'<a x=">" {ATTRIBUTES}>{BODY}', {"too_deep"}),
    "attributes behind an open quote": (f'<script>a<b x="</script><a {ATTRIBUTES}>{BODY}', {"too_deep"}),
    "tags of 400 attributes": (full("<p " + " ".join(f"a{i}" for i in range(200)) + ">x") + BODY, {"too_deep"}),
    "crowded tags": (full(CROWDED) + BODY, {"too_deep"}),
    "20k nested tags": ("<div>" * 20_000 + BODY, {"too_deep"}),
    "200k nested tags": ("<div>" * 200_000 + BODY, {"too_deep"}),
    "as deep as allowed, again and again": (("<div>a" * 4900 + "</div>" * 4900) * 4 + BODY, {"enriched"}),
    "50k table rows": ("<table>" + "<tr><td>one</td><td>two</td></tr>" * 50_000 + "</table>" + BODY, {"too_large"}),
    "6k table rows": ("<table>" + many("<tr><td>one</td><td>two</td></tr>") + "</table>" + BODY, {"enriched"}),
    "rows without a table": (many("<tr>x y z w") + BODY, {"enriched"}),
    "definitions": ("<dl>" + many("<dt>x<dd>y") + "</dl>" + BODY, {"enriched"}),
    "20k links": (many("<a href=/x>link</a>") + BODY, {"enriched"}),
    "links in a list": ("<ul>" + many("<li><a href=/x>One headline of six words</a>") + "</ul>" + BODY, {"enriched"}),
    "5 MB of paragraphs": (full(f"<p>{PROSE} {PROSE}"), {"enriched"}),
    "5 MB of short paragraphs": (full("<p>x"), {"too_large"}),
    "40k short paragraphs": (many("<p>x") + BODY, {"enriched"}),
    "paragraphs alike at the start": ("".join(f"<p>{PROSE[: 20 + i % 60]}" for i in range(40_000)), {"enriched"}),
    "one line of 5 MB": ("<p>" + full(PROSE), {"enriched"}),
    "one word of 5 MB": ("<p>" + full("a"), {"enriched"}),
    "one line without spaces": ("<p>" + full("漢"), {"enriched"}),
    "less-than signs": (full("<"), {"too_large"}),
    "unfinished tags": (full("<a "), {"too_deep"}),
    "one unfinished tag": ("<a " + full("b ") + BODY, {"too_deep"}),
    "one comment": ("<!--" + full("- ") + BODY, {"empty_after_cleaning", "no_content"}),
    "empty elements": (many("<div></div>") + BODY, {"enriched"}),
    "breaks": (many("<br>") + BODY, {"enriched"}),
    "unclosed formatting": (("<b><p>a" * 400) + BODY, {"enriched"}),
    "references": ("<p>" + full("&amp;") + BODY, {"enriched"}),
    "NUL": ("<p>" + full("\0") + BODY, {"enriched"}),
    "white space": ("<pre>" + full("\n") + BODY, {"enriched"}),
    "a script of 5 MB": ("<script>" + full("var a = 1;") + "</script>" + BODY, {"enriched"}),
    "data of 5 MB": ('<script type="application/ld+json">[' + full('{"@type":"Article"},') + "0]</script>" + BODY,
                     {"enriched"}),
    "times": (many("<time datetime=2024-01-01>x</time>") + BODY, {"enriched"}),
    "shadow roots": (many("<x-y><template shadowrootmode=open><table><td></template></x-y>") + BODY,
                     {"too_deep", "enriched"}),
    "mojibake": ("<p>" + full("Ã¼ber "), {"enriched"}),
    "combining marks": ("<p>a" + full("\u0301") + BODY, {"enriched"}),
    "names": ("<p>" + full("Anna Gruber of Vienna met Paul Weber in Berlin. "), {"enriched"}),
    "dates": ("<p>" + full("On 12 October 2026 and 3 May 2024. "), {"enriched"}),
}  # fmt: skip
TEXTS = {
    "short lines": (full("a\n"), {"too_large"}),
    "50k lines of a form": ("Leave a Reply\n" * 50_000, {"empty_after_cleaning"}),
    "50k lines alike at the start": ("".join(f"{PROSE[: 20 + i % 60]}\n" for i in range(50_000)), {"enriched"}),
    "50k sentences": (f"{PROSE}\n" * 50_000, {"enriched"}),
    "one line": (full(PROSE), {"enriched"}),
    "markup": (full("<p>x"), {"enriched"}),
}


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """One child with the flow, under the default deadline and 600 MB."""
    children = PoolRules(children=1, memory_bytes=600 * 1024**2)
    pool = Pool(children, "pipeline.job:enricher", enricher_config(Settings()))
    yield pool
    pool.close()


def outcome(pool: Pool, job: Job) -> str:
    """'enriched', or why not; with what was extracted being there, and no child lost at a first try."""
    (result,) = pool.submit([job]).result(120)
    assert not pool.take_kills()
    if result.outcome != "enriched":
        return result.reason or ""
    return "enriched" if orjson.loads(result.body)["text"].strip() else "an empty text"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_no_trap(pool: Pool, name: str) -> None:
    """It is cleaned, or refused for what it is, within the limits of a child; it never just takes too long."""
    html, allowed = PAGES[name]
    headers = [("content-type", b"text/html; charset=utf-8")]
    assert outcome(pool, Job(html.encode(), headers, FileOrigin(name, 1))) in allowed


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_no_trap(pool: Pool, name: str) -> None:
    """The same of texts."""
    text, allowed = TEXTS[name]
    assert outcome(pool, Job(orjson.dumps({"text": text}), (), FileOrigin(name, 1))) in allowed


@pytest.mark.parametrize(
    ("html", "blocks"),
    [
        ("x" * (MAX_CHARS + 1), 1),
        ("<br>" * (MAX_TAGS + 1), 0),
        ("<p>x" * 10, MAX_BLOCKS + 1),
        ("<TD>x" * (MAX_CELLS + 1), 1),
    ],
    ids=["characters", "tags", "blocks", "cells"],
)
def test_trafilatura_is_not_asked_for_everything(html: str, blocks: int) -> None:
    """One more than a bound allows is too many; the bound itself is not."""
    assert not is_bounded(html, blocks)
    assert is_bounded(html[:-5], blocks - 1 if blocks > 1 else blocks)


def test_a_page_beyond_the_bounds_keeps_its_article() -> None:
    """Where trafilatura is not asked, the article is found all the same."""
    rows = "<tr><td>one</td><td>two</td></tr>" * 3000
    assert PROSE.strip() in clean_html(f"<table>{rows}</table>{BODY}").text
