"""A site that changes is seen within a hundred articles, a steady one never; what is kept has a bound."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from pipeline.records import Json
from pipeline.views.drift import MEASURES, Drift, DriftRules

GROUP = "articles-enrich"
BATCH = 5


def article(chance: random.Random, **changed: float) -> dict[str, float]:
    """One article of a steady site: lengths spread as those of news do, one record in ten refused."""
    typical = {"chars": 3000.0, "cut": 0.2, "confidence": 0.9, "refused": 0.1, "mentions": 60.0} | changed
    text = typical["chars"] * chance.lognormvariate(0, 0.6)
    share = min(0.95, max(0.0, chance.gauss(typical["cut"], 0.08)))
    words = text / 6
    return {
        "refused": float(chance.random() < typical["refused"]),
        "text": text,
        "page": text / (1 - share),
        "confidence": min(1.0, chance.gauss(typical["confidence"], 0.04)),
        "words": words,
        "mentions": words / 1000 * typical["mentions"] * chance.lognormvariate(0, 0.5),
    }


def entry(articles: list[dict[str, float]], site: str = "paper.example", group: str = GROUP) -> Json:
    """The ledger record of a batch of one site, as far as drift reads it."""
    good = [a for a in articles if not a["refused"]]
    sums = {name: round(sum(a[name] for a in good)) for name in ("page", "text", "words", "mentions")}
    confidence = round(1000 * sum(a["confidence"] for a in good))
    told = [sums["page"], sums["text"], confidence, len(good), sums["words"], sums["mentions"]]
    return {
        "group": group,
        "sites": {site: [len(articles), len(good), len(articles) - len(good), 0]},
        "measures": {site: told} if good else {},
    }


def batches(chance: random.Random, count: int, site: str = "paper.example", **changed: float) -> Iterator[Json]:
    """Ledger records of `count` articles of a site."""
    for _ in range(count // BATCH):
        yield entry([article(chance, **changed) for _ in range(BATCH)], site)


def folded(records: Iterator[Json], into: Drift | None = None, start: int = 0) -> Drift:
    """A view that has read these from one partition, from an offset."""
    drift = Drift(GROUP) if into is None else into
    for offset, record in enumerate(records, start):
        drift.fold(record, 0, offset)
    return drift


def test_steady_sites_raise_no_alarm() -> None:
    """80 sites of 3,000 articles each, every measure looked at after every batch."""
    chance = random.Random(7)
    alarms = []
    for site in range(80):
        drift = Drift(GROUP)
        for offset, record in enumerate(batches(chance, 3000)):
            drift.fold(record, 0, offset)
            alarms += [(site, offset, measure) for _, measure in drift.drifting]
    assert alarms == []


@pytest.mark.parametrize(
    ("measure", "changed"),
    [
        ("cut_share", {"cut": 0.6}),
        ("length", {"chars": 400.0}),
        ("confidence", {"confidence": 0.6}),
        ("refused", {"refused": 0.9}),
        ("mentions", {"mentions": 10.0}),
    ],
)
def test_a_change_is_seen_within_a_hundred_articles(measure: str, changed: dict[str, float]) -> None:
    """Of one measure alone, whatever the articles are drawn as; not before it happens."""
    for seed in range(20):
        chance = random.Random(seed)
        drift = folded(batches(chance, 2000))
        assert drift.drifting == set()
        folded(batches(chance, 100, **changed), drift, start=10_000)
        assert {measure} == {found for _, found in drift.drifting}, seed


def test_what_stays_changed_becomes_the_past() -> None:
    """The alarm ends by itself, after some thousands of articles."""
    chance = random.Random(3)
    drift = folded(batches(chance, 2000))
    folded(batches(chance, 100, cut=0.6), drift, start=10_000)
    assert drift.counts()["cut_share"] == 1
    folded(batches(chance, 8000, cut=0.6), drift, start=20_000)
    assert drift.counts() == dict.fromkeys(MEASURES, 0)


def test_a_site_without_a_past_raises_no_alarm() -> None:
    """Four hundred articles, then another layout: too few to say what is usual."""
    chance = random.Random(4)
    drift = folded(batches(chance, 400))
    folded(batches(chance, 90, cut=0.6), drift, start=10_000)
    assert drift.findings() == []


def test_findings_say_what_was_and_what_is() -> None:
    """The values of both averages, for people."""
    chance = random.Random(5)
    drift = folded(batches(chance, 2000))
    folded(batches(chance, 200, cut=0.6), drift, start=10_000)
    (found,) = drift.findings()
    assert (found.site, found.measure, found.articles) == ("paper.example", "cut_share", pytest.approx(1980, rel=0.03))
    assert (found.past, found.now) == (pytest.approx(0.25, abs=0.06), pytest.approx(0.6, abs=0.05))


def test_reading_again_changes_nothing() -> None:
    """After a restart the same records may come again."""
    records = list(batches(random.Random(6), 1000))
    drift = folded(iter(records))
    before = repr(drift)
    assert before == repr(folded(iter(records), drift))


def test_other_groups_and_damaged_records_change_nothing() -> None:
    """What is processed again in a group of its own is no news of a site."""
    (good,) = batches(random.Random(1), BATCH)
    damaged = [None, [], 7, {}, good | {"sites": None}, good | {"measures": {"paper.example": [1]}}]
    others = [good | {"group": "articles-2-enrich"}, good | {"sites": {"": [5, 5, 0, 0]}, "measures": {}}]
    assert folded(iter([*damaged, *others])).sites == {}
    assert list(folded(iter([*damaged, good])).sites) == ["paper.example"]


def test_ledger_records_of_before_there_were_measures_count() -> None:
    """They say how many were refused, and nothing else."""
    (record,) = batches(random.Random(1), BATCH)
    del record["measures"]
    assert [list(tracks) for tracks in folded(iter([record])).sites.values()] == [["refused"]]


def test_sites_have_an_end() -> None:
    """Those seen longest ago are forgotten, with what they were found to be."""
    chance = random.Random(2)
    drift = Drift(GROUP, DriftRules(sites=2))
    folded(batches(chance, 1000, "a.example"), drift)
    folded(batches(chance, 200, "a.example", cut=0.6), drift, start=10_000)
    assert drift.counts()["cut_share"] == 1
    for offset, site in enumerate(("b.example", "c.example")):
        folded(batches(chance, BATCH, site), drift, start=20_000 + offset)
    assert list(drift.sites) == ["b.example", "c.example"]
    assert (drift.drifting, drift.findings()) == (set(), [])
