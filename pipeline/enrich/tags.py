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
LONG_TAG = re.compile(r"<[A-Za-z][^<>]{16384}")
FORMATTING_START = re.compile(r"(?i)<(?:big|code|em|font|b|i|small|s|strike|strong|tt|u)(?=[\t\n\f\r />])")


def attributes(source: str) -> dict[str, str]:
    """Attributes by lower-case name, the first of each, values without quotes."""
    found: dict[str, str] = {}
    for match in ATTRIBUTES.finditer(source):
        value = match.group()[len(match.group("key")) :].lstrip("\t\n\f\r ").removeprefix("=")
        found.setdefault(match.group("key").lower(), value.strip("\t\n\f\r \"'").lower())
    return found
