# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""Features of tokens from what stands around them: neighbours, gazetteer, the whole text, and a first reading's tags.

Each function appends 32-bit feature numbers to `out` and, for each token (or form), where they end to `ends`. Plain
Python that is compiled where a compiler is: article.pxd gives the types.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from pipeline.enrich.entities.rows import Form, lookup, mix
from pipeline.enrich.entities.runs import Runs
from pipeline.enrich.entities.tokens import Tokens

MAX_SEEN = 6  # occurrences of a form, the last ones, whose neighbours are told
MAX_PHRASE = 5  # tokens of a name in the gazetteer
EDGE = 7  # in place of the hash of a form: what stands beyond a piece
_ALONE, _SMALL = 200, 255  # codes of forms: that stands once, plus its label; in lower case
_ALL = 0xFFFFFFFF  # 32 bits, a number of C where it is compiled


class Article:
    """Tokens with what their forms say, by the number of the form; `listed` is what the gazetteer says of a token."""

    def __init__(self, tokens: Tokens, forms: list[Form]) -> None:
        self.count = len(tokens.ids)
        self.ids = tokens.ids
        self.joined = tokens.joined
        self.pieces = tokens.pieces
        size = len(forms)
        self.lower, self.shape, self.tail = (array("I", bytes(4 * size)) for _ in range(3))
        self.capital, self.signs = (array("b", bytes(size)) for _ in range(2))
        self.cluster, self.slots = (array("i", bytes(4 * size)) for _ in range(2))
        self._read(forms)
        self.listed = array("i", bytes(4 * self.count))
        self.runs = Runs(self.ids, self.pieces, self.capital, self.signs)

    def _read(self, forms: list[Form]) -> None:
        for i in range(len(forms)):
            form = forms[i]
            self.lower[i], self.shape[i], self.tail[i] = form.lower, form.shape, form.tail
            self.capital[i], self.signs[i] = form.capital, form.signs
            self.cluster[i], self.slots[i] = form.cluster, form.slot


def mark_listed(article: Article, keys: Sequence[int], values: Sequence[int]) -> None:
    """Marks the tokens of the longest names of the gazetteer: four times what it is, and 1 or 2 for first or later."""
    ids, lower, capital, listed = article.ids, article.lower, article.capital, article.listed
    for piece in range(len(article.pieces) - 1):
        at, end = article.pieces[piece], article.pieces[piece + 1]
        while at < end:
            best = what = 0
            if capital[ids[at]]:
                key = 0
                for length in range(min(MAX_PHRASE, end - at)):
                    key = (key * 1000003 + lower[ids[at + length]]) & _ALL
                    value = lookup(keys, values, key | 1)
                    if value:
                        best, what = length + 1, value
            for i in range(best):
                listed[at + i] = what * 4 + (1 if i == 0 else 2)
            at += best if best else 1


def phrase_key(lower: list[int]) -> int:
    """The key of a name in the gazetteer, of the hashes of its tokens in lower case."""
    key = 0
    for value in lower:
        key = (key * 1000003 + value) & _ALL
    return key | 1


def context_rows(article: Article, out: array[int], ends: array[int]) -> int:
    """Features of each token with its neighbours; `out` holds 16 a token. Returns how many there are."""
    ids, lower, shape, capital, listed = article.ids, article.lower, article.shape, article.capital, article.listed
    joined = article.joined
    count = 0
    for piece in range(len(article.pieces) - 1):
        first, end = article.pieces[piece], article.pieces[piece + 1]
        for i in range(first, end):
            form = ids[i]
            own, before, after = shape[form], EDGE, EDGE
            low_before = low_after = EDGE
            near_before = near_after = 0
            glued = joined[i] * 2
            if i > first:
                before, low_before, near_before = shape[ids[i - 1]], lower[ids[i - 1]], listed[i - 1]
            if i + 1 < end:
                after, low_after, near_after = shape[ids[i + 1]], lower[ids[i + 1]], listed[i + 1]
                glued += joined[i + 1]
            out[count] = mix(80, before, own)
            out[count + 1] = mix(81, own, after)
            out[count + 2] = mix(82, before * 5 + own, after)
            out[count + 3] = mix(83, glued, own)
            count += 4
            if capital[form]:
                out[count] = mix(84, low_before, own)
                out[count + 1] = mix(85, own, low_after)
                out[count + 2] = mix(86, low_before, lower[form])
                out[count + 3] = mix(87, lower[form], low_after)
                count += 4
            here = listed[i]
            if here:
                out[count] = mix(88, here, 0)
                out[count + 1] = mix(89, here, near_after)
                out[count + 2] = mix(90, here, low_before)
                count += 3
            if near_before:
                out[count] = mix(91, near_before, own)
                count += 1
            if near_after:
                out[count] = mix(92, near_after, own)
                count += 1
            ends[i] = count
    return count


def document_rows(article: Article, out: array[int], ends: array[int]) -> int:
    """Features of each capitalised form from all its places in the text; `out` holds 7 a token."""
    ids, lower, capital = article.ids, article.lower, article.capital
    forms = len(lower)
    latest = array("i", [-1]) * forms
    earlier = array("i", bytes(4 * article.count))
    seen, beside = array("i", bytes(4 * forms)), array("i", bytes(8 * forms))
    small: set[int] = set()
    for i in range(article.count):
        form = ids[i]
        if not capital[form]:
            if seen[form] == 0:
                small.add(lower[form])
                seen[form] = 1
            continue
        earlier[i] = latest[form]
        latest[form] = i
        seen[form] += 1
        if i > 0 and capital[ids[i - 1]]:
            beside[2 * form] += 1
        if i + 1 < article.count and capital[ids[i + 1]]:
            beside[2 * form + 1] += 1
    count = 0
    for form in range(forms):
        if capital[form]:
            total, before, after = seen[form], beside[2 * form], beside[2 * form + 1]
            out[count] = mix(100, 1 if lower[form] in small else 0, min(total, 3))
            count += 1
            if total > 1:
                mostly = (2 if before * 2 > total else 0) + (1 if after * 2 > total else 0)
                out[count] = mix(101, mostly, (2 if before else 0) + (1 if after else 0))
                count = _neighbours(article, latest[form], earlier, out, count + 1)
            count = _around(article, latest[form], earlier, out, count)
        ends[form] = count
    return count


def _neighbours(article: Article, at: int, earlier: array[int], out: array[int], count: int) -> int:
    """The tokens on either side of the last MAX_SEEN places of a form, each once."""
    ids, lower = article.ids, article.lower
    first = count
    for _ in range(MAX_SEEN):
        if at < 0:
            break
        for side in range(2):
            near = at - 1 if side == 0 else at + 1
            value = mix(102 + side, lower[ids[near]] if 0 <= near < article.count else EDGE, 0)
            count = _new(value, first, out, count)
        at = earlier[at]
    return count


def _new(value: int, first: int, out: array[int], count: int) -> int:
    """Appends a value that is not there from `first` on; returns how many there are then."""
    for k in range(first, count):
        if out[k] == value:
            return count
    out[count] = value
    return count + 1


def _around(article: Article, at: int, earlier: array[int], out: array[int], count: int) -> int:
    """Clusters on either side of the last MAX_SEEN places of a form, and the last words of its runs, each once."""
    ids, cluster, runs = article.ids, article.cluster, article.runs
    start = count
    for _ in range(MAX_SEEN):
        if at < 0:
            break
        end = runs.end[runs.of[at]]
        if at > 0:
            count = _new(mix(150, cluster[ids[at - 1]], 0), start, out, count)
        if at + 1 < article.count:
            count = _new(mix(151, cluster[ids[at + 1]], 0), start, out, count)
        count = _new(mix(152, article.lower[ids[end - 1]], 1 if at + 1 == end else 0), start, out, count)
        at = earlier[at]
    return count


def codes(article: Article, tags: array[int], out: array[int]) -> None:
    """How a first reading labels each capitalised form over the text: the most frequent label, and how sure it is."""
    counts = array("i", bytes(40 * len(article.lower)))
    for i in range(article.count):
        counts[10 * article.ids[i] + (tags[i] + 1) // 2] += 1
    for form in range(len(article.lower)):
        if not article.capital[form]:
            out[form] = _SMALL
            continue
        best = total = 0
        for label in range(10):
            number = counts[10 * form + label]
            total += number
            if number > counts[10 * form + best]:
                best = label
        most = counts[10 * form + best]
        sure = (2 if most == total else 0) + (1 if most * 2 > total else 0)
        out[form] = _ALONE + best if total == 1 else best * 4 + sure


def longest(article: Article, tags: array[int], out: array[int]) -> None:
    """The longest mention of a first reading that holds a form, of two tokens or more: size, label, place, last word.

    `out` holds four a form; a size of 0 says that there is none.
    """
    ids, capital, pieces = article.ids, article.capital, article.pieces
    for piece in range(len(pieces) - 1):
        at, last = pieces[piece], pieces[piece + 1]
        while at < last:
            tag, first = tags[at], at
            at += 1
            while tag and at < last and tags[at] == tag + 1:
                at += 1
            for i in range(first, at if tag and at - first > 1 else first):
                form = 4 * ids[i]
                if capital[ids[i]] and out[form] < at - first:
                    out[form], out[form + 1] = at - first, (tag - 1) // 2
                    out[form + 2], out[form + 3] = (1 if i == first else 0) + (2 if i == at - 1 else 0), ids[at - 1]


def second_rows(article: Article, tags: array[int], out: array[int], ends: array[int]) -> int:
    """Features of each token from a first reading's tags around it and over the text; `out` holds 15 a token."""
    ids, lower, shape, tail = article.ids, article.lower, article.shape, article.tail
    code = array("i", bytes(4 * len(lower)))
    codes(article, tags, code)
    held = array("i", bytes(16 * len(lower)))
    longest(article, tags, held)
    count = 0
    for piece in range(len(article.pieces) - 1):
        first, end = article.pieces[piece], article.pieces[piece + 1]
        for i in range(first, end):
            form, tag = ids[i], tags[i]
            here, before, after = code[form], _SMALL, _SMALL
            tag_before = tag_after = 0
            low_before = low_after = EDGE
            if i > first:
                before, tag_before, low_before = code[ids[i - 1]], tags[i - 1], lower[ids[i - 1]]
            if i + 1 < end:
                after, tag_after, low_after = code[ids[i + 1]], tags[i + 1], lower[ids[i + 1]]
            if here != _SMALL or tag or tag_before or tag_after:
                out[count] = mix(110, tag, 0)
                out[count + 1] = mix(111, tag_before, tag)
                out[count + 2] = mix(112, tag, tag_after)
                out[count + 3] = mix(113, here, tag)
                out[count + 4] = mix(114, here, before)
                out[count + 5] = mix(115, here, after)
                out[count + 6] = mix(116, tag, shape[form])
                out[count + 7] = mix(117, here, low_before)
                out[count + 8] = mix(118, here, low_after)
                out[count + 9] = mix(119, here, tail[form])
                out[count + 10] = mix(120, here * 32 + tag, tag_before * 32 + tag_after)
                count += 11
                if held[4 * form]:
                    inside = held[4 * form + 1] * 4 + held[4 * form + 2]
                    out[count] = mix(121, inside, 0)
                    out[count + 1] = mix(122, inside, tag)
                    out[count + 2] = mix(123, lower[held[4 * form + 3]], held[4 * form + 1])
                    out[count + 3] = mix(124, inside, min(held[4 * form], 4))
                    count += 4
            ends[i] = count
    return count
