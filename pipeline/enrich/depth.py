"""How deep a page would nest, counted before any parser sees it: one linear pass over the source, no tree.

The tree builder's rules for tags that close others are followed closely enough that unclosed `<p>`, `<li>` or `<td>`
count as browsers count them; where a rule is simplified, the count errs upwards.
Source of the rules: WHATWG HTML, 13.2.5 (tokens) and 13.2.6 (tree construction).
"""

from __future__ import annotations

from pipeline.enrich.elements import (
    BLOCK,
    BREAKOUT,
    BY_SCOPE,
    CLOSERS,
    CLOSES_P,
    FORMATTING,
    GROUPS,
    HEADINGS,
    IGNORED,
    IMPLIED,
    NOAH,
    RAW,
    RAW_ENDS,
    RUBY,
    TABLE_CONTEXT,
    TEXT_POINTS,
    VOID,
    OpenElements,
)
from pipeline.enrich.tags import ATTRIBUTES, TOKEN, UNUSUAL, attributes

_PAIRS_LIMIT = 50_000_000  # of attributes of one tag, over all tags; parsers compare each with each: 0.1 s
_READ_LEAST = 100_000  # characters of tags that are read, some more than once
_READ_LIMIT = 16  # and times the page's length, of tags that may lie inside others; 3.6 in the worst of 888 real pages
_REOPENED_LIMIT = 500_000  # elements that unclosed formatting may make, opened again in each block: 0.2 s


def _start_foreign(page: OpenElements, name: str, source: str, empty: bool) -> bool:
    """A start tag inside SVG or MathML; False when it is HTML that ends them."""
    if name in BREAKOUT or (name == "font" and not {"color", "face", "size"}.isdisjoint(attributes(source))):
        page.pop_to(page.last("#root"))
        return False
    if empty:
        return True
    root = page.stack[page.last("#root")][0]
    if name == "svg" and page.top() == "~annotation-xml":
        page.push("~svg", groups=("#root",))
    elif name in TEXT_POINTS[root] or (
        name == "annotation-xml"
        and root == "~math"
        and attributes(source).get("encoding") in ("text/html", "application/xhtml+xml")
    ):
        page.push(f"~{name}", groups=("#special", "#stop", "#scope", "#text point"))
    else:
        page.push(f"~{name}")
    return True


def _close_implied(page: OpenElements, name: str) -> None:
    """What a start tag closes before it opens its own element."""
    if name in CLOSES_P and (place := page.last("p")) >= 0 and place > page.last("#scope", "button"):
        page.pop_to(place)
    if name not in CLOSERS:
        return
    scope = page.last("#scope")
    if name == "li":
        if (place := page.last("li")) >= 0 and place == page.last("#stop"):
            page.pop_to(place)
    elif name in ("dd", "dt") and (place := page.last("dd", "dt")) >= 0 and place == page.last("#stop"):
        page.pop_to(place)
    elif name in HEADINGS and page.top() in HEADINGS:
        page.pop_to(len(page.stack) - 1)
    elif name in ("a", "nobr"):
        if page.last(name) > page.last("#marker"):
            _end_formatting(page, name)
        page.forget(name)
    elif name == "button" and page.last("button") > scope:
        page.pop_to(page.last("button"))
    elif name in ("option", "optgroup"):
        if page.top() == "option":
            page.pop_to(len(page.stack) - 1)
        if name == "optgroup" == page.top() and "select" in page.places:
            page.pop_to(len(page.stack) - 1)
    elif name in RUBY and page.last("ruby") > scope:
        _imply_ends(page, "rtc" if name in ("rp", "rt") else "")
    elif name in ("input", "keygen", "textarea") and page.last("select") > scope:
        page.pop_to(page.last("select"))
    elif name == "table" and page.last("table") > page.last("td", "th", "caption", "template"):
        page.pop_to(page.last("table"))


def _imply_ends(page: OpenElements, but: str = "") -> None:
    """Close the innermost elements whose end tags may be left out."""
    while page.top() in IMPLIED and page.top() != but:
        page.pop_to(len(page.stack) - 1)


def _start(page: OpenElements, name: str, source: str, empty: bool) -> None:
    """A start tag: what it closes, and the element it opens."""
    if page.is_foreign and _start_foreign(page, name, source, empty):
        return
    if name in IGNORED:
        return
    _close_implied(page, name)
    if page.waiting and name not in BLOCK:
        page.reopen()
    if name in VOID or name in RAW:
        return
    if name in TABLE_CONTEXT:
        place = page.last(*TABLE_CONTEXT[name])
        if place > page.last("template"):
            page.pop_to(place + 1)
        elif "template" not in page.places:
            return
    elif name == "form":
        if page.form and "template" not in page.places:
            return
        page.form = True
    elif name == "select" and page.last("select") > page.last("#scope"):
        page.pop_to(page.last("select"))
        return
    if name not in ("svg", "math"):
        page.push(name, source if name in FORMATTING else "", GROUPS.get(name, ()))
    elif not empty:
        page.push(f"~{name}", groups=("#root",))


def _end_formatting(page: OpenElements, name: str) -> None:
    place = page.last(name)
    if place < page.last("#marker") or place < 0:
        page.forget(name)
    elif place > page.last("#special"):
        page.pop_to(place + 1)
        page.take(name)
    elif place > page.last("#scope", "select"):
        page.take(name)


def _end(page: OpenElements, name: str) -> None:
    """An end tag: the elements it closes, if any."""
    if page.top().startswith("~") and page.last(f"~{name}") >= page.last("#root"):
        page.pop_to(page.last(f"~{name}"))
        return
    if page.top().startswith("~") and name in ("br", "p"):
        page.pop_to(page.last("#root"))
    names = HEADINGS if name in HEADINGS else (name,)
    place, scope = page.last(*names), page.last("#scope", "select")
    if name in FORMATTING:
        _end_formatting(page, name)
    elif name == "form":
        page.form = False
        if place > scope:
            _imply_ends(page)
            page.pop_to(place) if "template" in page.places else page.take("form")
    elif place < 0 or name in IGNORED:
        return
    elif name == "template":
        page.pop_to(place)
    elif name == "table" or name in TABLE_CONTEXT:
        if place > page.last("template") and (name == "table" or place > page.last("table")):
            page.pop_to(place)
    elif name == "p":
        if place > page.last("#scope", "select", "button"):
            page.pop_to(place)
    elif name == "li":
        if place > max(scope, page.last("ol", "ul")):
            page.pop_to(place)
    elif name in BY_SCOPE or name in HEADINGS or name == "select":
        if place >= scope:
            page.pop_to(place)
    elif place >= page.last("#special"):
        page.pop_to(place)


def _skip(page: OpenElements, html: str, name: str, position: int) -> int:
    """Where the next tag may stand after a start tag whose content is text, else `position`."""
    if page.framesets or "select" in page.places:
        return position
    if name == "plaintext":
        return len(html)
    if name not in RAW:
        return position
    end = RAW_ENDS[name].search(html, position)
    return end.start() if end else len(html)


def _glance(html: str) -> tuple[int, int]:
    """At most how many elements of formatting wait to be opened again, and how many pairs of attributes there are.

    All that may be a start tag counts, wherever it stands: no quote, script or comment hides one from this.
    """
    same: set[str] = set()
    formatting = unlike = pairs = 0
    left = _READ_LEAST + _READ_LIMIT * len(html)
    for match in UNUSUAL.finditer(html):
        if name := match["formatting"]:
            formatting += 1
            if name[-1] == ">":
                same.add(name)
                continue
            unlike += 1
        token = TOKEN.match(html, match.start())
        assert token is not None
        left -= token.end() - token.start()
        begin, end = token.span("attributes")
        most = ((end - begin) // 2 + 1) ** 2  # an attribute takes two characters
        if pairs + most > _PAIRS_LIMIT // 2:
            most = sum(1 for _ in ATTRIBUTES.finditer(html, begin, end)) ** 2
        pairs += most
        if pairs > _PAIRS_LIMIT or left < 0:
            return formatting, _PAIRS_LIMIT + 1
    return min(formatting, NOAH * len(same) + unlike), pairs


def _is_plain(html: str, limit: int, waiting: int) -> bool:
    """Whether mere counts rule out depth and reopened formatting: so for all but the largest pages."""
    opened = html.count("<")
    if opened > limit or (waiting + 2) * opened > _REOPENED_LIMIT:
        opened -= html.count("</")
    return opened <= limit and (waiting + 2) * opened <= _REOPENED_LIMIT


def too_deep(html: str, limit: int) -> str | None:
    """Why this page must not be parsed: more than `limit` elements open at once, or a shape that parsers are slow on.

    Linear in the length of the page; None when it may be parsed.
    """
    waiting, pairs = _glance(html)
    if pairs > _PAIRS_LIMIT:
        return "its tags have too many attributes"
    if _is_plain(html, limit, waiting):
        return None
    page = OpenElements()
    position = 0
    while token := TOKEN.search(html, position):
        if token.start() > position and page.waiting and not page.is_foreign:
            page.reopen()
        position = token.end()
        name, source = token.group("name"), token.group("attributes")
        if not name:
            if page.top().startswith("~") and html.startswith("<![CDATA[", token.start()):
                end = html.find("]]>", token.start())
                position = end if end >= 0 else len(html)
            continue
        if name.isascii():  # lower() would make a Kelvin sign a letter of HTML
            name = name.lower()
        if name == "frameset":  # these alone make the page, or they are ignored
            page.framesets = max(page.framesets + (-1 if token.group("close") else 1), 0)
            continue
        if token.group("close"):
            _end(page, name)
            continue
        foreign = page.is_foreign
        _start(page, name, source, bool(token.group("empty")))
        if not foreign:
            position = _skip(page, html, name, position)
        if max(page.depth, page.framesets) > limit:
            return f"more than {limit} elements are open at once"
        if page.reopened > _REOPENED_LIMIT:
            return "too much unclosed formatting, to be opened again in each block"
    return None
