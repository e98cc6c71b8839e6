"""The densest region: the run of lines whose scores sum highest, prose counting for and furniture against."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.enrich.clean.kinds import ADVERT, COMMENT_FORM, COMMENTS, NEWSLETTER, RELATED
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.verdicts import Verdict, opener

# Costs in words of prose. A heading of a section that follows articles must be paid for by more prose behind it than a
# few teasers hold; a bare short line is bridged by one paragraph. Only the order of size matters.
SHORT_LINE = -5.0
SHORT_SENTENCE = -1.0
CUT_LINE = -6.0
BOX_LINE = -1.0  # below the heading of a box, which has paid already, or an advert between two paragraphs
SECTION = {COMMENT_FORM: -40.0, COMMENTS: -40.0, RELATED: -25.0, NEWSLETTER: -10.0}
REPLIES = (COMMENT_FORM, COMMENTS)
FREE_WORDS = 8  # of a prose line do not count
MAX_WORDS = 60  # of a line count
CLOSING_SHARE = 0.3  # a comment heading ends the article when this share of the prose below it stands above it
FURNITURE = frozenset(["footer", "nav", "comment", "comments", "cookie", "consent", "sidebar", "related", "newsletter"])
FURNITURE_SHARE = 0.2  # of its words count of a prose line in such an element


def score(line: Line, verdict: Verdict | None, is_late: bool = True) -> float:
    """What the line adds to a region, in words; `is_late`: most of the running text stands above it."""
    if verdict is not None:
        if verdict.rule.startswith("beside_") or verdict.kind is ADVERT:
            return BOX_LINE
        return SECTION.get(verdict.kind, CUT_LINE) if is_late and opener(line) else CUT_LINE
    if line.prose:
        words = min(line.units, MAX_WORDS) - FREE_WORDS
        return words * FURNITURE_SHARE - 1 if FURNITURE.intersection(line.hints) else float(words)
    if line.joined:
        return max(1.0, line.units - 4.0)
    return SHORT_SENTENCE if line.ends and line.units >= 3 and line.links < 0.5 else SHORT_LINE


def _prose_words(lines: Sequence[Line]) -> int:
    words = 0
    for line in lines:
        words += line.units if line.prose else 0
    return words


def closing(lines: Sequence[Line], verdicts: Sequence[Verdict | None]) -> int:
    """Where readers' comments or their form begin below the article; the number of lines when they do not."""
    total = _prose_words(lines)
    above = 0
    for i, line in enumerate(lines):
        verdict = verdicts[i]
        ends_here = verdict is not None and verdict.kind in REPLIES and opener(line) is not None
        if ends_here and above and above >= CLOSING_SHARE * (total - above):
            return i
        above += line.units if line.prose or line.ends else 0
    return len(lines)


def densest(lines: Sequence[Line], verdicts: Sequence[Verdict | None]) -> tuple[int, int]:
    """The (first, past the last) line of the densest region; equal ends when no line is prose. Linear (Kadane)."""
    best = total = 0.0
    found = (0, 0)
    start = above = 0
    prose = _prose_words(lines)
    for i in range(closing(lines, verdicts)):
        if total <= 0:
            total, start = 0.0, i
        line = lines[i]
        total += score(line, verdicts[i], 2 * above >= prose)
        above += line.units if line.prose else 0
        if total > best:
            best, found = total, (start, i + 1)
    return found
