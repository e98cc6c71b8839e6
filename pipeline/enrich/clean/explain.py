"""What the lines outside the body are: by phrase, shape, markup, and where none of these speaks, by neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.enrich.clean import shapes
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.markup import hinted
from pipeline.enrich.clean.verdicts import Verdict, Where, loose, named, opener
from pipeline.reasons import CutKind

SHORT = 3  # words: a label, a menu entry or a button, hardly a headline
NEAR_BODY = 8  # lines above the body in which a headline stands
FIRM = 0.85  # confidence of a rule that ends the section that it does not belong to
SECTION_PROSE = 40  # words of a teaser, or of a remark in a form
HEADING = 6  # words of an unknown heading above a form
INVITED = frozenset([CutKind.COMMENT_FORM, CutKind.NEWSLETTER])
COUNTED = frozenset([CutKind.SHARE_BAR, CutKind.COMMENTS, CutKind.RELATED])
READERS = frozenset([CutKind.COMMENTS, CutKind.COMMENT_FORM, CutKind.BYLINE, CutKind.NAVIGATION, CutKind.SHARE_BAR])
MARKED = frozenset(  # kinds that a site names surely, and whose buttons say what buttons of other kinds say
    [
        CutKind.NAVIGATION,
        CutKind.SHARE_BAR,
        CutKind.NEWSLETTER,
        CutKind.PAYWALL_NOTICE,
        CutKind.COMMENTS,
        CutKind.COMMENT_FORM,
    ]
)


BUTTONS = MARKED | {CutKind.LABEL, CutKind.RELATED, CutKind.OTHER}


class _Place(NamedTuple):
    """What is known around a line."""

    where: Where
    distance: int  # lines down to the body
    body: str  # its first line
    title: str | None
    section: CutKind | None  # the section that is open
    before: Verdict | None
    after: CutKind | None  # what a phrase says of the next line


def explain(
    lines: Sequence[Line], kept: Sequence[bool], given: Sequence[Verdict | None], title: str | None
) -> list[Verdict | None]:
    """A verdict for every line that is not kept, None for the others; `given` ones stay unless neighbours say more."""
    first, last = (
        (kept.index(True), len(kept) - 1 - kept[::-1].index(True)) if True in kept else (len(lines), len(lines))
    )
    body = lines[first].text if first < len(lines) else ""
    verdicts: list[Verdict | None] = []
    section: CutKind | None = None
    before: Verdict | None = None
    for i, line in enumerate(lines):
        if kept[i]:
            section, before = None, None
            verdicts.append(None)
            continue
        where: Where = "above" if i < first else "below" if i > last else "inside"
        following = lines[i + 1].phrases if i + 1 < len(lines) and not kept[i + 1] else ()
        after = next((phrase.kind for phrase in following if not phrase.outside), None)
        verdict = _explain_one(line, given[i], _Place(where, first - i, body, title, section, before, after))
        opened = opener(line)
        if opened is not None and opened == verdict.kind:
            section = opened
        elif section is not None and verdict.kind != section:
            section = None
        verdicts.append(verdict)
        before = verdict
    return _with_headline(verdicts, first)


def _explain_one(line: Line, given: Verdict | None, place: _Place) -> Verdict:
    headline = _headline(line, place)
    if headline is not None and (given is None or given.rule.startswith("beside_")):
        return headline
    beside = place.section or (place.before.kind if place.before is not None else None)
    if all(phrase.kind != beside for phrase in line.phrases):
        beside = place.after
    found = given or loose(line, place.where, beside)
    if len(line.phrases) > 1 and found is not None and found.rule.endswith("_phrase"):
        found = named(line, place.where, beside) or found
    marked = hinted(line)
    if place.section is not None and _stays(line, found, marked, place.section):
        return found if found is not None and found.kind == place.section else _beside(place.section)
    if found is None:
        return marked or _by_place(line, place)
    if marked is not None and marked.confidence >= 0.8 and _is_overruled(line, found, marked.kind):
        return marked
    return found


def _is_overruled(line: Line, found: Verdict, marked: CutKind) -> bool:
    """A button or a label that says too little: 'Email' in a share bar, 'Sport' in a menu."""
    if line.units > SHORT or not found.rule.endswith("_phrase") or marked not in MARKED:
        return False
    if marked == CutKind.COMMENTS and found.kind == CutKind.COMMENT_FORM:
        return found.confidence < FIRM
    return found.kind in BUTTONS


def _headline(line: Line, place: _Place) -> Verdict | None:
    if place.where != "above" or place.distance > 2 * NEAR_BODY or line.tag in ("li", "td"):
        return None
    if shapes.same_title(line.text, place.title):
        return Verdict(CutKind.HEADLINE, "headline_title", 0.95)
    alike = shapes.copies(line.text, place.body)
    if alike:
        return Verdict(CutKind.HEADLINE, "headline_copy", alike)
    return Verdict(CutKind.HEADLINE, "headline_tag", 0.9) if line.tag == "h1" else None


def _beside(section: CutKind) -> Verdict:
    return Verdict(section, f"beside_{section}", 0.7)


def _stays(line: Line, found: Verdict | None, marked: Verdict | None, section: CutKind) -> bool:
    """The line belongs to the open section: what it says, and what the markup says of it, fit."""
    opened = opener(line)
    if opened is not None and opened != section:
        return False
    if any(phrase.kind == section for phrase in line.phrases):
        return True
    if (
        marked is not None
        and marked.confidence >= 0.8
        and marked.kind != section
        and not {section, marked.kind} <= READERS
    ):
        return False
    if found is None:
        return _belongs(line, section)
    if section == CutKind.COMMENTS:
        return found.kind in READERS or found.confidence < FIRM
    return found.kind == section or (section == CutKind.COMMENT_FORM and found.confidence < FIRM)


def _belongs(line: Line, section: CutKind) -> bool:
    """The line looks like a part of an open section."""
    if section == CutKind.COMMENTS:
        return True
    if section in (CutKind.RELATED, CutKind.COMMENT_FORM):
        return not line.prose or line.units < SECTION_PROSE
    if section in (CutKind.TAGS, CutKind.SHARE_BAR):
        return line.units <= SHORT
    return not line.prose


def _by_place(line: Line, place: _Place) -> Verdict:
    """The last resort: place, length and the line before."""
    before, where = place.before, place.where
    if shapes.is_count(line.text):
        beside = place.after or (before.kind if before is not None else None)
        return Verdict(beside if beside in COUNTED else CutKind.OTHER, "bare_number", 0.5)
    if line.links > 0.5 and line.units > SHORT:
        return Verdict(CutKind.RELATED, "linked_title", 0.6)
    if where == "above":
        if line.units <= SHORT:
            if place.distance <= NEAR_BODY and shapes.is_name(line.text):
                return Verdict(CutKind.BYLINE, "name_above", 0.5)
            kind = CutKind.LABEL if place.distance <= NEAR_BODY else CutKind.NAVIGATION
            return Verdict(kind, "short_line_above", 0.6)
        if line.prose:
            return Verdict(CutKind.RELATED, "teaser_above", 0.4)
        return Verdict(CutKind.HEADLINE if place.distance <= NEAR_BODY else CutKind.RELATED, "title_above", 0.6)
    if (
        place.after in INVITED
        and line.units <= HEADING
        and (before is None or before.kind in READERS | {CutKind.COPYRIGHT})
    ):
        return Verdict(place.after, f"heading_of_{place.after}", 0.6)
    if line.units <= SHORT:
        kind = before.kind if before is not None and before.kind != CutKind.OTHER else CutKind.NAVIGATION
        return Verdict(kind, f"short_line_{where}", 0.5)
    if not line.prose:
        return Verdict(CutKind.RELATED, f"title_{where}", 0.5)
    if before is not None and before.kind in (CutKind.RELATED, CutKind.COMMENTS, CutKind.CAPTION, CutKind.COPYRIGHT):
        return Verdict(before.kind, f"beside_{before.kind}", 0.4)
    return Verdict(CutKind.OTHER, f"prose_{where}", 0.4)


def _with_headline(verdicts: list[Verdict | None], first: int) -> list[Verdict | None]:
    """Above a body without a headline, the last of several short lines is one: 'Sport', then 'Rowers win'."""
    near = range(max(0, first - NEAR_BODY), first)
    if any((verdict := verdicts[i]) is not None and verdict.kind == CutKind.HEADLINE for i in near):
        return verdicts
    labels = [i for i in near if (verdict := verdicts[i]) is not None and verdict.kind == CutKind.LABEL]
    unnamed = [i for i in labels[1:] if (verdict := verdicts[i]) is not None and verdict.rule == "short_line_above"]
    if unnamed:
        verdicts[unnamed[-1]] = Verdict(CutKind.HEADLINE, "last_line_above", 0.5)
    return verdicts
