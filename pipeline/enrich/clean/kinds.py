"""The kinds of cuts by bare names, to compare by identity: rules ask for many of them on every line."""

from __future__ import annotations

from typing import Final

from pipeline.reasons import CutKind

COMMENT_FORM: Final = CutKind.COMMENT_FORM
COMMENTS: Final = CutKind.COMMENTS
SHARE_BAR: Final = CutKind.SHARE_BAR
RELATED: Final = CutKind.RELATED
NEWSLETTER: Final = CutKind.NEWSLETTER
COOKIE_NOTICE: Final = CutKind.COOKIE_NOTICE
NAVIGATION: Final = CutKind.NAVIGATION
BYLINE: Final = CutKind.BYLINE
CAPTION: Final = CutKind.CAPTION
ADVERT: Final = CutKind.ADVERT
LABEL: Final = CutKind.LABEL
HEADLINE: Final = CutKind.HEADLINE
TAGS: Final = CutKind.TAGS
COPYRIGHT: Final = CutKind.COPYRIGHT
PAYWALL_NOTICE: Final = CutKind.PAYWALL_NOTICE
OTHER: Final = CutKind.OTHER
