"""Page -> Cleaned: what of the page text is the article, and a reason for every character that is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.enrich.clean1 import kinds
from pipeline.enrich.clean1.cuts import Verdict, make_cuts
from pipeline.enrich.clean1.extract import extraction, kept_blocks
from pipeline.enrich.clean1.lines import Line, look
from pipeline.enrich.clean1.refuse import measure, refusal
from pipeline.enrich.clean1.text import decide
from pipeline.reasons import CutKind
from pipeline.records import Block, Cleaned, Flag, Page, RawArticle
from pipeline.spans import without_cuts

__all__ = ["clean", "clean_html", "clean_text"]
_SHORT_WORDS = 50
_TOO_LITTLE = 1 / 3  # of what the densest region holds: then the extraction missed the article
_KEPT_INSIDE = frozenset({"phrase", "copy", "section"})  # rules that may cut what the extraction kept
_NEVER_BODY = frozenset({CutKind.COMMENT_FORM, CutKind.COMMENTS, CutKind.COOKIE_NOTICE, CutKind.SHARE_BAR})


def clean(page: Page) -> Cleaned:
    """The article's text, the cuts that give it, and whether the page is an article at all. Never raises."""
    lines = [look(page.text[block.start : block.end]) for block in page.blocks]
    by_text = decide(lines, page.blocks, page.title).verdicts
    verdicts, method, confidence = by_text, "density", _prose_share(lines, by_text)
    if page.html is not None:
        kept = kept_blocks([line.text for line in lines], extraction(page.html))
        if _chars(lines, kept) >= _TOO_LITTLE * _chars(lines, [v is None for v in by_text]) and any(kept):
            verdicts, method = _by_extraction(lines, page.blocks, by_text, kept), "trafilatura"
            confidence = _agreement(lines, verdicts, by_text)
    cuts = make_cuts(page.text, page.blocks, verdicts)
    text = without_cuts(page.text, cuts)
    told = measure(page, lines, text)
    flags: tuple[Flag, ...] = ()
    if sum(line.words for line, verdict in zip(lines, verdicts, strict=True) if verdict is None) < _SHORT_WORDS:
        flags += ("short",)
    if page.paywalled or any(cut.kind is CutKind.PAYWALL_NOTICE for cut in cuts):
        flags = ("paywalled",)  # a stub is short because of the wall
    return Cleaned(text, page, cuts, confidence, method, refusal(page, text, told), told, flags)


def _by_extraction(
    lines: Sequence[Line], blocks: Sequence[Block], by_text: Sequence[Verdict | None], kept: Sequence[bool]
) -> list[Verdict | None]:
    """The extraction decides; phrases and copies of the headline are cut out of it, and everything gets its kind."""
    first = next(i for i, keep in enumerate(kept) if keep)
    verdicts: list[Verdict | None] = []
    for index, (line, block) in enumerate(zip(lines, blocks, strict=True)):
        told = by_text[index]
        if not kept[index]:
            own = kinds.verdict(line, block, above=index < first)
            verdicts.append(told if told is not None and told.rule in _KEPT_INSIDE and own.rule != "markup" else own)
        elif told is not None and told.rule in _KEPT_INSIDE:
            verdicts.append(told)
        elif block.tag == "h1" or (block.tag == "figcaption"):
            verdicts.append(kinds.verdict(line, block, above=True))
        else:
            verdicts.append(None)
    return verdicts


def _chars(lines: Sequence[Line], kept: Sequence[bool]) -> int:
    return sum(len(line.text) for line, keep in zip(lines, kept, strict=True) if keep)


def _prose_share(lines: Sequence[Line], verdicts: Sequence[Verdict | None]) -> float:
    """Confidence of text mode: how much of what is kept reads like running text."""
    kept = [line for line, verdict in zip(lines, verdicts, strict=True) if verdict is None]
    return round(sum(len(k.text) for k in kept if k.prose) / max(1, sum(len(k.text) for k in kept)), 4)


def _agreement(lines: Sequence[Line], one: Sequence[Verdict | None], other: Sequence[Verdict | None]) -> float:
    """Confidence of HTML mode: characters that both methods keep, of those that either keeps (Jaccard)."""
    both = sum(len(n.text) for n, a, b in zip(lines, one, other, strict=True) if a is None and b is None)
    either = sum(len(n.text) for n, a, b in zip(lines, one, other, strict=True) if a is None or b is None)
    return round(both / max(1, either), 4)


def clean_html(html: str | bytes, *, url: str | None = None) -> Cleaned:
    """A page of any markup; bytes are decoded as its declarations and its bytes say. Pure, never raises."""
    from pipeline.enrich.charset import decode_html
    from pipeline.enrich.page import read_page
    from pipeline.enrich.repair import repair

    content, repaired = repair(decode_html(html, None) if isinstance(html, bytes) else html)
    return _flagged(clean(read_page(RawArticle("html", content, url=url))), repaired)


def clean_text(text: str) -> Cleaned:
    """A text that a scraper has already stripped of its markup. Pure, never raises."""
    from pipeline.enrich.page import read_page
    from pipeline.enrich.repair import repair

    content, repaired = repair(text)
    return _flagged(clean(read_page(RawArticle("text", content))), repaired)


def _flagged(cleaned: Cleaned, repaired: bool) -> Cleaned:
    return replace(cleaned, flags=("repaired_encoding", *cleaned.flags)) if repaired else cleaned
