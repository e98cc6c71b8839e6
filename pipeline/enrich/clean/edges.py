"""The edges of the body, of a text or of a page: headline, labels, bylines above; buttons, dates, credits below."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.enrich.clean import copies, shapes
from pipeline.enrich.clean.kinds import BYLINE, COMMENT_FORM, COMMENTS, COPYRIGHT, HEADLINE, NEWSLETTER, SHARE_BAR
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.markup import Markup
from pipeline.enrich.clean.verdicts import Verdict, loose

EDGE_LINES = 6  # lines at each end of the body that the loose rules look at
ABOVE_BODY = frozenset([BYLINE, HEADLINE, SHARE_BAR])
BELOW_BODY = frozenset([NEWSLETTER, COMMENT_FORM, COMMENTS, COPYRIGHT])
MIN_BELOW = 3  # words of a line that a headline may be a copy of


def trim(
    lines: Sequence[Line], kept: Sequence[bool], given: Sequence[Verdict | None], title: str | None
) -> tuple[list[bool], list[Verdict | None]]:
    """Kept lines and verdicts without the edges: headline, labels, bylines above; buttons, dates, credits below.

    What is left always holds a line: a text of furniture alone is not trimmed to nothing here.
    """
    kept, given = list(kept), list(given)
    body = [i for i, keep in enumerate(kept) if keep]
    for i in body[: _above(lines, body, given, title)]:
        kept[i], given[i] = False, _at_head(lines, i, title)
    body = [i for i in body if kept[i]]
    for _ in range(min(EDGE_LINES, len(body) - 1)):
        verdict = _at_head(lines, body[0], title)
        if verdict is None:
            break
        first = body.pop(0)
        kept[first], given[first] = False, verdict
    for _ in range(min(EDGE_LINES, len(body) - 1)):
        verdict = _at_tail(lines[body[-1]])
        if verdict is None:
            break
        last = body.pop()
        kept[last], given[last] = False, verdict
    return kept, given


def _above(lines: Sequence[Line], body: Sequence[int], given: Sequence[Verdict | None], title: str | None) -> int:
    """How many kept lines stand above the byline or the headline: they are titles and labels, no body."""
    count = 0
    for number, i in enumerate(body[:EDGE_LINES]):
        if lines[i].prose or lines[i].joined or lines[i].ends:
            break
        following = body[number + 1] if number + 1 < len(body) else i
        below = [given[j] or _at_head(lines, j, title) for j in range(i + 1, min(following + 1, i + EDGE_LINES))]
        if any(verdict is not None and verdict.kind in ABOVE_BODY for verdict in below):
            count = number + 1
    return count


def _at_head(lines: Sequence[Line], i: int, title: str | None) -> Verdict | None:
    line = lines[i]
    near = lines[i + 1 : i + 1 + EDGE_LINES]
    below = next((other.text for other in near if other.units >= max(line.units, MIN_BELOW)), "")
    if copies.same_title(line.text, title):
        return Verdict(HEADLINE, "headline_title", 0.95)
    alike = copies.copies(line.text, below) if below != line.text else 0.0
    enough = 0.9 if line.prose and line.ends else 0.1  # a sentence must repeat the next one's beginning, not its words
    if alike >= enough:
        return Verdict(HEADLINE, "headline_copy", alike)
    if line.tag == "h1":
        return Verdict(HEADLINE, "headline_tag", 0.9)
    found = loose(line, "above")
    if found is not None or line.ends or line.prose:
        return found
    marked = Markup().hinted(line)
    return marked if marked is not None and marked.confidence >= 0.8 and marked.kind in ABOVE_BODY else None


def _at_tail(line: Line) -> Verdict | None:
    found = None if line.prose else loose(line, "below")
    if found is not None:
        return found
    if not line.tag and shapes.is_author_bio(line.text):
        return Verdict(BYLINE, "author_bio", 0.7)
    marked = Markup().hinted(line)
    if marked is None or marked.confidence < 0.8 or marked.kind not in BELOW_BODY:
        return None
    return marked if marked.kind is NEWSLETTER or not line.prose else None
