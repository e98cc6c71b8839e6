"""Text as it was meant: mojibake undone, control characters and lone surrogates out, one kind of line end.

Clean text passes unchanged: ftfy runs only on pieces where a cheap, linear test sees UTF-8 that was read as a
single-byte code, and none of its other fixes (quotes, entities, ligatures, widths) is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_LINE = 500  # characters of a title or a byline; no newspaper's is longer, and every entity record repeats the title

_PIECE = 1000  # characters of a line that are repaired together; to the next space, at most 200 more
_AS_1252 = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_AS_1251 = "\x80-\xbfЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—™љ›њќћџЎўЈҐЁЄЇІіґёєјЅѕї№"
_MOJIBAKE = re.compile(  # the first character alone, then what it may start: ten times faster to search than choices
    r"[ÃÂÐÑÎÏØÙ×Ä-Æà-ïðРСв‚√](?:"
    rf"(?<=[ÃÂÐÑÎÏØÙ×Ä-Æ])[{_AS_1252}]"  # two bytes: Latin, Greek, Cyrillic, Hebrew, Arabic
    r"|(?<=Ã) (?=[a-zA-Z])"  # à whose second byte became a space
    rf"|(?<=[à-ï])[{_AS_1252}]{{2}}"  # three: quotes and dashes, Asia
    rf"|(?<=ð)[{_AS_1252}]{{3}}"  # four: emoji
    rf"|(?<=[РС])[{_AS_1251}](?:[РС][{_AS_1251}]){{2}}|(?<=в)Ђ[{_AS_1251}]"  # the same, read as windows-1251
    r"|(?<=‚)Ä[ôúùòìî¶]|(?<=√)[©®±∂≥º≠§¶])"  # the same, read as Mac Roman
)
_BUDGET = 2_000_000  # characters that ftfy is given of one text: 0.5 s
_CALL = 40  # characters that a call of ftfy costs as much as
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROLS = {
    **dict.fromkeys(map(chr, (*range(0x09), *range(0x0E, 0x20), 0x7F)), ""),
    **{chr(byte): bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xA0)},  # Latin-1 for cp1252
    **dict.fromkeys("\v\f\u2028\u2029", "\n"),
}
_C1 = re.compile(r"[\x80-\x84\x86-\x9f]")  # not U+0085: scripts that trim text name it
_PLAIN = bytes(range(0x21, 0x7F))  # what is never to be mended, and most of any page
_AS_SPACE = bytes.maketrans(b"\t\n\v\f\r", b"  \0\0\0")


def repair(text: str) -> tuple[str, bool]:
    """The text as it was meant, and whether an encoding error was repaired in it. Linear; clean text is unchanged."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text, odd = _odd(text)
    repaired = False
    if "Ã" in odd or _MOJIBAKE.search(odd):  # after this one a plain character may count
        fixed = _without_mojibake(text)
        if repaired := fixed != text:
            text = odd = fixed
    if _CONTROL.search(odd):
        repaired = repaired or _C1.search(text) is not None
        text = without_controls(text)
    return text.removeprefix("\ufeff"), repaired


def _odd(text: str) -> tuple[str, str]:
    """The text without surrogates, and the words of what is not plain in it: little of most texts, and soon searched.

    Of these, vertical space is written as U+0000: a control character like it.
    """
    try:
        source = text.encode()
    except UnicodeEncodeError:
        text = whole(text)
        source = text.encode()
    return text, b" ".join(source.translate(_AS_SPACE, _PLAIN).split()).decode()


def without_controls(text: str) -> str:
    """The text without control characters but tab and line feed; U+0080 to U+009F as windows-1252 has them."""
    for control in set(_CONTROL.findall(text)):  # few of those that there are
        text = text.replace(control, _CONTROLS.get(control, control))
    return text


def one_line(text: str | None) -> str:
    """A short text such as a title, an author or a date on one line, its first MAX_LINE characters; '' for none."""
    return " ".join(without_controls((text or "").strip()[:MAX_LINE]).split())


def whole(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates as U+FFFD, so that it can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _without_mojibake(text: str) -> str:
    parts = []
    done, left = 0, _BUDGET
    while left > 0 and (match := _MOJIBAKE.search(text, done)):
        start = text.rfind("\n", done, match.start()) + 1 or done
        end = text.find("\n", match.start()) + 1 or len(text)
        parts.append(text[done:start])
        for piece in _pieces(text[start:end]):
            is_broken = left > 0 and _MOJIBAKE.search(piece)
            left -= len(piece) + _CALL if is_broken else 0
            parts.append(_fixed(piece) if is_broken else piece)
        done = end
    return "".join(parts) + text[done:]


def _fixed(piece: str) -> str:
    import ftfy  # 60 ms, and most processes never meet a broken text

    rules = ftfy.TextFixerConfig(normalization=None, uncurl_quotes=False, unescape_html=False)
    return ftfy.fix_encoding(piece, rules)


def _pieces(line: str) -> Iterator[str]:
    start = 0
    while start < len(line):
        space = line.find(" ", start + _PIECE, start + _PIECE + 200)
        end = space if space >= 0 else start + _PIECE + 200
        yield line[start:end]
        start = end
