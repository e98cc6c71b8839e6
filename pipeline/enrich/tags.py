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
LONGEST_TAG = 16384  # characters of a tag; one that is longer is read as far as this
LONG_TAG = re.compile(rf"<[A-Za-z][^<>]{{1000,{LONGEST_TAG}}}")
FORMATTING_START = re.compile(r"(?i)<(?:big|code|em|font|b|i|small|s|strike|strong|tt|u)(?=[\t\n\f\r />])")


def attributes(source: str) -> dict[str, str]:
    """Attributes by lower-case name, the first of each, values without quotes."""
    found: dict[str, str] = {}
    for match in ATTRIBUTES.finditer(source):
        value = match.group()[len(match.group("key")) :].lstrip("\t\n\f\r ").removeprefix("=")
        found.setdefault(match.group("key").lower(), value.strip("\t\n\f\r \"'").lower())
    return found
