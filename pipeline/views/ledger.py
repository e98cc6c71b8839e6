"""The ledger: batches of each partition must join without gap or overlap, and outcomes must sum to their range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pipeline.records import Json

Alarm: TypeAlias = Literal["gap", "overlap", "unbalanced", "unreadable"]
COLUMNS = ("in", "enriched", "rejected", "dead")  # of a site's row
MAX_SITES = 20_000  # told apart; the hosts of a hostile feed have no end
OTHER_SITES = "other sites"
LANE = ".replay"  # ends the name of a topic that is written in transactions: their markers take offsets between records
_KEPT_ALARMS = 100


@dataclass(slots=True)
class Range:
    """What the ledger says of one partition in one group: offsets `first` to `last`, inclusive."""

    first: int
    last: int
    enriched: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    dead: Counter[str] = field(default_factory=Counter)
    joins: bool = True  # every offset from first to last is a record

    @property
    def held(self) -> int:
        """How many records there were, by their offsets where those tell."""
        return self.last - self.first + 1 if self.joins else self.records

    @property
    def records(self) -> int:
        """How many outcomes were written down."""
        return self.enriched + self.rejected.total() + self.dead.total()


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where the ledger does not balance."""

    alarm: Alarm
    group: str
    partition: str
    detail: str


@dataclass(slots=True)
class Ledger:
    """The fold of all ledger records read so far, idempotent by where each lay."""

    ranges: dict[tuple[str, str, int], Range] = field(default_factory=dict)
    sites: dict[str, list[int]] = field(default_factory=dict)  # a row of COLUMNS each
    findings: list[Finding] = field(default_factory=list)
    alarms: Counter[str] = field(default_factory=Counter)
    _read: dict[int, int] = field(default_factory=dict)

    def fold(self, record: Json, partition: int, offset: int) -> None:
        """Adds the record at `offset` of a partition of the ledger topic; one that was read before changes nothing."""
        if offset <= self._read.get(partition, -1):
            return
        self._read[partition] = offset
        try:
            group, topic, number = str(record["group"]), str(record["topic"]), int(record["partition"])
            batch, sites = batch_of(record), _sites(record)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            self._alarm("unreadable", "", f"{partition}", f"offset {offset}: {type(error).__name__}")
            return
        self._add(group, topic, number, batch)
        for site, row in sites:
            known = site in self.sites or len(self.sites) < MAX_SITES
            mine = self.sites.setdefault(site if known else OTHER_SITES, [0, 0, 0, 0])
            mine[:] = [a + b for a, b in zip(mine, row, strict=True)]

    def _add(self, group: str, topic: str, partition: int, batch: Range) -> None:
        first, last = batch.first, batch.last
        where = f"{topic}/{partition}"
        known = self.ranges.get((group, topic, partition))
        batch.joins = not topic.endswith(LANE)
        if batch.records != batch.held or batch.records > last - first + 1:
            self._alarm("unbalanced", group, where, f"offsets {first} to {last} have {batch.records} outcomes")
        if known is None:
            self.ranges[group, topic, partition] = batch
            return
        if batch.joins and first > known.last + 1:
            self._alarm("gap", group, where, f"{first - known.last - 1} records before offset {first} have no outcome")
        elif first <= known.last:
            self._alarm("overlap", group, where, f"offsets {first} to {min(last, known.last)} have a second outcome")
        known.last = max(known.last, last)
        known.enriched += batch.enriched
        known.rejected.update(batch.rejected)
        known.dead.update(batch.dead)

    def _alarm(self, alarm: Alarm, group: str, partition: str, detail: str) -> None:
        self.alarms[alarm] += 1
        if len(self.findings) < _KEPT_ALARMS:
            self.findings.append(Finding(alarm, group, partition, detail))

    def totals(self) -> dict[str, int]:
        """Records in, and by outcome."""
        ranges = self.ranges.values()
        return {
            "in": sum(r.held for r in ranges),
            "enriched": sum(r.enriched for r in ranges),
            "rejected": sum(r.rejected.total() for r in ranges),
            "dead": sum(r.dead.total() for r in ranges),
        }

    @property
    def balanced(self) -> bool:
        """No alarm, and in = enriched + rejected + dead."""
        totals = self.totals()
        return not self.alarms and totals["in"] == totals["enriched"] + totals["rejected"] + totals["dead"]


def batch_of(record: Mapping[str, Json]) -> Range:
    """Range and outcomes of a ledger record. KeyError, TypeError, AttributeError or ValueError where it is none."""
    if record["schema"] != "ledger/1":
        raise ValueError("a ledger of another version")
    counts = record["counts"]
    rejected, dead = (Counter({str(k): int(n) for k, n in counts[name].items()}) for name in ("rejected", "dead"))
    return Range(int(record["first"]), int(record["last"]), int(counts["enriched"]), rejected, dead)


def _sites(record: Mapping[str, Json]) -> list[tuple[str, tuple[int, ...]]]:
    """In, enriched, rejected and dead by site; the same errors."""
    rows = [(str(site), tuple(map(int, row))) for site, row in record["sites"].items()]
    if any(len(row) != len(COLUMNS) for _, row in rows):
        raise ValueError("a site's row has other columns")
    return rows
