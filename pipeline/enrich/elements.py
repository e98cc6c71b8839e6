"""Which elements of HTML close, hold or hide others, and the stack of those that are open: what `depth` counts by.

Source: WHATWG HTML, 13.2.4.2 (special, formatting, scopes), 13.2.5.71 and 13.2.6 (what a start tag closes).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


IGNORED = _set("html head body frame")
VOID = _set("area base basefont bgsound br col embed hr image img input keygen link meta param source track wbr")
RAW = _set("script style textarea title xmp iframe noembed noframes")
RAW_ENDS = {name: re.compile(rf"(?i)</{name}(?=[\t\n\f\r />])") for name in RAW}
HEADINGS = _set("h1 h2 h3 h4 h5 h6")
CLOSES_P = HEADINGS | _set(
    "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form "
    "header hgroup hr li listing main menu nav ol p plaintext pre search section summary table ul xmp"
)
SPECIAL = (CLOSES_P - _set("dialog")) | _set(
    "applet button caption colgroup marquee noscript object select tbody td template tfoot th thead tr"
)
BY_SCOPE = (CLOSES_P - HEADINGS - _set("form hr li p plaintext table xmp")) | _set("applet button marquee object")
FORMATTING = _set("a b big code em font i nobr s small strike strong tt u")
MARKERS = _set("applet caption td th marquee object template")
TABLE_CONTEXT = {  # what a part of a table is put into; all that is open inside that closes
    **dict.fromkeys(("caption", "colgroup", "tbody", "thead", "tfoot"), ("table",)),
    "tr": ("table", "tbody", "thead", "tfoot"),
    **dict.fromkeys(("td", "th"), ("tr", "table", "tbody", "thead", "tfoot")),
}
RUBY = _set("rb rp rt rtc")
IMPLIED = RUBY | _set("dd dt li optgroup option p")  # end tags that may be left out
CLOSERS = HEADINGS | RUBY | _set("li dd dt a nobr button option optgroup input keygen textarea table")
BLOCK = (SPECIAL | RUBY | {"dialog"}) - _set("applet button marquee object select")  # these reopen no formatting
NOAH = 3  # formatting elements that are alike are kept, to be opened again: the rule called Noah's Ark
TEXT_POINTS = {  # foreign elements whose content is HTML again
    "~svg": _set("foreignobject desc title"),
    "~math": _set("mi mo mn ms mtext"),
}
BREAKOUT = HEADINGS | _set(
    "b big blockquote body br center code dd div dl dt em embed head hr i img li listing menu meta nobr ol p pre ruby "
    "s small span strong strike sub sup table tt u ul var"
)


def _groups(name: str) -> tuple[str, ...]:
    belongs = {
        "#special": name in SPECIAL,
        "#stop": name in SPECIAL - {"address", "div", "p"},
        "#scope": name in MARKERS or name == "table",
        "#marker": name in MARKERS,
    }
    return tuple(group for group, is_in in belongs.items() if is_in)


GROUPS = {name: _groups(name) for name in SPECIAL}


class OpenElements:
    """The stack of open elements. `places` finds the innermost of a name or group without a walk: a tag costs O(1)."""

    def __init__(self) -> None:
        self.stack: list[tuple[str, str, tuple[str, ...]]] = []  # name, source, groups; name '' where one was taken
        self.places: dict[str, list[int]] = {}
        self.depth = 0
        self.waiting: Counter[tuple[str, str]] = Counter()  # formatting that was cut off: the next text reopens it
        self.reopened = 0
        self.form = False
        self.framesets = 0

    def last(self, *names: str) -> int:
        """The place of the innermost open element of these names or groups, -1 when none is open."""
        innermost = -1
        for name in names:
            if (places := self.places.get(name)) and places[-1] > innermost:
                innermost = places[-1]
        return innermost

    def top(self) -> str:
        """The name of the innermost open element, '' when none is open."""
        return self.stack[-1][0] if self.stack else ""

    def push(self, name: str, source: str = "", groups: tuple[str, ...] = ()) -> None:
        """Open an element."""
        for key in (name, *groups):
            self.places.setdefault(key, []).append(len(self.stack))
        self.stack.append((name, source, groups))
        self.depth += 1

    def _leave(self, place: int, name: str, groups: tuple[str, ...]) -> None:
        for key in (name, *groups):
            places = self.places[key]
            if places[-1] == place:
                places.pop()
            else:
                del places[bisect_left(places, place)]
            if not places:
                del self.places[key]
        self.depth -= 1

    def pop_to(self, size: int) -> None:
        """Close all elements from place `size` on; formatting that is cut off waits, unless a marker goes with it."""
        marker = len(self.stack)
        if (markers := self.places.get("#marker")) and markers[-1] >= size:
            marker = markers[bisect_left(markers, size)]
        while len(self.stack) > size or (self.stack and not self.stack[-1][0]):
            name, source, groups = self.stack.pop()
            if name:
                self._leave(len(self.stack), name, groups)
                if name in FORMATTING and len(self.stack) < marker:
                    self._wait(name, source)

    def take(self, name: str) -> None:
        """Close the innermost element of a name, and none of those inside it."""
        place = self.places[name][-1]
        self._leave(place, name, self.stack[place][2])
        self.stack[place] = ("", "", ())
        self.pop_to(len(self.stack))

    def _wait(self, name: str, source: str) -> None:
        if self.waiting[name, source] < (1 if name in ("a", "nobr") else NOAH):
            self.waiting[name, source] += 1

    def forget(self, name: str) -> None:
        """One element of this name waits no more to be opened again."""
        same = [key for key in self.waiting if key[0] == name]
        if same:
            key = max(same, key=self.waiting.__getitem__)
            self.waiting[key] -= 1
            if not self.waiting[key]:
                del self.waiting[key]

    def reopen(self) -> None:
        """Open the formatting that waits, as text or an inline element does."""
        for name, source in self.waiting.elements():
            self.push(name, source)
            self.reopened += 1
        self.waiting.clear()

    @property
    def is_foreign(self) -> bool:
        """Whether a start tag would be one of SVG or MathML."""
        return self.last("#root") > self.last("#text point")
