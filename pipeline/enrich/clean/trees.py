# cython: boundscheck=False, wraparound=False, initializedcheck=False, cdivision=True
"""Gradient-boosted trees from flat arrays: integer features in, integer log odds out, the same compiled or not.

64 rows at a time go through the trees as the bits of one number: what neighbours share is asked once. Compiled, no
place is checked: `checked` is for arrays that come from outside.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

UNIT = 1024  # scores are log odds in 1024ths
MOST = 1 << 15  # limits are below it, so that tables of what lies between them stay small
_BIT = array("i", [0] * 67)  # by 67 the powers of two up to the 63rd leave different rests
for _i in range(64):
    _BIT[2**_i % 67] = _i


@dataclass(frozen=True, slots=True)
class Trees:
    """Node n goes to `left[n]` where feature `column[n]` is at most `limit[n]`, else to `right[n]`; a negative
    place ~v is leaf v. `roots` are the first nodes of the trees, `leaves` scores in UNITs.

    The others are the same, made once. Each feature has slots, one for the values up to its first limit and one for
    those above each. `features` are six numbers a feature: its column, least limit, span of its limits, where its
    part of `slots` begins, which has the slot of each value in the span, its first slot and its last. `nodes` are three
    numbers a node: the slot above its limit, left and right.
    """

    roots: array[int]
    column: array[int]
    limit: array[int]
    left: array[int]
    right: array[int]
    leaves: array[int]
    features: array[int] = field(init=False, repr=False, compare=False)
    slots: array[int] = field(init=False, repr=False, compare=False)
    nodes: array[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len({len(values) for values in (self.column, self.limit, self.left, self.right)}) != 1:
            raise ValueError("a node that lacks something")
        if not all(-MOST < limit < MOST for limit in self.limit):
            raise ValueError("a limit that is no feature's")
        limits: dict[int, set[int]] = {}
        for column, limit in zip(self.column, self.limit, strict=True):
            limits.setdefault(column, set()).add(limit)
        features, slots, above = array("i"), array("i"), {}
        slot = 0
        for column in sorted(limits):
            least, most = min(limits[column]), max(limits[column])
            features.extend((column, least, most - least + 1, len(slots), slot, slot + len(limits[column])))
            for value in range(least, most + 2):
                slots.append(slot)
                if value in limits[column]:
                    slot += 1
                    above[column, value] = slot
            slot += 1
        nodes = array("i", bytes(12 * len(self.column)))
        nodes[0::3] = array("i", [above[key] for key in zip(self.column, self.limit, strict=True)])
        nodes[1::3], nodes[2::3] = self.left, self.right
        for name, made in (("features", features), ("slots", slots), ("nodes", nodes)):
            object.__setattr__(self, name, made)


def checked(trees: Trees, width: int) -> Trees:
    """The same trees; ValueError where one leads out of them, or asks for a feature beyond `width`."""
    size = len(trees.column)
    for children in (trees.left, trees.right):
        if any(not (node < child < size or -len(trees.leaves) <= child < 0) for node, child in enumerate(children)):
            raise ValueError("a node that leads nowhere, or back")
    if not all(0 <= column < width for column in trees.column) or not all(0 <= root < size for root in trees.roots):
        raise ValueError("a feature or a tree that is not there")
    reached = [node for nodes in (trees.roots, trees.left, trees.right) for node in nodes if node >= 0]
    if sorted(reached) != [*range(size)]:
        raise ValueError("a node of two trees, or of none")
    return trees


def score(trees: Trees, rows: array[int], width: int) -> list[int]:
    """The log odds, in UNITs, of each row of `width` features."""
    count = len(rows) // width
    features, slots = trees.features, trees.slots
    size = len(slots)
    totals = array("i", bytes(4 * count))
    above = array("Q", bytes(8 * (slots[size - 1] + 1 if size else 0)))
    waiting = array("Q", bytes(8 * len(trees.column)))
    for start in range(0, count, 64):
        every = _compare(features, slots, rows, width, start, min(count, start + 64), above)
        for root in trees.roots:
            waiting[root] = every
        _descend(trees.nodes, trees.leaves, above, waiting, totals, start)
    return list(totals)


def _compare(
    features: array[int], slots: array[int], rows: array[int], width: int, start: int, stop: int, above: array[int]
) -> int:
    """Fills `above`, by slot, with the rows whose feature is there or higher; returns all rows from start to stop."""
    for i in range(len(above)):
        above[i] = 0
    every, bit = 0, 1
    for row in range(start, stop):
        for i in range(0, len(features), 6):
            value = rows[row * width + features[i]]
            value -= features[i + 1]
            if value > features[i + 2]:
                value = features[i + 2]
            above[slots[features[i + 3] + (value if value > 0 else 0)]] |= bit
        every |= bit
        bit += bit
    for i in range(0, len(features), 6):
        for slot in range(features[i + 5] - 1, features[i + 4], -1):
            above[slot] |= above[slot + 1]
    return every


def _descend(
    nodes: array[int], leaves: array[int], above: array[int], waiting: array[int], totals: array[int], start: int
) -> None:
    """Takes the rows that wait at the roots to the leaves: a node stands before those that it leads to."""
    for node in range(len(waiting)):
        here = waiting[node]
        if here:
            waiting[node] = 0
            right = here & above[nodes[3 * node]]
            _to(nodes[3 * node + 1], here ^ right, leaves, waiting, totals, start)
            _to(nodes[3 * node + 2], right, leaves, waiting, totals, start)


def _to(place: int, rows: int, leaves: array[int], waiting: array[int], totals: array[int], start: int) -> None:
    """Rows come to a node, where they wait, or to a leaf."""
    if place >= 0:
        waiting[place] = rows
        return
    leaf = leaves[~place]
    while rows:
        others = rows & (rows - 1)
        totals[start + _BIT[(rows ^ others) % 67]] += leaf
        rows = others
