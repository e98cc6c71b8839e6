"""Who decides on the body: trees, trafilatura in doubt, the densest region where both find next to nothing."""

from __future__ import annotations

import gzip
import sys
from array import array
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrich.clean import clean_html, clean_text
from pipeline.enrich.clean.columns import NAMES, WIDTH
from pipeline.enrich.clean.features import Cues, features
from pipeline.enrich.clean.model import MODEL, CleanModelError, read_model
from pipeline.enrich.clean.trees import Trees, score
from pipeline.enrich.page import read_page, text_blocks
from pipeline.records import Page, RawArticle

SENTENCES = [
    "The harbour board of Westmark wants to close the old ferry terminal by spring, after engineers found cracks.",
    "Divers inspected the pier twice in October, the board said in a statement on Tuesday, and repairs would be dear.",
    "Ferries will leave from the fishing quay until a new terminal opens, which is planned for the summer of 2027.",
]
PAGE = "<body><nav><a href=/>Home</a></nav>" + "".join(f"<p>{sentence}</p>" for sentence in SENTENCES) + "</body>"
DECIDE = sys.modules["pipeline.enrich.clean.decide"]
SURE, DOUBTFUL, NO = 4000, 100, -4000


def scored(monkeypatch: pytest.MonkeyPatch, value: int, extracted: str) -> list[str]:
    """Which method decides, and asked whom, when all blocks have one score and trafilatura finds a text."""
    asked: list[str] = []

    def main_text(_html: str, _blocks: int) -> str:
        asked.append("asked")
        return extracted

    monkeypatch.setattr(DECIDE, "score", lambda _trees, rows, width: [value] * (len(rows) // width))
    monkeypatch.setattr(DECIDE, "main_text", main_text)
    return [clean_html(PAGE).method, *asked]


def test_sure_trees_ask_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow library is left alone where the blocks are not in doubt."""
    assert scored(monkeypatch, SURE, SENTENCES[0]) == ["trees"]


def test_trafilatura_is_asked_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """And believed, where it finds a text of some length."""
    assert scored(monkeypatch, DOUBTFUL, "\n".join(SENTENCES)) == ["trafilatura", "asked"]
    assert scored(monkeypatch, DOUBTFUL, "") == ["trees", "asked"]


def test_the_densest_region_is_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees that keep less than a third of it are not believed, nor is trafilatura."""
    assert scored(monkeypatch, NO, SENTENCES[0][:40]) == ["density", "asked"]


def test_doubt_lowers_the_confidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """`confidence` falls with the share of blocks in doubt, and is a share."""
    sure = clean_html(PAGE).confidence
    monkeypatch.setattr(DECIDE, "score", lambda _trees, rows, width: [DOUBTFUL] * (len(rows) // width))
    assert 0 < clean_html(PAGE).confidence < sure <= 1


def test_trees_by_hand() -> None:
    """Two trees of one split each: at most the limit goes left."""
    nodes = ([0, 1], [5, -3], [-1, -3], [-2, -4], [1, 10, 100, 1000])
    trees = Trees(array("i", [0, 1]), *(array("i", values) for values in nodes))
    assert score(trees, array("i", [5, -3, 6, -2]), 2) == [101, 1010]


@given(st.lists(st.text(max_size=40), max_size=12))
def test_features_are_rows_of_one_width(lines: list[str]) -> None:
    """Any text gives WIDTH numbers a block, the same each time."""
    text = "\n".join(lines)
    page = Page(text=text, blocks=text_blocks(text))
    cues = Cues({}, {}, frozenset())
    rows = features(page, cues)
    assert len(rows) == WIDTH * len(page.blocks) == len(NAMES) * len(page.blocks)
    assert rows == features(page, cues)


def test_some_features_by_hand() -> None:
    """Words, links, tag and the element around, as they stand in the page."""
    html = "<article class=story><h2>Old pier</h2><p><a href=/>Read more</a></p></article>"
    page = read_page(RawArticle("html", html))
    rows = features(page, Cues({"Sread": -64}, {"story": 32}, frozenset(["old"])))
    heading, link = (dict(zip(NAMES, rows[i * WIDTH : (i + 1) * WIDTH], strict=True)) for i in (0, 1))
    assert (heading["words"], heading["heading"], heading["links"], heading["common"]) == (25, 1, 0, 32)
    assert (link["links"], link["heading"], link["in_article"], link["names"]) == (64, 0, 1, 32)
    assert (heading["links+1"], link["links-1"]) == (64, 0)


def broken(tmp_path: Path, data: bytes) -> str:
    """What is said of a model file with these bytes."""
    path = tmp_path / "model.gz"
    path.write_bytes(data)
    with pytest.raises(CleanModelError, match="install again") as caught:
        read_model(path)
    return str(caught.value)


def test_a_wrong_model_file_is_a_clear_error(tmp_path: Path) -> None:
    """Missing, cut off, no model at all, or made for other features."""
    whole = MODEL.read_bytes()
    value = orjson.loads(gzip.decompress(whole))
    assert "damaged" in broken(tmp_path, whole[:1000])
    assert "damaged" in broken(tmp_path, b"no model")
    assert "damaged" in broken(tmp_path, gzip.compress(b"{}"))
    assert "another version" in broken(tmp_path, gzip.compress(orjson.dumps(value | {"features": ["words"]})))
    with pytest.raises(CleanModelError, match="cannot be read"):
        read_model(tmp_path / "missing")


def test_the_model_is_small() -> None:
    """Under 5 MB, as every child loads it."""
    assert MODEL.stat().st_size < 5_000_000


def test_a_text_without_words_loses_nothing() -> None:
    """What no rule and no tree can judge is not thrown away."""
    assert clean_text("...").text == "..." or clean_text("...").refusal is not None
