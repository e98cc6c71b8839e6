"""What kind of boilerplate a line outside the article is: by its phrase, its markup, its look and where it stands."""

from __future__ import annotations

import re

from pipeline.enrich.clean import marks as phrases
from pipeline.enrich.clean.cuts import Verdict
from pipeline.enrich.clean.lines import Line
from pipeline.reasons import CutKind
from pipeline.records import Block

_BY_TOKEN = {
    CutKind.COMMENT_FORM: "respond commentform reply replying",
    CutKind.COMMENTS: "comments comment commentlist disqus livefyre coral discussion reactions",
    CutKind.SHARE_BAR: "share sharing shares social socials sharedaddy addthis follow tools buttons",
    CutKind.RELATED: "related recommended recommendations recirc recirculation teaser teasers trending popular more "
    "promo outbrain taboola latest also mostread stories cards card carousel aside sidebar complementary",
    CutKind.NEWSLETTER: "newsletter newsletters subscribe subscription signup mailchimp",
    CutKind.COOKIE_NOTICE: "cookie cookies consent gdpr onetrust cmp",
    CutKind.BYLINE: "byline author authors dateline pubdate published timestamp posted meta date time bio",
    CutKind.CAPTION: "figcaption caption captions credit credits figure gallery photo",
    CutKind.ADVERT: "advert advertisement ads ad sponsored sponsor dfp banner",
    CutKind.TAGS: "tags tag keywords topics taxonomy",
    CutKind.COPYRIGHT: "copyright legal colophon contentinfo",
    CutKind.PAYWALL_NOTICE: "paywall premium piano regwall meter",
    CutKind.LABEL: "kicker eyebrow label category categories section rubric",
    CutKind.HEADLINE: "headline subheadline dek standfirst subtitle",
    CutKind.NAVIGATION: "nav navigation navbar menu breadcrumb breadcrumbs crumbs header footer masthead search skip "
    "pagination pager login account toolbar banner topbar dialog modal",
}
_KIND_OF = {token: kind for kind, tokens in _BY_TOKEN.items() for token in tokens.split()}
_HINTS_READ = 8
_TIME = re.compile(r"\d{1,2}[:.]\d{2}|(?<!\d)(?:19|20)\d{2}(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_BY = re.compile(r"(?i)(?:by|von|par|por|di|door|av|af|от|автор)\s+\w[\w.'’-]*(?:[ ,&]+\w[\w.'’-]*){0,6}$")


def verdict(line: Line, block: Block, above: bool) -> Verdict:
    """The reason for cutting a line that is not in the article; `above` tells on which side of the body it stands."""
    found = phrases.match(line.text)
    if found is not None:
        return Verdict(found[0].kind, "phrase", 0.95)
    if block.tag == "h1":
        return Verdict(CutKind.HEADLINE, "h1", 0.95)
    for hint in block.hints[:_HINTS_READ]:
        if hint in _KIND_OF:
            return Verdict(_KIND_OF[hint], "markup", 0.85)
    if is_byline(line):
        return Verdict(CutKind.BYLINE, "byline", 0.8)
    if "©" in line.text[:80]:
        return Verdict(CutKind.COPYRIGHT, "copyright_sign", 0.9)
    if block.tag in ("h2", "h3", "h4") or block.link_chars * 2 > len(line.text):
        return Verdict(CutKind.NAVIGATION if above else CutKind.RELATED, "links", 0.7)
    if line.words <= 3:
        return Verdict(CutKind.LABEL if above else CutKind.NAVIGATION, "short", 0.6)
    if not line.sentence:
        return Verdict(CutKind.NAVIGATION if above else CutKind.RELATED, "outside", 0.6)
    return Verdict(CutKind.RELATED, "outside", 0.5)


def is_byline(line: Line) -> bool:
    """A short line with an author or a date, and no sentence."""
    if line.words > 14 or (line.sentence and line.words > 8):
        return False
    return bool(_BY.match(line.text[:120]) or (_TIME.search(line.text[:120]) and line.words <= 9))
