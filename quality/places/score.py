"""Scores places on annotated.jsonl: `python -m quality.places.score`. Gold mentions in, grouped and placed by us.

Reads ARTICLES_DATA (default ../shared/data). A mention of a Location or Facility is right where its GeoNames id is the
annotated one, a NORP where its country is. Even articles of the file were tuned on, odd ones were not.
"""

from __future__ import annotations

import json
import sys
import timeit
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.enrich.entities.gazetteer import Gazetteer, load_gazetteer
from pipeline.enrich.entities.group import group
from pipeline.enrich.entities.places import place
from pipeline.records import Entity, Mention
from quality.corpora import Row, rows

ANNOTATED = Path(__file__).with_name("annotated.jsonl")
SETS = ("ner/worldwide-dev", "ner/worldwide-train")


@dataclass(frozen=True, slots=True)
class Judged:
    """One mention: what was annotated and what came out."""

    article: int
    region: str
    label: str
    text: str
    wanted: int | None
    wanted_country: str | None
    entity: Entity

    @property
    def got(self) -> int | None:
        """The GeoNames id, if any."""
        return int(self.entity.kb_id.removeprefix("geonames:")) if self.entity.kb_id else None


def judge() -> list[Judged]:
    """Every annotated mention."""
    articles = {row["id"]: row for name in SETS for row in rows(name)}
    lines = [json.loads(line) for line in ANNOTATED.read_text(encoding="utf-8").splitlines()]
    return [judged for index, line in enumerate(lines) for judged in _article(index, articles[line["id"]], line)]


def _article(index: int, row: Row, line: Row) -> Iterable[Judged]:
    text = row["text"]
    gold = [Mention(start, end, label, text[start:end], 1.0) for start, end, label in sorted(row["ents"])]
    mentions, entities = group(gold, len(text))
    entities = place(entities, mentions, text)
    by_span = {(mention.start, mention.end): mention for mention in mentions}
    for start, end, wanted, country in line["mentions"]:
        mention = by_span[start, end]
        assert mention.entity is not None
        entity = entities[mention.entity]
        yield Judged(index, row["region"], mention.label, mention.text, wanted, country, entity)


def rates(judged: Iterable[Judged]) -> tuple[float, float, int, int]:
    """Precision and recall of GeoNames ids of Locations and Facilities; mentions placed, mentions with an id."""
    places = [one for one in judged if one.label != "NORP"]
    right = sum(one.wanted is not None and one.got == one.wanted for one in places)
    placed, wanted = sum(one.got is not None for one in places), sum(one.wanted is not None for one in places)
    return right / max(1, placed), right / max(1, wanted), placed, wanted


def countries(judged: Iterable[Judged]) -> tuple[float, float, int, int]:
    """The same for countries, of whatever mentions are given."""
    mentions = list(judged)
    right = sum(one.wanted_country is not None and one.entity.country == one.wanted_country for one in mentions)
    placed = sum(one.entity.country is not None for one in mentions)
    wanted = sum(one.wanted_country is not None for one in mentions)
    return right / max(1, placed), right / max(1, wanted), placed, wanted


def table(judged: list[Judged]) -> str:
    """All figures as a Markdown table."""
    halves = [
        ("tuned on", [j for j in judged if j.article % 2 == 0]),
        ("held out", [j for j in judged if j.article % 2]),
    ]
    regions = [(name, [j for j in judged if j.region == name]) for name in sorted({j.region for j in judged})]
    lines = ["| mentions | precision | recall | given | annotated |", "|---|---|---|---|---|"]
    for name, part in [("all", judged), *halves, *regions]:
        lines.append(_line(f"GeoNames id, {name}", rates(part)))
    for name, part in [("all", judged), *halves]:
        lines.append(_line(f"country of NORP, {name}", countries(j for j in part if j.label == "NORP")))
        lines.append(_line(f"country of the others, {name}", countries(j for j in part if j.label != "NORP")))
    return "\n".join(lines)


def _line(name: str, figures: tuple[float, float, int, int]) -> str:
    precision, recall, given, wanted = figures
    return f"| {name} | {100 * precision:.1f} | {100 * recall:.1f} | {given} | {wanted} |"


def _wrong(judged: Iterable[Judged]) -> Iterable[str]:
    for one in judged:
        country = one.entity.country != one.wanted_country
        if (one.label != "NORP" and one.got != one.wanted) or country:
            got = f"{one.got} {one.entity.country} {one.entity.place_confidence}"
            yield f"{one.article} {one.label} {one.text!r}: {one.wanted} {one.wanted_country}, got {got}"


def main() -> None:
    """The table; with `--tuned` also what is wrong in the half that was tuned on."""
    judged = judge()
    print(f"places {load_gazetteer().checksum}\n{table(judged)}")
    if "--tuned" in sys.argv[1:]:
        print("\n".join(_wrong(one for one in judged if one.article % 2 == 0)))
    print(f"load {_load_ms():.1f} ms")


def _load_ms() -> float:
    """The best of five."""
    return 1000 * min(timeit.repeat(Gazetteer, repeat=5, number=1))


if __name__ == "__main__":
    main()
