"""Where a line of a text stands, as columns for the trees."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrich.clean.body import by_density, strict_verdicts
from pipeline.enrich.clean.columns import AT, CONTEXT, WIDTH
from pipeline.enrich.clean.context import fill_context
from pipeline.enrich.clean.features import Cues, features
from pipeline.enrich.clean.lines import read_lines
from pipeline.enrich.page import text_blocks
from pipeline.records import Page

FIRST, COUNT = AT[CONTEXT[0]], len(CONTEXT)
FERRY = "The northern ferries will stop sailing between the islands when the harbour closes."
AGAIN = '"Islanders said that the harbour closes early and that ferries stop without warning."'
TITLE = "7 quiet bays for swimmers"


def page_of(lines: list[str]) -> Page:
    """A text of these lines."""
    text = "\n".join(lines)
    return Page(text=text, blocks=text_blocks(text))


def context(lines: list[str]) -> list[dict[str, int]]:
    """The columns of each line, by name."""
    read = read_lines(page_of(lines))
    given = strict_verdicts(read)
    dense = by_density(read, given, True)
    rows = array("i", bytes(4 * WIDTH * len(read)))
    fill_context(rows, read, given, dense, [is_dense and i > 1 for i, is_dense in enumerate(dense)])
    starts = [i * WIDTH + FIRST for i in range(len(read))]
    return [dict(zip(CONTEXT, rows[start : start + COUNT], strict=True)) for start in starts]


def test_nearest_cuts_by_hand() -> None:
    """A share bar above, a heading 'Related' below: their groups, distances and numbers, seen from each line."""
    bar, first, second, heading, title = context(["Share this article", FERRY, AGAIN, "Related articles", TITLE])
    assert (bar["above_kind"], bar["above_far"], bar["cuts_above"]) == (0, 60, 0)
    assert (first["above_kind"], first["above_far"], first["cuts_above"]) == (2, 0, 16)
    assert (second["above_kind"], second["above_far"]) == (2, 1)
    assert (second["below_kind"], second["below_far"]) == (5, 0)
    assert (first["below_kind"], first["below_far"]) == (5, 1)
    assert (heading["related_far"], title["related_far"]) == (60, 0)


def test_regions_by_hand() -> None:
    """Two paragraphs are the region, one of them is left without its edges: distances, shares of the words, runs."""
    _, first, second, heading, _ = context(["Share this article", FERRY, AGAIN, "Related articles", TITLE])
    assert [line["from_dense"] for line in (first, second, heading)] == [0, 0, 1]
    assert [line["ruled"] for line in (first, second, heading)] == [0, 1, 0]
    assert (first["dense_share"], first["ruled_share"]) == (26 * 64 // 36, 13 * 64 // 36)
    assert [line["run"] for line in (first, second, heading)] == [2, 2, 0]
    assert [line["length"] for line in (first, second)] == [64, 64]


def test_first_and_last_sign_by_hand() -> None:
    """Capital and full stop, quotation marks, a digit at the start."""
    _, first, second, _, title = context(["Share this article", FERRY, AGAIN, "Related articles", TITLE])
    assert (first["opening"], first["close"]) == (4, 1)
    assert (second["opening"], second["close"]) == (2, 4)
    assert (title["opening"], title["close"]) == (1, 0)


@given(st.lists(st.sampled_from((FERRY, AGAIN, TITLE, "Share this article", "Comments", "")), max_size=12))
def test_only_its_own_columns_are_written(lines: list[str]) -> None:
    """No other column of any line changes, and all of its own do."""
    read = read_lines(page_of(lines))
    given = strict_verdicts(read)
    dense = by_density(read, given, True)
    rows = array("i", [777] * (WIDTH * len(read)))
    fill_context(rows, read, given, dense, dense)
    for i in range(len(read)):
        row = rows[i * WIDTH : (i + 1) * WIDTH].tolist()
        assert row[:FIRST] + row[FIRST + COUNT :] == [777] * (WIDTH - COUNT)
        assert 777 not in row[FIRST : FIRST + COUNT]


def test_cues_of_long_lines_by_hand() -> None:
    """The cues of sixteen words over four, the root of their number; a shorter line has none."""
    line = "Our editors may earn a small share of what you buy through links on this page"
    cues = Cues({}, {}, frozenset(), {"links": -80, "buy": -40, "page": 8})
    for text, expected in ((line, -28), (line.removesuffix(" this page"), 0)):
        page = page_of([text])
        assert features(page, cues)[AT["long_cue"]] == expected
