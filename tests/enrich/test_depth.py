"""Depth: pages as people write them pass, hostile ones do not, and the count follows the parser's own tree."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from pipeline.enrich.depth import too_deep
from tests.counting import calls

SHALLOW = {
    "p": "<p>a" * 20_000,
    "li": "<ul>" + "<li>a" * 50_000,
    "tr": "<table>" + "<tr><td>a<td>b" * 25_000,
    "stray td": "<td>a" * 50_000,
    "dd": "<dl>" + "<dt>a<dd>b" * 10_000,
    "option": "<select>" + "<option>a" * 20_000,
    "void": "<br><img src=a><input><hr/><wbr>" * 10_000,
    "links": "<a href=b>c" * 20_000,
    "headings": "<h1>a</h2>" * 20_000,
    "svg": "<svg>" + "<path d='M0 0'/>" * 20_000 + "</svg>",
    "script": "<script>" + "'<div>'" * 20_000 + "</script>",
    "unclosed script": "<script>" + "'<div>'" * 20_000,
    "comment": "<!-- " + "<div>" * 20_000 + " -->",
    "attribute": '<p title="' + "<div>" * 20_000 + '">',
    "bold in cells": "<table>" + "<tr><td><b><font size=2>a" * 10_000,
    "same bold": "<p><b>a" * 10_000,
    "not tags": "a < b <3 << </ <! <? " * 20_000,
    "closings": "</div>" * 50_000,
    "pairs": "<div><span>a</span></div>" * 20_000,
    "forms": "<form>" * 20_000,
    "tables": "<table>" * 20_000,
    "comparisons": "<script>" + "for(a=0;a<b.length;a++)c='x';if(a>b)d='y';" * 2000 + "</script>",
}
DEEP = {
    "div": "<div>" * 200_000,
    "upper": "<DIV\n>" * 6000,
    "unknown": "<x-y>" * 6000,
    "stray closing": "<div></x>" * 6000,
    "closing out of scope": "<span><div></span>" * 6000,
    "closing in a table": "<div><table><tr><td></div>" * 6000,
    "formatting": "<b id=1><div></b>" * 6000,
    "lists": "<ul><li>" * 6000,
    "quoted": "<div title='>'>" * 6000,
    "self-closing": "<div/>" * 6000,
    "svg": "<svg>" + "<g>" * 6000,
    "svg style": "<svg><style>" + "<g>" * 6000,
    "svg cells": "<table><tr><td><svg>" + "<g><td>" * 6000,
    "svg ended by html": "<svg>" + "<p><x-y/></p>" + "<x-y/>" * 6000,
    "svg title": "<svg><title>" + "<x-y/>" * 6000,
    "cdata": "<svg>" + "<g><![CDATA[></g>]]>" * 6000,
    "math": "<math><annotation-xml encoding='Text/HTML'><p>" * 6000,
    "kelvin sign": "<lin\u212a>" * 6000,
    "comment that ends at once": "<!--><!---><!-- --!>" + "<div>" * 6000,
    "style in a select": "<select><style></select>" + "<div>" * 6000,
    "framesets": "<p><frameset>" * 6000,
    "form pointer": "<form><object></form></object>" * 6000,
    "many bolds": "".join(f"<p><b id={number}>a</p>" for number in range(4000)),
    "attributes": "<p " + "a " * 20_000 + ">",
    "attributes without end": "<a " * 20_000,
}
FLOOD = " ".join(f"a{number}" for number in range(8000))
FLOODS = {
    "plain": f"<a {FLOOD}>",
    "no end": f"<a {FLOOD}",
    "behind a sign in quotes": f'<a x=">" {FLOOD}>',
    "behind a sign in single quotes": f"<a x='>' {FLOOD}>",
    "behind a tag in quotes": f'<a x="<b>" {FLOOD}>',
    "names like tags": f"<a {FLOOD.replace('a', '<a')}>",
    "without spaces": f"<a {FLOOD.replace(' ', '/')}>",
    "values": "<a " + FLOOD.replace(" ", "='>' ") + ">",
    "values without spaces": "<a " + FLOOD.replace(" ", '=">"') + ">",
    "behind a script": f'<script>a<b x="</script><a {FLOOD}>',
    "behind a comment": f'<!-- <b x=" --><a {FLOOD}>',
    "behind a style that counts and one that does not": f'<select><style><a x="</style></select><a {FLOOD}>',
    "formatting": f'<b x=">" {FLOOD}>',
    "many tags": f"<a {FLOOD[:1000]}>" * 2000,
}
NAMES = (
    *("div", "p", "span", "b", "i", "a", "font", "li", "ul", "table", "tr", "td", "tbody", "caption", "option", "h1"),
    *("form", "button", "object", "h2", "dl", "dt", "dd", "svg", "g", "foreignObject", "title", "style", "script"),
    *("textarea", "br", "x-y", "ruby", "rt", "section", "body", "head", "fieldset", "hr", "center", "noscript"),
)


@pytest.mark.parametrize("page", SHALLOW.values(), ids=SHALLOW.keys())
def test_pages_that_are_not_deep(page: str) -> None:
    """End tags that may be left out, empty elements, text and errors do not add up."""
    assert too_deep(page, 100) is None


@pytest.mark.parametrize("page", DEEP.values(), ids=DEEP.keys())
def test_pages_that_are_deep_or_slow(page: str) -> None:
    """Depth is seen through whatever seems to close it, and so are shapes that parsers are slow on."""
    assert too_deep(page, 5000)


@pytest.mark.parametrize("page", FLOODS.values(), ids=FLOODS.keys())
def test_tags_of_too_many_attributes(page: str) -> None:
    """They are seen wherever they hide: parsers compare each attribute of a tag with each."""
    assert too_deep(page, 5000) == "its tags have too many attributes"


def test_a_few_quotes_left_open() -> None:
    """Tags that lie in one another are no reason, where they are few."""
    assert too_deep('<a x="' * 60, 100) is None


def test_formatting_that_reads_the_same_is_the_same() -> None:
    """What looks alike and is not waits each by itself, so that it may open too many elements again."""
    blocks = "<p>a</p>" * 4000
    assert too_deep(blocks + "<p><b class=x>a</p>" * 400, 5000) is None
    hidden = "".join(f"<p><b x='\">' y{number}>a</p>" for number in range(400))
    assert too_deep(hidden + blocks, 5000) == "too much unclosed formatting, to be opened again in each block"


@pytest.mark.parametrize("page", [*(SHALLOW | DEEP | FLOODS).values()], ids=[*(SHALLOW | DEEP | FLOODS)])
def test_counting_takes_linear_time(page: str) -> None:
    """Each of these pages four times as long costs about four times as many steps, not sixteen."""
    once = calls(too_deep, page[:20_000], 10**9)
    assert calls(too_deep, page[:20_000] * 4, 10**9) < 6 * once + 200


def test_the_limit_is_exact() -> None:
    """As many open elements as the limit pass, one more does not."""
    assert too_deep("<div>" * 30, 30) is None
    assert too_deep("<div>" * 31, 30) == "more than 30 elements are open at once"
    assert too_deep("<div></div><p>" * 31, 30) is None


def _tree_depth(page: str) -> int:
    """The depth of the tree that the parser builds; a slow way to know, for pages that are short."""
    deepest, todo = 0, [(LexborHTMLParser(page).root, 1)]
    while todo:
        node, depth = todo.pop()
        deepest = max(deepest, depth)
        child = node.child if node else None
        while child is not None:
            todo.append((child, depth + 1))
            child = child.next
    return deepest


@settings(deadline=None)
@given(st.text(), st.lists(st.sampled_from(["<", ">", "/", "!--", "-->", "div", " a", "=", "'", '"', "script", "svg"])))
def test_any_page_is_counted(text: str, pieces: list[str]) -> None:
    """No source makes the count raise, and no short one is deep."""
    assert too_deep(text + "".join(pieces) * 3, len(text) + 3 * len(pieces)) is None
    too_deep("".join(pieces) * 200, 5)


@pytest.mark.parametrize("seed", range(40))
def test_the_count_follows_the_tree(seed: int) -> None:
    """Where the parser's tree is deep, a limit of a twentieth of it refuses the page; 25 random pages a seed."""
    chance = random.Random(seed)
    for _ in range(25):
        names = chance.sample(NAMES, 3)
        forms = [f"<{name}>" for name in names] * 2 + [f"</{name}>" for name in names] + [f"<{names[0]}/>x"]
        page = "".join(chance.choices(forms, k=chance.randint(2, 6))) * 60
        if (depth := _tree_depth(page)) >= 100:
            assert too_deep(page, depth // 20), page[:200]
