"""Trees and cues: what is laid out for speed says the same as what training wrote."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrich.clean.columns import AT
from pipeline.enrich.clean.features import Cues, features, word_tokens
from pipeline.enrich.clean.trees import Trees, checked, score
from pipeline.records import Block, Page

WORDS = st.lists(st.sampled_from(["read", "more", "share", "é", "2024"]), min_size=1, max_size=16)
ROWS = st.lists(
    st.tuples(st.integers(-9, 9), st.sampled_from((-(2**31), -3, 0, 1, 2**31 - 1))), min_size=60, max_size=140
)
TWO = {"roots": [0, 2], "column": [0, 1, 1], "limit": [5, -3, 0], "left": [1, ~1, ~3], "right": [~0, ~2, ~4]}


def trees(**changed: list[int]) -> Trees:
    """Two trees, three nodes; some of their arrays replaced."""
    arrays = {**TWO, "leaves": [1, 10, 100, 1000, 10_000], **changed}
    return Trees(*(array("i", arrays[name]) for name in ("roots", "column", "limit", "left", "right", "leaves")))


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), max_size=5) | ROWS)
def test_a_row_takes_one_leaf_of_each_tree(rows: list[tuple[int, int]]) -> None:
    """At most the limit goes left; the leaves add up, of however many rows and however far from any limit."""
    expected = [(1 if a > 5 else 10 if b <= -3 else 100) + (1000 if b <= 0 else 10_000) for a, b in rows]
    assert expected == score(trees(), array("i", [value for row in rows for value in row]), 2)


@pytest.mark.parametrize(
    "changed",
    [
        {"left": [3, ~1, ~3]},
        {"left": [0, ~1, ~3]},
        {"right": [~5, ~2, ~4]},
        {"column": [0, 2, 1]},
        {"column": [0, -1, 1]},
        {"roots": [0, 3]},
        {"roots": [-1, 2]},
        {"roots": [0, 1]},
        {"left": [2, ~1, ~3]},
        {"limit": [5, -3]},
        {"limit": [5, -3, 1 << 15]},
    ],
)
def test_arrays_that_lead_out_are_refused(changed: dict[str, list[int]]) -> None:
    """Compiled code looks at no place twice: a damaged model is found when it is read."""
    assert trees() == checked(trees(), 2)
    with pytest.raises(ValueError, match=r"a node|a feature|a limit"):
        checked(trees(**{name: [*values] for name, values in TWO.items()} | changed), 2)


@given(WORDS, st.dictionaries(WORDS.flatmap(lambda low: st.sampled_from(word_tokens(low))), st.integers(-500, 500)))
def test_the_cue_of_a_line_is_the_sum_of_its_tokens(low: list[str], words: dict[str, int]) -> None:
    """Looked up word by word, it is what the tokens say, written one by one."""
    line = " ".join(low)
    found = features(Page(text=line, blocks=(Block(0, len(line)),)), Cues(words, {}, frozenset()))
    assert sum(words.get(token, 0) for token in word_tokens(low)) == found[AT["cue"]]
