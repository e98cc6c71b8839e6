"""What the name of a place and the words around it tell: which places bear it, what speaks for them and against."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.enrich.entities.gazetteer import MAX_NAME, Found, Gazetteer, Kind, Place, Use, key
from pipeline.records import Mention

_BACK, _AHEAD = 150, 40  # code points of them

# Natural logarithms of odds, beside those of population and fame; chosen on half of quality/places/annotated.jsonl.
_NONE = 11.5  # what no place weighs: a town of 20,000 with five names that nothing speaks for
_KINDS = {Kind.CAPITAL: 1.0, Kind.COUNTRY: 9.0, Kind.STATE: 8.0, Kind.REGION: 19.0, Kind.NOWHERE: 22.0}
TOWNS = (Kind.CITY, Kind.CAPITAL)
_USES = {Use.ALTERNATE: -4.0, Use.SHARED: -10.0}
_WITHIN = 12.0  # the country or state stands behind the name
_WORD = 3.0  # the article writes the name small, too
_SURNAME = 3.0  # a person of the article bears it
_ELSEWHERE = 6.0  # it is said to lie in what the gazetteer does not know

_UNITS = (
    r"(?:sub-?county|county|province|state|district|region|prefecture|oblast|governorate|department|territory|canton|"
    r"parish|constituency|division|regency|voivodeship|upazila|tehsil|wilaya|municipality|peninsula)"
)
_THING = (
    r"(?:University|College|School|Institute|Street|Avenue|Road|Square|Airport|Hospital|Museum|Stadium|Bridge|River|"
    r"Lake|Bay|Island|Islands|Sea|Strait|Valley|Mountains?|Desert|Park|Times|Post|Declaration|Agreement|Accords?|Treaty|"
    r"Convention|Protocol|Summit)\b"
)
_UNIT_BEHIND = re.compile(rf"[ -]{_UNITS}\b", re.IGNORECASE)
_UNIT_BEFORE = re.compile(rf"\b{_UNITS} of $", re.IGNORECASE)
_THING_BEHIND = re.compile(rf" (?:[A-Z][a-z]+ )?{_THING}")
_THING_BEFORE = re.compile(
    r"\b(?:(?:University|Bank|Bay|Gulf|Strait|Battle|Treaty|Duke|Earl) of|Lake|Mount|Mt\.?|River) $"
)
_UNIT_LIST = re.compile(
    r"\b(?:counties|provinces|districts|regions|prefectures|oblasts|governorates|departments|states)\b"
    r"(?: (?:in|of) [\w ]{1,30}?)??(?: of|,? (?:include|including|such as|like|namely)|:)[^.;!?\n]*$"
)
_UNIT_NAME = re.compile(rf"(?:{_UNITS} of )?(?P<inner>.+?)(?: {_UNITS})?", re.IGNORECASE)
_WITHIN_BEHIND = re.compile(r"(?:, ?| ?\()((?:[A-Z][\w.]*)(?: (?:of )?[A-Z][\w.]*){0,2})")
_SPLIT = re.compile(r", | ?\(")
_SIDE = re.compile(
    r"(?:the )?(?:(?:(?:(?:north|south)[ -]?(?:east|west)?|east|west)(?:ern)?"
    r"|central|upper|lower|mainland|greater|rural)(?:[ -]|$))+(?:of )?",
    re.IGNORECASE,
)
_OF = re.compile(r"['’]s? | of ")
_CONTINENT_BEHIND = re.compile(r" continents?\b")


@dataclass(frozen=True, slots=True)
class Clues:
    """What one entity's name and surroundings tell: its places with log odds, and whether no more than a country."""

    weights: Sequence[tuple[Place, float]]
    none: float = _NONE
    country_only: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """What clues are read from."""

    text: str
    atlas: Gazetteer
    small: frozenset[str]  # its words as written: a name's key among them is a word in small letters
    surnames: frozenset[str]


def people(name: str, standing: Sequence[Mention], article: Article) -> Clues:
    """What a NORP tells: a demonym, in the singular or plural, or the name of a country."""
    behind = [article.text[m.end : m.end + _AHEAD] for m in standing]
    if behind and all(_CONTINENT_BEHIND.match(after) for after in behind):
        return Clues([])
    for form in (name, name.removesuffix("s")):
        founds = article.atlas.find(form)
        weights = [(found, _size(found)) for found, use in founds if use == Use.DEMONYM]
        weights = weights or [(found, _size(found)) for found, use in founds if found.kind == Kind.COUNTRY and not use]
        if weights:
            return Clues(weights, country_only=True)
    return Clues([])


def location(name: str, standing: Sequence[Mention], article: Article) -> Clues:
    """What a Location tells by its name and by what stands around its mentions."""
    if len(name) > MAX_NAME:
        return Clues([])
    around = [(article.text[max(0, m.start - _BACK) : m.start], article.text[m.end : m.end + _AHEAD]) for m in standing]
    around = [(before, after) for before, after in around if not after.startswith("$")]  # US$: a currency
    if all(_THING_BEHIND.match(after) or _THING_BEFORE.search(before[-_AHEAD:]) for before, after in around):
        return Clues([])
    founds, country_only, inside = _read_name(name, article.atlas)
    weights = [(found.place, _weight(found, ())) for found in founds]
    if (
        weights
        and max(weights, key=by_weight)[0].kind == Kind.COUNTRY
        and all(f.kind != Kind.STATE for f, _ in weights)
    ):
        return Clues(weights, country_only=country_only)
    units = sum(map(_is_unit, around))
    if 2 * units > len(around):
        states = [found for found in founds if found.place.kind == Kind.STATE]
        founds, country_only = states or founds, country_only or not states
    within = _containers(inside, article.atlas)
    for _, after in around:
        if behind := _WITHIN_BEHIND.match(after):
            within += [area for area in _containers(behind[1], article.atlas) if area.kind not in TOWNS]
    plain = key(name)
    none = _NONE + _WORD * (plain in article.small) + _SURNAME * (plain in article.surnames)
    none += _ELSEWHERE * (inside[:1].isupper() and not within)
    return Clues([(found.place, _weight(found, within)) for found in founds], none, country_only)


def _is_unit(around: tuple[str, str]) -> bool:
    """That text before and behind a name speaks of a county, not of the town."""
    before, after = around
    return bool(_UNIT_BEHIND.match(after) or _UNIT_BEFORE.search(before[-_AHEAD:]) or _UNIT_LIST.search(before))


def _weight(found: Found, within: Sequence[Place]) -> float:
    there = any(
        found.place.country == area.country and (area.state is None or found.place.state == area.state)
        for area in within
        if found.place.kind != Kind.COUNTRY
    )
    return _size(found.place) + _USES.get(found.use, 0.0) + _WITHIN * there


def _size(found: Place) -> float:
    """Population and fame as natural logarithms, and what its kind adds."""
    return found.size / 8 * math.log(2) + math.log1p(found.fame) + _KINDS.get(found.kind, 0.0)


def _read_name(name: str, atlas: Gazetteer) -> tuple[list[Found], bool, str]:
    """The places that a name may mean, whether they only tell its country, and what it says that they lie in."""
    if founds := _find(name, atlas):
        return founds, founds[0].use == Use.DEMONYM, ""
    head, *rest = _SPLIT.split(name, maxsplit=1)
    if rest and (founds := _find(head, atlas)):
        return founds, founds[0].use == Use.DEMONYM, rest[0].rstrip(")")
    if name.lower().startswith("city of ") and (founds := _find(name[8:], atlas)):
        return founds, False, ""
    for part in _parts(name):
        if founds := _find(part, atlas):
            return founds, True, ""
    words = name.split()
    founds = atlas.find(words[0]) if len(words) > 1 else []
    return [found for found in founds if found.use == Use.DEMONYM], True, ""


def _parts(name: str) -> Iterator[str]:
    """A name without direction and administrative unit, then each side of `of` and a possessive so."""
    for part in dict.fromkeys([name, *_OF.split(name)]):
        inner = _UNIT_NAME.fullmatch(_SIDE.sub("", part, count=1))
        if inner and inner["inner"] != name:
            yield inner["inner"]


def _find(name: str, atlas: Gazetteer) -> list[Found]:
    """Places of a name; if it is a people's, then the countries of that."""
    founds = [found for found in atlas.find(name) if found.use != Use.ABBREVIATION]
    return [found for found in founds if found.use == Use.DEMONYM] or founds


def _containers(text: str, atlas: Gazetteer) -> list[Place]:
    """What the longest first words of `text` name: countries, states and regions, else towns, for their country."""
    words = _SIDE.sub("", text, count=1).split()[:3]
    for last in range(len(words), 0, -1):
        founds = [found.place for found in atlas.find(" ".join(words[:last]).rstrip(","))]
        if areas := [place for place in founds if place.kind in (Kind.COUNTRY, Kind.STATE, Kind.REGION)]:
            return areas
        if towns := [place for place in founds if place.kind in (Kind.CITY, Kind.CAPITAL)]:
            return [place._replace(state=None) for place in towns]
    return []


def by_weight(weighed: tuple[Place, float]) -> float:
    return weighed[1]
