"""What the markup around a line says that it is: names that sites give to classes, ids and roles."""

from __future__ import annotations

from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.verdicts import Verdict
from pipeline.reasons import CutKind

NEAR = 4  # tokens: those of the element itself and of the one around it

HINTS: dict[str, CutKind] = {
    token: kind
    for kind, tokens in {
        CutKind.COMMENT_FORM: "respond commentform replyform",
        CutKind.COMMENTS: (
            "comment comments disqus discussion livefyre coral commentaires kommentare comentarios commenti"
        ),
        CutKind.SHARE_BAR: (
            "share sharing social sharedaddy addthis sharethis follow socials bookmark bookmarks partage partager "
            "compartir compartilhar teilen condividi delen"
        ),
        CutKind.RELATED: (
            "related recommend recommended recommendations teaser teasers promo promos popular trending latest "
            "recirc outbrain taboola mostread aside sidebar readmore more recent carousel widget card cards "
            "suggested upnext similar river headlines stories feed interstitial slider"
        ),
        CutKind.NEWSLETTER: (
            "newsletter newsletters subscribe subscription signup optin mailchimp simplenews donate donation "
            "suscripcion boletin nieuwsbrief"
        ),
        CutKind.COOKIE_NOTICE: "cookie cookies consent gdpr cmp onetrust privacy",
        CutKind.BYLINE: (
            "byline by author authors date dateline timestamp published pubdate bio contributor datetime auteur "
            "autor autore firma signature"
        ),
        CutKind.CAPTION: "caption figcaption credit credits figure gallery image photo video media lightbox player",
        CutKind.ADVERT: (
            "ad ads advert advertisement adverts sponsor sponsored promoted dfp adslot affiliate publicidad "
            "publicite werbung anzeige pubblicita"
        ),
        CutKind.LABEL: (
            "kicker eyebrow rubric overline section category flag rubrique antetitulo volanta dachzeile occhiello"
        ),
        CutKind.HEADLINE: "headline title hed entrytitle dek standfirst titulo titular titre titel titolo",
        CutKind.TAGS: "tags tag topics keywords taglist hashtags etiquetas motscles schlagworte",
        CutKind.COPYRIGHT: "copyright legal colophon disclaimer",
        CutKind.PAYWALL_NOTICE: "paywall regwall piano meter subscriber premium",
        CutKind.NAVIGATION: (
            "nav navbar navigation menu menus breadcrumb breadcrumbs header footer masthead search skip "
            "pagination pager toolbar topbar login account dropdown submenu sitemap links mega modal popup dialog "
            "topnav hamburger offcanvas drawer toc weather ticker tabs toggle button btn buttons"
        ),
    }.items()
    for token in tokens.split()
}
VAGUE = frozenset(
    ["promo", "promos", "aside", "sidebar", "more", "recent", "card", "cards", "widget", "stories", "feed",
     "latest", "section", "title"]
)  # fmt: skip


def _kind(token: str) -> CutKind | None:
    kind = HINTS.get(token)
    return CutKind.NAVIGATION if kind is None and token.endswith(("nav", "menu")) else kind


def hinted(line: Line) -> Verdict | None:
    """The nearest element counts; of its names, one that could be anything only when no other says more."""
    if line.tag == "figcaption":
        return Verdict(CutKind.CAPTION, "caption_tag", 0.9)
    vague: Verdict | None = None
    for distance, token in enumerate(line.hints):
        kind = _kind(token)
        if kind is None or (token == "title" and "site" in line.hints[:distance]):  # the name of the site
            continue
        verdict = Verdict(kind, f"{kind}_markup", 0.8 if distance < NEAR else 0.6)
        if token not in VAGUE and (vague is None or distance < NEAR):
            return verdict
        vague = vague or verdict
        if distance >= NEAR:
            break
    return vague
