"""Sixty records that mean harm: each with all that may become of it, as 'enriched', 'rejected REASON', 'dead REASON'.

The traps that the trackers of parsers, taggers and pipelines know, and what a taken-over parser could do to a child.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass

import orjson

from tests.traps import TRAP

PROSE = "The council of Vienna met on Monday. Anna Gruber said that the budget was late, and nobody disagreed. "
BODY = f"<article>{f'<p>{PROSE * 3}' * 6}</article>"
ENRICHED = frozenset({"enriched"})
REFUSED = frozenset({"dead too_deep", "dead too_large"})
ANY = frozenset(  # of what is bounded: handled somehow, but by no deadline, no crash and no bug
    {"enriched", "rejected not_an_article", "rejected empty_after_cleaning", "rejected needs_javascript",
     "rejected error_page", "rejected consent_page", "dead no_content", *REFUSED}
)  # fmt: skip


@dataclass(frozen=True)
class Hostile:
    """A value, its headers, and its allowed fates; `kills`: it costs its child."""

    value: bytes | None
    allowed: frozenset[str]
    headers: tuple[tuple[str, bytes | None], ...] = ()
    kills: bool = False


def dead(reason: str, value: bytes | None, *headers: tuple[str, bytes | None]) -> Hostile:
    return Hostile(value, frozenset({f"dead {reason}"}), headers)


def page(html: str, allowed: frozenset[str] = ANY) -> Hostile:
    return Hostile(html.encode(), allowed, (("content-type", b"text/html; charset=utf-8"),))


def text(content: str, allowed: frozenset[str] = ANY) -> Hostile:
    return Hostile(orjson.dumps({"text": content}), allowed)


def killer(trap: str, reason: str) -> Hostile:
    return Hostile(TRAP + trap.encode() + b'"}', frozenset({f"dead {reason}"}), (), kills=True)


def records(size: int) -> dict[str, Hostile]:
    """All of them; `size`: bytes of the large ones."""

    def full(piece: str) -> str:
        return piece * (size // len(piece.encode()))

    many = size // 128
    zeros = bytes(20 * size)
    return {
        # what kills, hangs, eats or lies
        "hangs": killer("spin", "timeout"),
        "hangs in C with the lock held": killer("spin-in-c", "timeout"),
        "eats memory": killer("eat", "memory"),
        "ends the child": killer("exit", "crashed"),
        "breaks the child": killer("segv", "crashed"),
        "answers for the child": killer("lie", "crashed"),
        "answers without end": killer("endless", "crashed"),
        "finds a bug": Hostile(TRAP + b'raise"}', frozenset({"dead internal_error"})),
        "has no answer": Hostile(TRAP + b'unwritable"}', frozenset({"dead internal_error"})),
        # bytes
        "nothing": dead("no_value", None),
        "empty": dead("invalid_json", b""),
        "a gzip bomb": dead("invalid_json", gzip.compress(zeros)),
        "a gzip bomb that says so": dead("invalid_json", gzip.compress(zeros), ("content-encoding", b"gzip")),
        "a zlib bomb": dead("invalid_json", zlib.compress(zeros, 9)),
        "a gzip bomb as a page": Hostile(gzip.compress(zeros), ANY, (("content-type", b"text/html"),)),
        "zeros": dead("invalid_json", bytes(size)),
        "every byte": dead("invalid_json", bytes(range(256)) * 40),
        "half a character": dead("invalid_json", b'{"text": "\xe2\x82'),
        # JSON
        "nested arrays": Hostile(b"[" * size, frozenset({"dead too_deep", "dead invalid_json"})),
        "nested objects": Hostile(b'{"a":' * (size // 5), frozenset({"dead too_deep", "dead invalid_json"})),
        "nested extra": Hostile(b'{"text": "x", "a": ' + b"[" * 900 + b"]" * 900 + b"}", ANY | {"dead too_deep"}),
        "an array": dead("not_an_object", b"[1, 2]"),
        "a number of a thousand digits": Hostile(b"9" * 1000, frozenset({"dead not_an_object", "dead invalid_json"})),
        "a text that is a number": dead("wrong_type", b'{"text": 1e99}'),
        "no content": dead("no_content", b'{"title": "nothing else"}'),
        "null content": dead("no_content", b'{"text": null, "html": null}'),
        "base64 that is none": Hostile(b'{"html_base64": "%%%"}', frozenset({"dead wrong_type"})),
        "many keys": Hostile(orjson.dumps({"text": PROSE, **{f"k{n}": n for n in range(many)}}), ENRICHED),
        "half surrogates": Hostile(b'{"text": "' + b"\\ud800" * (size // 6) + b'"}', ANY),
        "an unknown schema": dead("unsupported_schema", b'{"text": "x"}', ("schema", b"raw/9")),
        # pages
        "200k nested tags": page("<div>" * 200_000 + BODY, REFUSED),
        "20k nested tags": page("<div>" * 20_000 + BODY, REFUSED),
        "200k attributes": page(f"<div {' '.join(f'a{i}=1' for i in range(200_000))}>{BODY}", REFUSED),
        "an unfinished tag": page("<a " + full("b ") + BODY, REFUSED),
        "unfinished tags": page(full("<a "), REFUSED),
        "less-than signs": page(full("<")),
        "one comment": page("<!--" + full("- ") + BODY),
        "table rows": page("<table>" + "<tr><td>one</td><td>two</td></tr>" * many + "</table>" + BODY),
        "definitions": page("<dl>" + "<dt>x<dd>y" * many + "</dl>" + BODY),
        "links": page("<a href=/x>link</a>" * many + BODY),
        "unclosed formatting": page("<b><p>a" * 400 + BODY),
        "shadow roots": page("<x-y><template shadowrootmode=open><table><td></template></x-y>" * 500 + BODY),
        "references": page("<p>" + full("&amp;") + BODY),
        "entities of entities": page('<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + "&b;" * many + BODY),
        "a script": page("<script>" + full("var a = 1;") + "</script>" + BODY),
        "data": page('<script type="application/ld+json">[' + full('{"@type":"Article"},') + "0]</script>" + BODY),
        "nested data": page('<script type="application/ld+json">' + "[" * 5000 + "</script>" + BODY),
        "many dates": page("<time datetime=2024-01-01>x</time>" * many + BODY),
        "a form around all": page(f"<form>{BODY}<input></form>", ENRICHED),
        "a wrong charset": Hostile(BODY.encode("utf-16"), ANY, (("content-type", b"text/html; charset=utf-7"),)),
        # texts: the patterns of cleaning, dates, names and numbers
        "one word": text(full("a")),
        "one line": text(full(PROSE)),
        "lines of a form": text("Leave a Reply\n" * many),
        "white space": text("a" + " " * size + "b"),
        "tabs and breaks": text(full(" \t\n")),
        "at signs": text(full("a@") + "!"),
        "almost an address": text("https://" + full("a.") + "\\"),
        "almost a date": text(full("1-1-")),
        "almost money": text("$" + full("1,") + "x"),
        "names": text(full("Anna Gruber of Vienna met Paul Weber in Berlin. ")),
        "abbreviations": text(full("U.S. Mr. St. ")),
        "combining marks": text("a" + full("\u0301")),
        "right to left": text(full("\u202e\u202dabc ")),
        "mojibake": text(full("Ã¼ber ")),
        "brackets": text(full("(")),
        "quotation marks": text(full('"\u201c')),
    }
