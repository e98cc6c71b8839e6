"""The kinds of cuts: a cut holds one kind, far from the body lines are named by what stands around them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrich.clean.body import strict_verdicts
from pipeline.enrich.clean.cuts import make_cuts
from pipeline.enrich.clean.explain import explain
from pipeline.enrich.clean.lines import read_lines
from pipeline.enrich.clean.verdicts import Verdict
from pipeline.enrich.page import read_page, text_blocks
from pipeline.reasons import CutKind
from pipeline.records import Page, RawArticle
from quality import score_kinds

PARAGRAPHS = [
    "The harbour board of Westmark met again on Monday evening to discuss what becomes of the old pier.",
    "Engineers found cracks in the main pier during two inspections in the autumn, the board was told.",
    "Repairs would cost nine million crowns, which the town does not have this year, the treasurer said.",
    "Ferries will leave from the fishing quay until a new terminal opens in the summer of 2027.",
]
BODY = "".join(f"<p>{paragraph} {PARAGRAPHS[0]}</p>" for paragraph in PARAGRAPHS)
TEASERS = [
    "Storm damages the lighthouse at Penrow",
    "Rowers of the north win the autumn race",
    "School orchard bears fruit",
]
FURNITURE = ["News", "Sport", "Reply", "12", "By Nora Testmann", "© 2026 Courier", "Related", "5 May 2026", *TEASERS]
LINES = st.lists(st.sampled_from([*FURNITURE, *PARAGRAPHS, "", "[1] A note", "Tags: pier", "Newsletter"]), max_size=30)
VERDICTS = st.none() | st.builds(Verdict, st.sampled_from(CutKind), st.sampled_from("ab"), st.sampled_from([0.5, 0.9]))


def kinds(page: Page) -> dict[str, str]:
    """The lines around the paragraphs, which are the body, each with its kind."""
    lines = read_lines(page)
    kept = [line.text.startswith(tuple(PARAGRAPHS)) for line in lines]
    verdicts = explain(lines, kept, strict_verdicts(lines), page.title)
    return {line.text: str(verdict.kind) for line, verdict in zip(lines, verdicts, strict=True) if verdict is not None}


def of_text(*lines: str) -> dict[str, str]:
    return kinds(read_page(RawArticle("text", "\n".join(lines))))


def of_html(body: str) -> dict[str, str]:
    return kinds(read_page(RawArticle("html", f"<body>{body}</body>")))


@given(LINES, st.data())
def test_no_cut_spans_two_kinds(lines: list[str], data: st.DataObject) -> None:
    """Each line that goes is in one cut, of the kind and rule that its own verdict has; so neighbours share theirs."""
    text = "\n".join(lines)
    page = Page(text, text_blocks(text))
    verdicts = data.draw(st.lists(VERDICTS, min_size=len(page.blocks), max_size=len(page.blocks)))
    cuts = make_cuts(page, verdicts)
    for block, verdict in zip(page.blocks, verdicts, strict=True):
        cut = score_kinds.covering(cuts, block)
        assert (cut and (cut.kind, cut.rule)) == (verdict and (verdict.kind, verdict.rule))


@given(LINES, st.data())
def test_every_line_that_goes_has_a_verdict(lines: list[str], data: st.DataObject) -> None:
    """Whatever is kept, each other line is named, and no kept one is."""
    found = read_lines(read_page(RawArticle("text", "\n".join(lines))))
    kept = data.draw(st.lists(st.booleans(), min_size=len(found), max_size=len(found)))
    verdicts = explain(found, kept, [None] * len(found), None)
    assert kept == [verdict is None for verdict in verdicts]


@pytest.mark.parametrize("wrap", ["<div>{}</div>", "<ul><li>{}</li></ul>"])
def test_parts_of_teasers_far_below_are_related(wrap: str) -> None:
    """The label and the date of another article are parts of its teaser, not of this article."""
    teasers = "".join(
        wrap.format(line) for title in TEASERS * 3 for line in ("Sport", f"<a href=/x>{title}</a>", "5 May 2026")
    )
    found = of_html(f"<h1>Old pier must go</h1>{BODY}<p>Share</p><h2>Latest news</h2>{teasers}")
    assert {found[line] for line in ("Sport", "5 May 2026", *TEASERS)} == {"related"}


def test_entries_of_a_menu_are_navigation() -> None:
    """Words that are labels near the headline are entries of a menu where many stand together."""
    menu = [
        "Home",
        "News",
        "Sport",
        "Culture",
        "Weather",
        "Music",
        "Film",
        "Travel",
        "Opinion",
        "Harbour",
        "Coast",
        "Town",
    ]
    found = of_text(*menu, "Old pier must go at last", *PARAGRAPHS, *PARAGRAPHS)
    assert {found[line] for line in menu[:-1]} == {"navigation"}
    assert found["Old pier must go at last"] == "headline"


def test_remarks_are_known_by_their_buttons() -> None:
    """Between reply buttons stand readers' remarks, with their names and dates."""
    remark = ["Old Salt says:", "5 May 2026 at 10:12", "About time, that pier was never safe to walk on.", "Reply"]
    found = of_text(*PARAGRAPHS, *PARAGRAPHS, "Share this:", "Facebook", "Twitter", *remark * 3)
    assert {found[line] for line in remark} == {"comments"}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("© Ilse Brandvold / Harbour Archive", "caption"),
        ("Photo © Ilse Brandvold", "caption"),
        ("© 2026 Westmark Courier", "copyright"),
        ("© All rights reserved", "copyright"),
        ("[3] The treasurer spoke of eight million in spring.", "other"),
    ],
)
def test_signs_and_numbers(line: str, kind: str) -> None:
    """A copyright sign before a name is a picture's, with a year or rights the page's; notes are of no other kind."""
    assert of_text(*PARAGRAPHS, "Related articles", *TEASERS, line)[line] == kind


def test_a_header_inside_the_article_is_no_menu() -> None:
    """`header` and `footer` name parts of articles and teasers too."""
    html = f"<article><header class='article-header'><p>Harbour</p><h1>Old pier must go</h1></header>{BODY}</article>"
    assert of_html(f"<nav><a href=/>Start</a></nav>{html}")["Harbour"] == "label"


@pytest.mark.parametrize(
    "row", [json.loads(line) for line in score_kinds.LABELLED.read_text("utf-8").splitlines()][::50]
)
def test_labels_hold_no_text(row: dict[str, object]) -> None:
    """A labelled line is an id, offsets, a digest and a known kind."""
    assert {"draw", "set", "id", "mode", "start", "end", "sha", "kind"} == set(row) - {"also"}
    assert {row["kind"], row.get("also", "other")} <= {"body", *map(str, CutKind)}


@pytest.mark.data
def test_kinds_of_labelled_lines() -> None:
    """Of the lines labelled by hand whose cut is rightly a cut, at least nine of ten have a right kind."""
    right = total = 0
    for row, cut, _ in score_kinds.answers(score_kinds.labelled(5)):
        if cut is not None and row["kind"] != "body":
            total += 1
            right += cut.kind in (row["kind"], row.get("also"))
    assert total >= 270
    assert right >= 0.9 * total
