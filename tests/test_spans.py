"""Offsets: the cuts alone map every one, and the fast tables equal the obvious versions."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reasons import CutKind
from pipeline.records import Cut
from pipeline.spans import kept_slices, rebuild, span_to_page, to_clean, to_page, to_utf8, to_utf16, without_cuts
from tests.strategies import broken_texts, pages_with_cuts, texts

Paged = tuple[str, tuple[Cut, ...]]


def kept(page: str, cuts: tuple[Cut, ...]) -> list[int]:
    """The obvious version: the page offsets that no cut covers, by asking every cut for every character."""
    return [at for at in range(len(page)) if not any(cut.start <= at < cut.end for cut in cuts)]


@given(pages_with_cuts())
def test_clean_text_is_the_page_text_without_the_cuts(paged: Paged) -> None:
    """Exactly the characters that no cut covers are left, in their order."""
    page, cuts = paged
    assert without_cuts(page, cuts) == "".join(page[at] for at in kept(page, cuts))


@given(pages_with_cuts())
def test_slices_and_cuts_cover_every_character_once(paged: Paged) -> None:
    """Kept slices and cuts together are a partition of the page text; no slice is empty or touches the next."""
    page, cuts = paged
    slices = kept_slices(len(page), cuts)
    ranges = sorted([*slices, *((cut.start, cut.end) for cut in cuts)])
    assert [at for start, end in ranges for at in range(start, end)] == list(range(len(page)))
    assert all(start < end for start, end in slices)
    assert all(first[1] < second[0] for first, second in pairwise(slices))


@given(pages_with_cuts())
def test_text_and_cuts_rebuild_the_page_text(paged: Paged) -> None:
    """Nothing is lost by cleaning."""
    page, cuts = paged
    assert rebuild(without_cuts(page, cuts), cuts) == page


@pytest.mark.parametrize("position", [0, 1])
def test_cuts_without_text_cannot_rebuild(position: int) -> None:
    """ValueError, wherever the first cut without text stands; never a wrong page text."""
    cuts = [Cut(0, 1, CutKind.LABEL, "r", 1.0, "a"), Cut(2, 3, CutKind.LABEL, "r", 1.0, "c")]
    cuts[position] = Cut(cuts[position].start, cuts[position].end, CutKind.LABEL, "r", 1.0, None)
    with pytest.raises(ValueError, match=r"records\.cuts = spans"):
        rebuild("b", cuts)


@given(pages_with_cuts())
def test_to_page_finds_the_character(paged: Paged) -> None:
    """Every clean offset maps to the page offset of its character, the end to the end."""
    page, cuts = paged
    places = kept(page, cuts)
    assert [to_page(offset, cuts) for offset in range(len(places))] == places
    assert to_page(len(places), cuts) == len(page)


@given(pages_with_cuts())
def test_to_clean_is_the_inverse_and_none_inside_a_cut(paged: Paged) -> None:
    """Every page offset has its place among the kept characters, or none when it was cut."""
    page, cuts = paged
    place = {page_offset: offset for offset, page_offset in enumerate(kept(page, cuts))}
    assert [to_clean(at, cuts) for at in range(len(page))] == [place.get(at) for at in range(len(page))]
    assert to_clean(len(page), cuts) == len(place)


@given(pages_with_cuts(), st.data())
def test_a_span_covers_its_text_and_the_cuts_inside(paged: Paged, data: st.DataObject) -> None:
    """What lies in the page span and in no cut is the clean span's text; its two ends are kept characters."""
    page, cuts = paged
    text, places = without_cuts(page, cuts), kept(page, cuts)
    if not text:
        return
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    first, last = span_to_page(start, end, cuts)
    assert {first, last - 1} <= set(places)
    assert "".join(page[at] for at in places if first <= at < last) == text[start:end]


@given(broken_texts(), st.data())
def test_utf16_and_utf8_offsets_equal_those_of_encoding(text: str, data: st.DataObject) -> None:
    """The table gives what encoding the text before each offset gives, in the order that was asked, more than once."""
    offsets = data.draw(st.lists(st.integers(0, len(text)), max_size=8))
    assert to_utf16(text, offsets) == [len(text[:at].encode("utf-16-le", "surrogatepass")) // 2 for at in offsets]
    assert to_utf8(text, offsets) == [len(text[:at].encode("utf-8", "replace")) for at in offsets]


@given(texts(), st.data())
def test_utf16_offsets_slice_as_javascript_does(text: str, data: st.DataObject) -> None:
    """The same span in UTF-16 units holds the same text."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    first, last = to_utf16(text, (start, end))
    assert text.encode("utf-16-le")[2 * first : 2 * last].decode("utf-16-le") == text[start:end]
