"""Which lines of a text are not the article: phrases, sections that they open, copies of the headline, density."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.enrich.clean import kinds, marks as phrases
from pipeline.enrich.clean.cuts import Verdict
from pipeline.enrich.clean.lines import Line, densest
from pipeline.reasons import CutKind
from pipeline.records import Block

_TAIL_KINDS = (CutKind.COMMENT_FORM, CutKind.COMMENTS)  # after them no article goes on
_SHORT_WORDS = 16  # of a line that a phrase may cut inside the body
_RUN = 3  # lines outside the region without any mark that are boilerplate for being many
_HEADLINE_WORDS = 30


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict for each line that is cut, None for each that is kept; the region is half-open."""

    verdicts: list[Verdict | None]
    region: tuple[int, int]


def decide(lines: Sequence[Line], blocks: Sequence[Block], title: str | None) -> Decision:
    """Cuts what marks itself, and what lies outside the densest region where it is plainly no prose."""
    marks = [phrases.match(line.text) for line in lines]
    limit = _tail(lines, marks)
    start, end = densest(lines[:limit])
    verdicts: list[Verdict | None] = [None] * len(lines)
    for index in range(limit, len(lines)):
        verdicts[index] = _after_tail(lines[index], blocks[index], marks[limit])
    for index in range(limit):
        verdicts[index] = _marked(lines[index], marks[index], start <= index < end)
    _sections(lines[:limit], marks, verdicts)
    _outside(lines[:limit], blocks, marks, verdicts, start, end)
    _headline(lines[:limit], verdicts, title)
    return Decision(verdicts, (start, end))


def _tail(lines: Sequence[Line], marks: Sequence[tuple[phrases.Phrase, bool] | None]) -> int:
    """Where the readers' part begins: a comment form or the comments, after some running text."""
    prose = 0
    for index, (line, mark) in enumerate(zip(lines, marks, strict=True)):
        prose += line.prose
        if mark and prose and mark[0].kind in _TAIL_KINDS and not mark[0].common and line.words <= _SHORT_WORDS:
            return index
    return len(lines)


def _after_tail(line: Line, block: Block, opener: tuple[phrases.Phrase, bool] | None) -> Verdict:
    found = phrases.match(line.text)
    if found is not None and line.words <= _SHORT_WORDS:
        return Verdict(found[0].kind, "phrase", 0.95)
    if opener is not None and (opener[0].kind is CutKind.COMMENTS or line.prose):
        return Verdict(CutKind.COMMENTS, "after_comments", 0.8)
    told = kinds.verdict(line, block, above=False)
    return told if told.rule == "markup" else Verdict(CutKind.COMMENT_FORM, "after_form", 0.8)


def _marked(line: Line, mark: tuple[phrases.Phrase, bool] | None, inside: bool) -> Verdict | None:
    """A phrase at the beginning of the line; inside the body only where the line is little else."""
    if mark is None or (inside and mark[0].common):
        return None
    whole = mark[1]
    if not whole and (line.words > 2 * _SHORT_WORDS or (inside and line.words > _SHORT_WORDS)):
        return None
    return Verdict(mark[0].kind, "phrase", 0.95 if whole else 0.85)


def _sections(
    lines: Sequence[Line], marks: Sequence[tuple[phrases.Phrase, bool] | None], verdicts: list[Verdict | None]
) -> None:
    """What follows an opening phrase belongs to it while it is short and no sentence."""
    section: CutKind | None = None
    for index, line in enumerate(lines):
        mark = marks[index]
        if verdicts[index] is not None:
            section = mark[0].kind if mark and mark[0].section else section
        elif section is not None and not line.sentence and line.words <= 2 * _SHORT_WORDS:
            verdicts[index] = Verdict(section, "section", 0.75)
        else:
            section = None


def _outside(
    lines: Sequence[Line],
    blocks: Sequence[Block],
    marks: Sequence[tuple[phrases.Phrase, bool] | None],
    verdicts: list[Verdict | None],
    start: int,
    end: int,
) -> None:
    """Cuts the lines above and below the region, unless they are few and nothing marks them."""
    for side, above in ((range(start), True), (range(end, len(lines)), False)):
        open_lines = [i for i in side if verdicts[i] is None]
        marked = any(verdicts[i] is not None for i in side)
        if start == end or (not marked and len(open_lines) < _RUN):
            continue
        for index in open_lines:
            if not lines[index].prose or len(open_lines) >= _RUN:
                told = kinds.verdict(lines[index], blocks[index], above)
                if marks[index] is None and above and told.rule in ("outside", "links") and lines[index].words > 3:
                    told = Verdict(CutKind.HEADLINE if index >= start - 4 else CutKind.NAVIGATION, "above_body", 0.6)
                verdicts[index] = told


def _headline(lines: Sequence[Line], verdicts: list[Verdict | None], title: str | None) -> None:
    """A line above the first sentence that says the title, or what the first sentence says, is the headline."""
    first = next((i for i, line in enumerate(lines) if line.prose and verdicts[i] is None), None)
    if first is None:
        return
    body = phrases.words(lines[first].text)
    wanted = phrases.words(title or "")
    for index in range(first):
        told = phrases.words(lines[index].text)
        if lines[index].words > _HEADLINE_WORDS or not told or (verdicts[index] and verdicts[index].rule == "phrase"):  # type: ignore[union-attr]
            continue
        if _copies(told, body) or (wanted and _copies(told, wanted)):
            verdicts[index] = Verdict(CutKind.HEADLINE, "copy", 0.9)


def _copies(told: list[str], other: list[str]) -> bool:
    """Is `told` the beginning of `other`, a last word cut short allowed, or nearly all of it in `other`?"""
    if len(told) >= 3 and told[:-1] == other[: len(told) - 1] and len(other) >= len(told):
        return other[len(told) - 1].startswith(told[-1]) or len(told) >= 6
    known = set(other)
    return len(told) >= 5 and sum(word in known for word in told) >= 0.8 * len(told)
