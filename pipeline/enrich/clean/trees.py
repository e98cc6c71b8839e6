"""Gradient-boosted trees from flat arrays: integer features in, integer log odds out, the same compiled or not."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

UNIT = 1024  # scores are log odds in 1024ths


@dataclass(frozen=True, slots=True)
class Trees:
    """Node n goes to `left[n]` where feature `column[n]` is at most `limit[n]`, else to `right[n]`; a negative
    place ~v is leaf v. `roots` are the first nodes of the trees, `leaves` scores in UNITs."""

    roots: array[int]
    column: array[int]
    limit: array[int]
    left: array[int]
    right: array[int]
    leaves: array[int]


def score(trees: Trees, rows: array[int], width: int) -> list[int]:
    """The log odds, in UNITs, of each row of `width` features."""
    roots, column, limit = trees.roots, trees.column, trees.limit
    left, right, leaves = trees.left, trees.right, trees.leaves
    scores = []
    for base in range(0, len(rows), width):
        total = 0
        for tree in range(len(roots)):
            node = roots[tree]
            while node >= 0:
                node = left[node] if rows[base + column[node]] <= limit[node] else right[node]
            total += leaves[~node]
        scores.append(total)
    return scores
