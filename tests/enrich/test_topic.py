"""Which words of a line the rest of the text shares, as columns for the trees."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrich.clean.columns import AT, WIDTH
from pipeline.enrich.clean.lines import read_lines
from pipeline.enrich.clean.topic import fill_topics
from pipeline.enrich.page import text_blocks
from pipeline.records import Page

FIRST = AT["topic_region"]
FERRY = "The northern ferries will stop sailing between the islands when the harbour closes."
AGAIN = "Islanders said that the harbour closes early and that ferries stop without warning."
OTHER = "Seven recipes with roasted pumpkin, walnuts and honey that everybody should try once."


def topics(lines: list[str], dense: list[bool]) -> list[list[int]]:
    """The three columns of each line."""
    text = "\n".join(lines)
    read = read_lines(Page(text=text, blocks=text_blocks(text)))
    rows = array("i", bytes(4 * WIDTH * len(read)))
    fill_topics(rows, read, dense)
    return [list(rows[i * WIDTH + FIRST : i * WIDTH + FIRST + 3]) for i in range(len(read))]


def test_shares_by_hand() -> None:
    """Of seven long words of the first line two stand in the second; recipes share none; a short line has no topic."""
    first, second, third, menu = topics([FERRY, AGAIN, OTHER, "Ferries"], [True, True, False, False])
    assert first == [2 * 64 // 7, 2 * 64 // 7, 2 * 16 // 7]
    assert second[0] > 0
    assert third == [0, 0, 0]
    assert menu == [-1, -1, -1]


def test_prose_outside_the_region_counts_apart() -> None:
    """What only prose outside the densest region shares fills the second column alone; a line is not its own peer."""
    assert topics([FERRY, AGAIN], [True, False])[0] == [0, 2 * 64 // 7, 0]
    assert topics([FERRY, AGAIN], [False, True])[0] == [2 * 64 // 7, 2 * 64 // 7, 2 * 16 // 7]
    assert topics([FERRY], [True]) == [[0, 0, 0]]


@given(st.lists(st.sampled_from((FERRY, AGAIN, OTHER, "Menu", "")), max_size=12), st.booleans())
def test_only_its_own_columns_are_written(lines: list[str], is_dense: bool) -> None:
    """Shares are 64ths or -1, and no other column of any line changes."""
    text = "\n".join(lines)
    read = read_lines(Page(text=text, blocks=text_blocks(text)))
    rows = array("i", [7] * (WIDTH * len(read)))
    fill_topics(rows, read, [is_dense] * len(read))
    for i in range(len(read)):
        row = rows[i * WIDTH : (i + 1) * WIDTH].tolist()
        assert row[:FIRST] + row[FIRST + 3 :] == [7] * (WIDTH - 3)
        assert all(-1 <= value <= top for value, top in zip(row[FIRST : FIRST + 3], (64, 64, 80), strict=True))
