"""What holds for anything on the raw topic: an outcome that its schema allows, the same again, and whole."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import pairwise
from typing import get_args

import orjson
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline import process
from pipeline.fanout import Fanout, entity_records
from pipeline.flow import Rules
from pipeline.records import (
    Cut,
    Dead,
    Enriched,
    Headers,
    Json,
    KafkaOrigin,
    Label,
    Outcome,
    Page,
    encode,
    stamp,
)
from pipeline.schemas import schema
from pipeline.spans import kept_slices, rebuild
from tests.strategies import headers_, hostile_bytes, hostile_html, hostile_objects

ORIGIN, AT = KafkaOrigin("articles.raw.v1", 3, 7), "2024-05-15T06:12:09.482Z"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
PROSE = "The council of Vienna met on Monday. Anna Gruber said that the budget was late, and nobody disagreed. "
RULES = st.builds(
    Rules,
    cuts=st.sampled_from(("full", "spans", "off")),
    entity_languages=st.sampled_from(((), ("en",), ("en", "de", "fr", "zh"))),
)


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


def outcome_of(value: bytes | None, headers: Headers = (), rules: Rules | None = None) -> Outcome:
    """The outcome of a record, after a look at all that must hold for it."""
    seen: dict[str, object] = {}
    outcome = process(value, headers, rules=rules, watch=seen.__setitem__)
    assert encode(outcome) == encode(process(value, headers, rules=rules))
    if isinstance(outcome, Dead):
        assert set(outcome.id) <= set("0123456789abcdef") and len(outcome.id) == 32
        assert outcome.step == "decode" and len(outcome.detail) < 300
        return outcome
    name = "enriched" if isinstance(outcome, Enriched) else "rejected"
    body = encode(stamp(outcome, ORIGIN, AT))
    validator(name).validate(orjson.loads(body))
    page, text = seen["page"], outcome.text
    assert isinstance(page, Page)
    assert not CONTROL.search(page.text)
    if isinstance(outcome, Enriched):
        is_whole(page, seen["clean"].cuts, text)  # type: ignore[attr-defined]
        speaks_of_its_text(outcome)
        fanned = entity_records(body)
        assert isinstance(fanned, Fanout)
        assert len(fanned.records) == len(outcome.entities or ())
        for key, record in fanned.records:
            read = orjson.loads(record)
            validator("entity").validate(read)
            assert read["entity"]["id"].encode() == key
    return outcome


def is_whole(page: Page, cuts: tuple[Cut, ...], text: str) -> None:
    """Every character is in one kept slice or one cut, and separators lie where the contract puts them."""
    slices = kept_slices(len(page.text), cuts)
    ranges = sorted([*slices, *((cut.start, cut.end) for cut in cuts)])
    assert [0, *(end for _, end in ranges)] == [*(start for start, _ in ranges), len(page.text)]
    assert text == "".join(page.text[start:end] for start, end in slices)
    assert page.text == rebuild(text, cuts)
    assert all(page.text[cut.start : cut.end] == cut.text for cut in cuts)
    assert all(first.end <= second.start for first, second in pairwise(cuts))
    separators = [(first.end, second.start) for first, second in pairwise(page.blocks)]
    for start, end in separators:
        before, after = _cut_at(cuts, start - 1), _cut_at(cuts, end)
        owners = {_cut_at(cuts, at) for at in range(start, end)}
        if before is None and after is None:
            assert owners == {None}, "between two kept lines nothing is cut"
        elif before is not None:
            assert owners <= {before, after}, "a separator after a cut belongs to a cut"
        else:
            kept_below = any(_cut_at(cuts, block.start) is None for block in page.blocks if block.start >= end)
            assert owners == ({None} if kept_below else {after}), "the separator before a cut stays if text follows"


def _cut_at(cuts: tuple[Cut, ...], at: int) -> int | None:
    return next((index for index, cut in enumerate(cuts) if cut.start <= at < cut.end), None)


def speaks_of_its_text(record: Enriched) -> None:
    """Mentions are slices of the text in order, entities are those of the mentions, `steps` tells null from none."""
    not_run = record.steps.entities in ("unsupported", "skipped")
    assert not_run == (record.mentions is None) == (record.entities is None)
    mentions, entities = record.mentions or (), record.entities or ()
    for mention in mentions:
        assert record.text[mention.start : mention.end] == mention.text
        assert mention.entity is not None and entities[mention.entity].label == mention.label
    assert all(first.end <= second.start for first, second in pairwise(mentions))
    assert [*dict.fromkeys(mention.entity for mention in mentions)] == [*range(len(entities))]
    assert [entity.count for entity in entities] == [
        sum(mention.entity == index for mention in mentions) for index in range(len(entities))
    ]
    for entity in entities:
        label, _, name = entity.id.partition(":")
        if entity.kb_id is not None:
            assert entity.id == entity.kb_id == f"geonames:{int(name)}"
            continue
        assert label == entity.label and label in get_args(Label) and name == name.casefold() != ""
    assert (record.steps.entities == "run") == bool(entities)
    assert (record.steps.dates == "run") == (record.published_at is not None)
    assert (record.steps.language == "run") == (record.language is not None)


@given(st.none() | hostile_bytes(), headers_())
def test_any_bytes_and_headers(value: bytes | None, headers: Headers) -> None:
    """Noise, text in any code, JSON and HTML broken on their way, under any headers."""
    outcome_of(value, headers)


@given(hostile_objects(), RULES)
@example({"text": PROSE * 3, "title": "x" * 5000, "extra": [1], "published_at": "9" * 100}, Rules())
@example({"html": "<p>" + PROSE * 3 + "<p>\x01&#1;&#127;&#x81;", "url": "http://a.b/\ud800"}, Rules())
def test_any_object(fields: dict[str, Json], rules: Rules) -> None:
    """Fields of any type with any value, NaN and lone surrogates too, under any rules."""
    outcome_of(json.dumps(fields).encode(), (), rules)


@given(hostile_html(), st.booleans())
def test_any_page(html: str, is_value: bool) -> None:
    """HTML of hostile pieces, alone and around an article; as a field and as the value itself."""
    for page in (html, f"<article><p>{PROSE * 2}</p>{html}<p>{PROSE}</p></article>", f"<p>{PROSE * 3}</p>{html}"):
        if is_value:
            outcome_of(page.encode("utf-8", "replace"), [("content-type", b"text/html")])
        else:
            outcome_of(json.dumps({"html": page}).encode())


LINES = (
    "Uncategorized", "Leave a Reply", "Share on Facebook", "Related", "By Nora Testmann", "12 May 2024", "Home",
    "Subscribe to our newsletter", "Copyright 2024", "We use cookies.", "* * *", "Photo: Tom Beispiel", "Tags: trams",
    "Read more: A tram", PROSE.strip(), PROSE.strip() * 3, "No.", "A tram line that nobody wanted",
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(LINES), st.sampled_from(("\n", "\n\n", " \n\t\n ", "\r\n"))), max_size=14))
def test_any_lines(lines: list[tuple[str, str]]) -> None:
    """Boilerplate and prose in any order and number, with any line ends, as text and as HTML."""
    text = "".join(line + end for line, end in lines)
    outcome_of(json.dumps({"text": " \n" + text}).encode())
    outcome_of(json.dumps({"html": "".join(f"<p>{line}</p>" for line, _ in lines)}).encode())


@given(st.lists(hostile_bytes(), max_size=4))
def test_a_batch_twice_has_the_same_outcomes(values: list[bytes]) -> None:
    """Whatever was processed before, in whatever order: nothing is remembered from one record to the next."""
    values = [*values, orjson.dumps({"text": PROSE * 4}), orjson.dumps({"html": f"<p>{PROSE * 4}</p><p>Leave a Reply"})]
    once = [encode(process(value)) for value in values]
    assert once == [encode(process(value)) for value in values]
    assert once == [encode(process(value)) for value in reversed(values)][::-1]
