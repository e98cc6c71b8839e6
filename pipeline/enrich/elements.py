"""Which elements of HTML close, hold or hide others: the tables that `depth` counts by.

Source: WHATWG HTML, 13.2.4.2 (special, formatting, scopes), 13.2.5.71 and 13.2.6 (what a start tag closes).
"""

from __future__ import annotations

import re


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
INLINE = _set("applet button marquee object select")  # special elements that open waiting formatting again
FORMATTING = _set("a b big code em font i nobr s small strike strong tt u")
MARKERS = _set("applet caption td th marquee object template")
TABLE_CONTEXT = {  # what a part of a table is put into; all that is open inside that closes
    **dict.fromkeys(("caption", "colgroup", "tbody", "thead", "tfoot"), ("table",)),
    "tr": ("table", "tbody", "thead", "tfoot"),
    **dict.fromkeys(("td", "th"), ("tr", "table", "tbody", "thead", "tfoot")),
}
RUBY = _set("rb rp rt rtc")
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
