"""Entities -> entities on the map: GeoNames id, country, position, or none of them where the article does not tell.

Each place that bears a name is as likely as its population and its fame (the number of its names in all languages)
are large, times what the article speaks for: the countries and places that it names elsewhere, a country or state right
behind the name (`Paris, Texas`). That it is none of them competes, the more where words around the name say so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.enrich.entities.clues import TOWNS, Article, Clues, by_weight, location, people
from pipeline.enrich.entities.gazetteer import Gazetteer, Kind, Place, key, load_gazetteer
from pipeline.enrich.entities.names import read
from pipeline.enrich.entities.overrides import NONE, Overrides
from pipeline.records import Entity, Mention

SURE = 0.9  # a place less likely than this is not given
SURE_COUNTRY = 0.98  # nor a country alone
CONTEXTS = 20  # mentions of an entity whose surroundings are read
_DATELINE = 60  # the first place, if it begins before this code point, is where the article was written

# Natural logarithms of odds, chosen as those in clues.py.
_NAMED = 2.0  # the article names the country
_SHARE = 4.0  # ... and no other
_NOWHERE = Place(None, 0.0, 0.0, None, None, Kind.NOWHERE)


def place(
    entities: Sequence[Entity], mentions: Sequence[Mention], text: str, gazetteer: Gazetteer | None = None
) -> list[Entity]:
    """The same entities in the same order; those of Location and NORP with where they are, if that is sure.

    A Location gets `kb_id`, `id`, country and position, or its country alone; a NORP (Ukrainian) its country alone;
    others nothing, nor those that have an id or a country already. `place_confidence` is the probability of what is
    given. Linear in the lengths of `mentions` and `text`.
    """
    surnames = frozenset(key(e.name.split()[-1]) for e in entities if e.label == "Person" and e.name.split())
    small = frozenset(text.split())
    article = Article(text, gazetteer or load_gazetteer(), small, surnames)
    standing: list[list[Mention]] = [[] for _ in entities]
    for mention in mentions:
        if mention.entity is not None and len(standing[mention.entity]) < CONTEXTS:
            standing[mention.entity].append(mention)
    clues = {
        index: (location if entity.label == "Location" else people)(entity.name, standing[index], article)
        for index, entity in enumerate(entities)
        if entity.label in ("Location", "NORP") and entity.kb_id is None and entity.country is None
    }
    first = next((i for i in clues if entities[i].label == "Location"), None)
    dateline = first if first is not None and standing[first] and standing[first][0].start < _DATELINE else None
    evidence: dict[str, float] = {}
    own: dict[int, dict[str, float]] = {}
    for index, clue in clues.items():
        best, sure = _best(_odds(clue, {}))
        if sure < SURE:
            continue
        part = 0.5 if best.kind in TOWNS else 1.0
        weight = part * (min(entities[index].count, 10) + 2 * (index == dateline))
        own[index] = dict.fromkeys(_areas(best), weight)
        for area in own[index]:
            evidence[area] = evidence.get(area, 0.0) + weight
    return [
        _placed(entity, clues[index], _others(evidence, own.get(index, {}))) if index in clues else entity
        for index, entity in enumerate(entities)
    ]


def merge(
    mentions: Sequence[Mention], entities: Sequence[Entity], overrides: Overrides = NONE
) -> tuple[list[Mention], list[Entity]]:
    """Entities of one id as one, at the first one's index: Mysore is Mysuru, which their names do not tell.

    Counts are added, and to the salience what the added mentions are of all, as `group` counts them. What a rule keeps
    apart stays so: the later one is then not where the first one is, and has the id of its name.
    """
    index: dict[str, int] = {}
    out: list[Entity] = []
    to: list[int] = []
    sides = _sides(mentions, entities, overrides) if overrides.splits else {}
    held: list[dict[int, int]] = []  # sides of what is out
    for number, found in enumerate(entities):
        own = sides.get(number, {})
        is_apart = found.id in index and _are_apart(own, held[index[found.id]])
        entity = _nowhere(found) if is_apart else found
        at = index.setdefault(entity.id, len(out))
        to.append(at)
        if at == len(out):
            out.append(entity)
            held.append(dict(own))
            continue
        held[at].update(own)
        first = out[at]
        salience = min(1.0, round(first.salience + 0.5 * entity.count / max(1, len(mentions)), 4))
        confidence = max(first.confidence, entity.confidence)
        out[at] = replace(first, count=first.count + entity.count, salience=salience, confidence=confidence)
    if len(out) == len(entities):
        return list(mentions), out
    return [m if m.entity is None else replace(m, entity=to[m.entity]) for m in mentions], out


def _sides(mentions: Sequence[Mention], entities: Sequence[Entity], overrides: Overrides) -> dict[int, dict[int, int]]:
    """By entity, the sides of the splits that its names are on."""
    sides: dict[int, dict[int, int]] = {}
    for mention in mentions:
        if mention.entity is not None:
            label = entities[mention.entity].label
            found = overrides.splits.get((label, read(mention.text, label).key), {})
            sides.setdefault(mention.entity, {}).update(found)
    return sides


def _are_apart(sides: Mapping[int, int], others: Mapping[int, int]) -> bool:
    return any(others.get(split, side) != side for split, side in sides.items())


def _nowhere(entity: Entity) -> Entity:
    own = f"{entity.label}:{entity.name.casefold()}"
    return replace(entity, id=own, kb_id=None, country=None, lat=None, lon=None, place_confidence=None)


def _placed(entity: Entity, clue: Clues, evidence: Mapping[str, float]) -> Entity:
    odds = _odds(clue, evidence)
    best, sure = _best(odds)
    if best.geonames and sure >= SURE and not clue.country_only:
        where = f"geonames:{best.geonames}"
        return replace(
            entity,
            id=where,
            kb_id=where,
            country=best.country,
            lat=round(best.lat, 5),
            lon=round(best.lon, 5),
            place_confidence=round(sure, 4),
        )
    countries: dict[str, float] = {}
    for found, chance in odds:  # that a town's namesakes are all in one country says little if the article does not
        if found.country and (found.kind not in TOWNS or evidence.get(found.country, 0.0) > 0):
            countries[found.country] = countries.get(found.country, 0.0) + chance
    country, sure = max(countries.items(), key=lambda item: item[1], default=("", 0.0))
    if sure < SURE_COUNTRY:
        return entity
    return replace(entity, country=country, place_confidence=round(min(1.0, sure), 4))


def _odds(clue: Clues, evidence: Mapping[str, float]) -> list[tuple[Place, float]]:
    """The probability of each place; what they lack to one is that it is none of them."""
    total = sum(weight for area, weight in evidence.items() if "-" not in area)
    weights = []
    for found, weight in clue.weights:
        country = evidence.get(found.country or "", 0.0)
        bonus = _NAMED + _SHARE * country / total if country > 0 else 0.0
        if found.state and evidence.get(f"US-{found.state}", 0.0) > 0:
            bonus += _NAMED
        weights.append(weight + bonus)
    top = max([clue.none, *weights])
    parts = [math.exp(weight - top) for weight in weights]
    whole = sum(parts) + math.exp(clue.none - top)
    return [(found, part / whole) for (found, _), part in zip(clue.weights, parts, strict=True)]


def _best(odds: Sequence[tuple[Place, float]]) -> tuple[Place, float]:
    return max(odds, key=by_weight, default=(_NOWHERE, 0.0))


def _areas(found: Place) -> list[str]:
    """The country, and the state of the United States, that a place speaks for."""
    return [area for area in (found.country, f"US-{found.state}" if found.state else None) if area]


def _others(evidence: Mapping[str, float], own: Mapping[str, float]) -> Mapping[str, float]:
    """The evidence without an entity's own part: nothing speaks for itself."""
    return {area: weight - own.get(area, 0.0) for area, weight in evidence.items()} if own else evidence
