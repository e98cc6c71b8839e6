"""RawArticle -> Page: the visible text, one block a line, and what the markup says of itself. One parse, no recursion.

Size and depth are bounded before (see `pipeline.enrich.decode`); nothing here raises on any markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
from selectolax.lexbor import LexborHTMLParser

from pipeline.records import Block, DateCandidate, Json, Page, RawArticle

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
MAX_SCRIPTS = 16  # JSON-LD scripts read
MAX_SCRIPT_CHARS = 300_000
MAX_NODES = 300  # JSON-LD objects looked at
MAX_META_CHARS = 500
HIDDEN_PAGE_CHARS = 250  # below this, a page may hide all its text until its scripts have run

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_TOKEN = re.compile(r"[A-Z]?[a-z]{2,20}|[A-Z]{2,20}")
_ARTICLE_TYPE = re.compile(r"Article|BlogPosting|Report|Review$")
_DATE_META = (
    "article:published_time", "og:published_time", "datepublished", "date", "pubdate", "publishdate", "publish_date",
    "publish-date", "dc.date.issued", "dc.date", "dcterms.created", "dcterms.date", "parsely-pub-date", "sailthru.date",
    "article.published", "cxenseparse:recs:publishtime",
)  # fmt: skip
_AUTHOR_META = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl")


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
        line = " ".join("".join(self.buffer).split())
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


def _json_ld(tree: LexborHTMLParser) -> list[dict[str, Json]]:
    """JSON-LD objects of the page, those of an article type first; unreadable scripts are passed over."""
    found: list[dict[str, Json]] = []
    for script in tree.css('script[type*="ld+json"]')[:MAX_SCRIPTS]:
        source = (script.text() or "")[: MAX_SCRIPT_CHARS + 1]
        if len(source) > MAX_SCRIPT_CHARS:
            continue
        try:
            value = orjson.loads(" ".join(source.split()))  # raw line breaks inside strings are common, and not JSON
        except orjson.JSONDecodeError:
            continue
        pending = [value]
        while pending and len(found) < MAX_NODES:
            node = pending.pop()
            if isinstance(node, list):
                pending.extend(reversed(node[:MAX_NODES]))
            elif isinstance(node, dict):
                found.append(node)
                pending.append(node.get("@graph"))
    return sorted(found, key=lambda node: not _ARTICLE_TYPE.search(str(node.get("@type"))[:200]))


def _names(value: Json) -> Iterator[str]:
    """Names in a JSON-LD author: a string, an object with a name, or a list of them."""
    for item in value[:8] if isinstance(value, list) else [value]:
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, str) and name.strip() and "://" not in name:
            yield _tidy(name)


def _tidy(text: str | None) -> str:
    return " ".join((text or "")[:MAX_META_CHARS].split())


def _text(node: Any) -> str | None:
    return node.text() if node is not None else None


def _first(*values: str | None) -> str | None:
    return next((tidy for value in values if (tidy := _tidy(value))), None)


def _texts(nodes: list[dict[str, Json]], key: str) -> list[str]:
    return [node[key] for node in nodes if isinstance(node.get(key), str)]


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    """Content of <meta> elements by name, property or itemprop; the first of a name counts."""
    metas: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = attributes.get("content")
        if name and content:
            metas.setdefault(name[:100].strip().lower(), content)
    return metas


def _dates(tree: LexborHTMLParser, nodes: list[dict[str, Json]], metas: dict[str, str]) -> tuple[DateCandidate, ...]:
    stated = [DateCandidate("json-ld", _tidy(raw)) for raw in _texts(nodes, "datePublished")]
    stated += [DateCandidate("meta", _tidy(metas[name])) for name in _DATE_META if name in metas]
    times = [node.attributes.get("datetime") for node in tree.css("time[datetime]")[:8]]
    stated += [DateCandidate("meta", _tidy(raw)) for raw in times]
    return tuple(dict.fromkeys(date for date in stated if date.raw))


def _is_free(value: Json) -> bool:
    return not (value is False or (isinstance(value, str) and value.strip().lower() == "false"))


def _byline(tree: LexborHTMLParser, nodes: list[dict[str, Json]], metas: dict[str, str]) -> str | None:
    stated = [metas[name] for name in _AUTHOR_META if name in metas and "://" not in metas[name]]
    names = next((list(dict.fromkeys(_names(node["author"]))) for node in nodes if node.get("author")), [])
    link = tree.css_first('[rel~="author"]')
    return _first(*stated[:1], ", ".join(names), _text(link))


def _read_html(raw: RawArticle) -> Page:
    tree = _parse(raw.content)
    walk = _visible(tree)
    nodes, metas = _json_ld(tree), _metas(tree)
    title = tree.css_first("title")
    html = tree.css_first("html")
    return Page(
        text="\n".join(walk.lines),
        blocks=tuple(walk.blocks),
        html=raw.content,
        title=_first(metas.get("og:title"), *_texts(nodes, "headline")[:1], _text(title), raw.title),
        byline=_byline(tree, nodes, metas),
        published_at=_dates(tree, nodes, metas),
        language=_first(html.attributes.get("lang") if html is not None else None, metas.get("og:locale")),
        paywalled=any(not _is_free(node.get("isAccessibleForFree")) for node in nodes),
    )


def read_page(raw: RawArticle) -> Page:
    """What the delivered article shows. A text is its own page text; HTML is parsed once. Never raises."""
    if raw.input == "html":
        return _read_html(raw)
    return Page(text=raw.content, blocks=text_blocks(raw.content), title=_first(raw.title))
