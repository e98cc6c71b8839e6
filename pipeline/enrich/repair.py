"""Text as it was meant: mojibake undone, control characters and lone surrogates out, one kind of line end.

Clean text passes unchanged: ftfy runs only on pieces where a cheap, linear test sees UTF-8 that was read as a
single-byte code, and none of its other fixes (quotes, entities, ligatures, widths) is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_LINE = 500  # characters of a title or a byline; no newspaper's is longer, and every entity record repeats the title

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
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
_CONTROLS: dict[int, str | None] = {
    **dict.fromkeys((*range(0x09), *range(0x0E, 0x20), 0x7F), None),
    **{byte: bytes([byte]).decode("cp1252", "ignore") or None for byte in range(0x80, 0xA0)},  # Latin-1 for cp1252
    **dict.fromkeys((0x0B, 0x0C, 0x2028, 0x2029), "\n"),
}
_C1 = re.compile(r"[\x80-\x84\x86-\x9f]")  # not U+0085: scripts that trim text name it
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def repair(text: str) -> tuple[str, bool]:
    """The text as it was meant, and whether an encoding error was repaired in it. Linear; clean text is unchanged."""
    text = whole(text).replace("\r\n", "\n").replace("\r", "\n")
    repaired = False
    if not text.isascii() and _MOJIBAKE.search(text):
        fixed = _without_mojibake(text)
        repaired = fixed != text
        text = fixed
    if _CONTROL.search(text):
        repaired = repaired or _C1.search(text) is not None
        text = without_controls(text)
    return text.removeprefix("\ufeff"), repaired


def without_controls(text: str) -> str:
    """The text without control characters but tab and line feed; U+0080 to U+009F as windows-1252 has them."""
    return text.translate(_CONTROLS) if _CONTROL.search(text) else text


def one_line(text: str | None) -> str:
    """A short text such as a title, an author or a date on one line, its first MAX_LINE characters; '' for none."""
    return " ".join(without_controls((text or "").strip()[:MAX_LINE]).split())


def whole(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates as U+FFFD, so that it can be written as UTF-8."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _without_mojibake(text: str) -> str:
    import ftfy  # 60 ms, and most processes never meet a broken text

    rules = ftfy.TextFixerConfig(normalization=None, uncurl_quotes=False, unescape_html=False)
    left = _BUDGET
    parts = []
    for match in _LINES.finditer(text):
        broken = left > 0 and _MOJIBAKE.search(match[0])
        for piece in _pieces(match[0]) if broken else (match[0],):
            if broken and left > 0 and _MOJIBAKE.search(piece):
                left -= len(piece) + _CALL
                parts.append(ftfy.fix_encoding(piece, rules))
            else:
                parts.append(piece)
    return "".join(parts)


def _pieces(line: str) -> Iterator[str]:
    start = 0
    while start < len(line):
        space = line.find(" ", start + _PIECE, start + _PIECE + 200)
        end = space if space >= 0 else start + _PIECE + 200
        yield line[start:end]
        start = end
