"""Verdicts on lines -> cuts of the page text: every character is in one kept slice or one cut."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.enrich.clean.verdicts import Verdict
from pipeline.reasons import CutKind
from pipeline.records import Cut, Page

MARGIN = Verdict(CutKind.OTHER, "outer_whitespace", 1.0)


def make_cuts(page: Page, verdicts: Sequence[Verdict | None]) -> tuple[Cut, ...]:
    """A cut for each run of lines of one kind and rule; None keeps a line.

    A cut owns the separator after it; the one before it stays, unless nothing is kept below. White space at either end
    of the page text goes with the cut there, or is a cut of its own.
    """
    text, blocks = page.text, page.blocks
    spans: list[tuple[int, int, Verdict]] = []

    def add(start: int, end: int, verdict: Verdict) -> None:
        if spans and spans[-1][1] == start:
            first, _, before = spans[-1]
            if (before.kind, before.rule) == (verdict.kind, verdict.rule):
                start, verdict = first, min(before, verdict, key=lambda one: one.confidence)
                spans.pop()
        if start < end:
            spans.append((start, end, verdict))

    last_kept = max((i for i, verdict in enumerate(verdicts) if verdict is None), default=-1)
    for i, (block, verdict) in enumerate(zip(blocks, verdicts, strict=True)):
        following = blocks[i + 1].start if i + 1 < len(blocks) else len(text)
        if verdict is not None:
            tail = i == last_kept + 1 and i > 0
            add(0 if i == 0 else blocks[i - 1].end if tail else block.start, following, verdict)
            continue
        if i == 0:
            add(0, block.start, MARGIN)
        if i + 1 == len(blocks):
            add(block.end, len(text), MARGIN)
    if not blocks:
        add(0, len(text), MARGIN)
    return tuple(
        Cut(start, end, verdict.kind, verdict.rule, verdict.confidence, text[start:end])
        for start, end, verdict in spans
    )
