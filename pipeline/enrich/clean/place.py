"""What is known around a line that is not kept: what the rules of `explain` look at besides the line itself."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.enrich.clean import copies
from pipeline.enrich.clean.kinds import BYLINE, CAPTION, HEADLINE, NAVIGATION, RELATED
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.verdicts import Verdict, Where
from pipeline.reasons import CutKind

MENU = 4  # short lines, one after the other: more than the labels of an article
SHORT = 3  # words: a label, a menu entry or a button, hardly a headline
FAR_HEADLINE = 40  # lines above the body in which a title or a tag says headline: pictures and buttons stand between
PICTURED = frozenset([HEADLINE, BYLINE, RELATED, CAPTION])


class Place:
    """Where a line that is not kept stands, and what stands around it; it moves from line to line down the page."""

    def __init__(self, lines: Sequence[Line], kept: Sequence[bool], title: str | None) -> None:
        count = len(lines)
        self.lines = lines
        self.kept = kept
        self.first = self.last = count  # lines of the body
        if True in kept:
            self.first, self.last = kept.index(True), count - 1 - kept[::-1].index(True)
        self.body = lines[self.first].text if self.first < count else ""  # its first line
        near = range(self.first - 1, max(-1, self.first - 1 - FAR_HEADLINE), -1)
        self.titles = [i for i in near if copies.same_title(lines[i].text, title)] if title else []
        self.titled_at = self.titles[0] if self.titles else count
        self.tagged_at = next((i for i in near if lines[i].tag == "h1"), count)
        self.where: Where = "above"
        self.distance = 0  # lines down to the body
        self.after: CutKind | None = None  # what a phrase says of the next line
        self.titled = False  # the headline stands above
        self.is_title = False  # it is the page's title
        self.tagged = False  # its tag says that it is the headline
        self.heads = False  # the next line is surely the headline
        self.section: CutKind | None = None  # the section that is open
        self.before: Verdict | None = None  # of the line before
        self.run = 0  # how many short lines stand directly above

    def move(self, i: int, before: Verdict | None) -> None:
        """To line `i`, below a line with the verdict `before`; a line that is kept closes sections and menus."""
        self.where = "above" if i < self.first else "below" if i > self.last else "inside"
        self.distance = self.first - i
        self.after = None
        if i + 1 < len(self.lines) and not self.kept[i + 1]:
            for phrase in self.lines[i + 1].phrases:
                if not phrase.outside:
                    self.after = phrase.kind
                    break
        self.titled = i > min(self.titled_at, self.tagged_at)
        self.is_title = i in self.titles
        self.tagged = i == self.tagged_at
        self.heads = i + 1 < len(self.lines) and i + 1 in (self.titled_at, self.tagged_at)
        self.before = before
        if before is None:
            self.section, self.run = None, 0

    def is_menu(self) -> bool:
        """Below the entries of a menu."""
        return self.run >= MENU or self.follows(NAVIGATION)

    def is_first(self) -> bool:
        """The line before is the heading of a section."""
        return self.before is not None and self.before.rule.endswith("_phrase")

    def follows(self, kind: CutKind) -> bool:
        """The line before is of this kind."""
        return self.before is not None and self.before.kind is kind

    def has_picture(self, widget: Verdict | None) -> bool:
        """A picture may stand here: near the headline, or in a teaser."""
        if widget is not None:
            return widget.kind is not NAVIGATION
        return self.before is not None and self.before.kind in PICTURED
