# cython: boundscheck=False, wraparound=False, initializedcheck=False
"""Gradient-boosted trees from flat arrays: integer features in, integer log odds out, the same compiled or not.

Compiled, no place is checked: `checked` is for arrays that come from outside.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

UNIT = 1024  # scores are log odds in 1024ths


@dataclass(frozen=True, slots=True)
class Trees:
    """Node n goes to `left[n]` where feature `column[n]` is at most `limit[n]`, else to `right[n]`; a negative
    place ~v is leaf v. `roots` are the first nodes of the trees, `leaves` scores in UNITs.

    `nodes` is the same, made once: column, limit, left and right of a node lie together, and are found at once.
    """

    roots: array[int]
    column: array[int]
    limit: array[int]
    left: array[int]
    right: array[int]
    leaves: array[int]
    nodes: array[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        nodes = array("i", bytes(16 * len(self.column)))
        nodes[0::4], nodes[1::4] = self.column, self.limit
        nodes[2::4], nodes[3::4] = _places(self.left), _places(self.right)
        object.__setattr__(self, "nodes", nodes)


def _places(children: array[int]) -> array[int]:
    return array("i", [4 * child if child >= 0 else child for child in children])


def checked(trees: Trees, width: int) -> Trees:
    """The same trees; ValueError where one leads out of them, or asks for a feature beyond `width`."""
    size = len(trees.column)
    for children in (trees.left, trees.right):
        if any(not (node < child < size or -len(trees.leaves) <= child < 0) for node, child in enumerate(children)):
            raise ValueError("a node that leads nowhere, or back")
    if not all(0 <= column < width for column in trees.column) or not all(0 <= root < size for root in trees.roots):
        raise ValueError("a feature or a tree that is not there")
    return trees


def score(trees: Trees, rows: array[int], width: int) -> list[int]:
    """The log odds, in UNITs, of each row of `width` features. Tree by tree: one lies in the nearest cache."""
    roots, nodes, leaves = trees.roots, trees.nodes, trees.leaves
    count = len(rows) // width
    totals = array("i", bytes(4 * count))
    sums = totals
    for tree in range(len(roots)):
        root = 4 * roots[tree]
        for row in range(count):
            node, base = root, row * width
            while node >= 0:
                node = nodes[node + 2] if rows[base + nodes[node]] <= nodes[node + 1] else nodes[node + 3]
            sums[row] += leaves[~node]
    return list(totals)
