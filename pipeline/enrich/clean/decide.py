"""Which blocks are the body: trees over what a block says and where it stands; trafilatura where they are in doubt."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.enrich.clean import body
from pipeline.enrich.clean.align import align
from pipeline.enrich.clean.columns import WIDTH
from pipeline.enrich.clean.context import fill_context
from pipeline.enrich.clean.edges import trim
from pipeline.enrich.clean.extract import main_text
from pipeline.enrich.clean.features import Cues, features
from pipeline.enrich.clean.kinds import NEWSLETTER
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.markup import Markup
from pipeline.enrich.clean.model import Part, load_model
from pipeline.enrich.clean.topic import fill_topics
from pipeline.enrich.clean.trees import UNIT, score
from pipeline.enrich.clean.verdicts import Verdict
from pipeline.enrich.clean.words import full_stop
from pipeline.records import Page

BODY = -UNIT // 5  # log odds from which a block is body: chances of .45
UNSURE = 1776  # log odds, of chances of .85: nearer to none a block is in doubt
DOUBT = 32  # 64ths of the kept characters in doubt from which trafilatura is asked; 6% of the pages of the corpus
LEAST = 1 / 3  # of the densest region's words that a body has
# In a text of fewer lines the log odds from which a line is body: .2 in what the rules keep, more outside it, less of a
# short sentence with a full stop. Light furniture gains .001 by the first; the others keep known forms right for free.
WHOLE_PAGE, INSIDE, OUTSIDE, SENTENCE = 60, 205, 1229, -3200
MOST_BODY = 4  # a box holds less than a fourth of the body's words
MOST_BLOCKS = 10_000  # that the trees look at, a second where nothing is compiled; the fullest of 888 pages has 6,571
SURELY = 0.8  # confidence of a name that stands close to the line
LINKED = 0.85  # share of a line's characters in links


class Decision(NamedTuple):
    """The lines to keep, how well that can be expected to be (F1 of pages in such doubt), and who decided."""

    kept: list[bool]
    confidence: float
    method: str


def decide(page: Page, lines: list[Line], given: list[Verdict | None]) -> Decision:
    """The body of a page; `given` are the lines that go wherever they stand."""
    if len(lines) > MOST_BLOCKS:
        part = load_model().text if page.html is None else load_model().html
        return Decision(body.by_density(lines, given, page.html is None), expected(part, 64), "density")
    if page.html is None:
        return _of_text(page, lines, given)
    return _of_html(page, page.html, lines, given)


def _of_html(page: Page, html: str, lines: Sequence[Line], given: Sequence[Verdict | None]) -> Decision:
    part = load_model().html
    scores = score(part.trees, features(page, part.cues), WIDTH)
    found = [value > BODY and verdict is None for value, verdict in zip(scores, given, strict=True)]
    kept = _without_boxes(lines, _without_linked_ends(lines, found))
    doubt = doubt_of(page, scores, kept)
    dense = body.by_density(lines, given, False)
    words, least = _words(lines, kept), _words(lines, dense) * LEAST
    confidence = expected(part, doubt)
    if doubt > DOUBT or words < least:
        extracted = _without_linked_ends(lines, align(lines, main_text(html, len(lines))))
        if any(extracted) and _words(lines, extracted) >= least:
            return Decision(extracted, confidence, "trafilatura")
    if words < least:
        return Decision(dense, confidence, "density")
    return Decision(kept, confidence, "trees")


def _without_linked_ends(lines: Sequence[Line], kept: list[bool]) -> list[bool]:
    """At either end of a body a line that is all link and no sentence leads elsewhere."""
    inner = [i for i, keep in enumerate(kept) if keep and (lines[i].links < LINKED or lines[i].ends)]
    if not inner:
        return kept
    first, last = inner[0], inner[-1]
    return [keep and first <= i <= last for i, keep in enumerate(kept)]


def _without_boxes(lines: Sequence[Line], kept: list[bool]) -> list[bool]:
    """A newsletter box in a body is named as such by its markup; where most of the body is, the page only says so."""
    markup = Markup()
    boxed = [keep and _is_box(line, markup) for line, keep in zip(lines, kept, strict=True)]
    if True not in boxed:
        return kept
    if _words(lines, boxed) * MOST_BODY > _words(lines, kept):
        return kept
    return [keep and not box for keep, box in zip(kept, boxed, strict=True)]


def _is_box(line: Line, markup: Markup) -> bool:
    marked = markup.hinted(line)
    return marked is not None and marked.kind is NEWSLETTER and marked.confidence >= SURELY


def _words(lines: Sequence[Line], kept: Sequence[bool]) -> int:
    words = 0
    for line, keep in zip(lines, kept, strict=True):
        words += line.units if keep else 0
    return words


def _of_text(page: Page, lines: list[Line], given: list[Verdict | None]) -> Decision:
    part = load_model().text
    dense = body.by_density(lines, given, True)
    ruled, _ = trim(lines, list(dense), list(given), page.title)
    scores = score(part.trees, rows_of_text(page, lines, given, dense, ruled, part.cues), WIDTH)
    kept = [value > BODY for value in scores]
    if len(lines) < WHOLE_PAGE:
        kept = [value > _least(line, rule) for value, line, rule in zip(scores, lines, ruled, strict=True)]
    if not any(kept):
        kept = dense
    return Decision(kept, expected(part, doubt_of(page, scores, kept)), "trees")


def rows_of_text(
    page: Page,
    lines: list[Line],
    given: list[Verdict | None],
    dense: list[bool],
    ruled: list[bool],
    cues: Cues,
) -> array[int]:
    """The features of a text: of its lines, of its topics, and of what the rules say, see `fill_context`."""
    rows = features(page, cues, dense, [verdict is not None for verdict in given])
    fill_topics(rows, lines, dense)
    fill_context(rows, lines, given, dense, ruled)
    return rows


def _least(line: Line, rule: bool) -> int:
    """The log odds from which a line of a short text is body; `rule`: the rules keep it."""
    if not rule:
        return OUTSIDE
    return SENTENCE if full_stop(line.text) and not line.prose else INSIDE


def doubt_of(page: Page, scores: Sequence[int], kept: Sequence[bool]) -> int:
    """Characters in blocks of uncertain fate, in 64ths of the characters kept; 64 at most."""
    unsure = sure = 0
    for block, value, keep in zip(page.blocks, scores, kept, strict=True):
        size = block.end - block.start
        sure += size if keep else 0
        unsure += size if -UNSURE < value < UNSURE else 0
    return min(64, unsure * 64 // sure) if sure else 64


def expected(part: Part, doubt: int) -> float:
    """The F1 that pages of the corpus in such doubt have."""
    return part.quality[doubt]
