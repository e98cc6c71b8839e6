"""Boilerplate that is known by its shape, not by its words: dates, bylines, credits, copies of the headline."""

from __future__ import annotations

import re
from collections import Counter

from pipeline.enrich.clean.words import tokens, units

MAX_CHARS = 200  # of a line are looked at, so that every pattern is bounded
MIN_COPY = 3  # words that a copy of a headline must share

_NAME_STARTS = frozenset(
    ["by", "von", "par", "por", "di", "door", "av", "af", "text", "texte", "texto", "автор", "yazan"]
)
_ROLES = frozenset(
    ["reporter", "correspondent", "editor", "writer", "columnist", "journalist", "photographer", "redakteur",
     "redakteurin", "korrespondent", "korrespondentin", "journalistin", "journaliste", "correspondant", "rédacteur",
     "rédactrice", "redactor", "redactora", "periodista", "corresponsal", "giornalista", "corrispondente",
     "verslaggever", "redacteur", "repórter", "jornalista", "korespondent", "dziennikarz", "корреспондент",
     "кореспондент", "журналист", "журналіст", "muhabiri"]
)  # fmt: skip
_JOINERS = frozenset(
    ["and", "und", "et", "y", "e", "en", "och", "og", "i", "de", "del", "der", "den", "la", "le", "van", "von", "da",
     "in", "for", "the", "of", "with", "at", "für", "pour", "para", "al", "el", "bin", "ibn", "on", "to"]
)  # fmt: skip
_DATE = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}(?:st|nd|rd|th|\.)? (?:de |of )?[^\W\d_]{3,12}\.?,? (?:de |of )?\d{4}"
    r"|\d{1,2} [^\W\d_]{2,12}/[^\W\d_]{2,12} \d{4}"
    r"|[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{4} ?[年년] ?\d{1,2} ?[月월]"
)
_DIGIT = re.compile(r"\d")
_COUNT = re.compile(r"[\d.,]{1,12} ?[kKmM]?")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b\d{1,2} ?[ap]\.?m\b", re.IGNORECASE)
_COPYRIGHT = re.compile(
    r"©|\(c\) ?\d{4}|copyright[ ,:]{0,2}(?:©|\d{4})|all rights reserved|alle rechte vorbehalten|tous droits réservés"
    r"|todos los derechos reservados",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\d{1,3} ?/ ?\d{1,3}")
_RIGHTS = re.compile(
    r"\b(?:19|20)\d\d\b|copyright|right|recht|droits|derechos|direitos|diritti|riproduz|reproduc|reproduç|zastrze",
    re.IGNORECASE,
)
_PICTURE = re.compile(
    r"^©.{0,60}?(?:/|\b(?:foto|photo|bild|image|picture|stock|getty|imago|shutterstock|dpa|afp|epa|reuters))"
    r"|\b(?:foto|photo|bild|image|picture)[a-z]{0,2}\W{0,3}©",
    re.IGNORECASE,
)
_REPLY = frozenset(
    ["reply", "antworten", "antwort", "répondre", "responder", "rispondi", "odpowiedz", "beantwoorden", "reageer",
     "svara", "svar", "vastaa", "odpovědět", "ответить", "відповісти", "yanıtla", "cevapla", "답글",
     "返信", "回复", "回覆"]
)  # fmt: skip
_FOOTNOTE = re.compile(r"\[\d{1,3}\] ?\S")
_SAYS = re.compile(
    r"^[^:]{2,40} (?:says|said|wrote|sagt|schrieb|schreibt|meint|a dit|dit|dice|dijo|disse|diz|zegt|schreef|pisze)"
    r"\W{0,2}:$"
)
_BRACKETED = re.compile(
    r"[\[(（](?:photo|image|picture|fotos?|file photo|ap photo|bild|crédit|credit|fot|фото|写真|图片?)\b"
    r"[^\])）]{0,80}[\])）]\W{0,2}$"
    r"|[（(][^()（）]{1,30}(?:摄|攝|摄影|攝影|供图|供圖|撮影|提供)[)）]\W{0,2}$",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:getty images|getty|ap photo|associated press|shutterstock|istock|unsplash|picture alliance|imago images|imago"
    r"|wikimedia commons|afp via getty images|/ ?(?:reuters|afp|epa|dpa|ap|apa|efe|ansa|keystone|imago))\W{0,3}$"
    r"|[\[(](?:afp|reuters)\b[^\])]{0,80}[\])]\W{0,2}$"
    r"|\b(?:photo|image|foto|picture|photograph|bild|credit|crédit|fot)\.?: ?\S",
    re.IGNORECASE,
)
_CJK_BYLINE = re.compile(r"(?:本报|本報|本社|本网|特约)?(?:记者|記者|通讯员|编辑|編輯|作者|撰文|来源|來源)[ :：/|]")
_SERVICES = frozenset(
    ["facebook", "twitter", "x", "whatsapp", "linkedin", "pinterest", "telegram", "reddit", "tumblr", "email",
     "courriel", "correo", "imprimer", "flipboard", "pocket", "messenger", "threads", "bluesky", "mastodon", "viber",
     "xing", "share", "tweet", "teilen", "twittern", "pinnen", "partager", "tweeter", "compartir", "condividi", "delen",
     "udostępnij", "mail", "vk", "wechat", "instagram", "youtube", "tiktok", "print", "sms", "line", "weibo"]
)  # fmt: skip
_BIO = re.compile(
    r"(?:(?:[A-ZÀ-Þ][\w.’'-]{0,20} ){2,4}|The (?:author|writer) )(?:is|was|covers|writes"
    r"|reports)\b.{0,60}?\b(?:reporter|writer"
    r"|editor|correspondent|journalist|columnist|contributor|freelancer|covers|writes|reports on|author of)\b"
)
_SUBSCRIBERS = re.compile(
    r"(?:this|the full|the rest of this) (?:article|story|content|post|page)\b.{0,40}\b(?:subscribers|members"
    r"|subscription)\b",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"[(\[][^\W\d_]{2,4}(?:[/,] ?[^\W\d_]{2,5}){0,3}[)\]]|[a-zäöü]{2,4}(?:/[a-zäöü]{2,5}){1,3}")
_DASHES = "—–―-"
_BRACKETS = frozenset(")）]")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{2,64}|https?://\S{1,180}$|^www\.\S{1,180}$")
_NAMED_ADDRESS = re.compile(r"(?:[A-ZÀ-Þ][\w.’'-]{0,20} ){2,4}(?:\[email|[\w.+-]{1,64}@)")
_CONTACT = re.compile(
    r"\+\d{1,3}[ (\d]|\bIBAN\b|\b(?:tel|fax|phone|telefon|telefax|teléfono|téléphone)\w{0,2}[.: ]{1,3}\+?\(?\d"
    r"|^(?:[A-Z]{1,2}-)?\d{4,5} [A-ZÀ-Þ][\w.-]{1,30}(?: [\w.-]{1,20}){0,2}$|^[+(]?\d[\d ()/.-]{6,20}$",
    re.IGNORECASE,
)
_DATELINE = re.compile(r"[A-ZÀ-Þ][A-ZÀ-Þ .,'’-]{2,40}(?:\([^)]{2,20}\) ?)?(?:[–—]|-- | - |\.-)")
_SEGMENT = re.compile(r" [|•·] ")
_MENU = re.compile(r" [|•·»›/] ")


def is_date_line(text: str) -> bool:
    """Little but a date, with or without a time of day."""
    if len(text) > MAX_CHARS or _DIGIT.search(text) is None or units(text) > 14:
        return False
    if text[0] in _DASHES:  # the signature of a post that is quoted
        return False
    if _DATE.search(text) is None:
        return _CLOCK.search(text) is not None and units(_CLOCK.sub(" ", text)) <= 3
    return units(_DATE.sub(" ", text)) <= 6


def is_byline(text: str) -> bool:
    """'By' in some language and capitalised names, a name and a calling, or a name behind a dash."""
    if len(text) > MAX_CHARS:
        return False
    if text[0] in _DASHES:
        name, _, place = text.lstrip(_DASHES + " ").partition(",")
        return is_name(name) and len(place.split()) <= 3 and text[-1].isalpha() and ":" not in text
    parts = text.replace(",", " ").replace(":", " ").split()
    if len(parts) < 2 or len(parts) > 14:
        return False
    if parts[0].casefold() in _NAME_STARTS:
        return all(part[:1].isupper() or part.casefold() in _JOINERS or not part[:1].isalpha() for part in parts[1:])
    if "," in text and not _ROLES.isdisjoint(tokens(text)):
        return is_name(text.partition(",")[0]) and text[-1].isalpha()
    return _CJK_BYLINE.match(text) is not None and text[-1] not in "。！？"


def is_joined_byline(text: str) -> bool:
    """A byline and a date, or more of its kind, between bars or dots."""
    parts = _SEGMENT.split(text[:MAX_CHARS])
    return len(parts) > 1 and len(text) <= MAX_CHARS and is_byline(parts[0])


def is_initials(text: str) -> bool:
    """Initials of an author or an agency, as they close a report: '(mk)', 'mk/dpa'."""
    return _INITIALS.fullmatch(text[:24]) is not None


def is_for_subscribers(text: str) -> bool:
    """Says of the article that it is for subscribers."""
    return _SUBSCRIBERS.match(text[:MAX_CHARS]) is not None


def is_author_bio(text: str) -> bool:
    """Says of a named person, in a short paragraph, that he or she writes or edits."""
    return len(text) <= 2 * MAX_CHARS and _BIO.match(text) is not None


def is_name(text: str) -> bool:
    """Two to four capitalised words, as the name of an author stands on a line."""
    parts = text.split()
    return 2 <= len(parts) <= 4 and all(part[:1].isupper() and part[-1:].isalpha() for part in parts)


def is_copyright(text: str) -> bool:
    """A copyright sign or sentence in a line that is not long."""
    if " " not in text and "©" not in text:
        return False
    return units(text[: 2 * MAX_CHARS]) <= 45 and _COPYRIGHT.search(text[:MAX_CHARS]) is not None


def begins_with_copyright(text: str) -> bool:
    """A sentence that opens as a copyright notice does."""
    match = _COPYRIGHT.match(text[:MAX_CHARS])
    return match is not None and units(text[: 2 * MAX_CHARS]) <= 45


def has_bracketed_credit(text: str) -> bool:
    """Closes with '(Photo: name)' or its like, as a caption does."""
    is_one = len(text) <= 2 * MAX_CHARS and not _BRACKETS.isdisjoint(text[-3:])
    return is_one and _BRACKETED.search(text) is not None


def is_credit(text: str) -> bool:
    """Names an agency or a photographer as a picture credit does."""
    return len(text) <= 2 * MAX_CHARS and _CREDIT.search(text[: 2 * MAX_CHARS]) is not None


def is_picture_number(text: str) -> bool:
    """The place of a picture in a gallery: '3 / 12'."""
    return _PLACE.fullmatch(text[:12]) is not None


def is_picture_credit(text: str) -> bool:
    """A copyright sign before the name of a photographer or an agency: no year, no rights, a slash or a picture."""
    return len(text) <= 80 and "©" in text and _PICTURE.search(text) is not None and _RIGHTS.search(text) is None


def is_credit_sign(text: str) -> bool:
    """A copyright sign before a name, without a year or rights."""
    return len(text) <= 80 and text[0] == "©" and _RIGHTS.search(text) is None


def is_reply_button(text: str) -> bool:
    """The button below a reader's remark."""
    found = tokens(text[:24])
    return 0 < len(found) <= 3 and found[0] in _REPLY


def is_remark_head(text: str) -> bool:
    """The name of a reader and 'says:', as a remark below an article begins."""
    return text[-1] == ":" and len(text) <= 60 and _SAYS.search(text) is not None


def is_footnote(text: str) -> bool:
    """A number in brackets before it, or an arrow back behind it."""
    return (text[0] == "[" and _FOOTNOTE.match(text) is not None) or text[-3:].rstrip().endswith("↩")


def is_share_bar(text: str) -> bool:
    """Names of services to share on, at least two and half of its words."""
    if len(text) > MAX_CHARS:
        return False
    found = tokens(text)
    count = sum(token in _SERVICES for token in found)
    return count >= 2 and 2 * count >= len(found)


def is_address(text: str) -> bool:
    """An e-mail or web address and little else."""
    is_one = "@" in text or "http" in text or text.startswith("www.")
    return is_one and units(text[:MAX_CHARS]) <= 5 and _ADDRESS.search(text[:MAX_CHARS]) is not None


def is_named_address(text: str) -> bool:
    """The name of a person and an e-mail address, also one that is hidden from robots."""
    return _NAMED_ADDRESS.match(text[:MAX_CHARS]) is not None


def is_contact(text: str) -> bool:
    """A telephone number, a town with its postal code, an account: parts of the publisher's address."""
    if len(text) > 80 or _DIGIT.search(text) is None or _DATE.search(text) is not None:
        return False
    return _CONTACT.search(text) is not None


def has_dateline(text: str) -> bool:
    """A place in capitals and a dash, as the first sentence of an agency report begins."""
    return _DATELINE.match(text[:MAX_CHARS]) is not None


def is_menu(text: str) -> bool:
    """Several short names between bars, dots or arrows."""
    if " " not in text:
        return False
    line = text[:MAX_CHARS]
    marks = len(_MENU.findall(line))
    return marks >= 2 and units(line) <= 6 * (marks + 1)


def copies(line: str, other: str) -> float:
    """How surely `line` is a copy, full, cut off or lightly changed, of the beginning of `other`: 0 to 1."""
    head = tokens(line[: 2 * MAX_CHARS])
    body = tokens(other[: 4 * MAX_CHARS])
    if len(head) < MIN_COPY or not body:
        return 0.0
    shared = 0
    while shared < min(len(head), len(body)) and head[shared] == body[shared]:
        shared += 1
    cut_off = shared < len(body) and shared == len(head) - 1 and body[shared].startswith(head[shared])
    if shared >= MIN_COPY and (shared >= len(head) - 1 or cut_off):
        return 0.95
    if shared >= 4 and shared >= 0.7 * len(head):
        return 0.9
    common = sum((Counter(head) & Counter(body[: 2 * len(head) + 8])).values())
    return 0.8 if len(head) >= 5 and common >= 0.75 * len(head) else 0.0


def same_title(line: str, title: str | None) -> bool:
    """The line is the page's title, or the title without the site's name, or the title cut off."""
    if not title:
        return False
    head, whole = tokens(line[: 2 * MAX_CHARS]), tokens(title[: 2 * MAX_CHARS])
    if head == whole:
        return bool(head)
    if len(head) <= MIN_COPY or len(head) > len(whole) + 3:
        return False
    shared = min(len(head) - 1, len(whole))  # the last word may be cut off, the title may carry the site's name
    return shared >= MIN_COPY and head[:shared] == whole[:shared]


def is_count(text: str) -> bool:
    """Nothing but a number, as a counter shows it."""
    return _COUNT.fullmatch(text[:20]) is not None
