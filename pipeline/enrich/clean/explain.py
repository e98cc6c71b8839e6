"""What the lines outside the body are: by phrase, shape, markup, and where none of these speaks, by their neighbours."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.enrich.clean import shapes
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.verdicts import Verdict, Where, hinted, loose, opener
from pipeline.reasons import CutKind

SHORT = 3  # words: a label, a menu entry or a button, hardly a headline
NEAR_BODY = 8  # lines above the body in which a headline stands


def _belongs(line: Line, section: CutKind) -> bool:
    """The line looks like a part of an open section."""
    if section == CutKind.COMMENTS:
        return True
    if section == CutKind.RELATED:
        return not line.prose or line.units < 40
    if section in (CutKind.TAGS, CutKind.SHARE_BAR):
        return line.units <= SHORT
    return not line.prose


def _by_place(line: Line, where: Where, distance: int, before: Verdict | None) -> Verdict:
    """The last resort: place, length and the line before."""
    if line.links > 0.5 and line.units > SHORT:
        return Verdict(CutKind.RELATED, "linked_title", 0.6)
    if where == "above":
        if line.units <= SHORT:
            if distance <= NEAR_BODY and shapes.is_name(line.text):
                return Verdict(CutKind.BYLINE, "name_above", 0.5)
            kind = CutKind.LABEL if distance <= NEAR_BODY else CutKind.NAVIGATION
            return Verdict(kind, "short_line_above", 0.6)
        if line.prose:
            return Verdict(CutKind.RELATED, "teaser_above", 0.4)
        return Verdict(CutKind.HEADLINE if distance <= NEAR_BODY else CutKind.RELATED, "title_above", 0.6)
    if line.units <= SHORT:
        kind = before.kind if before is not None and before.kind != CutKind.OTHER else CutKind.NAVIGATION
        return Verdict(kind, f"short_line_{where}", 0.5)
    if not line.prose:
        return Verdict(CutKind.RELATED, f"title_{where}", 0.5)
    if before is not None and before.kind in (CutKind.RELATED, CutKind.COMMENTS, CutKind.CAPTION, CutKind.COPYRIGHT):
        return Verdict(before.kind, f"beside_{before.kind}", 0.4)
    return Verdict(CutKind.OTHER, f"prose_{where}", 0.4)


def explain(
    lines: Sequence[Line], kept: Sequence[bool], given: Sequence[Verdict | None], title: str | None
) -> list[Verdict | None]:
    """A verdict for every line that is not kept, None for the others; `given` verdicts stay."""
    if True not in kept:
        first = last = len(lines)
        body = ""
    else:
        first = kept.index(True)
        last = len(kept) - 1 - list(reversed(kept)).index(True)
        body = lines[first].text
    verdicts: list[Verdict | None] = []
    section: CutKind | None = None
    before: Verdict | None = None
    for i, line in enumerate(lines):
        if kept[i]:
            section, before = None, None
            verdicts.append(None)
            continue
        where: Where = "above" if i < first else "below" if i > last else "inside"
        verdict = given[i] or _explain_one(line, where, first - i, body, title, section, before)
        opened = opener(line)
        if opened is not None and opened == verdict.kind:
            section = opened
        elif section is not None and verdict.kind != section:
            section = None
        verdicts.append(verdict)
        before = verdict
    return verdicts


def _explain_one(
    line: Line, where: Where, distance: int, body: str, title: str | None, section: CutKind | None, before: Verdict | None
) -> Verdict:
    if where == "above" and distance <= 2 * NEAR_BODY and line.tag not in ("li", "td"):
        if shapes.same_title(line.text, title):
            return Verdict(CutKind.HEADLINE, "headline_title", 0.95)
        alike = shapes.copies(line.text, body)
        if alike:
            return Verdict(CutKind.HEADLINE, "headline_copy", alike)
        if line.tag == "h1":
            return Verdict(CutKind.HEADLINE, "headline_tag", 0.9)
    verdict = loose(line, where)
    if verdict is not None and not (section == CutKind.COMMENT_FORM and verdict.confidence < 0.85):
        return verdict
    if section is not None and _belongs(line, section):
        return Verdict(section, f"beside_{section}", 0.7)
    return verdict or hinted(line) or _by_place(line, where, distance, before)
