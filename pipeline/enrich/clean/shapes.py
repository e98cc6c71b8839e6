"""Boilerplate that is known by its shape, not by its words: dates, bylines, menus, addresses.

Most lines have none of these shapes. So each function first asks for a sign, as `@` or a digit, without which its
pattern cannot match; only then it runs the pattern, which takes a hundred times as long.
"""

from __future__ import annotations

import re

from pipeline.enrich.clean.words import has_mark, tokens, units

MAX_CHARS = 200  # of a line are looked at, so that every pattern is bounded

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
_COUNT = re.compile(r"[\d.,]{1,12} ?[kKmM]?")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\b\d{1,2} ?[ap]\.?m\b", re.IGNORECASE)
_CLOCK_MARKS = (":", ".", "m", "M")
_PLACE = re.compile(r"\d{1,3} ?/ ?\d{1,3}")
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
_ADDRESS_MARKS = ("@", "[")
_CONTACT_MARKS = ("+", "tel", "fax", "phon", "ban")
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
_MENU_MARKS = ("|", "•", "·", "»", "›", "/")
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


def has_digit(text: str) -> bool:
    """A decimal digit of any script stands in the line."""
    for character in text:
        if "0" <= character <= "9" or (character > "\x7f" and character.isdecimal()):
            return True
    return False


def _has_date(text: str) -> bool:
    """A date; each has four digits, and signs or spaces between them."""
    return count_digits(text) >= 4 and _DATE.search(text) is not None


def count_digits(text: str) -> int:
    """Decimal digits of any script in the line."""
    count = 0
    for character in text:
        if "0" <= character <= "9" or (character > "\x7f" and character.isdecimal()):
            count += 1
    return count


def is_date_line(text: str) -> bool:
    """Little but a date, with or without a time of day."""
    if len(text) > MAX_CHARS or not has_digit(text) or units(text) > 14:
        return False
    if text[0] in _DASHES:  # the signature of a post that is quoted
        return False
    if not _has_date(text):
        return has_mark(text, _CLOCK_MARKS) and _CLOCK.search(text) is not None and units(_CLOCK.sub(" ", text)) <= 3
    return units(_DATE.sub(" ", text)) <= 6


def _are_names(parts: list[str]) -> bool:
    """Capitalised words, numbers, and what joins them."""
    for part in parts:
        if not (part[0].isupper() or not part[0].isalpha() or part.casefold() in _JOINERS):
            return False
    return True


def _may_open_byline(text: str) -> bool:
    """The first word is 'By', or one that is not told."""
    head = text[:8].replace(":", " ").split()  # longer than each of _NAME_STARTS
    return not head or head[0].lower() in _NAME_STARTS


def is_byline(text: str) -> bool:
    """'By' in some language and capitalised names, a name and a calling, or a name behind a dash."""
    if len(text) > MAX_CHARS:
        return False
    if text[0] in _DASHES:
        name, _, place = text.lstrip(_DASHES + " ").partition(",")
        return is_name(name) and len(place.split()) <= 3 and text[-1].isalpha() and ":" not in text
    if text.isascii() and "," not in text and not _may_open_byline(text):
        return False
    parts = text.replace(",", " ").replace(":", " ").split()
    if len(parts) < 2 or len(parts) > 14:
        return False
    if parts[0].casefold() in _NAME_STARTS:
        return _are_names(parts[1:])
    if "," in text and not _ROLES.isdisjoint(tokens(text)):
        return is_name(text.partition(",")[0]) and text[-1].isalpha()
    return not text.isascii() and _CJK_BYLINE.match(text) is not None and text[-1] not in "。！？"


def is_joined_byline(text: str) -> bool:
    """A byline and a date, or more of its kind, between bars or dots."""
    if len(text) > MAX_CHARS or not has_mark(text, _MENU_MARKS):
        return False
    parts = _SEGMENT.split(text)
    return len(parts) > 1 and is_byline(parts[0])


def is_initials(text: str) -> bool:
    """Initials of an author or an agency, as they close a report: '(mk)', 'mk/dpa'."""
    return (text[0] in "([" or "/" in text) and _INITIALS.fullmatch(text[:24]) is not None


def is_for_subscribers(text: str) -> bool:
    """Says of the article that it is for subscribers."""
    return text[0] in "tT" and _SUBSCRIBERS.match(text[:MAX_CHARS]) is not None


def is_author_bio(text: str) -> bool:
    """Says of a named person, in a short paragraph, that he or she writes or edits."""
    return len(text) <= 2 * MAX_CHARS and _BIO.match(text) is not None


def is_name(text: str) -> bool:
    """Two to four capitalised words, as the name of an author stands on a line."""
    parts = text.split()
    return 2 <= len(parts) <= 4 and all(part[:1].isupper() and part[-1:].isalpha() for part in parts)


def is_picture_number(text: str) -> bool:
    """The place of a picture in a gallery: '3 / 12'."""
    return "/" in text and _PLACE.fullmatch(text[:12]) is not None


def is_reply_button(text: str) -> bool:
    """The button below a reader's remark."""
    first = text[:24].partition(" ")[0]
    if first.isascii() and first.isalpha() and first.lower() not in _REPLY:
        return False
    found = tokens(text[:24])
    return 0 < len(found) <= 3 and found[0] in _REPLY


def is_remark_head(text: str) -> bool:
    """The name of a reader and 'says:', as a remark below an article begins."""
    return text[-1] == ":" and len(text) <= 60 and _SAYS.search(text) is not None


def is_footnote(text: str) -> bool:
    """A number in brackets before it, or an arrow back behind it."""
    if text[0] == "[" and _FOOTNOTE.match(text) is not None:
        return True
    return "↩" in text and text[-3:].rstrip().endswith("↩")


def is_share_bar(text: str) -> bool:
    """Names of services to share on, at least two and half of its words."""
    if len(text) > MAX_CHARS:
        return False
    found = tokens(text)
    count = 0
    for word in found:
        count += word in _SERVICES
    return count >= 2 and 2 * count >= len(found)


def is_address(text: str) -> bool:
    """An e-mail or web address and little else."""
    is_one = "@" in text or "http" in text or text.startswith("www.")
    return is_one and units(text[:MAX_CHARS]) <= 5 and _ADDRESS.search(text[:MAX_CHARS]) is not None


def is_named_address(text: str) -> bool:
    """The name of a person and an e-mail address, also one that is hidden from robots."""
    return has_mark(text, _ADDRESS_MARKS) and _NAMED_ADDRESS.match(text[:MAX_CHARS]) is not None


def _may_be_contact(text: str) -> bool:
    """Begins as a number, a bracket or the code of a country does, or names what the number is."""
    if text[0].isdecimal() or text[0] == "(" or "-" in text[1:3]:
        return True
    return has_mark(text.lower(), _CONTACT_MARKS)


def is_contact(text: str) -> bool:
    """A telephone number, a town with its postal code, an account: parts of the publisher's address."""
    if len(text) > 80 or not has_digit(text) or not _may_be_contact(text) or _has_date(text):
        return False
    return _CONTACT.search(text) is not None


def has_dateline(text: str) -> bool:
    """A place in capitals and a dash, as the first sentence of an agency report begins."""
    return _DATELINE.match(text[:MAX_CHARS]) is not None


def is_menu(text: str) -> bool:
    """Several short names between bars, dots or arrows."""
    if " " not in text or not has_mark(text, _MENU_MARKS):
        return False
    line = text[:MAX_CHARS]
    marks = len(_MENU.findall(line))
    return marks >= 2 and units(line) <= 6 * (marks + 1)


def is_count(text: str) -> bool:
    """Nothing but a number, as a counter shows it."""
    return (text[:1].isdecimal() or text[:1] in ".,") and _COUNT.fullmatch(text[:20]) is not None
