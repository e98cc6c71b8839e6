"""The Python API: the names of the contract, what each takes and returns, and that it is the flow's own result."""

from __future__ import annotations

import inspect
import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline import Cleaned, Dead, Enriched, Entity, Mention, Rejected
from pipeline.enrich.repair import repair
from pipeline.records import PublishedAt
from tests.strategies import broken_texts

PROSE = "The council of Vienna met on Monday. Anna Gruber said that the budget was late, and nobody disagreed. "
PAGE = f"<html><body><nav>Home</nav><article><p>{PROSE * 3}</p><p>Größe</p></article><p>Leave a Reply</p></body></html>"


def test_the_signatures_are_those_of_the_contract() -> None:
    """Names, order and kind of the parameters; what the contract does not name is by keyword and has a default."""
    promised = {
        "clean_html": ["html", "*url=None"],
        "clean_text": ["text"],
        "load_tagger": [],
        "find_entities": ["text", "*published_at=None", "*overrides=None", "*tagger=None"],
        "process": ["value", "headers=()", "*rules=None", "*watch=_unwatched"],
    }
    for name, parameters in promised.items():
        shown = []
        for one in inspect.signature(getattr(pipeline, name)).parameters.values():
            default = "" if one.default is one.empty else f"={getattr(one.default, '__name__', one.default)}"
            shown.append(("*" if one.kind is one.KEYWORD_ONLY else "") + one.name + default)
        assert parameters == shown


def test_every_public_name_is_there() -> None:
    """All that is listed can be imported, once and again, and nothing else can."""
    for name in pipeline.__all__:
        assert getattr(pipeline, name) is getattr(pipeline, name)
    with pytest.raises(AttributeError, match="nothing_of_ours"):
        _ = pipeline.nothing_of_ours


def test_each_returns_what_it_promises() -> None:
    """Values of the flow's own types."""
    assert isinstance(pipeline.clean_html(PAGE, url="https://news.example/a"), Cleaned)
    assert isinstance(pipeline.clean_text(PROSE), Cleaned)
    assert [type(mention) for mention in pipeline.load_tagger().tag("Anna Gruber met him.")] == [Mention]
    when = PublishedAt("2024-05-14", "day", "record", "14 May 2024")
    mentions, entities = pipeline.find_entities(PROSE, published_at=when)
    assert {type(mention) for mention in mentions} == {Mention}
    assert {type(entity) for entity in entities} == {Entity}
    assert isinstance(pipeline.process(orjson.dumps({"text": PROSE * 3})), Enriched)
    assert isinstance(pipeline.process(b'{"text": "Leave a Reply"}'), Rejected)
    assert isinstance(pipeline.process(b"{"), Dead)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-8-sig"])
def test_bytes_of_a_page_are_decoded(codec: str) -> None:
    """A page as it was fetched gives what its source text gives."""
    assert pipeline.clean_html(PAGE.encode(codec)) == pipeline.clean_html(PAGE)


LINES = broken_texts() | st.sampled_from((PROSE, "Leave a Reply", "Ã©tÃ©", "\r\n", "\0"))


@given(st.lists(LINES, max_size=8).map("\n".join))
def test_alone_and_in_the_flow_is_the_same(text: str) -> None:
    """The functions clean and tag what was decoded and repaired as `process` does."""
    outcome = pipeline.process(json.dumps({"text": text}).encode())
    if isinstance(outcome, Dead):
        return
    cleaned = pipeline.clean_text(repair(text)[0])
    assert outcome.text == cleaned.text
    if isinstance(outcome, Enriched):
        assert outcome.cuts == cleaned.cuts
        if outcome.entities is not None:
            assert outcome.entities == tuple(pipeline.find_entities(cleaned.text)[1])
    html = f"<p>{outcome.text}<p>{PROSE}"
    page = pipeline.process(orjson.dumps({"html": html}))
    assert not isinstance(page, Dead)
    assert page.text == pipeline.clean_html(repair(html)[0]).text
