"""Words of any script: tokens to compare by, and a length that means the same for scripts with and without spaces."""

from __future__ import annotations

import re

# Thai, Lao, Tibetan, Burmese, Khmer, kana, Han: written without spaces between words
NO_SPACES = (
    "\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
MAX_INITIALS = 6
CHARS_A_WORD = 2  # of a script without spaces

_TOKEN = re.compile(f"[{NO_SPACES}]|[^\\W\\d_{NO_SPACES}]+|\\d+")
_SENTENCE_END = re.compile(r"[.!?…。．！？؟۔।॥։።]")
_CLOSING = "\"'”’“‘»«›‹)]】」』）〕*¹²³ \u200b\u200e\u200f"  # German closes a quotation with “ or «
_FULL_STOPS = (".", "。", "।", "۔")
_ENDS = frozenset(".!?…。．！？؟۔।॥։።")


def tokens(text: str) -> list[str]:
    """Case-folded words and numbers; of scripts without spaces, characters."""
    if text.isascii():
        found = split_ascii(text, _WORDS)
        if are_plain(found):
            return found
    low = text.casefold()
    if low.replace(" ", "").isalpha() and not _may_lack_spaces(low):
        return low.split()
    return _TOKEN.findall(low)


def split_ascii(text: str, table: bytes) -> list[str]:
    """The lower-case parts of an ASCII text between what the table makes a space: a tenth of the pattern's time."""
    return text.encode("ascii").translate(table).decode("ascii").split()


def ascii_table(signs: str) -> bytes:
    """Letters in lower case, digits and `signs` as they are, all else as spaces."""
    kept = [chr(i).lower() if chr(i).isalnum() or chr(i) in signs else " " for i in range(128)]
    return "".join(kept).encode("ascii") + b" " * 128


def are_plain(parts: list[str]) -> bool:
    """Each part is one token: no digit beside a letter or a sign."""
    for part in parts:
        if not (part.isalpha() or part.isdigit()):
            return False
    return True


_WORDS = ascii_table("")


def units(text: str) -> int:
    """Length in words; two characters of a script without spaces count as one."""
    return len(text.split()) + unspaced(text)


def unspaced(text: str) -> int:
    """Length in words of what is written without spaces, which is one word or none to `split`."""
    if text.isascii():
        return 0
    count = 0
    for character in text:
        if character >= "\u0e00" and _lacks_spaces(character):
            count += 1
    return count // CHARS_A_WORD


def _lacks_spaces(character: str) -> bool:
    """One of NO_SPACES, from the first on."""
    return (
        character <= "\u109f"
        or "\u1780" <= character <= "\u17ff"
        or "\u3040" <= character <= "\u30ff"
        or "\u31f0" <= character <= "\u31ff"
        or "\u3400" <= character <= "\u4dbf"
        or "\u4e00" <= character <= "\u9fff"
        or "\uf900" <= character <= "\ufaff"
        or "\U00020000" <= character <= "\U0003ffff"
    )


def _may_lack_spaces(text: str) -> bool:
    if not text.isascii():
        for character in text:
            if character >= "\u0e00":  # the first of NO_SPACES
                return True
    return False


def ends_sentence(text: str) -> bool:
    """The line closes with a sentence end, quotation marks and brackets after it aside."""
    if text[-1:].isalpha():  # most lines that do not end one
        return False
    tail = text[-12:].rstrip(_CLOSING)
    if text[-1:] == ")":  # initials of an author or an agency may close the report
        before, _, initials = text[-24:-1].rpartition("(")
        tail = before.rstrip(_CLOSING) if initials.isalpha() and len(initials) <= MAX_INITIALS else tail
    return bool(tail) and tail[-1] in _ENDS


def full_stop(text: str) -> bool:
    """The line closes with a full stop, as sentences do and headlines do not: no other sign, no ellipsis."""
    tail = text[-12:].rstrip(_CLOSING)
    return tail.endswith(_FULL_STOPS) and not tail.endswith("..")


def has_words(text: str) -> bool:
    """A letter or a digit stands in the line."""
    return text[:1].isalnum() or any(map(str.isalnum, text))


def has_mark(text: str, marks: tuple[str, ...]) -> bool:
    """One of the signs stands in the line."""
    for mark in marks:
        if mark in text:
            return True
    return False


def sentences(text: str) -> list[str]:
    """The line split at its sentence ends."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
