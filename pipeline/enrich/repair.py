"""Text as it was meant: mojibake undone, control characters and lone surrogates out, one kind of line end.

Clean text passes unchanged: ftfy runs only on pieces where a cheap, linear test sees UTF-8 that was read as a
single-byte code, and none of its other fixes (quotes, entities, ligatures, widths) is used.
"""

from __future__ import annotations

import re

_PIECE = re.compile(r"[^\n]{1,1000}(?:[^\n ]{0,200}(?= )|(?=\n|\Z))|[^\n]{1,1200}|\n+")
_AS_1252 = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_AS_1251 = "\x80-\xbfЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—™љ›њќћџЎўЈҐЁЄЇІіґёєјЅѕї№"
_MOJIBAKE = re.compile(
    rf"[ÃÂÐÑÎÏØÙ×Ä-Æ][{_AS_1252}]"  # two bytes: Latin, Greek, Cyrillic, Hebrew, Arabic
    r"|Ã (?=[a-zA-Z])"  # à whose second byte became a space
    rf"|[à-ï][{_AS_1252}]{{2}}"  # three: quotes and dashes, Asia
    rf"|ð[{_AS_1252}]{{3}}"  # four: emoji
    rf"|(?:[РС][{_AS_1251}]){{3}}|вЂ[{_AS_1251}]"  # the same, read as windows-1251
    r"|‚Ä[ôúùòìî¶]|√[©®±∂≥º≠§¶]"  # the same, read as Mac Roman
)
_BUDGET = 2_000_000  # characters that ftfy is given of one text: 0.5 s
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|\A\ufeff")
_LINE_ENDS = dict.fromkeys((0x0B, 0x0C, 0x0D, 0x2028, 0x2029), "\n")
_CONTROLS: dict[int, str | None] = {
    **dict.fromkeys((*range(0x09), *range(0x0E, 0x20), 0x7F), None),
    **{byte: bytes([byte]).decode("cp1252", "ignore") or None for byte in range(0x80, 0xA0)},  # Latin-1 for cp1252
    **_LINE_ENDS,
}
_C1 = re.compile(r"[\x80-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def repair(text: str) -> tuple[str, bool]:
    """The text as it was meant, and whether an encoding error was repaired in it. Linear; clean text is unchanged."""
    text = whole(text)
    repaired = False
    if _MOJIBAKE.search(text):
        fixed = _without_mojibake(text)
        repaired = fixed != text
        text = fixed
    if _CONTROL.search(text):
        repaired = repaired or _C1.search(text) is not None
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").translate(_CONTROLS)
    return text, repaired


def whole(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates as U+FFFD, so that it can be written as UTF-8."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _without_mojibake(text: str) -> str:
    import ftfy  # 60 ms, and most processes never meet a broken text

    rules = ftfy.TextFixerConfig(normalization=None, uncurl_quotes=False, unescape_html=False)
    left = _BUDGET
    pieces = []
    for match in _PIECE.finditer(text):
        piece = match[0]
        if left > 0 and _MOJIBAKE.search(piece):
            left -= len(piece)
            piece = ftfy.fix_encoding(piece, rules)
        pieces.append(piece)
    return "".join(pieces)
