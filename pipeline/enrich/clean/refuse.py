"""When a page is no article. Only what is clearly none is refused: a short text, or a stub, passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.enrich.clean.kinds import COMMENTS, COOKIE_NOTICE
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.signs import (
    BUTTON_WORDS,
    asks_for_consent,
    asks_for_scripts,
    is_consent_button,
    may_have_button,
    names_error,
)
from pipeline.enrich.clean.verdicts import Verdict
from pipeline.reasons import RejectReason

SHORT_WORDS = 50  # below: flagged, never refused for it
FEW_WORDS = 240  # a page of so few, links aside, may name an error in any short line
FIRST_LINES = 60  # in which an error is named
HEADINGS = ("h1", "h2", "h3")
SHELL_WORDS = 20  # of a page that waits for its scripts
WALL_WORDS = 400  # of running text in a consent wall, at most
CONSENT_WORDS = 40  # of running text beside the consent notice
LISTING_LINES = 12  # linked titles, or short lines, of a listing
LISTING_LINKS = 0.5  # of the characters of a listing are links
PASSAGE_WORDS = 60  # of running text that no linked title interrupts: more than a teaser
TEASERS = 8  # passages between linked titles; of 888 articles one page has so many, and it is a home page
TEASER_WORDS = 40  # of a passage, on average


def measure(lines: Sequence[Line], verdicts: Sequence[Verdict | None], confidence: float) -> dict[str, float]:
    """What the refusals look at: words and prose words kept, link shares, lines."""
    words = prose_words = sentences = chars = kept_chars = titles = 0
    linked = kept_linked = 0.0
    for line, verdict in zip(lines, verdicts, strict=True):
        size = len(line.text)
        chars += size
        linked += size * line.links
        titles += 1 if line.links > 0.8 and 4 <= line.units <= 30 else 0
        if verdict is None:
            words += line.units
            prose_words += line.units if line.prose or line.joined else 0
            sentences += 1 if line.ends else 0
            kept_chars += size
            kept_linked += size * line.links
    passages = _passages(lines, verdicts)
    return {
        "words": words,
        "prose_words": prose_words,
        "sentences": sentences,
        "kept_share": _share(kept_chars, chars),
        "link_density": _share(linked, chars),
        "kept_link_density": _share(kept_linked, kept_chars),
        "lines": len(lines),
        "linked_titles": titles,
        "longest_passage": max(passages, default=0),
        "passages": len(passages),
        "passage_words": sum(passages),
        "confidence": confidence,
    }


def _share(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _passages(lines: Sequence[Line], verdicts: Sequence[Verdict | None]) -> list[int]:
    """Words of each run of kept prose that no linked title interrupts."""
    passages: list[int] = []
    words = 0
    for line, verdict in zip(lines, verdicts, strict=True):
        if line.links > 0.8 and line.units >= 4:
            if words:
                passages.append(words)
            words = 0
        elif verdict is None and (line.prose or line.joined or line.ends):
            words += line.units
    return [*passages, words] if words else passages


def refuse(
    lines: Sequence[Line],
    measured: Mapping[str, float],
    verdicts: Sequence[Verdict | None],
    title: str | None,
    html: str | None,
) -> RejectReason | None:
    """Why the page is no article, None when it may be one."""
    total = _unlinked(lines)
    if measured["longest_passage"] < PASSAGE_WORDS and _is_error(lines, title, total):
        return RejectReason.ERROR_PAGE
    if measured["prose_words"] < CONSENT_WORDS and _is_shell(lines, verdicts, total, html):
        return RejectReason.NEEDS_JAVASCRIPT
    if measured["prose_words"] < WALL_WORDS and _is_consent(lines, verdicts):
        return RejectReason.CONSENT_PAGE
    if _is_listing(measured, html):
        return RejectReason.NOT_AN_ARTICLE
    return RejectReason.EMPTY_AFTER_CLEANING if measured["words"] == 0 else None


def _unlinked(lines: Sequence[Line]) -> int:
    """Words outside links."""
    total = 0
    for line in lines:
        total += round(line.units * (1 - line.links)) if line.links else line.units
    return total


def _is_shell(lines: Sequence[Line], verdicts: Sequence[Verdict | None], total: int, html: str | None) -> bool:
    """A line asks for JavaScript, and not to show readers' comments only; or scripts, few words and no sentence."""
    is_empty = sum(line.units for line in lines) < SHELL_WORDS and not any(line.ends for line in lines)
    if html is not None and is_empty and "<script" in html.lower():
        return True
    return total < FEW_WORDS and any(
        asks_for_scripts(line.text) and (verdict is None or verdict.kind is not COMMENTS)
        for line, verdict in zip(lines, verdicts, strict=True)
    )


def _is_error(lines: Sequence[Line], title: str | None, total: int) -> bool:
    """The title or a heading names an error, or any short line of a page of few words."""
    if title and names_error(title, len(title.split())):
        return True
    return any(
        (line.tag in HEADINGS or total < FEW_WORDS) and line.links < 0.5 and names_error(line.text, line.units)
        for line in lines[:FIRST_LINES]
    )


def _is_consent(lines: Sequence[Line], verdicts: Sequence[Verdict | None]) -> bool:
    """Consent is asked for, with a button to give it, and little else is kept or reads like running text."""
    if not may_have_button("\n".join([line.text for line in lines if line.units <= BUTTON_WORDS])):
        return False
    if not any(is_consent_button(line.text, line.units) for line in lines):
        return False
    asked = [asks_for_consent(line.text) for line in lines]
    other = sum(
        line.units
        for line, verdict, is_asked in zip(lines, verdicts, asked, strict=True)
        if not is_asked and (verdict is None or ((line.prose or line.joined) and verdict.kind is not COOKIE_NOTICE))
    )
    return any(asked) and other < CONSENT_WORDS


def _is_listing(measured: Mapping[str, float], html: str | None) -> bool:
    """Almost only link text, or a teaser below each of many titles; of a text, many short lines and no sentence."""
    if html is None:
        is_prose = measured["sentences"] > 0 or measured["prose_words"] > 0
        return not is_prose and measured["words"] > 0 and measured["lines"] >= LISTING_LINES
    if measured["sentences"] == 0 and measured["kept_link_density"] > LISTING_LINKS:
        return True
    if measured["linked_titles"] < LISTING_LINES or measured["longest_passage"] >= PASSAGE_WORDS:
        return False
    if measured["passages"] >= TEASERS and measured["passage_words"] <= TEASER_WORDS * measured["passages"]:
        return True
    return measured["kept_link_density"] > LISTING_LINKS or (
        measured["sentences"] == 0 and measured["words"] < SHORT_WORDS
    )
