"""What the tagger's compiled parts make of small inputs: best paths, runs of capitalised tokens, lines."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.enrich.entities.article import Article
from pipeline.enrich.entities.crf import TAGS, best_tags
from pipeline.enrich.entities.lines import Line
from pipeline.enrich.entities.rows import Form
from pipeline.enrich.entities.tokens import tokenise

MOVES = st.lists(st.integers(-300, 300), min_size=TAGS * TAGS, max_size=TAGS * TAGS)
SCORES = st.integers(1, 6).flatmap(
    lambda count: st.lists(st.integers(-500, 500), min_size=count * TAGS, max_size=count * TAGS)
)


def _best_sum(scores: list[int], moves: list[int]) -> int:
    """The highest sum of a path, by trying every tag after every tag."""
    sums = {tag: scores[tag] for tag in range(TAGS) if tag == 0 or tag % 2}
    for start in range(TAGS, len(scores), TAGS):
        sums = {
            tag: scores[start + tag] + max(value + moves[before * TAGS + tag] for before, value in allowed.items())
            for tag in range(TAGS)
            if (allowed := {b: v for b, v in sums.items() if tag == 0 or tag % 2 or b in (tag, tag - 1)})
        }
    return max(sums.values())


@settings(deadline=None)
@given(SCORES, MOVES)
def test_no_path_beats_the_one_that_is_found(scores: list[int], moves: list[int]) -> None:
    """Tags that are left out on the way because they are too far behind never belong to the best path."""
    count = len(scores) // TAGS
    tags = array("b", bytes(count))
    best_tags(array("i", scores), array("i", moves), array("i", [0, count]), tags)
    steps = sum(moves[tags[i - 1] * TAGS + tags[i]] for i in range(1, count))
    assert _best_sum(scores, moves) == steps + sum(scores[i * TAGS + tags[i]] for i in range(count))


def _article(text: str) -> Article:
    tokens, _ = tokenise(text, 0, 1000)
    return Article(tokens, [Form(surface) for surface in tokens.surfaces])


@pytest.mark.parametrize(
    ("text", "runs", "heads"),
    [
        ("the Bank of Tolland met Mira Vasker", [(1, 2), (3, 4), (5, 7)], [0, 0, 2]),
        ("Bureau for the Sea and Mines of Ardun", [(0, 1), (3, 4), (5, 6), (7, 8)], [0, 0, 0, 0]),
        ("Ostrel\nof Mira", [(0, 1), (2, 3)], [0, 1]),
        ("Ostrel or Mira", [(0, 1), (2, 3)], [0, 1]),
        ("nothing here", [], []),
    ],
)
def test_runs_are_chained_by_joining_words(text: str, runs: list[tuple[int, int]], heads: list[int]) -> None:
    """Capitalised tokens side by side are a run; at most two joining words of the same line chain two runs."""
    found = _article(text).runs
    assert runs == list(zip(found.first, found.end, strict=True))[: found.count]
    assert heads == list(found.head)[: found.count]


@pytest.mark.parametrize(
    ("line", "kind", "close"),
    [
        ("MIRA VASKER OF OSTREL", 1, 0),
        ("Mira Vasker Leaves Ostrel for Ardun.", 2, 1),
        ("nothing new:", 3, 2),
        ("Mira Vasker", 4, 0),
        ("Mira left the town.", 0, 1),
    ],
)
def test_lines_are_known_by_their_capitals(line: str, kind: int, close: int) -> None:
    """Capitals, a title, small letters, names alone, or a sentence; and how it ends."""
    article = _article(line)
    found = Line(article, 0, article.count)
    assert (kind, close) == (found.kind, found.close)
