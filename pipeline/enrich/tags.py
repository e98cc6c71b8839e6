"""The tags of a page by regular expressions that are linear on any input. Source: WHATWG HTML, 13.2.5 (tokens)."""

from __future__ import annotations

import re

_SPACE = r"[\t\n\f\r ]"
_ATTRIBUTE = (
    r"(?P<{0}>[^\t\n\f\r />][^\t\n\f\r />=]*+)"
    rf"(?:{_SPACE}*+={_SPACE}*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\t\n\f\r >\"'][^\t\n\f\r >]*+)?+)?+"
)
ATTRIBUTES = re.compile(_ATTRIBUTE.format("key"))
TOKEN = re.compile(
    r"<(?:"
    r"!--(?:-?>|[^-]*+(?:-(?!-!?>)[^-]*+)*+(?:--!?>|\Z))"
    rf"|(?P<close>/?)(?P<name>[A-Za-z][^\t\n\f\r />]*+)"
    rf"(?P<attributes>(?:{_SPACE}++|/(?!>)|{_ATTRIBUTE.format('_')})*+)(?P<empty>/?)(?:>|\Z)"
    r"|[!?/][^>]*+(?:>|\Z)"
    r")"
)
_FEW = 50  # attributes of one tag; more are counted
_VALUE = r"(?:=(?:\"[^\"]*+\"|'[^']*+'|[^\t\n\f\r <>\"'=`]++))?+"
_PLAIN = rf"[^\t\n\f\r <>/\"'=]*+(?:{_SPACE}++[^\t\n\f\r <>/\"'=]++{_VALUE}){{0,{_FEW}}}+{_SPACE}*+/?>"
_QUOTED = rf"(?:=\"[^<>\"'=]*+\"[^<>\"'=]*+){{0,{_FEW}}}+"
# Start tags of two kinds. Those of formatting, whole where the first > can only be their end: two that read the same
# are the same. And those that do not plainly end after few attributes.
UNUSUAL = re.compile(
    r"<(?:(?P<formatting>[biestfcuBIESTFCU](?:(?<=[bB])(?:[iI][gG])?|(?<=[iIuUsS])|(?i:ode|m|ont|mall|trike|trong|t))"
    rf"(?=[\t\n\f\r />])(?:[^<>\"'=]*+{_QUOTED}>)?+)|[A-Za-z](?!{_PLAIN}))"
)


def attributes(source: str) -> dict[str, str]:
    """Attributes by lower-case name, the first of each, values without quotes."""
    found: dict[str, str] = {}
    for match in ATTRIBUTES.finditer(source):
        value = match.group()[len(match.group("key")) :].lstrip("\t\n\f\r ").removeprefix("=")
        found.setdefault(match.group("key").lower(), value.strip("\t\n\f\r \"'").lower())
    return found
