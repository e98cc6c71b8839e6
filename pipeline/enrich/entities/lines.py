# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""Features of tokens from the run of capitalised tokens, the chain of runs and the line that they stand in.

Plain Python that is compiled where a compiler is: lines.pxd gives the types.
"""

from __future__ import annotations

from array import array

from pipeline.enrich.entities.article import Article
from pipeline.enrich.entities.rows import COLON, LETTER, STOP, UPPER, mix

_LETTER, _UPPER, _STOP, _COLON = LETTER, UPPER, STOP, COLON  # numbers of C where it is compiled
_UPPER_LINE, _TITLE_LINE, _SMALL_LINE, _ALL_CAPITALS = 1, 2, 3, 4


class Line:
    """What a piece looks like: `kind` by the capitals of its words, `close` by its last token, `size`, at most 9."""

    def __init__(self, article: Article, first: int, end: int) -> None:
        self.kind = 0
        self._read(article, first, end)

    def _read(self, article: Article, first: int, end: int) -> None:
        ids, capital, signs = article.ids, article.capital, article.signs
        words = capitals = uppers = 0
        for i in range(first, end):
            form = ids[i]
            if signs[form] & _LETTER:
                words += 1
                capitals += capital[form]
                uppers += 1 if signs[form] & _UPPER else 0
        if uppers * 2 > words:
            self.kind = _UPPER_LINE
        elif capitals * 3 >= words * 2 and words > 3:
            self.kind = _TITLE_LINE
        elif capitals == 0:
            self.kind = _SMALL_LINE
        elif capitals == words:
            self.kind = _ALL_CAPITALS
        last = signs[ids[end - 1]]
        self.close = 1 if last & _STOP else 2 if last & _COLON else 0
        self.size = end - first if end - first < 8 else 8 if end - first < 12 else 9


def run_rows(article: Article, out: array[int], ends: array[int]) -> int:
    """Features of each token from its run, chain and line; `out` holds 7 a token. Returns how many there are."""
    ids, pieces, lower, shape = article.ids, article.pieces, article.lower, article.shape
    capital, runs = article.capital, article.runs
    count = 0
    for piece in range(len(pieces) - 1):
        first, end = pieces[piece], pieces[piece + 1]
        line = Line(article, first, end)
        for i in range(first, end):
            form, run = ids[i], runs.of[i]
            if capital[form]:
                out[count] = mix(130, line.kind * 3 + line.close, shape[form])
                out[count + 1] = mix(131, line.size * 4 + min(i - first, 3), line.close)
                count += 2
                if line.kind:
                    out[count] = mix(132, line.kind, lower[form])
                    count += 1
                if runs.head[run] != runs.last[run]:
                    count = _in_chain(article, run, out, count)
            else:
                if line.kind:
                    out[count] = mix(133, line.kind, 0)
                    count += 1
                if run >= 0 and runs.piece[run] == piece and run != runs.last[run]:
                    count = _joining(article, run, lower[form], out, count)
            ends[i] = count
    return count


def _in_chain(article: Article, run: int, out: array[int], count: int) -> int:
    """The last words of the first and of the last run of the chain, and of the runs beside this one."""
    ids, lower, runs = article.ids, article.lower, article.runs
    head, last = runs.head[run], runs.last[run]
    place = 0 if run == head else 2 if run == last else 1
    out[count] = mix(134, lower[ids[runs.end[head] - 1]], place)
    out[count + 1] = mix(135, lower[ids[runs.end[last] - 1]], place)
    count += 2
    if run != last:
        out[count] = mix(136, lower[ids[runs.end[run]]], lower[ids[runs.end[run + 1] - 1]])
        count += 1
    if run != head:
        out[count] = mix(137, lower[ids[runs.end[run - 1]]], lower[ids[runs.end[run - 1] - 1]])
        count += 1
    return count


def _joining(article: Article, run: int, word: int, out: array[int], count: int) -> int:
    """A word between two runs of a chain: with the first and last words of both."""
    ids, lower, cluster, runs = article.ids, article.lower, article.cluster, article.runs
    before, after, final = ids[runs.end[run] - 1], ids[runs.first[run + 1]], ids[runs.end[run + 1] - 1]
    out[count] = mix(138, lower[before], word)
    out[count + 1] = mix(139, lower[after], word)
    out[count + 2] = mix(140, lower[final], word)
    out[count + 3] = mix(141, lower[ids[runs.end[runs.head[run]] - 1]], word)
    out[count + 4] = mix(142, cluster[before], word)
    out[count + 5] = mix(143, cluster[final], word)
    return count + 6
