"""Page -> Cleaned: the article's own text, and a cut with its reason for everything else.

Two ways to find the body. A text: the densest region of its lines. HTML: the blocks that trafilatura keeps, aligned to
our page text, or the densest region where trafilatura finds next to nothing. Rules then trim the edges and name every
cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import spans
from pipeline.enrich.clean import body
from pipeline.enrich.clean.align import align
from pipeline.enrich.clean.cuts import make_cuts
from pipeline.enrich.clean.edges import trim
from pipeline.enrich.clean.explain import explain
from pipeline.enrich.clean.extract import main_text
from pipeline.enrich.clean.lines import Line, read_lines
from pipeline.enrich.clean.refuse import SHORT_WORDS, measure, refuse
from pipeline.enrich.clean.verdicts import Verdict
from pipeline.reasons import CutKind
from pipeline.records import Cleaned, Flag, Page, RawArticle

__all__ = ["clean", "clean_html", "clean_text"]

MIN_SHARE = 1 / 3  # of the densest region's words that trafilatura must keep to be believed
PAYWALL_LINES = 12  # cut lines after the last kept one in which a notice means a paywall


def clean(page: Page) -> Cleaned:
    """The article's text and the cuts. Never raises; with `refusal` the text is the best attempt all the same.

    `confidence` is, for HTML, how far two independent methods agree on the body (F1 of the characters that trafilatura
    and the densest region keep); for text, the harmonic mean of the share of running text in what is kept and the share
    of all running text that is kept. It compares pages of one method; it is no probability.
    """
    lines = read_lines(page)
    given = body.strict_verdicts(lines)
    dense = body.by_density(lines, given, page.html is None)
    kept, method, confidence = dense, "density", _concentration(lines, dense)
    if page.html is not None:
        extracted = align(lines, main_text(page.html))
        kept = [keep and verdict is None for keep, verdict in zip(extracted, given, strict=True)]
        agreement = _agreement(lines, kept, dense)
        if _words(lines, kept) >= MIN_SHARE * _words(lines, dense) and any(kept):
            method, confidence = "trafilatura", agreement
        else:
            kept, confidence = dense, confidence * (1 + agreement) / 2
    kept, given = trim(lines, kept, given, page.title)
    verdicts = explain(lines, kept, given, page.title)
    cuts = make_cuts(page, verdicts)
    measured = measure(lines, verdicts, round(confidence, 4))
    return Cleaned(
        text=spans.without_cuts(page.text, cuts),
        page=page,
        cuts=cuts,
        confidence=round(confidence, 4),
        method=method,
        refusal=refuse(lines, measured, verdicts, page.title, page.html),
        measurements=measured,
        flags=_flags(page, verdicts, measured["words"]),
    )


def clean_html(html: str | bytes, *, url: str | None = None) -> Cleaned:
    """Clean one page of HTML. Bytes are decoded by their own declaration. Bounded input is the caller's care."""
    from pipeline.enrich.charset import decode_html
    from pipeline.enrich.page import read_page

    source = decode_html(html, None) if isinstance(html, bytes) else html
    return clean(read_page(RawArticle("html", source, url=url)))


def clean_text(text: str) -> Cleaned:
    """Clean one plain text, a block a line. Offsets are those of the text as given: the flow repairs it before."""
    from pipeline.enrich.page import read_page

    return clean(read_page(RawArticle("text", text, delivered=text)))


def _words(lines: Sequence[Line], kept: Sequence[bool]) -> int:
    return sum(line.units for line, keep in zip(lines, kept, strict=True) if keep)


def _agreement(lines: Sequence[Line], one: Sequence[bool], other: Sequence[bool]) -> float:
    """F1 of the characters that two choices of lines keep; 0 when both keep nothing."""
    sizes = [len(line.text) for line in lines]
    total = sum(size * (a + b) for size, a, b in zip(sizes, one, other, strict=True))
    shared = sum(size for size, a, b in zip(sizes, one, other, strict=True) if a and b)
    return 2 * shared / total if total else 0.0


def _concentration(lines: Sequence[Line], kept: Sequence[bool]) -> float:
    """Harmonic mean of: running text in what is kept, and of all running text what is kept."""
    prose = [line.units if line.prose or line.joined or line.ends else 0 for line in lines]
    inside = sum(size for size, keep in zip(prose, kept, strict=True) if keep)
    sizes = _words(lines, kept) + sum(prose)
    return 2 * inside / sizes if sizes else 0.0


def _flags(page: Page, verdicts: Sequence[Verdict | None], words: float) -> tuple[Flag, ...]:
    """Short, and behind a paywall: the page says so, or a notice follows the text directly."""
    last = max((i for i, verdict in enumerate(verdicts) if verdict is None), default=-1)
    below = verdicts[last + 1 : last + 1 + PAYWALL_LINES]
    noticed = any(verdict is not None and verdict.kind == CutKind.PAYWALL_NOTICE for verdict in below)
    flags: list[Flag] = []
    if words < SHORT_WORDS:
        flags.append("short")
    if page.paywalled or noticed:
        flags.append("paywalled")
    return tuple(flags)
