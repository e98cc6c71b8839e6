"""Is the page no article? Said only where it is plain: short texts and paywall stubs are articles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.enrich.clean1.lines import Line
from pipeline.reasons import RejectReason
from pipeline.records import Page

_SCRIPTS = re.compile(r"<script\b", re.IGNORECASE)
_WANTS_SCRIPTS = re.compile(r"(?i)(?:enable|requires?|turn on|activate|aktivieren|activer|activa)\W+(?:\w+\W+){0,3}javascript")
_ERROR = re.compile(
    r"(?i)\b(?:404|403|410|500|502|503)\b|page (?:was |is |could |can(?:no|'|’)t )?(?:not (?:be )?)?found|"
    r"(?:seite|page|página|pagina) (?:nicht gefunden|introuvable|no encontrada|non trovata|niet gevonden)|"
    r"no longer (?:exists|available)|access denied|internal server error|service unavailable"
)
_CONSENT = re.compile(r"(?i)\b(?:cookies?|consent|einwilligung|consentement|consentimiento|privacy|datenschutz)\b")
_STUB_WORDS = 60  # a page with fewer words of prose may be an error, a wall or a shell
_LISTING_LINKS = 0.6  # share of the page text in links
_LISTING_LINES = 12


def measure(page: Page, lines: Sequence[Line], text: str) -> dict[str, float]:
    """The numbers that the decision stands on."""
    links = sum(block.link_chars for block in page.blocks)
    return {
        "words": float(sum(line.words for line in lines)),
        "prose_words": float(sum(line.words for line in lines if line.prose)),
        "lines": float(len(lines)),
        "link_share": round(links / max(1, len(page.text)), 4),
        "kept_share": round(len(text) / max(1, len(page.text)), 4),
        "scripts": float(len(_SCRIPTS.findall(page.html))) if page.html else 0.0,
    }


def refusal(page: Page, text: str, told: Mapping[str, float]) -> RejectReason | None:
    """Why this is no article, or None."""
    if page.html is None:
        return None if text.strip() else RejectReason.EMPTY_AFTER_CLEANING
    prose, words = told["prose_words"], told["words"]
    head = f"{page.title or ''}\n{page.text[:400]}"
    noscript = page.html[:200_000] if words < _STUB_WORDS else ""
    if words < _STUB_WORDS and told["scripts"] and (prose < 15 and words < 15 or _WANTS_SCRIPTS.search(noscript)) and prose < 25:
        return RejectReason.NEEDS_JAVASCRIPT
    if prose < _STUB_WORDS and _ERROR.search(head):
        return RejectReason.ERROR_PAGE
    if prose < 2 * _STUB_WORDS and len(_CONSENT.findall(page.text[:5000])) >= 4 and words < 300 and _CONSENT.search(text or page.text):
        return RejectReason.CONSENT_PAGE
    if told["link_share"] > _LISTING_LINKS and told["lines"] >= _LISTING_LINES and prose < 3 * _STUB_WORDS:
        return RejectReason.NOT_AN_ARTICLE
    if not text.strip():
        return RejectReason.EMPTY_AFTER_CLEANING
    return None
