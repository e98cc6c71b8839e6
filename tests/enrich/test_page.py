"""The page text and what the markup says of the page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrich.page import page_text, read_page, text_blocks
from pipeline.records import Page, RawArticle

TAGS = [
    *("p", "div", "form", "aside", "a", "b", "td", "table", "br", "li", "noscript", "script", "h1", "template", "svg"),
    "pre",
]


def read(html: str) -> Page:
    """A page of HTML, read."""
    return read_page(RawArticle("html", html))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One <b>two</b>\n  three</p><p>four</p>", "One two three\nfour"),
        ("one<br>two<hr>three", "one\ntwo\nthree"),
        ("<form><div><p>The whole page.</p></div></form>", "The whole page."),
        ("<aside><p>Main text.</p></aside>", "Main text."),
        ("<details><summary>More</summary><p>Inside.</p></details>", "More\nInside."),
        ("<p>Pre<nobr>fix</nobr><wbr>es</p>", "Prefixes"),
        ("<p>Shown." * 50 + "<p hidden>gone<p style='display: none'>gone too", "\n".join(["Shown."] * 50)),
        ("<p>a</p><script>b()</script><style>c{}</style><template><p>d</p></template><!-- e -->", "a"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\nb"),
        ("<p aria-hidden=true>Shown all the same.</p>", "Shown all the same."),
        ("<p>1 &lt; 2 &amp;&nbsp;3</p>", "1 < 2 & 3"),
        ("<p>a &#1; b&#127;c&#x81;d&#x1b;e&#11;f&#x85;g&#0;h&#xD800;i</p>", "a bcde f…g\ufffdh\ufffdi"),
        ("", ""),
    ],
)
def test_page_text(html: str, text: str) -> None:
    """Visible text, one block a line, white space collapsed, no controls, however they are written; forms, asides and
    details are text like any other."""
    assert page_text(html) == text


def test_a_page_that_hides_everything_shows_it() -> None:
    """Where nearly all text waits for a script, hidden and noscript text is the page text."""
    text = "The board met on Monday. " * 20
    assert page_text(f"<body><div style='display:none'><p>{text}</p></div></body>") == text.strip()
    assert page_text(f"<body><noscript><p>{text}</p></noscript></body>") == text.strip()


def test_blocks_carry_their_markup() -> None:
    """A block knows its element, the tokens around it, nearest first, and how much of it is links."""
    page = read('<div class="post-body" id="main"><nav><p class="shareBar">Go <a href="/x">there</a></p></nav></div>')
    (block,) = page.blocks
    assert block.tag == "p"
    assert block.hints == ("share", "bar", "nav", "post", "body", "main")
    assert block.link_chars == len("there")


def test_text_input_is_its_own_page_text() -> None:
    """A text is kept to the character; its blocks are the non-blank lines without outer white space."""
    text = "\n  One \r\n\r\n\ttwo\u2028three\n"
    page = read_page(RawArticle("text", text, title="T"))
    assert (page.text, page.title, page.html) == (text, "T", None)
    assert [text[block.start : block.end] for block in page.blocks] == ["One", "two", "three"]


@given(st.lists(st.tuples(st.sampled_from(TAGS), st.booleans(), st.text(max_size=12)), max_size=30))
def test_page_text_is_its_blocks_joined(parts: list[tuple[str, bool, str]]) -> None:
    """Whatever the markup: the page text is the blocks joined by line breaks, none empty or with white space around."""
    html = "".join(f"<{'' if opens else '/'}{tag}>{text}" for tag, opens, text in parts)
    page = read(html)
    pieces = [page.text[block.start : block.end] for block in page.blocks]
    assert "\n".join(pieces) == page.text == page_text(html)
    assert all(piece and " ".join(piece.split()) == piece for piece in pieces)
    assert all(0 <= block.link_chars <= block.end - block.start for block in page.blocks)


@given(st.text())
def test_text_blocks_cover_all_but_white_space(text: str) -> None:
    """What lies outside the blocks of a text is white space."""
    position = 0
    outside = ""
    for block in text_blocks(text):
        outside += text[position : block.start]
        position = block.end
    assert not (outside + text[position:]).strip()


def test_deep_and_long_pages_are_walked_without_recursion() -> None:
    """Nesting to the permitted depth, and far more siblings, end in time and lose nothing."""
    assert page_text("<div>" * 4900 + "deep" + "</div>" * 4900) == "deep"
    assert page_text("<p>a" * 20_000).count("\n") == 19_999
