"""Verdicts on lines -> cuts of the page text: every character is in one kept slice or one cut."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.enrich.clean.kinds import OTHER
from pipeline.enrich.clean.verdicts import Verdict
from pipeline.records import Cut, Page

MARGIN = Verdict(OTHER, "outer_whitespace", 1.0)


def make_cuts(page: Page, verdicts: Sequence[Verdict | None]) -> tuple[Cut, ...]:
    """A cut for each run of lines of one kind and rule; None keeps a line.

    A cut owns the separator after it; the one before it stays, unless nothing is kept below. White space at either end
    of the page text goes with the cut there, or is a cut of its own.
    """
    text, blocks = page.text, page.blocks
    count = len(blocks)
    spans: list[tuple[int, int, Verdict]] = []
    last_kept = count - 1
    while last_kept >= 0 and verdicts[last_kept] is not None:
        last_kept -= 1
    for i in range(count):
        verdict = verdicts[i]
        following = blocks[i + 1].start if i + 1 < count else len(text)
        if verdict is not None:
            tail = i == last_kept + 1 and i > 0
            _add(spans, 0 if i == 0 else blocks[i - 1].end if tail else blocks[i].start, following, verdict)
            continue
        if i == 0:
            _add(spans, 0, blocks[i].start, MARGIN)
        if i + 1 == count:
            _add(spans, blocks[i].end, len(text), MARGIN)
    if not blocks:
        _add(spans, 0, len(text), MARGIN)
    return tuple([Cut(start, end, one.kind, one.rule, one.confidence, text[start:end]) for start, end, one in spans])


def _add(spans: list[tuple[int, int, Verdict]], start: int, end: int, verdict: Verdict) -> None:
    """One more piece. Of the kind and rule of the one directly before, it joins it, with the lower confidence."""
    if start == end:
        return
    if spans:
        first, last, before = spans[-1]
        if last == start and before.rule == verdict.rule and before.kind == verdict.kind:
            start, verdict = first, before if before.confidence <= verdict.confidence else verdict
            spans.pop()
    spans.append((start, end, verdict))
