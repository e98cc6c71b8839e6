"""Which lines are the body: of a text by its densest region, of any choice of lines after the rules at its edges."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.enrich.clean import shapes
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.region import closing, densest
from pipeline.enrich.clean.verdicts import Verdict, loose, opener, strict
from pipeline.reasons import CutKind

CLEAN_LINES = 20  # a list in an article holds at most one common word such as 'Home' in so many lines
EDGE_LINES = 6  # lines at each end of the body that the loose rules look at
SECTION_LINES = 12  # titles below a heading such as 'Related' inside the body
LABEL_WORDS = 3


def strict_verdicts(lines: Sequence[Line]) -> list[Verdict | None]:
    """What goes wherever it stands, with the short titles below a section heading inside the text."""
    verdicts = [strict(line) for line in lines]
    section: Verdict | None = None
    left = 0
    for i, line in enumerate(lines):
        verdict = verdicts[i]
        if verdict is not None:
            is_heading = opener(line) == verdict.kind and verdict.kind != CutKind.COMMENTS
            section = Verdict(verdict.kind, f"beside_{verdict.kind}", 0.6) if is_heading else None
            left = SECTION_LINES
        elif section is not None and left and not line.prose and not line.joined and not line.ends:
            verdicts[i] = section
            left -= 1
        else:
            section = None
    return verdicts


def by_density(lines: Sequence[Line], given: Sequence[Verdict | None], is_text: bool) -> list[bool]:
    """The densest region, grown over the short sentences at its ends, without the lines that have a verdict.

    Where no line is prose, the lines that close a sentence, else those that no rule names.
    """
    start, end = densest(lines, given)
    if start == end:
        bound = closing(lines, given)
        plain = [given[i] is None and i < bound and loose(line, "below") is None for i, line in enumerate(lines)]
        sentences = [plain[i] and line.ends and line.units > 1 for i, line in enumerate(lines)]
        return sentences if any(sentences) else plain
    while start > 0 and given[start - 1] is None and _is_lead(lines[start - 1], lines[start]):
        start -= 1
    while end < len(lines) and given[end] is None and _is_close(lines[end]):
        end += 1
    if is_text and _is_clean(lines[end:], given[end:]):
        end = len(lines)
    if is_text and any(line.prose for line in lines[:start]) and _is_clean(lines[:start], given[:start]):
        start = next(i for i, line in enumerate(lines) if line.prose)
    return [start <= i < end and given[i] is None for i in range(len(lines))]


def _is_lead(line: Line, below: Line) -> bool:
    """A short first sentence, or one cut off behind a dateline; no headline."""
    stops = line.text.rstrip("\"'”’»").endswith((".", "。", "।", "۔"))
    is_sentence = (line.ends and stops and line.units > LABEL_WORDS) or (line.units > 12 and shapes.has_dateline(line.text))
    if not (is_sentence or line.joined) or line.links > 0.5 or loose(line, "above") is not None:
        return False
    return not shapes.copies(line.text, below.text)


def _is_close(line: Line) -> bool:
    return (line.ends or line.joined) and line.units > 1 and line.links < 0.5 and not loose(line, "below")


def _is_clean(part: Sequence[Line], given: Sequence[Verdict | None]) -> bool:
    """The lines on one side of the region show no furniture: they are a list, a table or a line that was cut off."""
    if any(given) or (part and part[0].units > LABEL_WORDS and shapes.is_byline(part[0].text)):
        return False
    return sum(bool(line.phrases) for line in part) * CLEAN_LINES <= len(part)


def trim(lines: Sequence[Line], kept: Sequence[bool], title: str | None) -> list[Verdict | None]:
    """Verdicts on kept lines at the edges: headline, labels, bylines above; buttons, dates, credits below.

    What is left always holds a line: a text of furniture alone is not trimmed to nothing here.
    """
    verdicts: list[Verdict | None] = [None] * len(lines)
    body = [i for i, keep in enumerate(kept) if keep]
    while len(body) > 1 and len(kept) and body[0] in _edge(kept, first=True):
        verdict = _at_head(lines[body[0]], lines[body[1]], title)
        if verdict is None:
            break
        verdicts[body.pop(0)] = verdict
    while len(body) > 1 and body[-1] in _edge(kept, first=False):
        line = lines[body[-1]]
        verdict = None if line.prose else loose(line, "below")
        if verdict is None:
            break
        verdicts[body.pop()] = verdict
    return verdicts


def _edge(kept: Sequence[bool], *, first: bool) -> list[int]:
    body = [i for i, keep in enumerate(kept) if keep]
    return body[:EDGE_LINES] if first else body[-EDGE_LINES:]


def _at_head(line: Line, below: Line, title: str | None) -> Verdict | None:
    if shapes.same_title(line.text, title) and line.text != below.text:
        return Verdict(CutKind.HEADLINE, "headline_title", 0.95)
    alike = shapes.copies(line.text, below.text) if line.units < below.units else 0.0
    if alike >= (0.9 if line.prose and line.ends else 0.1):  # a sentence must repeat the next one's beginning, not its words
        return Verdict(CutKind.HEADLINE, "headline_copy", alike)
    if line.tag == "h1":
        return Verdict(CutKind.HEADLINE, "headline_tag", 0.9)
    return None if line.prose else loose(line, "above")
