"""`articles explain --html`: one article as one self-contained page: all is escaped, no script, nothing is loaded."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html import escape

from pipeline.cli.show import BIDI, pieces, visible
from pipeline.reasons import CutKind
from pipeline.records import Cleaned, Cut, Dead, Enriched, Mention, Outcome

_HUES = (45, 25, 190, 215, 300, 270, 0, 130, 170, 350, 320, 235, 95, 60, 10, 0)  # of the kinds, in their order
_GREY = frozenset(["navigation", "other"])
_ORDERS = re.compile(f"([{''.join(sorted(BIDI))}])")
_STYLE = """
body { font: 16px/1.5 Georgia, serif; margin: 2em auto; max-width: 62em; padding: 0 1em; color: #222; background: #fff }
h1 { font-size: 1.4em; unicode-bidi: isolate } dl { display: grid; grid-template-columns: 9em 1fr; font-size: .9em }
dt, .why, .legend, label { font-family: system-ui, sans-serif } dd { margin: 0; overflow-wrap: anywhere }
.legend { font-size: .8em; padding: 0; list-style: none } .legend li { margin: .2em 0 }
.piece { display: grid; grid-template-columns: 11em 1fr; gap: 1em; border-top: 1px solid #eee }
.why { font-size: .75em; overflow-wrap: anywhere } .why b { display: block }
.text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate }
del { opacity: .75 } mark { border-radius: .2em; padding: 0 .1em } .control { color: #b00; font: .7em monospace }
#clean:checked ~ main .cut { display: none } #clean:checked ~ main .piece { border: 0 }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #111 } .piece { border-color: #333 } }
"""


def render(outcome: Outcome, cleaned: Cleaned | None, url: str | None) -> str:
    """The page: what became of the article, a legend, and the page text with cuts struck through, entities marked."""
    mentions = outcome.mentions or () if isinstance(outcome, Enriched) else ()
    title = (cleaned.page.title if cleaned else None) or url or outcome.id
    parts = [
        "<!doctype html>\n<html><head><meta charset='utf-8'>",
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        "<meta name='viewport' content='width=device-width'>",
        f"<title>{escape(visible(title))}</title><style>{_STYLE}{_colours()}</style></head><body>",
        f"<h1 dir='auto'>{_text(title)}</h1>{_facts(outcome, cleaned, url)}",
    ]
    if cleaned is not None:
        parts += [
            _legend(cleaned.cuts),
            "<input type='checkbox' id='clean'> <label for='clean'>only the clean text</label>",
            f"<main>{''.join(_pieces(cleaned, mentions))}</main>",
        ]
    return "\n".join([*parts, "</body></html>\n"])


def _facts(outcome: Outcome, cleaned: Cleaned | None, url: str | None) -> str:
    facts = {"id": outcome.id, "url": url}
    if isinstance(outcome, Enriched):
        facts |= {"outcome": "enriched", "flags": ", ".join(outcome.flags) or None}
    else:
        name = "dead" if isinstance(outcome, Dead) else "rejected"
        facts |= {"outcome": f"{name}: {outcome.reason}, {outcome.reason.why}", "detail": outcome.detail or None}
    if cleaned is not None:
        facts["cleaned"] = f"by {cleaned.method}, confidence {cleaned.confidence}, {len(cleaned.cuts)} cuts"
    rows = (f"<dt>{name}</dt><dd>{_text(value)}</dd>" for name, value in facts.items() if value)
    return f"<dl>{''.join(rows)}</dl>"


def _legend(cuts: Sequence[Cut]) -> str:
    counts = Counter(cut.kind for cut in cuts)
    named = (f"<del class='{kind}'>{kind}</del> {count}: {_text(kind.why)}" for kind, count in counts.most_common())
    items = [*named, "<mark>entity</mark>: its label shows when it is pointed at"]
    return f"<ul class='legend'>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def _pieces(cleaned: Cleaned, mentions: Sequence[Mention]) -> list[str]:
    page, out = cleaned.page.text, []
    for piece in pieces(len(page), cleaned.cuts):
        whole = page[piece.start : piece.end]
        told = whole.strip()
        if not told:
            continue
        if piece.cut is None:
            inside = _with_entities(told, piece.clean + whole.index(told), mentions)
            out.append(f"<div class='piece'><div></div><div class='text' dir='auto'>{inside}</div></div>")
            continue
        kind, rule, sure = piece.cut.kind, _text(piece.cut.rule), f"{piece.cut.confidence:.2f}"
        why = f"<div class='why'><b class='{kind}'>{kind}</b>{rule} {sure}</div>"
        struck = f"<div class='text' dir='auto'><del class='{kind}'>{_text(told)}</del></div>"
        out.append(f"<div class='piece cut'>{why}{struck}</div>")
    return out


def _with_entities(text: str, offset: int, mentions: Sequence[Mention]) -> str:
    """A slice of the clean text that begins at `offset`; a mention that a cut divides is marked on either side."""
    out, position = [], 0
    for mention in mentions:
        start, end = max(mention.start - offset, position), min(mention.end - offset, len(text))
        if start < end:
            marked = f"<mark title='{_text(mention.label)} {mention.confidence:.2f}'>{_text(text[start:end])}</mark>"
            out += [_text(text[position:start]), marked]
            position = end
    return "".join([*out, _text(text[position:])])


def _text(text: str) -> str:
    """Escaped; a character that would change the order of others stands there as its number, a control as U+FFFD."""
    return "".join(_number(part) if part in BIDI else escape(visible(part)) for part in _ORDERS.split(text))


def _number(character: str) -> str:
    return f"<span class='control'>U+{ord(character):04X}</span>"


def _colours() -> str:
    rules = []
    for kind, hue in zip(CutKind, _HUES, strict=True):
        colour = f"hsl({hue} {0 if kind in _GREY else 65}% 42%)"
        rules.append(f".{kind} {{ color: {colour} }}")
    return "\n".join(rules)
