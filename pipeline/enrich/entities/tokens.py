# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""Text -> tokens by character class, and the pieces that are tagged as one sequence: a line, or a part of a long one.

Plain Python that is compiled where a compiler is: tokens.pxd gives the types, the output is the same.
"""

from __future__ import annotations

from array import array

MAX_PIECE = 200  # tokens; a longer line is split after the last sentence end within it, or here
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


class Tokens:
    """The tokens of a stretch of text: `starts[i]` to `ends[i]` are code points of the text, half-open; `ids[i]` is the
    place of its surface form in `surfaces`; `pieces` are the first tokens of the pieces, and the number of tokens.
    """

    def __init__(self, most: int) -> None:
        self.starts, self.ends, self.ids = (array("i", bytes(4 * most)) for _ in range(3))
        self.joined = array("b", bytes(most))  # 1 where no space stands before the token
        self.pieces = array("i")
        self.surfaces: list[str] = []

    def cut(self, count: int, pieces: list[int]) -> None:
        """Gives back the room of the tokens that were not found."""
        self.starts, self.ends, self.ids = self.starts[:count], self.ends[:count], self.ids[:count]
        self.joined, self.pieces = self.joined[:count], array("i", pieces)


def _end(text: str, start: int, size: int) -> int:
    """Where the token that starts here ends: initials with dots, a number, a possessive, letters, any single sign."""
    letter = text[start]
    end = start + 1
    if letter.isalpha():
        if letter < "\x80" and end + 2 < size and text[end] == "." and text[end + 1] < "\x80" and text[end + 2] == ".":
            if text[end + 1].isalpha():
                end = start
                while end + 1 < size and text[end] < "\x80" and text[end].isalpha() and text[end + 1] == ".":
                    end += 2
                return end
        while end < size and text[end].isalpha():
            end += 1
        return end
    if letter.isdecimal():
        while end < size and (
            text[end].isdecimal() or (text[end] in ".," and end + 1 < size and text[end + 1].isdecimal())
        ):
            end += 1
        return end
    if letter in "'’" and end < size and text[end] == "s" and not (end + 1 < size and text[end + 1].isalnum()):
        return end + 1
    return end


def tokenise(text: str, start: int, limit: int) -> tuple[Tokens, int]:
    """Tokens from `start` on, at most `limit` and the rest of a line, and where the text goes on after them."""
    size = len(text)
    most = min(size - start, limit + MAX_PIECE) + 1
    found = Tokens(most)
    starts, ends, ids, joined = found.starts, found.ends, found.ids, found.joined
    known: dict[str, int] = {}
    surfaces, pieces = found.surfaces, []
    at, count, last, first, stop = start, 0, -1, -1, 0
    while at < size:
        letter = text[at]
        if letter.isspace():
            if letter != " " and letter in _BREAKS:
                first = -1
                if count >= limit:
                    break
            at += 1
            continue
        end = _end(text, at, size)
        if first < 0 or count - first >= MAX_PIECE:
            if first >= 0 and count >= limit:
                break
            first = stop if first >= 0 and stop > first + MAX_PIECE // 2 else count
            pieces.append(first)
        surface = text[at:end]
        number = known.get(surface, -1)
        if number < 0:
            number = known[surface] = len(surfaces)
            surfaces.append(surface)
        starts[count], ends[count], ids[count] = at, end, number
        joined[count] = 1 if at == last else 0
        count += 1
        if letter == "." or letter == "!" or letter == "?":
            stop = count
        at = last = end
    pieces.append(count)
    found.cut(count, pieces)
    return found, at
