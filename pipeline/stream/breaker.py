"""The breaker: when too many records die, it holds their batch back before a bad deploy empties a topic into another.

A rule apart from its counters, time as an argument. What the window holds survives a restart: it is read back from the
ledger, which is written in one transaction with the outputs, so that no file and no topic of its own is needed.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline.reasons import DeadReason
from pipeline.stream.messages import Held

WELL: Final = ""  # the outcome of a record that is enriched or rejected; that of a dead one is its reason
ANY: Final = "any"  # all reasons together
FAULTS: Final = frozenset(  # reasons that point at our code or machine; the others point at what was delivered
    map(str, (DeadReason.TIMEOUT, DeadReason.MEMORY, DeadReason.CRASHED, DeadReason.INTERNAL_ERROR))
)


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """Bounds on dead letters, in records: by each reason that is a fault of ours, and by all reasons together.

    `share`: of the last `window` records, once there are `least`. `run`: one after the other. `untried`: letters that
    may be written before a record of any kind came out well. `pause`: seconds until a batch is tried again.
    """

    window: int = 1000
    least: int = 200
    share: float = 0.5
    run: int = 500
    fault_share: float = 0.2
    fault_run: int = 100
    untried: int = 10
    pause: float = 60.0

    def bounds(self, reason: str) -> tuple[float, int]:
        """Share and run that a reason may reach; content has no bounds of its own, all reasons together have."""
        if reason == ANY:
            return self.share, self.run
        return (self.fault_share, self.fault_run) if reason in FAULTS else (1.0, self.window + self.run)


@dataclass(slots=True)
class Counts:
    """What the rule looks at: the outcomes of the last records, and how many have died one after the other."""

    batches: deque[Counter[str]] = field(default_factory=deque)
    runs: Counter[str] = field(default_factory=Counter)  # by reason, and ANY; of the records that came last
    tried: bool = False  # has any record come out well?

    def longest(self, outcomes: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
        """The runs at the end of these outcomes, which follow what is counted, and the longest within them."""
        now, most = self.runs.copy(), self.runs.copy()
        for outcome in outcomes:
            if outcome == WELL:
                now.clear()
                continue
            now = Counter({outcome: now[outcome] + 1, ANY: now[ANY] + 1})
            most |= now
        return now, most

    def add(self, outcomes: Sequence[str], window: int) -> None:
        """Counts a batch that was committed."""
        self.runs, _ = self.longest(outcomes)
        self._append(Counter(outcomes), window)

    def recall(self, batch: Counter[str], window: int) -> None:
        """Counts a batch of before the restart, whose order is not known: only one that died whole makes a run."""
        dead = batch.total() - batch[WELL]
        self.runs = Counter() if batch[WELL] else self.runs + Counter({ANY: dead}) + batch
        self._append(batch, window)

    def _append(self, batch: Counter[str], window: int) -> None:
        self.tried = self.tried or batch[WELL] > 0
        self.batches.append(batch)
        while len(self.batches) > 1 and self.total() - self.batches[0].total() >= window:
            self.batches.popleft()

    def total(self) -> int:
        """Records in the window, at least so many as it is long, where there were so many."""
        return sum(batch.total() for batch in self.batches)


def trips(rule: BreakerRule, counts: Counts, outcomes: Sequence[str]) -> str | None:
    """Why a batch with these outcomes must not become dead letters; None when it may."""
    batch = Counter(outcomes)
    dead = len(outcomes) - batch[WELL]
    if not dead:
        return None
    if not counts.tried and not batch[WELL] and (so_far := _dead(counts) + dead) > rule.untried:
        return f"nothing has come out well yet, and {so_far} records would be dead letters: {_told(batch)}"
    _, longest = counts.longest(outcomes)
    seen = sum(counts.batches, batch)
    total = seen.total()
    seen[ANY] = total - seen[WELL]
    for reason in [*(r for r in batch if r != WELL), ANY]:
        share, run = rule.bounds(reason)
        if longest[reason] > run:
            return f"{longest[reason]} records in a row are dead ({reason}), more than {run}: {_told(batch)}"
        if total >= rule.least and seen[reason] > share * total:
            return f"{seen[reason]} of the last {total} records are dead ({reason}), over {share:.0%}: {_told(batch)}"
    return None


def _dead(counts: Counts) -> int:
    return sum(batch.total() - batch[WELL] for batch in counts.batches)


def _told(batch: Counter[str]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in batch.most_common() if reason != WELL)


@dataclass(slots=True)
class Breaker:
    """Closed (`why` is None) or open. Open, it lets one batch be taken a pause: is that one well, it closes."""

    rule: BreakerRule | None  # None: it never opens
    counts: Counts = field(default_factory=Counts)
    why: str | None = None
    _next: float = 0.0  # when a batch may be tried

    def may_take(self, now: float) -> bool:
        """May a batch be taken?"""
        return self.why is None or now >= self._next

    def took(self, now: float) -> None:
        """Told of each batch that is taken; a trial that is lost on its way is tried again after a pause."""
        if self.rule and self.why is not None:
            self._next = now + self.rule.pause

    def check(self, outcomes: Sequence[str], now: float) -> None:
        """Raises Held, and opens, when the batch must not be committed. A trial is well when more of it lives."""
        if self.rule is None:
            return
        if self.why is None:
            why = trips(self.rule, self.counts, outcomes)
        else:
            well = outcomes.count(WELL)
            bad = not well or len(outcomes) - well > self.rule.share * len(outcomes)
            why = f"the trial batch was no better: {_told(Counter(outcomes))}" if bad else None
        if why is not None:
            self.why, self._next = why, now + self.rule.pause
            raise Held(why)

    def passed(self, outcomes: Sequence[str]) -> None:
        """Counts a batch that is committed; a trial that went well closes the breaker, and the count begins anew."""
        if self.rule is None:
            return
        if self.why is not None:
            self.why, self.counts = None, Counts(tried=True)
        self.counts.add(outcomes, self.rule.window)

    def recall(self, batches: Iterable[Counter[str]]) -> None:
        """Counts the batches of before the restart, the oldest first."""
        for batch in batches if self.rule else ():
            self.counts.recall(batch, self.rule.window if self.rule else 0)
