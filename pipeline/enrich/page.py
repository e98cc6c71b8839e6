"""RawArticle -> Page: the visible text, one block a line, and what the markup says (`meta`). One parse, no recursion.

Size and depth are bounded before (see `pipeline.enrich.decode`); nothing here raises on any markup.
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from pipeline.enrich.meta import read_meta
from pipeline.enrich.shadow import open_shadow_roots
from pipeline.enrich.walk import Walk
from pipeline.records import Block, Page, RawArticle

HIDDEN_PAGE_CHARS = 250  # below this, a page may hide all its text until its scripts have run

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")


def _parse(html: str) -> LexborHTMLParser:
    source = html.encode("utf-8", "replace")  # a lone surrogate in a str would raise inside
    return LexborHTMLParser(source, options=LexborDocumentOptions.WO_EVENTS)  # which mend only <select>: not read


def _visible(tree: LexborHTMLParser) -> Walk:
    """The text that shows; of a page that hides nearly all until scripts run, the hidden and the noscript text too."""
    root = tree.body or tree.root
    walk = Walk(include_hidden=False)
    if root is None:
        return walk
    walk.run(root)
    if walk.position < HIDDEN_PAGE_CHARS:
        everything = Walk(include_hidden=True)
        everything.run(root)
        if everything.position > 2 * walk.position:
            return everything
    return walk


def _read(html: str) -> tuple[str, LexborHTMLParser, Walk]:
    """The source with its shadow roots open, its tree, and the text that shows."""
    tree = _parse(html)
    walk = _visible(tree)
    if walk.has_template and (opened := open_shadow_roots(html)) is not html:
        tree = _parse(opened)
        return opened, tree, _visible(tree)
    return html, tree, walk


def page_text(html: str) -> str:
    """The visible text of a page, one block a line, white space collapsed: the text that cut offsets refer to."""
    return "\n".join(_read(html)[2].lines)


def text_blocks(text: str) -> tuple[Block, ...]:
    """The non-blank lines of a text, without the white space around them."""
    blocks = []
    for match in _LINE.finditer(text):
        line = match.group()
        stripped = line.strip()
        if stripped:
            start = match.start() + len(line) - len(line.lstrip())
            blocks.append(Block(start, start + len(stripped)))
    return tuple(blocks)


def _read_html(raw: RawArticle) -> Page:
    html, tree, walk = _read(raw.content)
    meta = read_meta(tree, walk.facts)
    return Page(
        text="\n".join(walk.lines),
        blocks=tuple(walk.blocks),
        html=html,
        title=meta.title or raw.title,
        byline=meta.byline,
        published_at=meta.published_at,
        language=meta.language,
        paywalled=meta.paywalled,
    )


def read_page(raw: RawArticle) -> Page:
    """What the delivered article shows. A text is its own page text; HTML is parsed once. Never raises."""
    if raw.input == "html":
        return _read_html(raw)
    return Page(text=raw.content, blocks=text_blocks(raw.content), title=raw.title)
