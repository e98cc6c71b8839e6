"""Why a piece was cut, an article rejected, a record dead: three closed sets, each value with its sentence."""

from __future__ import annotations

from enum import Enum


class _Explained(str, Enum):
    """A string constant that carries one line for people: `reason.why`."""

    why: str

    def __new__(cls, value: str, why: str = "") -> _Explained:
        member = str.__new__(cls, value)
        member._value_ = value
        member.why = why
        return member

    def __init_subclass__(cls) -> None:
        """Members as plain attributes: Python 3.11 finds `CutKind.OTHER` by a call of a function."""
        for name, member in cls.__members__.items():
            type.__setattr__(cls, name, member)

    __str__ = str.__str__
    __hash__ = str.__hash__


class CutKind(_Explained):
    """What a cut piece of the page text is."""

    COMMENT_FORM = "comment_form", "a form that asks the reader for a comment"
    COMMENTS = "comments", "what readers wrote below the article"
    SHARE_BAR = "share_bar", "buttons and links that share or follow"
    RELATED = "related", "links and teasers of other articles"
    NEWSLETTER = "newsletter", "an invitation to subscribe or to sign up"
    COOKIE_NOTICE = "cookie_notice", "a consent or cookie notice"
    NAVIGATION = "navigation", "menus, breadcrumbs, search boxes and page controls"
    BYLINE = "byline", "author, date and place of publication"
    CAPTION = "caption", "the caption or credit of a picture or a video"
    ADVERT = "advert", "advertising or its label"
    LABEL = "label", "a section or category label"
    HEADLINE = "headline", "the headline, or a copy of it, above the body"
    TAGS = "tags", "keywords and topics of the article"
    COPYRIGHT = "copyright", "a legal or copyright line"
    PAYWALL_NOTICE = "paywall_notice", "a notice that the rest is for subscribers"
    OTHER = "other", "not part of the article, of no kind above"


class RejectReason(_Explained):
    """Why a readable record is not an article."""

    NOT_AN_ARTICLE = "not_an_article", "a listing, a home page or a page without running text"
    NEEDS_JAVASCRIPT = "needs_javascript", "the page holds no text before its scripts have run"
    ERROR_PAGE = "error_page", "the page says that the article is missing or the server failed"
    CONSENT_PAGE = "consent_page", "the page asks for consent and shows no article"
    EMPTY_AFTER_CLEANING = "empty_after_cleaning", "nothing but boilerplate was delivered"


class DeadReason(_Explained):
    """Why a record could not be processed; its bytes go to the dead-letter topic."""

    NO_VALUE = "no_value", "the record has no value"
    INVALID_JSON = "invalid_json", "the value is not JSON, and no header says that it is HTML"
    NOT_AN_OBJECT = "not_an_object", "the value is JSON, but not an object"
    WRONG_TYPE = "wrong_type", "a field has a type that the contract does not allow"
    NO_CONTENT = "no_content", "none of text, html and html_base64 is there"
    UNSUPPORTED_SCHEMA = "unsupported_schema", "the schema header names a version that is not known"
    TOO_LARGE = "too_large", "the record, its page or its result is over a limit"
    TOO_DEEP = "too_deep", "the JSON or the page is nested too deeply to be parsed safely"
    TIMEOUT = "timeout", "the record used more processor or wall time than it may"
    MEMORY = "memory", "the record used more memory than it may"
    CRASHED = "crashed", "the child process died while it worked on the record"
    INTERNAL_ERROR = "internal_error", "a bug: the flow raised an exception"
