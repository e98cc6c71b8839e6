"""Does a site differ from its own past? Share of what is cut, length, confidence, refusals, mentions per 1,000 words.

Each is followed by two moving averages over a site's articles, a fast and a slow one; the slow one is its past. A site
drifts when they are further apart than chance explains and by as much as matters. No clock: what counts is articles.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from pipeline.records import Json

Measure: TypeAlias = Literal["cut_share", "length", "confidence", "refused", "mentions"]
MEASURES: tuple[Measure, ...] = get_args(Measure)


@dataclass(frozen=True, slots=True)
class Change:
    """The least difference that matters, and the least noise (a standard deviation) that an article has.

    `relative`: both are parts of the past's value.
    """

    least: float
    noise: float
    relative: bool = False


@dataclass(frozen=True, slots=True)
class DriftRules:
    """`fast` and `slow`: articles over which the two averages fade.

    In the simulation of tests/views/test_drift.py steady sites raise no alarm (at 6 sigmas some do), and a site that
    changes is seen within 100 articles.
    """

    fast: float = 50.0
    slow: float = 2000.0
    least_seen: float = 500.0  # articles of a site before it has a past
    sigmas: float = 8.0
    outlier: float = 9.0  # no batch adds more to the variance than this many times what it is
    sites: int = 10_000  # followed at once, those seen last
    changes: Mapping[Measure, Change] = field(
        default_factory=lambda: {
            "cut_share": Change(0.15, 0.05),
            "length": Change(0.4, 0.1, relative=True),
            "confidence": Change(0.1, 0.02),
            "refused": Change(0.15, 0.1),
            "mentions": Change(0.4, 0.1, relative=True),
        }
    )


@dataclass(slots=True)
class Track:
    """One measure of one site: both averages, the variance of an article, and the articles seen."""

    fast: float = 0.0
    slow: float = 0.0
    variance: float = 0.0
    seen: float = 0.0


@dataclass(frozen=True, slots=True)
class Drifted:
    """A measure of a site that is not what it was; `articles` are those seen of it so far."""

    site: str
    measure: Measure
    past: float
    now: float
    articles: int


def observe(track: Track, mean: float, articles: int, rules: DriftRules) -> None:
    """Adds `articles` with this mean: n(x - m)^2 of a mean of n is an estimate of the variance of one."""
    track.seen += articles
    young = articles / track.seen  # at first both are plain averages
    scatter = articles * (mean - track.fast) ** 2 if track.seen > articles else 0.0
    if track.seen > rules.least_seen and track.variance > 0:
        scatter = min(scatter, rules.outlier * track.variance)
    slow = max(young, 1 - math.exp(-articles / rules.slow))
    track.fast += max(young, 1 - math.exp(-articles / rules.fast)) * (mean - track.fast)
    track.slow += slow * (mean - track.slow)
    track.variance += slow * (scatter - track.variance)


def drifts(track: Track, change: Change, rules: DriftRules) -> bool:
    """Are the averages further apart than chance and custom allow? The fast one's variance is one in 2 x `fast`."""
    if track.seen < rules.least_seen:
        return False
    unit = abs(track.slow) if change.relative else 1.0
    deviation = math.sqrt(max(track.variance, (change.noise * unit) ** 2) / (2 * rules.fast))
    return abs(track.fast - track.slow) > max(change.least * unit, rules.sigmas * deviation)


@dataclass(slots=True)
class Drift:
    """The fold of a group's ledger records, idempotent by where each lay; sites seen longest ago are forgotten."""

    group: str
    rules: DriftRules = field(default_factory=DriftRules)
    sites: OrderedDict[str, dict[Measure, Track]] = field(default_factory=OrderedDict)
    drifting: set[tuple[str, Measure]] = field(default_factory=set)
    _read: dict[int, int] = field(default_factory=dict)

    def fold(self, record: Json, partition: int, offset: int) -> None:
        """Adds the record at `offset` of a partition of the ledger topic. One that was read before, is another group's
        (records that are processed again are no news), or is damaged changes nothing: the ledger has the alarm."""
        if offset <= self._read.get(partition, -1):
            return
        self._read[partition] = offset
        try:
            if record["group"] != self.group:
                return
            means = list(_means(record))
        except (KeyError, TypeError, AttributeError, ValueError):
            return
        for site, measure, mean, articles in means:
            tracks = self.sites.setdefault(site, {})
            self.sites.move_to_end(site)
            track = tracks.setdefault(measure, Track())
            observe(track, mean, articles, self.rules)
            self.drifting.discard((site, measure))
            if drifts(track, self.rules.changes[measure], self.rules):
                self.drifting.add((site, measure))
        while len(self.sites) > self.rules.sites:
            forgotten, _ = self.sites.popitem(last=False)
            self.drifting -= {(forgotten, measure) for measure in MEASURES}

    def counts(self) -> dict[Measure, int]:
        """How many sites drift, by measure."""
        return {measure: sum(m == measure for _, m in self.drifting) for measure in MEASURES}

    def findings(self) -> list[Drifted]:
        """Every measure of every site that drifts now, in order."""
        tracks = [(site, measure, self.sites[site][measure]) for site, measure in sorted(self.drifting)]
        return [Drifted(site, measure, t.slow, t.fast, round(t.seen)) for site, measure, t in tracks]


def _means(record: Mapping[str, Json]) -> Iterator[tuple[str, Measure, float, int]]:
    """Site, measure, mean and articles. KeyError, TypeError, AttributeError or ValueError where it is no such record;
    one of before there were measures has refusals only."""
    measures = record.get("measures", {})
    for site, row in record["sites"].items():
        if not site:
            continue
        records, enriched, rejected, dead = map(int, row)
        if records > 0:
            yield site, "refused", (rejected + dead) / records, records
        if enriched > 0 and site in measures:
            page, text, confidence, tagged, words, mentions = map(int, measures[site])
            yield site, "length", text / enriched, enriched
            yield site, "confidence", confidence / 1000 / enriched, enriched
            if page > 0:
                yield site, "cut_share", 1 - text / page, enriched
            if tagged > 0 and words > 0:
                yield site, "mentions", 1000 * mentions / words, tagged
