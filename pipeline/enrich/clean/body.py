"""Which lines of a page may be the body: what no strict rule cuts, and of a text its densest region."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.enrich.clean import shapes
from pipeline.enrich.clean.kinds import COMMENTS, SHARE_BAR
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.reach import LABEL_WORDS, LIST_ITEMS, lead, reach_down, reach_up
from pipeline.enrich.clean.region import closing, densest
from pipeline.enrich.clean.verdicts import Verdict, loose, opener, strict

CLEAN_LINES = 20  # a list in an article holds at most one common word such as 'Home' in so many lines
SECTION_LINES = 12  # titles below a heading such as 'Related' inside the body
CLOSE_LOOK = 400  # lines of a text without prose that the loose rules look at
FEW_LINES = 10  # of furniture above a text that was scraped without its menus


def strict_verdicts(lines: Sequence[Line]) -> list[Verdict | None]:
    """What goes wherever it stands, with the short titles below a section heading inside the text."""
    verdicts = [strict(line) for line in lines]
    section: Verdict | None = None
    left = 0
    is_inside = False  # above the first prose a heading may as well be the label of the article
    for i, line in enumerate(lines):
        verdict = verdicts[i]
        is_inside = is_inside or line.prose
        if verdict is not None:
            is_heading = is_inside and opener(line) is verdict.kind and verdict.kind is not COMMENTS
            section = Verdict(verdict.kind, f"beside_{verdict.kind}", 0.6) if is_heading else None
            left = SECTION_LINES
        elif section is not None and left and not (line.prose or line.joined or line.ends or _says_more(line)):
            verdicts[i] = section
            left -= 1
        else:
            section = None
    _name_runs(lines, verdicts)
    return verdicts


def _name_runs(lines: Sequence[Line], verdicts: list[Verdict | None]) -> None:
    """Services to share on, line after line or beside a cut share bar, are no list in an article."""
    services = [bool(line.phrases) and not line.prose and _names_service(line) for line in lines]
    for i, is_one in enumerate(services):
        if is_one and verdicts[i] is None and (services[i - 1 : i] == [True] or services[i + 1 : i + 2] == [True]):
            verdicts[i] = Verdict(SHARE_BAR, "beside_share_bar", 0.8)


def _names_service(line: Line) -> bool:
    return any(phrase.kind is SHARE_BAR for phrase in line.phrases)


def _says_more(line: Line) -> bool:
    """Begins with a phrase and goes on, as 'Tags: ferries' does: no title."""
    return any(phrase.goes_on for phrase in line.phrases)


def by_density(lines: Sequence[Line], given: Sequence[Verdict | None], is_text: bool) -> list[bool]:
    """The densest region, grown over the short sentences at its ends, without the lines that have a verdict.

    Where no line is prose, the lines that close a sentence, else those that no rule names.
    """
    start, end = densest(lines, given)
    if start == end:
        return _without_prose(lines, given)
    start = lead(lines, given, start)
    while end < len(lines) and given[end] is None and _is_close(lines[end]):
        end += 1
    if is_text:
        start = reach_up(lines, given, start)
        stop = next((i for i in range(end, len(lines)) if given[i]), len(lines))
        is_bare = start <= FEW_LINES and len(lines) - stop <= 2 * FEW_LINES and stop - end > LIST_ITEMS
        is_whole = (stop == len(lines) or is_bare) and _is_clean(lines[end:stop], given[end:stop])
        end = stop if is_whole else reach_down(lines, given, end)
    if is_text and any(line.prose for line in lines[:start]) and _is_clean(lines[:start], given[:start]):
        start = next(i for i, line in enumerate(lines) if line.prose)
    return [start <= i < end and given[i] is None for i in range(len(lines))]


def _without_prose(lines: Sequence[Line], given: Sequence[Verdict | None]) -> list[bool]:
    bound = closing(lines, given)
    plain = [i < bound and verdict is None for i, verdict in enumerate(given)]
    for i, line in enumerate(lines[:CLOSE_LOOK]):
        plain[i] = plain[i] and loose(line, "below") is None
    sentences = [is_plain and line.ends and line.units > 1 for is_plain, line in zip(plain, lines, strict=True)]
    return sentences if any(sentences) else plain


def _is_close(line: Line) -> bool:
    return (line.ends or line.joined) and line.units > 1 and line.links < 0.5 and not loose(line, "below")


def _is_clean(part: Sequence[Line], given: Sequence[Verdict | None]) -> bool:
    """The lines on one side of the region show no furniture: they are a list, a table or a line that was cut off."""
    if any(given) or (part and part[0].units > LABEL_WORDS and shapes.is_byline(part[0].text)):
        return False
    return sum(bool(line.phrases) for line in part) * CLEAN_LINES <= len(part)
