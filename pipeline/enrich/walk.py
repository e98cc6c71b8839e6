"""The walk over a parsed page: its visible text, one block a line, and what the markup says of each line. No recursion.

Plain Python that is compiled where a compiler is: walk.pxd gives the types, the output is the same.
"""

from __future__ import annotations

from typing import Any

from pipeline.enrich.repair import without_controls
from pipeline.records import Block

_SKIPPED = (
    "script style noscript noframes noembed template svg canvas iframe object embed audio video map head title meta "
    "link select textarea option datalist progress meter math"
)
_INLINE = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr picture q s samp small "
    "source span strike strong sub sup time tt u var wbr"
)
_STRUCTURE = "nav footer header aside figure figcaption form article main"
SKIPPED, INLINE = frozenset(_SKIPPED.split()), frozenset(_INLINE.split())
STRUCTURE = frozenset(_STRUCTURE.split())  # tags that are hints too
MAX_HINTS = 32  # tokens a block carries; the nearest ones say most

_MAX_TOKEN = 20  # letters of a token; a longer word is cut into several
_MAX_VALUE = 200  # characters of an attribute that are read
_NAMING = ("class", "id", "role", "itemprop")  # attributes whose value names the element
_TEXT, _SKIP, _FACT, _ASIDE, _TIME, _LINK, _INLINED, _BLOCK = range(8)  # kinds of node; those from _TIME on are entered
FACTS = "script, meta, time"  # elements that say something of the article; a hidden one does too


def tokens(names: str) -> list[str]:
    """The words of names like `post-body shareBar` in lower case: those of `[A-Z]?[a-z]{2,20}|[A-Z]{2,20}`."""
    found: list[str] = []
    end, size = 0, len(names)
    while end < size:
        start = end
        letter = names[start]
        end += 1
        least = 2
        if "A" <= letter <= "Z":
            while end < size and end < start + _MAX_TOKEN and "A" <= names[end] <= "Z":
                end += 1
            if end == start + 1:
                least = 3
        elif not "a" <= letter <= "z":
            continue
        if least == 3 or letter >= "a":
            while end < size and end < start + _MAX_TOKEN + least - 2 and "a" <= names[end] <= "z":
                end += 1
        if end - start >= least:
            word = names[start:end]
            found.append(word.lower() if letter < "a" else word)
        else:
            end = start + 1
    return found


def _none_in(known: dict[str, None], tokens: tuple[str, ...]) -> bool:
    for token in tokens:
        if token in known:
            return False
    return True


def before(found: list[str], outer: tuple[str, ...], repeats: bool) -> tuple[str, ...]:
    """The tokens found before the outer ones, each once, at most MAX_HINTS; `repeats`: an outer one may come twice."""
    seen: dict[str, None] = {}
    for token in found:
        seen[token] = None
    if not repeats and _none_in(seen, outer):
        return (tuple(seen) + outer)[:MAX_HINTS]
    merged = list(seen)
    for token in outer:
        if token not in seen:
            merged.append(token)
            if repeats:
                seen[token] = None
    del merged[MAX_HINTS:]
    return tuple(merged)


def one_line(text: str) -> str:
    """The text without control characters, its white space collapsed. A fast way for what has little to mend."""
    if "\x85" not in text:  # white space, but an ellipsis where windows-1252 is meant
        if not text.isprintable():  # white space but the space itself is not
            text = text.replace("\n", " ").replace("\xa0", " ")
        text = text.strip()
        if "  " not in text and text.isprintable():
            return text
    return " ".join(without_controls(text).split())  # a reference such as &#1; makes a control character


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    return style is not None and "display:none" in style[:_MAX_VALUE].replace(" ", "").lower()


class _Hints:
    """Tokens of an element and those around it; `inner`: those of elements inside, most of which are like another."""

    def __init__(self, tokens: tuple[str, ...], repeats: bool) -> None:
        self.tokens = tokens
        self.repeats = repeats  # whether a token may be there twice
        self.inner: dict[str, _Hints] = {}


class _Element:
    """An open block element; `names` are the values of its naming attributes, None when it has no attributes."""

    def __init__(self, tag: str, names: str | None, number: int) -> None:
        self.tag = tag
        self.names = names
        self.number = number
        self.parent = self.outer = self.depth = 0
        self.around: _Element | None = None
        self.hints: _Hints | None = None


def _inside(outer: _Hints, tag: str, names: str | None) -> _Hints:
    """Hints of an element: its tokens before those around it."""
    is_hint = tag in STRUCTURE
    if not is_hint and not names:
        return outer
    key = names or ""
    if is_hint:
        key = f"\0{tag}" if names is None else f"{tag}\0{names}"  # no attribute holds a NUL: parsers replace it
    hints = outer.inner.get(key)
    if hints is None:
        if names is None:
            hints = _Hints((tag, *outer.tokens)[:MAX_HINTS], outer.repeats or tag in outer.tokens)
        else:
            found = [tag, *tokens(names)] if is_hint else tokens(names)
            hints = _Hints(before(found, outer.tokens, outer.repeats), False) if found else outer
        outer.inner[key] = hints
    return hints


def _hints(element: _Element) -> tuple[str, ...]:
    """Hints of an element, made when a line needs them: many elements hold none."""
    pending: list[_Element] = []
    while element.hints is None:
        pending.append(element)
        assert element.around is not None
        element = element.around
    hints = element.hints
    while pending:
        element = pending.pop()
        hints = element.hints = _inside(hints, element.tag, element.names)
    return hints.tokens


def _names(attributes: dict[str, str | None]) -> str:
    names = ""
    for name in _NAMING:
        value = attributes.get(name)
        if value:
            names = f"{names} {value[:_MAX_VALUE]}" if names else value[:_MAX_VALUE]
    return names


class Walk:
    """The explicit-stack walk: gathers inline text, ends a line at every block element."""

    def __init__(self, include_hidden: bool) -> None:
        self.include_hidden = include_hidden
        self.lines: list[str] = []
        self.blocks: list[Block] = []
        self.position = 0
        self.buffer: list[str] = []
        self.link_chars = 0
        self.elements = 0
        self.kinds: dict[int, tuple[int, str]] = {}  # by the parser's number of the tag
        self.facts: list[Any] = []  # nodes of the elements FACTS, in the order of the page
        self.has_template = False

    def _kind(self, name: str | None) -> int:
        if name == "-text":
            return _TEXT
        if name == "noscript":
            return _BLOCK if self.include_hidden else _ASIDE
        if name in ("script", "meta"):
            return _FACT
        if name == "template":
            self.has_template = True
        if not name or name[0] in "-!_" or name in SKIPPED:
            return _SKIP
        if name in ("a", "time"):
            return _LINK if name == "a" else _TIME
        return _INLINED if name in INLINE else _BLOCK

    def _open(self, node: Any, tag: str, around: _Element) -> _Element | None:
        """The block element of a node; None when it is hidden."""
        names = None
        attributes = node.attributes
        if attributes:
            if not self.include_hidden and _is_hidden(attributes):
                return None
            names = _names(attributes)
        self.elements += 1
        inner = _Element(tag, names, self.elements)
        inner.around = around
        inner.parent, inner.outer, inner.depth = around.number, around.parent, around.depth + 1
        return inner

    def _flush(self, element: _Element) -> None:
        """End the line: what was gathered becomes a block of the element that holds it."""
        if self.buffer:
            line = one_line("".join(self.buffer))
            if line:
                start, end = self.position, self.position + len(line)
                links = min(self.link_chars, len(line))
                place = (element.number, element.parent, element.outer, element.depth)
                block = (start, end, element.tag, _hints(element), links, *place)
                self.blocks.append(tuple.__new__(Block, block))  # Block() itself takes three times as long
                self.lines.append(line)
                self.position = end + 1
            self.buffer.clear()
        self.link_chars = 0

    def run(self, root: Any) -> None:
        """Walk the tree below `root` in document order."""
        element = _Element("body", None, 0)
        element.hints = _Hints((), False)
        links = 0
        inner: _Element | None
        following: list[Any] = []  # what follows each open node
        kinds: list[int] = []  # and the kind of that node
        node = root.first_child
        while node is not None or following:
            if node is None:
                node, kind = following.pop(), kinds.pop()
                if kind == _BLOCK:
                    self._flush(element)
                    assert element.around is not None
                    element = element.around
                elif kind == _LINK:
                    links -= 1
                    if node is not None and node.tag == "a":
                        self.buffer.append(" ")  # a bar of links shows gaps that its markup does not have
                continue
            number = node.tag_id
            known = self.kinds.get(number)
            if known is None:
                known = self.kinds[number] = (self._kind(node.tag), node.tag)
            kind, tag = known
            if kind == _TEXT:
                if self.buffer or links or not node.is_empty_text_node:  # a line begins with what shows
                    text = node.text_content or ""
                    self.buffer.append(text)
                    self.link_chars += len(text) if links else 0
            elif kind == _FACT:
                self.facts.append(node)
            elif kind == _ASIDE:
                self.facts += node.css(FACTS)
            elif kind != _SKIP:
                child = node.first_child
                inner = element
                if kind == _BLOCK:
                    self._flush(element)
                    inner = self._open(node, tag, element) if child is not None else None
                elif child is not None and not self.include_hidden and _is_hidden(node.attributes):
                    inner = None
                if kind == _TIME and inner is not None:
                    self.facts.append(node)
                if child is not None:
                    if inner is None:
                        self.facts += node.css(FACTS)
                    else:
                        following.append(node.next)
                        kinds.append(kind)
                        links += kind == _LINK
                        element, node = inner, child
                        continue
            node = node.next
        self._flush(element)
