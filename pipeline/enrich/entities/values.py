"""Mentions of dates and sums -> values; an entity has the value on which all its mentions agree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.enrich.entities.money import money
from pipeline.enrich.entities.when import when
from pipeline.records import Entity, Mention, PublishedAt

SENTENCE_CHARS = 240  # looked at on each side of a mention
_END = re.compile(r"[.!?\n](?:(?<=\n)|[\"'”’)]* +(?=[A-Z\"“‘'(]))")
_TITLE = re.compile(
    r"\b(?:[A-Z]|Mrs?|Ms|Dr|St|Lt|No|Gen|Sen|Rep|Gov|Col|Rev|Hon|Prof|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)$"
)


def with_values(
    text: str, mentions: Sequence[Mention], entities: Sequence[Entity], published_at: PublishedAt | None
) -> list[Entity]:
    """The entities, those of dates and sums with the value of their mentions: none where two mentions differ.

    Mentions point to their entity. A mention that cannot be read says nothing for or against.
    """
    countries = frozenset(entity.country for entity in entities if entity.country)
    found: dict[int, set[str]] = {}
    for mention in mentions:
        if mention.label in ("Date", "Money") and mention.entity is not None:
            before, after = sentence_around(text, mention.start, mention.end)
            value = value_of(mention.label, mention.text, before, after, published_at, countries)
            if value is not None:
                found.setdefault(mention.entity, set()).add(value)
    values = {index: next(iter(said)) for index, said in found.items() if len(said) == 1}
    return [
        replace(entity, value=values[index]) if index in values else entity for index, entity in enumerate(entities)
    ]


def value_of(
    label: str,
    name: str,
    before: str,
    after: str,
    published_at: PublishedAt | None,
    countries: frozenset[str] = frozenset(),
) -> str | None:
    """The value of one mention of a Date or Money; `before` and `after` are its sentence around it.

    `countries` are those of the article's places (ISO 3166), which say whose pounds and pesos are meant.
    """
    if label == "Date":
        return when(name, published_at, before, after)
    return money(name, countries, before, after) if label == "Money" else None


def sentence_around(text: str, start: int, end: int) -> tuple[str, str]:
    """The parts of the sentence before and behind a span, at most SENTENCE_CHARS each."""
    before, after = text[max(0, start - SENTENCE_CHARS) : start], text[end : end + SENTENCE_CHARS]
    ends = [end for _, end in _stops(before)]
    stop = next(_stops(after), (len(after), 0))[0]
    return before[ends[-1] if ends else 0 :], after[:stop]


def _stops(text: str) -> Iterator[tuple[int, int]]:
    """The start and end of each full stop or new line that ends a sentence, not a title or an initial."""
    for match in _END.finditer(text):
        if match[0][0] != "." or not _TITLE.search(text, max(0, match.start() - 6), match.start()):
            yield match.span()
