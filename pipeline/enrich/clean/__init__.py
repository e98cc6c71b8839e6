"""Page -> Cleaned: the article's own text, and a cut with its reason for everything else.

Trees decide which blocks are the body (`decide`), over what each block says and where it stands (`features`). Rules cut
what never belongs to an article, trim the edges of the body and name every cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline import spans
from pipeline.enrich.clean import body
from pipeline.enrich.clean.cuts import make_cuts
from pipeline.enrich.clean.decide import decide
from pipeline.enrich.clean.edges import trim
from pipeline.enrich.clean.explain import explain
from pipeline.enrich.clean.lines import read_lines
from pipeline.enrich.clean.refuse import SHORT_WORDS, measure, refuse
from pipeline.enrich.clean.verdicts import Verdict
from pipeline.reasons import CutKind
from pipeline.records import Cleaned, Flag, Page, RawArticle

__all__ = ["clean", "clean_html", "clean_text"]

PAYWALL_LINES = 12  # cut lines after the last kept one in which a notice means a paywall


def clean(page: Page) -> Cleaned:
    """The article's text and the cuts. Never raises; with `refusal` the text is the best attempt all the same.

    `confidence` is the F1 that pages have whose blocks are in such doubt (measured on pages not trained on); `method`
    says who decided on the body: trees, or trafilatura where the trees were unsure.
    """
    lines = read_lines(page)
    given = body.strict_verdicts(lines)
    found = decide(page, lines, given)
    kept = [keep and verdict is None for keep, verdict in zip(found.kept, given, strict=True)]
    kept, given = trim(lines, kept, given, page.title)
    verdicts = explain(lines, kept, given, page.title)
    cuts = make_cuts(page, verdicts)
    measured = measure(lines, verdicts, found.confidence)
    return Cleaned(
        text=spans.without_cuts(page.text, cuts),
        page=page,
        cuts=cuts,
        confidence=found.confidence,
        method=found.method,
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
