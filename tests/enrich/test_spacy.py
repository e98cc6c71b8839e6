"""spaCy both ways: one of its pipelines as our tagger, our tagger as its component."""

from __future__ import annotations

import pytest

from pipeline.enrich.entities import find_entities, load_tagger
from pipeline.enrich.entities.spacy import MAX_CHARS, SpacyError, SpacyTagger
from tests.enrich.test_tagger import ARTICLE

spacy = pytest.importorskip("spacy", reason="needs the extra spacy")


@pytest.fixture(scope="module")
def pipeline_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A pipeline of rules, saved as an installed one is: no download."""
    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": "GPE", "pattern": "Lagos"},
            {"label": "PERSON", "pattern": "Adaora Testwell"},
            {"label": "CARDINAL", "pattern": "5"},
        ]
    )
    folder = tmp_path_factory.mktemp("spacy") / "rules"
    nlp.to_disk(folder)
    return str(folder)


def test_a_pipeline_of_spacy_tags(pipeline_folder: str) -> None:
    """Its labels become ours, counts are left out, offsets are those of the text."""
    mentions, entities = find_entities(ARTICLE, tagger=SpacyTagger(pipeline_folder))
    assert [(mention.label, ARTICLE[mention.start : mention.end]) for mention in mentions] == [
        ("Location", "Lagos"),
        ("Person", "Adaora Testwell"),
        ("Location", "Lagos"),
    ]
    assert entities[0].country == "NG"


def test_a_long_text_is_read_in_parts(pipeline_folder: str) -> None:
    """Offsets go on over the parts."""
    line = "word " * 2000 + "Lagos\n"
    text = line * (2 * MAX_CHARS // len(line) + 1)
    mentions = SpacyTagger(pipeline_folder).tag(text)
    assert len(mentions) == text.count("Lagos")
    assert {text[mention.start : mention.end] for mention in mentions} == {"Lagos"}


def test_a_missing_pipeline_is_named() -> None:
    """The error says what to install."""
    with pytest.raises(SpacyError, match="python -m spacy download none_such"):
        SpacyTagger("none_such")


def test_our_tagger_is_a_component() -> None:
    """Found by its entry point, it sets the entities of a Doc to our mentions."""
    nlp = spacy.blank("en")
    nlp.add_pipe("articles_tagger")
    doc = nlp(ARTICLE)
    ours = {(mention.label, mention.text) for mention in load_tagger().tag(ARTICLE)}
    found = {(ent.label_, ent.text) for ent in doc.ents}
    assert len(found & ours) >= len(ours) - 2  # its tokens are others: "Fabelman's" holds our "Fabelman"
