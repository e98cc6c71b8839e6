"""Copyright lines and the credits of pictures, known by their shape.

As in `shapes`, each function first asks for a sign without which its pattern cannot match.
"""

from __future__ import annotations

import re

from pipeline.enrich.clean.words import has_mark, units

MAX_CHARS = 200  # of a line are looked at, so that every pattern is bounded

_COPYRIGHT = re.compile(
    r"©|\(c\) ?\d{4}|copyright[ ,:]{0,2}(?:©|\d{4})|all rights reserved|alle rechte vorbehalten|tous droits réservés"
    r"|todos los derechos reservados",
    re.IGNORECASE,
)
_RIGHTS_NAMES = ("copyr", "all r", "alle r", " dro", " derecho", "(c)")  # no i, k, s: their case is not simple
_RIGHTS = re.compile(
    r"\b(?:19|20)\d\d\b|copyright|right|recht|droits|derechos|direitos|diritti|riproduz|reproduc|reproduç|zastrze",
    re.IGNORECASE,
)
_PICTURE = re.compile(
    r"^©.{0,60}?(?:/|\b(?:foto|photo|bild|image|picture|stock|getty|imago|shutterstock|dpa|afp|epa|reuters))"
    r"|\b(?:foto|photo|bild|image|picture)[a-z]{0,2}\W{0,3}©",
    re.IGNORECASE,
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
_AGENCIES = (  # last words of those names
    "images", "getty", "photo", "press", "shutterstock", "istock", "unsplash", "alliance", "imago", "commons",
    "reuters", "afp", "epa", "dpa", "ap", "apa", "efe", "ansa", "keystone",
)  # fmt: skip
_AGENCY_ENDS = tuple({name[-2:] for name in _AGENCIES})
_ODD_CASED = "ſıİ\u212a"  # also an s, an i, a k where case does not count
_CREDIT_NAMES = ("oto", "mage", "cture", "raph", "ld", "t")  # ends of photo, image, picture, photograph, bild, credit
_OPENERS = ("(", "[")
_CREDIT_BRACKETS = ("(a", "[a", "(r", "[r")
_CLOSERS = (")", "）", "]")
_SIGNS = "".join(sign for sign in map(chr, range(128)) if not (sign.isalnum() or sign == "_"))  # \W of ASCII


def is_copyright(text: str) -> bool:
    """A copyright sign or sentence in a line that is not long."""
    if "©" not in text and (" " not in text or not has_mark(text.lower(), _RIGHTS_NAMES)):
        return False
    return units(text[: 2 * MAX_CHARS]) <= 45 and _COPYRIGHT.search(text[:MAX_CHARS]) is not None


def begins_with_copyright(text: str) -> bool:
    """A sentence that opens as a copyright notice does."""
    match = _COPYRIGHT.match(text[:MAX_CHARS]) if text[0] in "©(cCaAtT" else None
    return match is not None and units(text[: 2 * MAX_CHARS]) <= 45


def _may_close_with_agency(text: str) -> bool:
    """The last word is the last of an agency's name; not told of other letters than ASCII."""
    tail = text[-16:]
    if tail.isascii():
        return tail.lower().rstrip(_SIGNS).endswith(_AGENCIES)
    if not tail[-1].isalpha():
        return True
    return tail[-1] in _ODD_CASED or (tail[-1].isascii() and (tail[-2] > "\x7f" or tail.lower().endswith(_AGENCY_ENDS)))


def _may_name_picture(text: str) -> bool:
    """Before a colon stands the end of photo, image, credit or their like, with a full stop or without."""
    for part in text.split(":")[:-1]:
        if part[-12:].lower().rstrip(".").endswith(_CREDIT_NAMES):
            return True
    return False


def is_credit(text: str) -> bool:
    """Names an agency or a photographer as a picture credit does."""
    if len(text) > 2 * MAX_CHARS:
        return False
    is_named = ":" in text and _may_name_picture(text)
    is_bracketed = has_mark(text, _OPENERS) and has_mark(text.lower(), _CREDIT_BRACKETS)
    if not (is_named or is_bracketed or _may_close_with_agency(text)):
        return False
    return _CREDIT.search(text) is not None


def has_bracketed_credit(text: str) -> bool:
    """Closes with '(Photo: name)' or its like, as a caption does."""
    is_one = len(text) <= 2 * MAX_CHARS and has_mark(text[-3:], _CLOSERS)
    return is_one and _BRACKETED.search(text) is not None


def is_picture_credit(text: str) -> bool:
    """A copyright sign before the name of a photographer or an agency: no year, no rights, a slash or a picture."""
    return len(text) <= 80 and "©" in text and _PICTURE.search(text) is not None and _RIGHTS.search(text) is None


def is_credit_sign(text: str) -> bool:
    """A copyright sign before a name, without a year or rights."""
    return len(text) <= 80 and text[0] == "©" and _RIGHTS.search(text) is None
