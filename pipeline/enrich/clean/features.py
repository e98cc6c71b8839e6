# cython: boundscheck=False, initializedcheck=False
"""What the trees look at: whole numbers for every block of a page, from its words, its neighbours and its place.

Everything is integer arithmetic, so that compiled and plain code agree to the bit. Ratios are in 64ths, logarithms in
16ths of a doubling. `Cues` are what training learnt of words and of class names; the rest is counted here. Linear in
the length of the text, and no line is looked at beyond MAX_CHARS.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.enrich.clean.around import look_around
from pipeline.enrich.clean.columns import AT, INSIDE, LOG, WIDTH
from pipeline.records import Page

MAX_CHARS = 300  # of a line are read
SHORT_LINK = 90  # characters: a shorter line that is nearly all link is not read for its words
GOOD_WORDS = 10  # words of a line that counts as running text when it closes a sentence
LONG_WORDS = 25  # and when it does not
MIDDLE = 14  # words: a longer line has cues of its own

_DATE = re.compile(r"\b(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|(?:19|20)\d\d|\d{1,2}:\d\d)\b")
_ENDS = frozenset(".!?…。！？؟۔।॥።")
_CLOSING = "\"'”’»«›)]】」』 "
_BULLETS = frozenset("•·▪●*-–>»")
_TAGS = (
    *("p", "div", "li", "td", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section", "article", "figcaption"),
    *("pre", "dt", "dd", "header", "footer", "aside", "nav", "form", "ul"),
)
TAG_IDS = {tag: number for number, tag in enumerate(_TAGS, 1)}
_INSIDE_AT = {name: 1 << number for number, name in enumerate(INSIDE)}
_LOG = LOG
_W = WIDTH  # a number of C where it is compiled, and unknown outside
_LONG, _MIDDLE = AT["long_cue"], MIDDLE
_ROOTS = [math.isqrt(4096 * i) for i in range(MAX_CHARS + 1)]  # 64 times the square root


@dataclass(frozen=True, slots=True)
class Cues:
    """What training learnt: log odds, in 64ths, of tokens of short lines and of class names; common words; log odds, in
    64ths, of the words of long lines, none for HTML.

    `single`, `first` and `pairs` are `words`, made once, by the token's size: no token has to be written to find it.
    """

    words: Mapping[str, int]
    names: Mapping[str, int]
    common: frozenset[str]
    long: dict[str, int] = field(default_factory=dict)
    single: dict[str, dict[str, int]] = field(init=False, repr=False, compare=False)
    first: dict[str, dict[str, int]] = field(init=False, repr=False, compare=False)
    pairs: dict[str, dict[str, dict[str, int]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("single", "first", "pairs"):
            object.__setattr__(self, name, {size: {} for size in "SML"})
        for token, cue in self.words.items():
            size, word, second = _parts(token)
            if second:
                self.pairs[size].setdefault(word, {})[second] = cue
            else:
                (self.first if token[0] == "^" else self.single)[size][word] = cue


def _parts(token: str) -> tuple[str, str, str]:
    """Size and word or words of a token as `word_tokens` writes them."""
    bare = token[1:] if token[0] == "^" else token
    word, _, second = bare[1:].partition(" ")
    return bare[0], word, second


def word_tokens(low: Sequence[str]) -> list[str]:
    """The tokens of a line that have a cue: words and pairs of short lines, the first pair of long ones."""
    count = len(low)
    if count == 0:
        return []
    if count > _MIDDLE:
        return [f"L{low[0]} {low[1]}"]
    size = "S" if count <= 4 else "M"
    found = [size + word for word in low]
    for i in range(count - 1):
        found.append(f"{size}{low[i]} {low[i + 1]}")
    found.append(f"^{size}{low[0]}")
    return found


def _marks(hints: tuple[str, ...], names: Mapping[str, int]) -> tuple[int, int, int, int]:
    """Which of INSIDE a block stands in, as bits; sum, sum of the four nearest, and least of the cues of its names."""
    total = near = worst = inside = 0
    for i, hint in enumerate(hints):
        value = names.get(hint, 0)
        total += value
        if i < 4:
            near += value
        if value < worst:
            worst = value
        inside |= _INSIDE_AT.get(hint, 0)
    return inside, total, near, worst


def features(page: Page, cues: Cues, dense: Sequence[bool] = (), strict: Sequence[bool] = ()) -> array[int]:
    """WIDTH whole numbers a block of the page, in the order of NAMES, block after block.

    Of a text also what the rules say of each line: in its densest region, and cut wherever it stands.
    """
    count = len(page.blocks)
    out = array("i", bytes(4 * WIDTH * count))
    for i in range(len(dense)):
        out[i * WIDTH + 33] = 1 if dense[i] else 0
        out[i * WIDTH + 34] = 1 if strict[i] else 0
    good = array("i", bytes(4 * count))
    _own(page, cues, out, good)
    look_around(out, good, page.blocks, count)
    return out


def _own(page: Page, cues: Cues, out: array[int], good: array[int]) -> None:
    """What a line says by itself; `good` gets its words of running text."""
    text = page.text
    seen: dict[str, int] = {}
    known: dict[int, tuple[int, int, int, int]] = {}
    names = cues.names
    for number, block in enumerate(page.blocks):
        base = number * _W
        start, end, tag, hints = block.start, block.end, block.tag, block.hints
        size = end - start
        line = text[start : min(end, start + MAX_CHARS)]
        links = block.link_chars * 64 // size
        repeated = seen.get(line, 0)
        seen[line] = repeated + 1
        words = _words(line, size, links, cues, out, base)
        out[base + 11] = min(repeated, 15)
        out[base + 18] = links
        out[base + 19] = TAG_IDS.get(tag, 0)
        out[base + 20] = 1 if len(tag) == 2 and tag[0] == "h" and "1" <= tag[1] <= "6" else 0
        if hints:
            marks = known.get(id(hints))
            if marks is None:
                marks = known[id(hints)] = _marks(hints, names)
            inside, out[base + 29], out[base + 30], out[base + 31] = marks
            for i in range(8):
                out[base + 21 + i] = inside >> i & 1
        out[base + 32] = block.depth
        is_good = words >= GOOD_WORDS and links < 26 and (out[base + 3] or words > LONG_WORDS)
        good[number] = words * (64 - links) // 64 if is_good else 0


def _cue(low: list[str], cues: Cues) -> int:
    """The sum of the cues of a line's `word_tokens`."""
    count = len(low)
    if count == 0:
        return -192
    before = low[0]
    if count > _MIDDLE:
        seconds = cues.pairs["L"].get(before)
        return seconds.get(low[1], 0) if seconds is not None else 0
    size = "S" if count <= 4 else "M"
    single, pairs = cues.single[size], cues.pairs[size]
    cue = cues.first[size].get(before, 0) + single.get(before, 0)
    for i in range(1, count):
        word = low[i]
        cue += single.get(word, 0)
        seconds = pairs.get(before)
        if seconds is not None:
            cue += seconds.get(word, 0)
        before = word
    return cue


def scan(line: str) -> tuple[list[str], int, int, int]:
    """The words of a line, runs of letters and figures, in lower case; how many have capitals, how many are figures
    alone, and how many separators stand between them."""
    low: list[str] = []
    capitals = digits = separators = 0
    start, is_low = -1, True  # of the word that is open: where it begins, and nothing but a to z so far
    for at, letter in enumerate(line + " "):
        if "a" <= letter <= "z":
            if start < 0:
                start = at
        elif "0" <= letter <= "9" or "A" <= letter <= "Z" or (letter > "\x7f" and letter.isalnum()):
            if start < 0:
                start = at
            is_low = False
        else:
            if letter != " " and letter in "|»«›•·→←▼►✕×#/":
                separators += 1
            if start >= 0:
                word = lower = line[start:at]
                if not is_low:
                    lower = word.lower()
                    if lower != word:
                        capitals += 1
                    elif word.isdigit():
                        digits += 1
                low.append(lower)
                start, is_low = -1, True
    return low, capitals, digits, separators


def _long_cue(low: list[str], cues: Cues) -> int:
    """The sum of the cues of a long line's words over the root of their number, in 64ths."""
    known = cues.long
    if not known:
        return 0
    cue = 0
    for word in low:
        cue += known.get(word, 0)
    return cue * 64 // _ROOTS[len(low)]


def _words(line: str, size: int, links: int, cues: Cues, out: array[int], base: int) -> int:
    """The columns that come from a line's words; returns how many words it has, counted on from its beginning."""
    if links > 54 and size < SHORT_LINK:
        words = size // 6 + 1
        out[base] = _LOG[words]
        out[base + 1] = _LOG[size]
        out[base + 13] = -192
        return words
    low, capitals, digits, separators = scan(line)
    common = 0
    shared = cues.common
    for word in low:
        if word in shared:
            common += 1
    count = len(low)
    words = count if size <= MAX_CHARS else count * size // MAX_CHARS
    if size > 8 * words:
        words = size // 3  # a script without spaces between words
    part = count or 1
    last = line[-12:].rstrip(_CLOSING)[-1:] if size <= MAX_CHARS else "."
    commas, quotes = line.count(","), line.count('"')
    if not line.isascii():
        commas += line.count("،") + line.count("、")
        quotes += line.count("“") + line.count("„") + line.count("«")
    out[base] = _LOG[min(words, 4095)]
    out[base + 1] = _LOG[min(size, 4095)]
    out[base + 2] = min(len(line) * 4 // part, 255)
    out[base + 3] = 1 if last in _ENDS and last else 0
    out[base + 4] = commas * 64 // part
    out[base + 5] = common * 64 // part
    out[base + 6] = capitals * 64 // part
    out[base + 7] = digits * 64 // part
    out[base + 8] = 1 if line[:1].islower() else 0
    out[base + 9] = 1 if line[-1:] in ":：" and line else 0
    out[base + 10] = min(quotes, 8)
    out[base + 12] = 1 if digits and size < 120 and _DATE.search(line) else 0  # a date is of whole words of digits
    out[base + 13] = _cue(low, cues)
    out[base + 14] = 1 if line[:1] in _BULLETS else 0
    out[base + _LONG] = _long_cue(low, cues) if count > _MIDDLE else 0
    out[base + 15] = min(separators, 8) if size < 120 else 0
    out[base + 16] = 1 if line.endswith(("…", "...", "]")) else 0
    out[base + 17] = 1 if line.isupper() else 0
    return words
