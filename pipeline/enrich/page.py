"""RawArticle -> Page: the visible text, one block a line, and what the markup says (`meta`). One parse, no recursion.

Size and depth are bounded before (see `pipeline.enrich.decode`); nothing here raises on any markup.
"""

from __future__ import annotations

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.enrich.meta import read_meta
from pipeline.enrich.repair import without_controls
from pipeline.records import Block, Page, RawArticle

_SKIPPED = (
    "script style noscript template svg canvas iframe object embed audio video map head title meta link "
    "select textarea option datalist progress meter math"
)
_INLINE = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr picture q s samp small "
    "source span strike strong sub sup time tt u var wbr"
)
_STRUCTURE = "nav footer header aside figure figcaption form article main"
SKIPPED, INLINE = frozenset(_SKIPPED.split()), frozenset(_INLINE.split())
STRUCTURE = frozenset(_STRUCTURE.split())  # tags that are hints too
MAX_HINTS = 32  # tokens a block carries; the nearest ones say most
HIDDEN_PAGE_CHARS = 250  # below this, a page may hide all its text until its scripts have run

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_TOKEN = re.compile(r"[A-Z]?[a-z]{2,20}|[A-Z]{2,20}")


class _Walk:
    """The explicit-stack walk: gathers inline text, ends a line at every block element."""

    def __init__(self, include_hidden: bool) -> None:
        self.include_hidden = include_hidden
        self.skipped = SKIPPED - {"noscript"} if include_hidden else SKIPPED
        self.lines: list[str] = []
        self.blocks: list[Block] = []
        self.position = 0
        self.buffer: list[str] = []
        self.link_chars = 0
        self.tokens: dict[str, tuple[str, ...]] = {}

    def flush(self, tag: str, hints: tuple[str, ...]) -> None:
        """End the line: what was gathered becomes a block of the element that holds it."""
        if not self.buffer:
            return
        line = " ".join(without_controls("".join(self.buffer)).split())  # a reference such as &#1; makes one
        if line:
            end = self.position + len(line)
            self.blocks.append(Block(self.position, end, tag, hints, min(self.link_chars, len(line))))
            self.lines.append(line)
            self.position = end + 1
        self.buffer.clear()
        self.link_chars = 0

    def hints(self, node: Any, tag: str, outer: tuple[str, ...]) -> tuple[str, ...] | None:
        """Tokens of an element before those of its ancestors; None when the element is hidden."""
        attributes = node.attributes
        if not attributes:
            return (tag, *outer)[:MAX_HINTS] if tag in STRUCTURE else outer
        if not self.include_hidden:
            style = (attributes.get("style") or "")[:200].replace(" ", "").lower()
            if "hidden" in attributes or "display:none" in style:
                return None
        named = " ".join((attributes.get(name) or "")[:200] for name in ("class", "id", "role", "itemprop"))
        own = self.tokens.get(named)
        if own is None:
            own = self.tokens[named] = tuple(dict.fromkeys(token.lower() for token in _TOKEN.findall(named)))
        hints = (tag, *own, *outer) if tag in STRUCTURE else (*own, *outer)
        return tuple(dict.fromkeys(hints))[:MAX_HINTS] if own or tag in STRUCTURE else outer

    def run(self, root: Any) -> None:
        """Walk the tree below `root` in document order."""
        tag, links = "body", 0
        hints: tuple[str, ...] = ()
        stack: list[tuple[Any, str, tuple[str, ...], bool]] = []
        node = root.child
        while node is not None or stack:
            if node is None:
                node, outer_tag, outer_hints, is_block = stack.pop()
                if is_block:
                    self.flush(tag, hints)
                    tag, hints = outer_tag, outer_hints
                elif node.tag == "a":
                    links -= 1
                    if node.next is not None and node.next.tag == "a":
                        self.buffer.append(" ")  # a bar of links shows gaps that its markup does not have
                node = node.next
                continue
            name = node.tag
            if name == "-text":
                text = node.text_content or ""
                self.buffer.append(text)
                self.link_chars += len(text) if links else 0
            elif name and name[0] not in "-!_" and name not in self.skipped:
                is_block = name not in INLINE
                if is_block:
                    self.flush(tag, hints)
                inner = self.hints(node, name, hints)
                if inner is not None and node.child is not None:
                    stack.append((node, tag, hints, is_block))
                    links += name == "a"
                    if is_block:
                        tag, hints = name, inner
                    node = node.child
                    continue
            node = node.next
        self.flush(tag, hints)


def _parse(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(html.encode("utf-8", "replace").decode("utf-8"))  # a lone surrogate would raise inside


def _visible(tree: LexborHTMLParser) -> _Walk:
    """The text that shows; of a page that hides nearly all until scripts run, the hidden and the noscript text too."""
    root = tree.body or tree.root
    walk = _Walk(include_hidden=False)
    if root is None:
        return walk
    walk.run(root)
    if walk.position < HIDDEN_PAGE_CHARS:
        everything = _Walk(include_hidden=True)
        everything.run(root)
        if everything.position > 2 * walk.position:
            return everything
    return walk


def page_text(html: str) -> str:
    """The visible text of a page, one block a line, white space collapsed: the text that cut offsets refer to."""
    return "\n".join(_visible(_parse(html)).lines)


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
    tree = _parse(raw.content)
    walk, meta = _visible(tree), read_meta(tree)
    return Page(
        text="\n".join(walk.lines),
        blocks=tuple(walk.blocks),
        html=raw.content,
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
