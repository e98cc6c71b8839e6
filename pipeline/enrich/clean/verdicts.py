"""Why a line goes: the strict rules that hold anywhere, and the loose ones that hold only outside the body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from pipeline.enrich.clean import phrases, shapes, words
from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.phrases import Phrase
from pipeline.reasons import CutKind

Where: TypeAlias = Literal["above", "inside", "below"]

MAX_INVITATION = 25  # words of a closing line whose later sentences are looked at
MIN_SENTENCE_PHRASE = 3  # words a phrase must have to cut a whole sentence inside the body

HINTS: dict[str, CutKind] = {
    token: kind
    for kind, tokens in {
        CutKind.COMMENT_FORM: "respond commentform replyform",
        CutKind.COMMENTS: "comment comments disqus discussion livefyre coral",
        CutKind.SHARE_BAR: "share sharing social sharedaddy addthis sharethis follow socials bookmark bookmarks",
        CutKind.RELATED: (
            "related recommend recommended recommendations teaser teasers promo promos popular trending latest recirc outbrain "
            "taboola mostread aside sidebar readmore more recent carousel widget card cards suggested upnext similar river "
            "headlines stories feed interstitial slider"
        ),
        CutKind.NEWSLETTER: "newsletter newsletters subscribe subscription signup optin mailchimp donate donation",
        CutKind.COOKIE_NOTICE: "cookie cookies consent gdpr cmp onetrust privacy",
        CutKind.BYLINE: "byline author authors date dateline timestamp published pubdate bio contributor datetime",
        CutKind.CAPTION: "caption figcaption credit credits figure gallery image photo video media lightbox player",
        CutKind.ADVERT: "ad ads advert advertisement adverts sponsor sponsored promoted dfp adslot affiliate",
        CutKind.LABEL: "kicker eyebrow rubric overline section category flag",
        CutKind.HEADLINE: "headline title hed entrytitle dek standfirst",
        CutKind.TAGS: "tags tag topics keywords taglist hashtags",
        CutKind.COPYRIGHT: "copyright legal colophon disclaimer",
        CutKind.PAYWALL_NOTICE: "paywall regwall piano meter subscriber premium",
        CutKind.NAVIGATION: (
            "nav navbar navigation menu menus breadcrumb breadcrumbs header footer masthead search skip pagination pager "
            "toolbar topbar login account dropdown submenu sitemap links mega modal popup dialog topnav hamburger offcanvas "
            "drawer nav-menu toc weather ticker tabs toggle button btn buttons"
        ),
    }.items()
    for token in tokens.split()
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A line goes: what it is, the rule that says so, how sure that rule is."""

    kind: CutKind
    rule: str
    confidence: float


def _of_phrase(phrase: Phrase, confidence: float) -> Verdict:
    return Verdict(phrase.kind, f"{phrase.kind}_phrase", confidence)


def strict(line: Line) -> Verdict | None:
    """What cuts a line wherever it stands: a phrase that articles do not say, a copyright line."""
    for phrase in line.phrases:
        if phrase.outside:
            continue
        size = sum(part != ":" for part in phrase.key)
        if not line.prose or size >= MIN_SENTENCE_PHRASE:
            return _of_phrase(phrase, 0.95 if not line.prose else 0.8)
    if not line.prose and shapes.is_copyright(line.text):
        return Verdict(CutKind.COPYRIGHT, "copyright_sign", 0.9)
    return None


def opener(line: Line) -> CutKind | None:
    """The kind of section that the line opens: what follows belongs to it while it looks like it."""
    return next((phrase.kind for phrase in line.phrases if phrase.opens), None)


def loose(line: Line, where: Where) -> Verdict | None:
    """What cuts a line at the edge of the body: also common words and shapes."""
    found = line.phrases if not line.prose else ()
    if found:
        labels = [phrase for phrase in found if phrase.kind == CutKind.LABEL]
        others = [phrase for phrase in found if phrase.kind != CutKind.LABEL]
        ranked = labels + others if where == "above" else others + labels
        return _of_phrase(ranked[0], 0.8 if ranked[0].outside else 0.95)
    if where == "below" and (said := _said_later(line)) is not None:
        return said
    if line.prose:
        return None
    if not line.has_words:
        return Verdict(CutKind.OTHER, "separator", 0.9)
    if shapes.is_byline(line.text):
        return Verdict(CutKind.BYLINE, "byline_shape", 0.85)
    if shapes.is_date_line(line.text):
        return Verdict(CutKind.BYLINE, "date_line", 0.85)
    if shapes.is_credit(line.text):
        return Verdict(CutKind.CAPTION, "credit_shape", 0.7)
    if shapes.is_menu(line.text):
        return Verdict(CutKind.NAVIGATION, "menu_shape", 0.8)
    if shapes.is_address(line.text):
        return Verdict(CutKind.BYLINE if where == "above" else CutKind.NAVIGATION, "address", 0.6)
    return None


def _said_later(line: Line) -> Verdict | None:
    """The second sentence of a closing line is the one that invites: 'Enjoyed this? Leave a comment below.'"""
    if line.units > MAX_INVITATION:
        return None
    for part in words.sentences(line.text)[1:4]:
        for phrase in phrases.matches(part):
            if not phrase.outside and len(phrase.key) > 1:
                return _of_phrase(phrase, 0.7)
    return None


def hinted(line: Line) -> Verdict | None:
    """What the markup around a line says that it is; the nearest element counts."""
    if line.tag == "figcaption":
        return Verdict(CutKind.CAPTION, "caption_tag", 0.9)
    for distance, token in enumerate(line.hints):
        kind = HINTS.get(token)
        if kind is not None:
            return Verdict(kind, f"{kind}_markup", 0.8 if distance < 4 else 0.6)
    return None
