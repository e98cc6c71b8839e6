"""The file of places: what is written is found, keys of names, damages."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrich.entities.gazetteer import (
    FILE,
    MAX_NAME,
    Gazetteer,
    GazetteerError,
    Kind,
    Place,
    Use,
    key,
    load_gazetteer,
    write_gazetteer,
)

HEADER = struct.calcsize("<8sIII32s")


@given(st.text(st.characters()))
def test_keys_are_bounded_and_settled(name: str) -> None:
    """A key is never much longer than the longest name, and the key of a key is itself."""
    assert len(key(name)) <= 20 * MAX_NAME
    if key(name).isascii() and len(key(name)) <= MAX_NAME:
        assert key(name) == key(key(name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("São Tomé", "sao tome"), ("U.S.", "us"), ("Sana’a", "sanaa"), ("TIZI-OUZOU", "tizi ouzou"), ("Łódź", "lodz")],
)
def test_names_are_compared_by_their_letters(name: str, expected: str) -> None:
    """Marks, case, dots, apostrophes and hyphens do not tell names apart."""
    assert expected == key(name)


def test_what_is_written_is_found(tmp_path: Path) -> None:
    """Records come back as they were written, each under all its names with their use, and nothing under others."""
    town = Place(7, -12.34567, 179.99999, "FJ", None, Kind.CITY, 80, 9)
    state = Place(8, 1.0, -2.0, "US", "TX", Kind.STATE, 200)
    nowhere = Place(None, 0.0, 0.0, None, None, Kind.NOWHERE)
    names = [("suva", 0, Use.NAME), ("old suva", 0, Use.ALTERNATE), ("suva", 1, Use.SHARED), ("gulf", 2, Use.NAME)]
    write_gazetteer(tmp_path / "a", [town, state, nowhere], names)
    write_gazetteer(tmp_path / "b", [town, state, nowhere], random.Random(1).sample(names, 4))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    atlas = Gazetteer(tmp_path / "a")
    assert {(town, Use.NAME), (state, Use.SHARED)} == set(atlas.find("SUVA"))
    assert [(town, Use.ALTERNATE)] == atlas.find("Old-Suva")
    assert [(nowhere, Use.NAME)] == atlas.find("Gulf")
    assert [] == atlas.find("Nadi") == atlas.find("") == atlas.find("東京") == atlas.find("suva" * MAX_NAME)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there fails with its name and what to do."""
    with pytest.raises(GazetteerError, match=r"none\.bin cannot be read .*; install again"):
        Gazetteer(tmp_path / "none.bin")


@pytest.mark.parametrize("size", [0, 1, HEADER - 1, HEADER, 1000, -4, -1])
def test_a_cut_off_file_is_refused(tmp_path: Path, size: int) -> None:
    """A part of the file is refused, wherever it ends."""
    path = tmp_path / "places.bin"
    path.write_bytes(FILE.read_bytes()[:size])
    with pytest.raises(GazetteerError, match="damaged"):
        Gazetteer(path)


@pytest.mark.parametrize(
    ("at", "message"),
    [(0, "no file of places"), (8, "another version"), (12, "damaged"), (16, "damaged"), (30, "damaged"),
     (HEADER, "damaged"), (3_000_000, "damaged"), (-1, "damaged")],
)  # fmt: skip
def test_a_changed_byte_is_refused(tmp_path: Path, at: int, message: str) -> None:
    """A file of which one byte is another is refused, in the header or behind it."""
    data = bytearray(FILE.read_bytes())
    data[at] ^= 0xFF
    path = tmp_path / "places.bin"
    path.write_bytes(data)
    with pytest.raises(GazetteerError, match=message):
        Gazetteer(path)


def test_a_longer_file_is_refused(tmp_path: Path) -> None:
    """Bytes behind the last entry are damage, too."""
    path = tmp_path / "places.bin"
    path.write_bytes(FILE.read_bytes() + b"\0")
    with pytest.raises(GazetteerError, match="damaged"):
        Gazetteer(path)


def test_the_file_is_small_and_its_card_names_it() -> None:
    """The file stays under 10 MB, and the card beside it carries its checksum and names the licence of its source."""
    assert FILE.stat().st_size < 10_000_000
    card = FILE.with_suffix(".md").read_text(encoding="utf-8")
    assert f"`{load_gazetteer().checksum}`" in card
    assert "CC BY 4.0" in card


def test_positions_are_on_the_globe() -> None:
    """Every continent, and countries at the date line, stand where they are."""
    for name, lat, lon in [("Fiji", -18, 178), ("Kyiv", 50, 31), ("South America", -15, -58), ("US", 38, -94)]:
        best = max(load_gazetteer().find(name), key=lambda found: found.place.size).place
        assert best.lat == pytest.approx(lat, abs=3)
        assert best.lon == pytest.approx(lon, abs=4)
