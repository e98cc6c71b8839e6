"""Decisions about lines to cuts: every character of the page text in exactly one kept slice or one cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reasons import CutKind
from pipeline.records import Block, Cut


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a block is cut."""

    kind: CutKind
    rule: str
    confidence: float


def make_cuts(text: str, blocks: Sequence[Block], verdicts: Sequence[Verdict | None]) -> tuple[Cut, ...]:
    """The cuts for the blocks that have a verdict; neighbours of one kind and rule are one cut.

    A separator beside a cut belongs to it; between two kept blocks the one before the cut stays. White space around the
    whole text goes with the first or last cut, or is one of its own.
    """
    kept = [index for index, verdict in enumerate(verdicts) if verdict is None]
    if not kept:
        return _merge(text, [(v, b.start) for b, v in zip(blocks, verdicts, strict=True) if v], 0, len(text))
    cuts: list[Cut] = []
    lead = [(v, b.start) for b, v in zip(blocks[: kept[0]], verdicts[: kept[0]], strict=True) if v]
    cuts += _merge(text, lead, 0, blocks[kept[0]].start)
    for left, right in zip(kept, kept[1:], strict=False):
        if right > left + 1:
            between = [(v, b.start) for b, v in zip(blocks[left + 1 : right], verdicts[left + 1 : right], strict=True) if v]
            cuts += _merge(text, between, blocks[left + 1].start, blocks[right].start)
    tail = [(v, b.start) for b, v in zip(blocks[kept[-1] + 1 :], verdicts[kept[-1] + 1 :], strict=True) if v]
    ends = [block.end for block in blocks[kept[-1] : -1]]  # a trailing cut owns the separator before it
    return (*cuts, *_merge(text, [(v, e) for (v, _), e in zip(tail, ends, strict=True)], blocks[kept[-1]].end, len(text)))


def _merge(text: str, starts: list[tuple[Verdict, int]], begin: int, end: int) -> tuple[Cut, ...]:
    """Cuts that cover `begin` to `end`; each verdict's piece runs to the start of the next of another kind or rule."""
    if begin >= end:
        return ()
    if not starts:
        starts = [(Verdict(CutKind.OTHER, "outer_whitespace", 1.0), begin)]
    groups: list[tuple[Verdict, int]] = []
    for verdict, start in starts:
        if not groups or (groups[-1][0].kind, groups[-1][0].rule) != (verdict.kind, verdict.rule):
            groups.append((verdict, start))
    edges = [begin, *(start for _, start in groups[1:]), end]
    return tuple(
        Cut(a, b, verdict.kind, verdict.rule, verdict.confidence, text[a:b])
        for (verdict, _), a, b in zip(groups, edges, edges[1:], strict=False)
    )
