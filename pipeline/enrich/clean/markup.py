"""What the markup around a line says that it is: names that sites give to classes, ids and roles."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.enrich.clean.lines import Line
from pipeline.enrich.clean.verdicts import Verdict
from pipeline.reasons import CutKind

LONGEST = 3  # lines of the body whose hints are compared
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
            "compartir compartilhar teilen condividi delen sns"
        ),
        CutKind.RELATED: (
            "related recommend recommended recommendations teaser teasers promo promos popular trending latest "
            "recirc outbrain taboola mostread aside sidebar readmore more recent carousel widget card cards "
            "suggested upnext similar river headlines stories feed interstitial slider"
        ),
        CutKind.NEWSLETTER: (
            "newsletter newsletters mailpoet subscribe subscription signup optin mailchimp simplenews donate donation "
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
        CutKind.OTHER: "footnote footnotes references rating ratings starrating votes",
        CutKind.NAVIGATION: (
            "nav navbar navigation menu menus menubar breadcrumb breadcrumbs header footer masthead sitemap pagination "
            "pager toolbar topbar topnav dropdown submenu hamburger offcanvas drawer mega "
            "search skip login account links modal popup dialog toc weather ticker tabs toggle button btn buttons"
        ),
    }.items()
    for token in tokens.split()
}
VAGUE = frozenset(  # names that could be anything
    ["promo", "promos", "aside", "sidebar", "carousel", "slider", "more", "recent", "card", "cards", "widget",
     "stories", "feed", "latest", "section", "title", "ad", "ads", "search", "skip", "login", "account", "links",
     "modal", "popup", "dialog", "toc", "weather", "ticker", "tabs", "toggle", "button", "btn", "buttons"]
)  # fmt: skip
PARTS = frozenset(  # kinds of an element inside a teaser as well as inside the article
    [CutKind.BYLINE, CutKind.CAPTION, CutKind.LABEL, CutKind.HEADLINE, CutKind.TAGS]
)
ENDS = frozenset(["header", "footer"])  # of the page, or of one of these
PIECES = frozenset(
    ["article", "card", "cards", "teaser", "teasers", "post", "posts", "entry", "story", "item", "related", "widget",
     "comment", "comments", "caption", "figure", "hentry", "block", "box", "player"]
)  # fmt: skip
NOISY = frozenset(["ad", "ads"])  # also what is left of generated names
UNKNOWN = Verdict(CutKind.OTHER, "", 0.0)
CAPTION_TAG = Verdict(CutKind.CAPTION, "caption_tag", 0.9)
NAMED_NEAR = {kind: Verdict(kind, f"{kind}_markup", 0.8) for kind in CutKind}
NAMED_FAR = {kind: Verdict(kind, f"{kind}_markup", 0.6) for kind in CutKind}
SECTION = {kind: Verdict(kind, f"{kind}_section", 0.8) for kind in CutKind}
VAGUE_SECTION = {kind: Verdict(kind, f"{kind}_section", 0.5) for kind in CutKind}
TITLED = frozenset(["h2", "h3", "h4", "h5"])
TITLE = 5  # words of a line that is hardly an entry of a menu
TEASERS = frozenset(["article", "card", "teaser", "post", "hentry", "entry"])  # inside a menu these are teasers


def _kind(hints: tuple[str, ...], distance: int, token: str, around: frozenset[str]) -> CutKind | None:
    kind = HINTS.get(token)
    if kind is None:
        last = token[-1]
        return CutKind.NAVIGATION if (last == "v" or last == "u") and token.endswith(("nav", "menu")) else None
    if token in around or (token in NOISY and distance >= NEAR):
        return None
    if token in ENDS and not PIECES.isdisjoint(hints[max(0, distance - 1) :]):
        return None
    if token == "title" and "site" in hints[:distance]:  # the name of the site
        return None
    return kind


class Markup:
    """What the names on a page say; those `around` the body too say nothing of what else they hold.

    Lines of one element share their hints, one object, so each tuple of hints is looked through once.
    """

    def __init__(self, around: frozenset[str] = frozenset()) -> None:
        self.around = around
        self.nearest: dict[int, Verdict | None] = {}
        self.sections: dict[int, Verdict | None] = {}
        self.title_sections: dict[int, Verdict | None] = {}

    def hinted(self, line: Line) -> Verdict | None:
        """The nearest element counts; of its names, one that could be anything only when no other says more."""
        if line.tag == "figcaption":
            return CAPTION_TAG
        if not line.hints:
            return None
        number = id(line.hints)
        found = self.nearest.get(number, UNKNOWN)
        if found is UNKNOWN:
            found = self.nearest[number] = _nearest(line.hints, self.around)
        return found

    def container(self, line: Line) -> Verdict | None:
        """The nearest section that the line is a part of, however far out: a menu, a list of teasers, a form.

        Names of parts (a headline, a date, a picture) are passed over. 0.8 where a name says it, 0.5 where it is vague.
        """
        if not line.hints:
            return None
        is_title = line.units >= TITLE and line.tag in TITLED
        known = self.title_sections if is_title else self.sections
        number = id(line.hints)
        found = known.get(number, UNKNOWN)
        if found is UNKNOWN:
            found = known[number] = _section(line.hints, self.around, is_title)
        return found


def _nearest(hints: tuple[str, ...], around: frozenset[str]) -> Verdict | None:
    vague: Verdict | None = None
    for distance, token in enumerate(hints):
        kind = _kind(hints, distance, token, around)
        if kind is None:
            continue
        verdict = NAMED_NEAR[kind] if distance < NEAR else NAMED_FAR[kind]
        if token not in VAGUE and (vague is None or distance < NEAR):
            return verdict
        vague = vague or verdict
        if distance >= NEAR:
            break
    return vague


def _section(hints: tuple[str, ...], around: frozenset[str], is_title: bool) -> Verdict | None:
    vague: Verdict | None = None
    for distance, token in enumerate(hints):
        kind = _kind(hints, distance, token, around)
        if kind is None or kind in PARTS:
            continue
        is_teaser = is_title or (vague is not None and vague.kind != kind) or not TEASERS.isdisjoint(hints[:distance])
        if token not in VAGUE and not (kind == CutKind.NAVIGATION and is_teaser):
            return SECTION[kind]
        vague = vague or VAGUE_SECTION[kind]
    return vague


def around_body(lines: Sequence[Line], kept: Sequence[bool]) -> frozenset[str]:
    """Hints of elements that hold the body too, so that they say nothing of what else they hold."""
    body = sorted((line for line, keep in zip(lines, kept, strict=True) if keep), key=lambda line: -line.units)
    return frozenset.intersection(*(frozenset(line.hints) for line in body[:LONGEST])) if body else frozenset()
