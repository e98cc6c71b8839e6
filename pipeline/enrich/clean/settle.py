"""The second look at lines far from the body: menu, list of teasers or readers' remarks, by what stands around them.

Near the body a short line is a label, a capitalised one a headline, a date a byline: of this article. Far from it the
same lines are parts of menus and teasers.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipeline.enrich.clean import shapes
from pipeline.enrich.clean.kinds import (
    BYLINE,
    CAPTION,
    COMMENT_FORM,
    COMMENTS,
    COPYRIGHT,
    HEADLINE,
    LABEL,
    NAVIGATION,
    OTHER,
    RELATED,
    TAGS,
)
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.markup import Markup
from pipeline.enrich.clean.verdicts import Verdict

HEAD = 8  # lines above the body that may be the article's own
HEADLINE_HEAD = 40  # the same where one of them is surely the headline
ABOVE_HEADLINE = 3  # lines above the headline: label, date
TAIL = 16  # lines below the body that may be the article's own
GAP = 4  # lines between paragraphs that may be the article's own
WINDOW = 6  # lines on either side that tell a menu from teasers
ENTRY = 3  # words of an entry of a menu, at most
TITLE = 5  # words of a line that is hardly an entry of a menu
LONG_TITLE = 8  # words of a line that is none, wherever it stands
FEW = 8  # lines that are hardly a menu
LONG_LIST = 15  # links, one after the other, that are no teasers
TEASERS = 0.3  # share of such lines around a teaser

OWN = frozenset([HEADLINE, BYLINE, LABEL, TAGS, CAPTION])
LISTED = OWN | {RELATED, NAVIGATION, OTHER}  # what may be a part of a menu or a list of teasers
ENDS_TAIL = frozenset([RELATED, COMMENTS, COMMENT_FORM, NAVIGATION, COPYRIGHT])
SURE_HEADLINE = frozenset(["headline_title", "headline_tag", "headline_copy"])
SURE = frozenset(["bracketed_credit", "credit_shape", "picture_credit", "caption_tag", "ruby_reading", "separator"])
TAGGED = frozenset(["tags_phrase", "beside_tags"])
DATED = frozenset(["date_line", "byline_phrase", "byline_shape"])
REPLIES = frozenset([COMMENTS, COMMENT_FORM])
AMONG_REPLIES = Verdict(COMMENTS, "among_replies", 0.7)
AMONG_TITLES = Verdict(RELATED, "among_titles", 0.6)
AMONG_ENTRIES = Verdict(NAVIGATION, "among_entries", 0.6)
ADDRESS = Verdict(NAVIGATION, "address", 0.6)
WEAK = ("short_line_", "title_", "teaser_", "prose_", "linked_", "beside_related", "bare_", "name_", "heading_of")

BESIDE = ("beside_", *WEAK)


def settle(lines: Sequence[Line], kept: Sequence[bool], verdicts: list[Verdict | None], markup: Markup) -> None:
    """Changes verdicts on lines away from the body, and on links in lists, that only a look at the one line gave."""
    first = kept.index(True) if True in kept else 0
    for start, end, near, far in _runs(kept, verdicts):
        menus = _long_lists(lines, start, end)
        titles, listed, replies = _counted(lines, verdicts, start, end, first, menus, markup)
        for i in range(start, end):
            line, verdict = lines[i], verdicts[i]
            low, high = max(0, i - start - WINDOW), min(end - start, i - start + WINDOW + 1)
            if verdict is None:
                continue
            if replies[high] - replies[low] > 1 and _is_remark(line, verdict):
                verdicts[i] = AMONG_REPLIES
                continue
            if not _is_open(line, verdict, near <= i < far, i < first):
                continue
            if end - start <= FEW and verdict.rule.startswith("title_"):
                continue
            share = (titles[high] - titles[low]) / max(1, listed[high] - listed[low])
            is_long = line.units >= LONG_TITLE and i not in menus and _is_title(line, None, markup)
            if is_long or (verdict.rule == "beside_related" and _is_listed(line, verdicts[i - 1], share, i > first)):
                share = 1.0
            verdicts[i] = _settled(line, verdict, share, markup)


def _counted(
    lines: Sequence[Line],
    verdicts: Sequence[Verdict | None],
    start: int,
    end: int,
    first: int,
    menus: frozenset[int],
    markup: Markup,
) -> tuple[list[int], list[int], list[int]]:
    """Running sums over the lines of a run: titles, what may be listed, heads and buttons of readers' remarks."""
    title = one = reply = 0
    titles, listed, replies = [0], [0], [0]
    for i in range(start, end):
        line, verdict = lines[i], verdicts[i]
        title += 1 if i not in menus and _is_title(line, verdict, markup) else 0
        one += 1 if verdict is not None and verdict.kind in LISTED else 0
        reply += 1 if i > first and _is_reply(line) else 0
        titles.append(title)
        listed.append(one)
        replies.append(reply)
    return titles, listed, replies


def _runs(kept: Sequence[bool], verdicts: Sequence[Verdict | None]) -> list[tuple[int, int, int, int]]:
    """The ranges of cut lines, and in each the part, at its end or its start, that may be the article's own."""
    body = [i for i, keep in enumerate(kept) if keep]
    if not body:
        return [(0, len(kept), 0, 0)]
    runs = [(0, body[0], _head(verdicts, body[0]), body[0])]
    for one, other in pairwise(body):
        if other - one > 1:
            runs.append((one + 1, other, one + 1, other if other - one - 1 <= GAP else one + 1))
    below = body[-1] + 1
    return [*runs, (below, len(kept), below, _tail(verdicts, below))]


def _head(verdicts: Sequence[Verdict | None], first: int) -> int:
    """Where the head of the article begins."""
    near = range(max(0, first - HEADLINE_HEAD), first)
    sure = [i for i in near if (verdict := verdicts[i]) is not None and verdict.rule in SURE_HEADLINE]
    return max(0, sure[0] - ABOVE_HEADLINE) if sure else max(0, first - HEAD)


def _tail(verdicts: Sequence[Verdict | None], below: int) -> int:
    """Where the tail of the article ends."""
    for i in range(below, min(below + TAIL, len(verdicts))):
        verdict = verdicts[i]
        if verdict is not None and verdict.kind in ENDS_TAIL:
            return i
    return min(below + TAIL, len(verdicts))


def _is_listed(line: Line, before: Verdict | None, share: float, below: bool) -> bool:
    """A teaser below its heading: the first one, one that is long, or one among others."""
    is_first = before is not None and before.rule == "related_phrase"
    return is_first or line.units > ENTRY or (share > 0 and below)


def _is_reply(line: Line) -> bool:
    """The head of a reader's remark, or the button below it."""
    return (line.units <= ENTRY and shapes.is_reply_button(line.text)) or shapes.is_remark_head(line.text)


def _is_remark(line: Line, verdict: Verdict) -> bool:
    """Between replies: all that is not surely another thing, such as the heading of a form."""
    if verdict.kind in REPLIES:
        return verdict.rule.startswith(BESIDE) or shapes.is_reply_button(line.text)
    return verdict.rule not in SURE and (verdict.kind in LISTED or verdict.rule.startswith(WEAK))


def _long_lists(lines: Sequence[Line], start: int, end: int) -> frozenset[int]:
    """Entries of lists of links that are too long for teasers, however long the entries are."""
    found: list[int] = []
    entries: list[int] = []
    for i in range(start, end):
        line = lines[i]
        if line.tag in ("li", "dd") and line.links > 0.8 and not line.prose and not line.ends:
            entries.append(i)
            continue
        found += entries if len(entries) >= LONG_LIST else []
        entries = []
    return frozenset(found + (entries if len(entries) >= LONG_LIST else []))


def _is_title(line: Line, verdict: Verdict | None, markup: Markup) -> bool:
    """A headline or a sentence, also the date of a teaser."""
    if verdict is not None and verdict.rule in DATED:
        return True
    shortest = TITLE if line.units <= line.spaced + 1 else LONG_TITLE  # without spaces, units are estimates
    if line.units < shortest or shapes.is_menu(line.text) or shapes.is_contact(line.text):
        return False
    marked = markup.container(line)
    return marked is None or marked.kind is not NAVIGATION or marked.confidence < 0.8


def _is_open(line: Line, verdict: Verdict, near: bool, above: bool) -> bool:
    """The line may be another thing than what it looks like by itself."""
    if verdict.kind in REPLIES:
        return False
    if near:
        return line.tag in ("li", "dd") and line.links > 0.8 and verdict.kind is LABEL
    if verdict.rule in SURE or (verdict.rule in TAGGED and (line.units > 1 or not above)):
        return False
    is_vague = verdict.rule in ("navigation_markup", "related_markup")
    return verdict.kind in OWN or is_vague or verdict.rule.startswith(WEAK)


def _settled(line: Line, verdict: Verdict, share: float, markup: Markup) -> Verdict:
    """What the markup around the line is a part of; else a teaser among titles, an entry among short lines."""
    if verdict.rule == "byline_markup" and line.units >= LONG_TITLE:  # the portrait of an author
        return verdict
    marked = markup.container(line)
    is_count = marked is not None and marked.kind is COMMENTS and shapes.is_count(line.text)
    if marked is not None and marked.confidence >= 0.8 and not (is_count and share >= TEASERS):
        return marked
    if shapes.is_contact(line.text) or shapes.is_address(line.text):
        return ADDRESS
    if share >= TEASERS:
        return AMONG_TITLES
    return AMONG_ENTRIES
