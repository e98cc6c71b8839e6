"""The ledger: what joins and sums is silent; a batch that is dropped, repeated, miscounted or damaged is an alarm."""

from __future__ import annotations

import copy
from itertools import accumulate, pairwise

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reasons import DeadReason, RejectReason
from pipeline.records import Json, LedgerCounts, LedgerRecord, encode
from pipeline.schemas import example
from pipeline.views import ledger
from pipeline.views.ledger import LANE, OTHER_SITES, Ledger


def entry(first: int, last: int, partition: int = 0, site: str = "news.example", group: str = "articles") -> Json:
    """The record of a batch whose first article is rejected, whose second is dead, and whose others are enriched."""
    size = last - first + 1
    rejected, dead = min(1, size), min(1, size - 1)
    counts = LedgerCounts(
        size - rejected - dead, {RejectReason.ERROR_PAGE: rejected}, {DeadReason.TIMEOUT: dead} if dead else {}
    )
    sites = {site: (size, counts.enriched, rejected, dead)}
    record = LedgerRecord("ledger/1", group, "raw", partition, first, last, counts, sites, "2024-05-15T06:12:09.482Z")
    return orjson.loads(encode(record))


def folded(records: list[Json], into: Ledger | None = None) -> Ledger:
    """A ledger that has read these records from one partition of its topic."""
    made = Ledger() if into is None else into
    for offset, record in enumerate(records):
        made.fold(record, 0, offset)
    return made


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.data())
def test_a_dropped_or_repeated_batch_is_an_alarm(sizes: list[int], data: st.DataObject) -> None:
    """Batches that join balance; without one of them there is a gap, with one twice an overlap, and no balance."""
    edges = list(accumulate([data.draw(st.integers(0, 1000)), *sizes]))
    batches = [entry(first, end - 1) for first, end in pairwise(edges)]
    whole = folded(batches)
    assert whole.balanced
    assert whole.totals()["in"] == sum(sizes)
    victim = data.draw(st.integers(0, len(batches) - 1))
    twice = folded([*batches[: victim + 1], *batches[victim:]])
    assert dict(twice.alarms) == {"overlap": 1}
    assert not twice.balanced
    if 0 < victim < len(batches) - 1:
        short = folded(batches[:victim] + batches[victim + 1 :])
        assert dict(short.alarms) == {"gap": 1}
        assert not short.balanced
        assert short.findings[0].detail.startswith(f"{sizes[victim]} records before")


def test_one_record_is_enough_for_an_alarm() -> None:
    """A gap of one offset, and an overlap of one."""
    assert dict(folded([entry(0, 9), entry(11, 12)]).alarms) == {"gap": 1}
    assert dict(folded([entry(0, 9), entry(9, 12)]).alarms) == {"overlap": 1}


def test_partitions_and_groups_are_told_apart() -> None:
    """The ranges of one partition in one group join only with themselves."""
    made = folded([entry(0, 9), entry(0, 4, partition=1), entry(0, 9, group="other"), entry(10, 19), entry(5, 9, 1)])
    assert made.balanced
    assert made.totals() == {"in": 40, "enriched": 30, "rejected": 5, "dead": 5}
    assert {key: (r.first, r.last) for key, r in made.ranges.items()} == {
        ("articles", "raw", 0): (0, 19),
        ("articles", "raw", 1): (0, 9),
        ("other", "raw", 0): (0, 9),
    }


def test_reading_again_changes_nothing() -> None:
    """After a restart records come again from the beginning; each counts once, by where it lay."""
    batches = [entry(0, 9), entry(10, 19)]
    made = folded(batches)
    before = copy.deepcopy(made)
    assert folded(batches, made) == before


def test_counts_that_do_not_sum_are_an_alarm() -> None:
    """Ten offsets with nine outcomes."""
    record = entry(0, 9)
    record["counts"]["enriched"] -= 1
    made = folded([record])
    assert (dict(made.alarms), made.balanced) == ({"unbalanced": 1}, False)


@pytest.mark.parametrize("record", [None, [], "text", 7, {}, {"schema": "ledger/2"}], ids=repr)
def test_what_is_no_ledger_record_is_an_alarm(record: Json) -> None:
    """It is counted as unreadable, and the next one is read all the same."""
    made = folded([record, entry(0, 9)])
    assert (dict(made.alarms), made.totals()["in"], made.balanced) == ({"unreadable": 1}, 10, False)


@pytest.mark.parametrize("name", sorted(example("ledger").keys() - {"at", "measures"}))
@pytest.mark.parametrize("value", [None, [1], {"a": "b"}, {"a": [1]}], ids=repr)
def test_a_damaged_record_counts_in_full_or_not_at_all(name: str, value: Json) -> None:
    """Whatever field is spoilt, no half of the record is added."""
    made = folded([entry(0, 9), {**entry(10, 19), name: value}])
    if made.alarms["unreadable"]:
        clean = folded([entry(0, 9)])
        assert (made.ranges, made.sites) == (clean.ranges, clean.sites)
    else:
        assert name in ("group", "topic")  # any text names one


def test_sites_have_rows_and_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """In, enriched, rejected and dead by site; beyond the limit new ones share a row, so that memory has a bound."""
    monkeypatch.setattr(ledger, "MAX_SITES", 2)
    names = ["a.example", "", "b.example", "a.example", "c.example"]
    made = folded([entry(n * 10, n * 10 + 9, site=name) for n, name in enumerate(names)])
    assert made.sites == {"a.example": [20, 16, 2, 2], "": [10, 8, 1, 1], OTHER_SITES: [20, 16, 2, 2]}


def test_the_replay_lane_has_holes() -> None:
    """Markers of transactions lie between its records: no alarm; what comes twice, or is more than fits, is one."""
    lane = {"topic": f"raw{LANE}"}
    batch = entry(0, 9) | lane
    holed = folded([batch | {"last": 14}, entry(17, 20) | lane])
    assert (holed.balanced, holed.totals()["in"]) == (True, 14)
    assert dict(folded([batch, batch]).alarms) == {"overlap": 1}
    assert dict(folded([batch | {"last": 8}]).alarms) == {"unbalanced": 1}
