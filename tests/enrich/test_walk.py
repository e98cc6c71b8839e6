"""The walk's short ways agree with the obvious ones; elements are numbered as they start."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.enrich.page import read_page
from pipeline.enrich.repair import without_controls
from pipeline.enrich.walk import MAX_HINTS, STRUCTURE, before, one_line, tokens
from pipeline.records import RawArticle
from tests.strategies import texts

RUNS = st.lists(st.builds(str.__mul__, st.sampled_from("aB-"), st.integers(1, 45)), max_size=5).map("".join)
NAMES = st.text(st.sampled_from("abzABZ-_ 1é"), max_size=60) | RUNS
ELEMENTS = st.tuples(
    st.sampled_from(("div", "nav", "article", "section", "aside")),
    st.none() | st.sampled_from(("", "None", "nav", "article one", ">nav", "nav>None", "0 1")) | NAMES,
)
TOKENS = st.lists(st.sampled_from([f"{one}{two}" for one in "abcdefg" for two in "abcdefg"]), max_size=40)


@given(NAMES)
def test_tokens_are_those_of_the_pattern(names: str) -> None:
    """A word has 2 to 20 letters, those after a capital with one more."""
    found = re.findall(r"[A-Z]?[a-z]{2,20}|[A-Z]{2,20}", names)
    assert [word.lower() for word in found] == tokens(names)


@given(texts(30) | st.text(st.sampled_from("ab \n\t\xa0\x85\x1c\x0b\u2028\u3000"), max_size=20))
def test_a_line_is_as_if_all_were_mended(text: str) -> None:
    """No control character, one space for any white space."""
    assert " ".join(without_controls(text).split()) == one_line(text)


@given(TOKENS, TOKENS | st.just([f"t{number}" for number in range(MAX_HINTS)]), st.booleans())
def test_hints_come_once_nearest_first(found: list[str], outer: list[str], once: bool) -> None:
    """Those of the element before those around it, the first 32."""
    around = tuple(dict.fromkeys(outer)) if once else tuple(outer)
    assert tuple(dict.fromkeys((*found, *outer)))[:MAX_HINTS] == before(found, around, not once)


@example([[("nav", "None")], [("nav", None)], [("div", "nav")], [("div", "nav None")]])
@example([[("nav", None)], [("nav", "")], [("nav", "None")]])
@given(st.lists(st.lists(ELEMENTS, max_size=12), min_size=1, max_size=4))
def test_hints_are_as_if_each_were_made_alone(branches: list[list[tuple[str, str | None]]]) -> None:
    """An element puts its tokens before those around it, each once; without attributes, a repeated tag stays."""
    html, expected = "", []
    for branch in branches:
        hints: tuple[str, ...] = ()
        for tag, names in branch:
            html += f"<{tag}>" if names is None else f"<{tag} class='{names}'>"
            own = [tag] if tag in STRUCTURE else []
            if names is None:
                hints = (*own, *hints)[:MAX_HINTS]
            elif own or tokens(names):
                hints = tuple(dict.fromkeys((*own, *tokens(names), *hints)))[:MAX_HINTS]
        html += "text" + "".join(f"</{tag}>" for tag, _ in reversed(branch)) + "<hr>"
        expected.append(hints)
    assert expected == [block.hints for block in read_page(RawArticle("html", html)).blocks]


def test_blocks_know_the_elements_around_them() -> None:
    """Block elements that hold something are counted as they start, from 1; the body is 0; inline ones do not count."""
    html = "a<div><br><p>b</p><b>c</b><ul><li>d<li><p>e</p></ul></div><div hidden>x</div><section>f</section>"
    page = read_page(RawArticle("html", html + "<p>" + "long " * 60))
    found = [(page.text[b.start : b.end], b.element, b.parent, b.outer, b.depth) for b in page.blocks[:-1]]
    expected = [("a", 0, 0, 0, 0), ("b", 2, 1, 0, 2), ("c", 1, 0, 0, 1), ("d", 4, 3, 1, 3), ("e", 6, 5, 3, 4)]
    assert [*expected, ("f", 7, 0, 0, 1)] == found
