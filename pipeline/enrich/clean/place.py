"""What is known around a line that is not kept: what the rules of `explain` look at besides the line itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.enrich.clean import shapes
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.markup import around_body
from pipeline.enrich.clean.verdicts import Verdict, Where
from pipeline.reasons import CutKind

MENU = 4  # short lines, one after the other: more than the labels of an article
SHORT = 3  # words: a label, a menu entry or a button, hardly a headline
FAR_HEADLINE = 40  # lines above the body in which a title or a tag says headline: pictures and buttons stand between
PICTURED = (CutKind.HEADLINE, CutKind.BYLINE, CutKind.RELATED, CutKind.CAPTION)


class Place(NamedTuple):
    """Where a line stands, and what stands around it."""

    where: Where
    distance: int  # lines down to the body
    body: str  # its first line
    title: str | None
    after: CutKind | None  # what a phrase says of the next line
    titled: bool  # the headline stands above
    tagged: bool  # its tag says that it is the headline
    heads: bool  # the next line is surely the headline
    around: frozenset[str]  # hints that the body has too
    section: CutKind | None = None  # the section that is open
    before: Verdict | None = None  # of the line before
    run: int = 0  # how many short lines stand directly above

    @property
    def is_menu(self) -> bool:
        """Below the entries of a menu."""
        return self.run >= MENU or self.follows(CutKind.NAVIGATION)

    @property
    def is_first(self) -> bool:
        """The line before is the heading of a section."""
        return self.before is not None and self.before.rule.endswith("_phrase")

    def follows(self, kind: CutKind) -> bool:
        """The line before is of this kind."""
        return self.before is not None and self.before.kind == kind

    def has_picture(self, widget: Verdict | None) -> bool:
        """A picture may stand here: near the headline, or in a teaser."""
        return widget.kind != CutKind.NAVIGATION if widget is not None else any(map(self.follows, PICTURED))


def places(lines: Sequence[Line], kept: Sequence[bool], title: str | None) -> Iterator[tuple[int, Place]]:
    """The lines that are not kept, each with its place; section, line before and run are the caller's to add."""
    first, last = len(lines), len(lines)
    if True in kept:
        first, last = kept.index(True), len(kept) - 1 - kept[::-1].index(True)
    body = lines[first].text if first < len(lines) else ""
    around = around_body(lines, kept)
    near = range(first - 1, max(-1, first - 1 - FAR_HEADLINE), -1)
    titled = next((i for i in near if shapes.same_title(lines[i].text, title)), None)
    tagged = next((i for i in near if lines[i].tag == "h1"), None)
    head = min((i for i in (titled, tagged) if i is not None), default=len(lines))
    for i, keep in enumerate(kept):
        if keep:
            continue
        where: Where = "above" if i < first else "below" if i > last else "inside"
        following = lines[i + 1].phrases if i + 1 < len(lines) and not kept[i + 1] else ()
        after = next((phrase.kind for phrase in following if not phrase.outside), None)
        heads = i + 1 in (titled, tagged)
        yield i, Place(where, first - i, body, title, after, i > head, i == tagged, heads, around)
