"""Who, where, which organisation, when and how much: the whole of find_entities, on texts written for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from pipeline.enrich.entities import find_entities
from pipeline.records import Entity, PublishedAt
from tests.counting import calls
from tests.enrich.test_tagger import ARTICLE, TEXTS

PUBLISHED = PublishedAt("2024-05-15T00:00:00Z", "day", "record", "2024-05-15")
SEED = Path(__file__).parents[3] / "shared" / "seed" / "article.txt"


def by_name(text: str, published_at: PublishedAt | None = None) -> dict[str, Entity]:
    """The entities of a text by their names."""
    return {entity.name: entity for entity in find_entities(text, published_at=published_at)[1]}


@settings(deadline=None)
@given(TEXTS)
def test_mentions_and_entities_are_well_formed(text: str) -> None:
    """For any text mentions point to an entity of their label, and entities come in order and count their mentions."""
    mentions, entities = find_entities(text, published_at=PUBLISHED)
    for mention in mentions:
        assert text[mention.start : mention.end] == mention.text
        assert mention.entity is not None
        assert entities[mention.entity].label == mention.label
    firsts = list(dict.fromkeys(mention.entity for mention in mentions))
    assert list(range(len(entities))) == firsts
    assert sum(entity.count for entity in entities) == len(mentions)
    assert all(0 <= entity.salience <= 1 and 0 <= entity.confidence <= 1 for entity in entities)
    assert len({entity.id for entity in entities}) == len(entities)


def test_who_where_when_and_how_much() -> None:
    """Names are joined, places are on the map, demonyms have their country, days and sums their values."""
    found = by_name(ARTICLE, PUBLISHED)
    assert (found["Adaora Testwell"].count, found["Adaora Testwell"].id) == (3, "Person:adaora testwell")
    assert found["Oskar Fabelman"].count == 2
    assert (found["Lagos"].kb_id, found["Lagos"].country, found["Lagos"].count) == ("geonames:2332459", "NG", 2)
    assert found["Lagos"].id == "geonames:2332459"
    assert found["Berlin"].lat == pytest.approx(52.52, abs=0.1)
    assert found["German"].country == "DE"
    assert found["Monday"].value == "2024-05-13"
    assert found["March 2023"].value == "2023-03"
    assert found["$5 million"].value == "5000000 USD"


def test_nothing_is_invented() -> None:
    """A continent's adjective is no town in Arizona, a university no country, and half a continent no member of it."""
    text = (
        "European leaders met on Tuesday. A professor of Columbia University said that Western Europe would not "
        "follow, and that the bloc was divided. The European Union agreed."
    )
    entities = find_entities(text)[1]
    assert not {entity.country for entity in entities} & {"US", "CO", "DE"}
    assert not [entity.name for entity in entities if entity.name.casefold() in ("the bloc", "bloc")]


@pytest.mark.data
@pytest.mark.skipif(not SEED.is_file(), reason="needs the seed article")
def test_the_seed_article() -> None:
    """Its people, countries and capitals are linked and placed."""
    from pipeline import clean_text

    found = by_name(clean_text(SEED.read_text("utf-8")).text)
    assert found["Sergey Lavrov"].count >= 3
    assert "NATO" in found
    places = {"Russia": "RU", "Ukraine": "UA", "Moscow": "RU", "Kyiv": "UA"}
    assert places == {name: found[name].country for name in places}
    assert found["Kyiv"].kb_id == "geonames:703448"


@pytest.mark.parametrize(
    "text",
    ["a" * 200_000, "A." * 5_000, "1," * 10_000, "\u0301" * 5_000, "Aa Bb's " * 1_000, ARTICLE * 25],
    ids=["letter", "dots", "digits", "marks", "names", "article"],
)
def test_work_grows_with_length_only(text: str) -> None:
    """Four times the text, made to be slow or not, is about four times the work."""
    once = calls(find_entities, text)
    assert calls(find_entities, text * 4) < 6 * once + 400
