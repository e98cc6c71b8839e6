# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""Runs of capitalised tokens, and chains of them (`Bank of Tolland`).

Plain Python that is compiled where a compiler is: runs.pxd gives the types.
"""

from __future__ import annotations

from array import array

from pipeline.enrich.entities.rows import JOINS

MAX_GAP = _GAP = 2  # joining words between the runs of a chain
_JOINS = JOINS  # a number of C where it is compiled


class Runs:
    """Run r holds tokens `first[r]` to `end[r]`, in the piece `piece[r]`; `last[r]` is the last run of its chain."""

    def __init__(self, ids: array[int], pieces: array[int], capital: array[int], signs: array[int]) -> None:
        count = len(ids)
        self.of = array("i", bytes(4 * count))  # the run of a token; of another, the run before it, or -1
        self.first, self.end, self.piece, self.head, self.last = (array("i", bytes(4 * count + 4)) for _ in range(5))
        self.count = self._find(ids, pieces, capital)
        self._join(ids, signs)

    def _find(self, ids: array[int], pieces: array[int], capital: array[int]) -> int:
        of, first, end = self.of, self.first, self.end
        run = -1
        for piece in range(len(pieces) - 1):
            begins = True
            for i in range(pieces[piece], pieces[piece + 1]):
                if capital[ids[i]]:
                    if begins:
                        run += 1
                        first[run] = i
                        self.piece[run] = piece
                    end[run] = i + 1
                begins = not capital[ids[i]]
                of[i] = run
        return run + 1

    def _join(self, ids: array[int], signs: array[int]) -> None:
        first, end, head = self.first, self.end, self.head
        for run in range(self.count):
            head[run] = run
            if run > 0 and self.piece[run] == self.piece[run - 1] and first[run] - end[run - 1] <= _GAP:
                joined = True
                for i in range(end[run - 1], first[run]):
                    joined = joined and signs[ids[i]] & _JOINS > 0
                if joined:
                    head[run] = head[run - 1]
        for run in range(self.count - 1, -1, -1):
            chained = run + 1 < self.count and head[run + 1] == head[run]
            self.last[run] = self.last[run + 1] if chained else run
