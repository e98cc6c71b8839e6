"""When a page is no article. Only what is clearly none is refused: a short text, or a stub, passes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.verdicts import Verdict
from pipeline.reasons import CutKind, RejectReason

SHORT_WORDS = 50  # below: flagged, never refused for it
ERROR_WORDS = 120  # an error page says no more than this
CONSENT_WORDS = 40  # of running text beside the consent notice
LISTING_LINES = 12  # linked titles, or short lines, of a listing
PASSAGE_WORDS = 60  # of running text that no linked title interrupts: more than a teaser
LISTING_LINKS = 0.5  # of the characters of a listing are links

_ERROR = re.compile(
    r"(?:error |erreur |fehler |http )?(?:404|403|410|500|502|503|504)(?:$|[ :|.–—-]+(?:error|not|page|forbidden"
    r"|gone|bad"
    r"|internal|service|gateway|fehler|erreur|seite|página|pagina|страница))"
    r"|(?:sorry,? |oops\W{1,3})?(?:(?:the|this|that) )?(?:requested )?page (?:you (?:requested|are looking for) )?"
    r"(?:not found|(?:is|was) not found|does not exist|doesn.t exist|cannot be found|could not be found|can.t be found)"
    r"|not found$|access denied|forbidden$|internal server error|service (?:temporarily )?unavailable|bad gateway"
    r"|gateway time-?out|(?:diese )?seite (?:wurde |konnte )?nicht gefunden|diese seite existiert nicht"
    r"|page introuvable|page non trouvée|página no encontrada|página não encontrada|pagina non trovata"
    r"|pagina niet gevonden|sidan (?:kunde inte hittas|hittades inte)|siden (?:ble |blev )?ikke funnet"
    r"|siden findes ikke"
    r"|sivua ei löyty|strona nie (?:została znaleziona|istnieje)|stránka nenalezena|страница не найдена"
    r"|сторінку не знайдено|sayfa bulunamadı|الصفحة غير موجودة|页面不存在|页面未找到|ページが見つかりません"
    r"|페이지를 찾을 수 없습니다|attention required!|just a moment\.{3}|are you (?:a )?(?:human|robot)\?"
    r"|checking your browser|verify you are human",
    re.IGNORECASE,
)
_SCRIPTS = re.compile(
    r"(?:enable|activate|turn on|requires|need|activer|aktivieren|habilit\w{0,4}|activ\w{0,3}"
    r"|включит\w).{0,40}javascript"
    r"|javascript.{0,40}(?:disabled|enabled|required|aktivier|deaktiviert|désactivé|desactivado|отключ)",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"before you continue|we value your privacy|we and our (?:\w{0,12} ){0,3}partners|cookies and data to"
    r"|your privacy choices|consent to|zustimmung|einwilligung|wir und unsere partner|nous et nos partenaires"
    r"|votre consentement|su consentimiento|il tuo consenso|accept all|alle akzeptieren|tout accepter|aceptar todo",
    re.IGNORECASE,
)


def measure(lines: Sequence[Line], verdicts: Sequence[Verdict | None], confidence: float) -> dict[str, float]:
    """What the refusals look at: words and prose words kept, link shares, lines."""
    kept = [line for line, verdict in zip(lines, verdicts, strict=True) if verdict is None]
    chars = sum(len(line.text) for line in lines)
    kept_chars = sum(len(line.text) for line in kept)
    return {
        "words": sum(line.units for line in kept),
        "prose_words": sum(line.units for line in kept if line.prose or line.joined),
        "sentences": sum(line.ends for line in kept),
        "kept_share": round(kept_chars / chars, 4) if chars else 0.0,
        "link_density": _link_density(lines),
        "kept_link_density": _link_density(kept),
        "lines": len(lines),
        "linked_titles": sum(line.links > 0.8 and 4 <= line.units <= 30 for line in lines),
        "longest_passage": _longest_passage(lines, verdicts),
        "confidence": confidence,
    }


def _link_density(lines: Sequence[Line]) -> float:
    chars = sum(len(line.text) for line in lines)
    return round(sum(len(line.text) * line.links for line in lines) / chars, 4) if chars else 0.0


def _longest_passage(lines: Sequence[Line], verdicts: Sequence[Verdict | None]) -> int:
    """Words of the longest run of kept prose that no linked title interrupts."""
    longest = run = 0
    for line, verdict in zip(lines, verdicts, strict=True):
        if line.links > 0.8 and line.units >= 4:
            run = 0
        elif verdict is None and (line.prose or line.joined or line.ends):
            run += line.units
            longest = max(longest, run)
    return longest


def refuse(
    lines: Sequence[Line],
    measured: Mapping[str, float],
    verdicts: Sequence[Verdict | None],
    title: str | None,
    html: str | None,
) -> RejectReason | None:
    """Why the page is no article, None when it may be one."""
    words, prose = measured["words"], measured["prose_words"]
    opening = [line.text[:200] for line in lines[:400]]
    total = sum(line.units for line in lines)
    if prose < ERROR_WORDS and words < 2 * ERROR_WORDS and _is_error(lines, title, total):
        return RejectReason.ERROR_PAGE
    if prose < CONSENT_WORDS and total < 150 and _asks_for_scripts(lines, verdicts):
        return RejectReason.NEEDS_JAVASCRIPT
    if html is not None and total < 10 and "<script" in html.lower() and not any(line.ends for line in lines):
        return RejectReason.NEEDS_JAVASCRIPT
    if _is_consent(lines, verdicts, opening):
        return RejectReason.CONSENT_PAGE
    if words == 0:
        return RejectReason.EMPTY_AFTER_CLEANING
    return RejectReason.NOT_AN_ARTICLE if _is_listing(measured, html) else None


def _asks_for_scripts(lines: Sequence[Line], verdicts: Sequence[Verdict | None]) -> bool:
    """A line asks for JavaScript, and not to show readers' comments only."""
    return any(
        _SCRIPTS.search(line.text[:200]) and (verdict is None or verdict.kind != CutKind.COMMENTS)
        for line, verdict in zip(lines, verdicts, strict=True)
    )


def _is_error(lines: Sequence[Line], title: str | None, total: int) -> bool:
    """The title, or a short line of a page with little text, names an error."""
    if title and _ERROR.match(title.strip()[:200]) and len(title) < 120:
        return True
    return total < 2 * ERROR_WORDS and any(
        line.units <= 10 and line.links < 0.5 and _ERROR.match(line.text[:200]) for line in lines[:30]
    )


def _is_consent(lines: Sequence[Line], verdicts: Sequence[Verdict | None], opening: Sequence[str]) -> bool:
    """Consent is asked for, and what else is there is no running text."""
    if sum(1 for text in opening if _CONSENT.search(text)) < 2:
        return False
    other = sum(
        line.units
        for line, verdict in zip(lines, verdicts, strict=True)
        if (line.prose or line.joined)
        and not _CONSENT.search(line.text[:200])
        and "cookie" not in line.text[:400].lower()
        and (verdict is None or verdict.kind != CutKind.COOKIE_NOTICE)
    )
    return other < CONSENT_WORDS


def _is_listing(measured: Mapping[str, float], html: str | None) -> bool:
    """Almost only link text, or, of a text, many short lines and no sentence."""
    if html is None:
        return measured["sentences"] == 0 and measured["prose_words"] == 0 and measured["lines"] >= LISTING_LINES
    if measured["linked_titles"] < LISTING_LINES or measured["longest_passage"] >= PASSAGE_WORDS:
        return False
    return measured["kept_link_density"] > LISTING_LINKS or (
        measured["sentences"] == 0 and measured["words"] < SHORT_WORDS
    )
