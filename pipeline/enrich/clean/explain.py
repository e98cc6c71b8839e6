"""What the lines outside the body are: by phrase, shape, markup, and where none of these speaks, by neighbours."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.enrich.clean import copies, rights, shapes
from pipeline.enrich.clean.kinds import (
    BYLINE,
    CAPTION,
    COMMENT_FORM,
    COMMENTS,
    COOKIE_NOTICE,
    COPYRIGHT,
    HEADLINE,
    LABEL,
    NAVIGATION,
    NEWSLETTER,
    OTHER,
    PAYWALL_NOTICE,
    RELATED,
    SHARE_BAR,
    TAGS,
)
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.markup import Markup, around_body
from pipeline.enrich.clean.place import FAR_HEADLINE, MENU, SHORT, Place
from pipeline.enrich.clean.settle import settle
from pipeline.enrich.clean.verdicts import Verdict, loose, named, opener
from pipeline.reasons import CutKind

LABEL_WORDS = 4  # of a label directly above the headline
NEAR_BODY = 8  # lines above the body in which a headline stands
FIRM = 0.85  # confidence of a rule that ends the section that it does not belong to
SECTION_PROSE = 40  # words of a teaser, or of a remark in a form
HEADING = 6  # words of an unknown heading above a form
INVITED = frozenset([COMMENT_FORM, NEWSLETTER])
REPLIED = INVITED | {COMMENTS}
COUNTED = frozenset([SHARE_BAR, COMMENTS, RELATED])
READERS = frozenset([COMMENTS, COMMENT_FORM, BYLINE, NAVIGATION, SHARE_BAR])
BEFORE_FORMS = READERS | {COPYRIGHT}
MARKED = frozenset(  # kinds that a site names surely, and whose buttons say what buttons of other kinds say
    [
        NAVIGATION,
        SHARE_BAR,
        NEWSLETTER,
        PAYWALL_NOTICE,
        COMMENTS,
        COMMENT_FORM,
    ]
)
BUTTONS = MARKED | {LABEL, RELATED, OTHER}
HEADINGS = frozenset(  # a menu has these words too
    [COMMENT_FORM, RELATED, COMMENTS, LABEL, TAGS]
)
LEGAL = frozenset(  # small print of forms
    [NAVIGATION, COOKIE_NOTICE, COPYRIGHT, RELATED]
)
STANDFIRST = Verdict(HEADLINE, "standfirst", 0.6)
IN_SECTION = {kind: Verdict(kind, f"beside_{kind}", 0.7) for kind in CutKind}
BESIDE = {kind: Verdict(kind, f"beside_{kind}", 0.4) for kind in (RELATED, COMMENTS, CAPTION, COPYRIGHT)}


def explain(
    lines: Sequence[Line], kept: Sequence[bool], given: Sequence[Verdict | None], title: str | None
) -> list[Verdict | None]:
    """A verdict for every line that is not kept, None for the others; `given` ones stay unless neighbours say more."""
    verdicts: list[Verdict | None] = [None] * len(lines)
    markup = Markup(around_body(lines, kept))
    place = Place(lines, kept, title)
    for i, keep in enumerate(kept):
        if keep:
            continue
        line = lines[i]
        place.move(i, verdicts[i - 1] if i else None)
        verdict = _explain_one(line, given[i], place, markup)
        verdicts[i] = verdict
        opened = opener(line) if line.phrases else None
        if opened in REPLIED and place.where == "above" and not line.hints:
            opened = None  # in a menu these are entries
        if opened is not None and opened is verdict.kind:
            place.section = opened
        elif place.section is not None and verdict.kind is not place.section:
            place.section = None
        place.run = place.run + 1 if line.units <= SHORT else 0
    settle(lines, kept, verdicts, markup)
    return _with_headline(verdicts, kept.index(True) if True in kept else len(kept))


def _explain_one(line: Line, given: Verdict | None, place: Place, markup: Markup) -> Verdict:
    headline = _headline(line, place)
    if headline is not None and (given is None or given.rule.startswith("beside_") or line.tag == "h1"):
        return headline
    found = given
    if found is None or len(line.phrases) > 1:
        found = _said(line, given, place)
    marked, widget = markup.hinted(line), markup.container(line)
    special = _special(line, found, marked, widget, place)
    if special is not None:
        return special
    if place.section is not None and _stays(line, found, marked, place.section, place.is_first()):
        return found if found is not None and found.kind is place.section else IN_SECTION[place.section]
    if found is None:
        is_count = marked is not None and marked.kind is COMMENTS and shapes.is_count(line.text)
        return (None if is_count else marked) or _by_place(line, place)
    if marked is not None and marked.confidence >= 0.8 and _is_overruled(line, found, marked.kind):
        return marked
    if widget is not None and widget.confidence >= 0.8 and found.kind in HEADINGS:
        return widget if _is_overruled(line, found, widget.kind) else found
    if rights.is_credit_sign(line.text) and place.has_picture(widget):
        return Verdict(CAPTION, "picture_credit", 0.6)
    return found


def _said(line: Line, given: Verdict | None, place: Place) -> Verdict | None:
    """What phrases and shapes say; of several kinds, the one that stands beside."""
    beside = place.section or (place.before.kind if place.before is not None else None)
    if all(phrase.kind is not beside for phrase in line.phrases):
        beside = place.after
    found = given or loose(line, place.where, beside)
    if len(line.phrases) > 1 and found is not None and found.rule.endswith("_phrase"):
        found = named(line, place.where, beside) or found
    return found


def _special(
    line: Line, found: Verdict | None, marked: Verdict | None, widget: Verdict | None, place: Place
) -> Verdict | None:
    """What only the line and the one beside it say together: small print, buttons of a notice, a label."""
    if line.tag in ("rt", "rp"):
        return Verdict(OTHER, "ruby_reading", 0.9)
    if shapes.is_footnote(line.text):
        return Verdict(OTHER, "footnote", 0.7)
    if place.follows(COPYRIGHT) and line.prose and place.where == "below":
        return Verdict(COPYRIGHT, "beside_copyright", 0.6)
    if found is not None:
        if widget is not None and widget.kind in INVITED and found.kind in LEGAL:
            return widget
        is_entry = place.run >= MENU and place.distance > SHORT and line.tag in ("", "li")
        if found.rule == "label_phrase" and is_entry:
            return Verdict(NAVIGATION, "among_entries", 0.6)
        is_button = found.kind is NAVIGATION and line.units <= SHORT and line.tag != "li"
        if is_button and place.follows(COOKIE_NOTICE):
            return Verdict(COOKIE_NOTICE, "beside_cookie_notice", 0.7)
        if found.kind is COOKIE_NOTICE and place.follows(NEWSLETTER):
            return Verdict(NEWSLETTER, "beside_newsletter", 0.7)
        return None
    is_plain = marked is None or marked.kind in (RELATED, LABEL) or line.tag[:1] == "h"
    is_entry = line.tag == "li" or (not line.tag and place.is_menu())
    if place.heads and is_plain and not is_entry and line.units <= LABEL_WORDS:
        return Verdict(LABEL, "above_headline", 0.7)
    return None


def _is_overruled(line: Line, found: Verdict, marked: CutKind) -> bool:
    """A button or a label that says too little: 'Email' in a share bar, 'Sport' in a menu."""
    if line.units > SHORT or not found.rule.endswith("_phrase") or marked not in MARKED:
        return False
    if marked is SHARE_BAR and found.kind is NEWSLETTER:
        return False
    if marked is COMMENTS and found.kind is COMMENT_FORM:
        return found.confidence < FIRM
    return found.kind in BUTTONS


def _headline(line: Line, place: Place) -> Verdict | None:
    if place.where != "above" or place.distance > FAR_HEADLINE or line.tag in ("li", "td"):
        return None
    if place.is_title:
        return Verdict(HEADLINE, "headline_title", 0.95)
    alike = copies.copies(line.text, place.body) if place.distance <= 2 * NEAR_BODY else 0.0
    if alike:
        return Verdict(HEADLINE, "headline_copy", alike)
    return Verdict(HEADLINE, "headline_tag", 0.9) if place.tagged else None


def _stays(line: Line, found: Verdict | None, marked: Verdict | None, section: CutKind, heading: bool) -> bool:
    """The line belongs to the open section: what it says, and what the markup says of it, fit."""
    opened = opener(line)
    if opened is not None and opened is not section:
        return False
    if any(phrase.kind is section for phrase in line.phrases):
        return True
    if (
        marked is not None
        and marked.confidence >= 0.8
        and marked.kind is not section
        and not {section, marked.kind} <= READERS
    ):
        return False
    if found is None:
        return _belongs(line, section) or (heading and section is TAGS and line.units <= SECTION_PROSE)
    if section is COMMENTS:
        return found.kind in READERS or found.confidence < FIRM
    return found.kind is section or (section is COMMENT_FORM and found.confidence < FIRM)


def _belongs(line: Line, section: CutKind) -> bool:
    """The line looks like a part of an open section."""
    if section is COMMENTS:
        return True
    if section in (RELATED, COMMENT_FORM):
        return not line.prose or line.units < SECTION_PROSE
    if section in (TAGS, SHARE_BAR):
        return line.units <= SHORT
    return not line.prose


def _by_place(line: Line, place: Place) -> Verdict:
    """The last resort: place, length and the line before."""
    before, where = place.before, place.where
    if shapes.is_count(line.text):
        beside = place.after or (before.kind if before is not None else None)
        alone = SHARE_BAR if where == "above" else OTHER  # beside the headline they count shares and remarks
        return Verdict(beside if beside in COUNTED else alone, "bare_number", 0.5)
    if line.links > 0.5 and line.units > SHORT:
        return Verdict(RELATED, "linked_title", 0.6)
    if where == "above":
        if line.units <= SHORT:
            if place.distance <= NEAR_BODY and shapes.is_name(line.text):
                return Verdict(BYLINE, "name_above", 0.5)
            is_label = place.distance <= NEAR_BODY and not (place.is_menu() and line.tag in ("", "li"))
            kind = LABEL if is_label else NAVIGATION
            return Verdict(kind, "short_line_above", 0.6)
        if line.prose or (place.titled and line.units > SHORT):
            return STANDFIRST if place.titled else Verdict(RELATED, "teaser_above", 0.4)
        return Verdict(HEADLINE if place.distance <= NEAR_BODY else RELATED, "title_above", 0.6)
    if place.after in INVITED and line.units <= HEADING and (before is None or before.kind in BEFORE_FORMS):
        return Verdict(place.after, f"heading_of_{place.after}", 0.6)
    if line.units <= SHORT:
        kind = before.kind if before is not None and before.kind is not OTHER else NAVIGATION
        return Verdict(kind, f"short_line_{where}", 0.5)
    if not line.prose:
        return Verdict(RELATED, f"title_{where}", 0.5)
    if before is not None and before.kind in BESIDE:
        return BESIDE[before.kind]
    return Verdict(OTHER, f"prose_{where}", 0.4)


def _with_headline(verdicts: list[Verdict | None], first: int) -> list[Verdict | None]:
    """Above a body without a headline, the last of several short lines is one: 'Sport', then 'Rowers win'."""
    near = range(max(0, first - NEAR_BODY), first)
    if any((verdict := verdicts[i]) is not None and verdict.kind is HEADLINE for i in near):
        return verdicts
    labels = [i for i in near if (verdict := verdicts[i]) is not None and verdict.kind is LABEL]
    unnamed = [i for i in labels[1:] if (verdict := verdicts[i]) is not None and verdict.rule == "short_line_above"]
    if unnamed:
        verdicts[unnamed[-1]] = Verdict(HEADLINE, "last_line_above", 0.5)
    return verdicts
