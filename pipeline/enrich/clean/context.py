# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""Where a line of a text stands: among the lines that rules cut, in the densest region, in a run of paragraphs.

And how it begins, closes, and compares in length. Integers only; linear.
Plain Python that is compiled where a compiler is: context.pxd gives the types.
"""

from __future__ import annotations

from array import array

from pipeline.enrich.clean.columns import AT, LOG, WIDTH
from pipeline.enrich.clean.kinds import (
    ADVERT,
    BYLINE,
    CAPTION,
    COMMENT_FORM,
    COMMENTS,
    HEADLINE,
    LABEL,
    NEWSLETTER,
    PAYWALL_NOTICE,
    RELATED,
    SHARE_BAR,
    TAGS,
)
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.verdicts import QUOTES, Verdict, opener
from pipeline.reasons import CutKind

FAR = 60  # lines: no distance is told beyond
USUAL = 25  # words of a paragraph, where the densest region has none
LONGEST = 512  # 64ths of the mean paragraph of the region: no length is told beyond
_CLOSES = {
    sign: number
    for number, signs in enumerate((".。।۔", "!?！？؟", "…", "\"'”’»›)]】」』", ":："), 1)
    for sign in signs
}
_LOG = LOG
_W, _AT = WIDTH, AT["above_kind"]


def fill_context(
    rows: array[int],
    lines: list[Line],
    given: list[Verdict | None],
    dense: list[bool],
    ruled: list[bool],
) -> None:
    """Fills the columns CONTEXT: `given` are the rules' verdicts, `dense` their region, `ruled` that without its edges.

    The groups of the nearest cut lines above and below, how far they are, and how many there are (16ths of a doubling);
    how far a heading such as 'Related' is; the distance from the region; the region's share of the words, with and
    without its edges (64ths); sign at the end, sign at the beginning; length in 64ths of the region's mean paragraph;
    how many paragraphs the run has that the line is one of.
    """
    _above(rows, lines, given)
    _below(rows, given)
    _regions(rows, lines, dense, ruled)
    _runs(rows, lines, given)


def _group(kind: CutKind) -> int:
    """Kinds of cuts from those of the article itself to those that follow it; by identity, enums are slow to hash."""
    if kind is BYLINE or kind is CAPTION or kind is LABEL or kind is HEADLINE:
        return 1
    if kind is SHARE_BAR or kind is TAGS:
        return 2
    if kind is NEWSLETTER or kind is ADVERT or kind is PAYWALL_NOTICE:
        return 4
    if kind is RELATED:
        return 5
    return 6 if kind is COMMENTS or kind is COMMENT_FORM else 3


def _above(rows: array[int], lines: list[Line], given: list[Verdict | None]) -> None:
    kind, cuts = 0, 0
    far = related = FAR
    at = _AT
    for i, line in enumerate(lines):
        verdict = given[i]
        rows[at] = kind
        rows[at + 1] = far
        rows[at + 4] = _LOG[min(cuts, 4095)]
        rows[at + 6] = related
        rows[at + 11] = _close(line.text)
        rows[at + 12] = _opening(line.text)
        far, related = min(FAR, far + 1), min(FAR, related + 1)
        if verdict is not None:
            kind, far, cuts = _group(verdict.kind), 0, cuts + 1
        if len(line.phrases) > 0 and opener(line) is RELATED:
            related = 0
        at += _W


def _below(rows: array[int], given: list[Verdict | None]) -> None:
    kind, cuts, far = 0, 0, FAR
    for i in range(len(given) - 1, -1, -1):
        at = i * _W + _AT
        verdict = given[i]
        rows[at + 2] = kind
        rows[at + 3] = far
        rows[at + 5] = _LOG[min(cuts, 4095)]
        far = min(FAR, far + 1)
        if verdict is not None:
            kind, far, cuts = _group(verdict.kind), 0, cuts + 1


def _close(text: str) -> int:
    sign = text[len(text) - 1 :]
    return 6 if sign.isdigit() else _CLOSES.get(sign, 0)


def _opening(text: str) -> int:
    sign = text[:1]
    if sign.isupper():
        return 4
    if sign.islower():
        return 3
    if sign.isdigit():
        return 1
    return 2 if sign in QUOTES else 0 if sign.isalnum() else 5


def _regions(rows: array[int], lines: list[Line], dense: list[bool], ruled: list[bool]) -> None:
    count = len(lines)
    first, last = 0, count - 1
    words = in_dense = in_ruled = prose = paragraphs = 0
    for i, line in enumerate(lines):
        words += line.units
        if dense[i]:
            first, last = (first if in_dense else i), i
            in_dense += line.units
            if line.prose:
                prose, paragraphs = prose + line.units, paragraphs + 1
        if ruled[i]:
            in_ruled += line.units
    mean = max(1, prose // paragraphs) if paragraphs else USUAL
    dense_share, ruled_share = in_dense * 64 // max(1, words), in_ruled * 64 // max(1, words)
    at = _AT
    for i, line in enumerate(lines):
        rows[at + 7] = max(-FAR, i - first) if i < first else min(FAR, i - last) if i > last else 0
        rows[at + 8] = dense_share
        rows[at + 9] = ruled_share
        rows[at + 10] = 1 if ruled[i] else 0
        rows[at + 13] = min(LONGEST, line.units * 64 // mean)
        at += _W


def _runs(rows: array[int], lines: list[Line], given: list[Verdict | None]) -> None:
    start = 0
    for i, line in enumerate(lines):
        if given[i] is None and (line.prose or line.joined):
            continue
        _run(rows, start, i)
        rows[i * _W + _AT + 14] = 0
        start = i + 1
    _run(rows, start, len(lines))


def _run(rows: array[int], start: int, end: int) -> None:
    for i in range(start, end):
        rows[i * _W + _AT + 14] = min(FAR, end - start)
