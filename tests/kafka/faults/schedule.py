"""Schedules of faults: pure functions of a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from tests.kafka.faults.proxy import GROUP, LEADER, TRANSACTION, Action, Api, Rule

POINTS = ("worked", "begun", "produced", "acked", "offsets", "committed", "assigned", "started", "taken")
SHORT_SESSION_SECONDS = 3.0
SHORT = {
    "ARTICLES_WORKER__SESSION_TIMEOUT_MS": "3000",
    "ARTICLES_WORKER__HEARTBEAT_INTERVAL_MS": "500",
    "ARTICLES_WORKER__TRANSACTION_TIMEOUT_MS": "5000",
}
STORM_WORKERS = 3
_STORM_SECONDS = 12.0  # in which faults begin


def end_plans(rng: random.Random, slots: int, how: str = "KILL") -> dict[int, Sequence[str]]:
    """Lives that end by a signal at each point once, in any order, in one of the first batches; dealt to the slots."""
    order = rng.sample(POINTS, len(POINTS))
    nth = {point: 1 if point in ("assigned", "started") else rng.randint(1, 6) for point in order}
    plans = [f"{point}@{nth[point]}={how}" for point in order]
    return {slot: plans[slot::slots] for slot in range(slots)}


class Kind(Enum):
    """What can happen in a storm."""

    KILL = "kill -9"
    TERM = "SIGTERM"
    STOP = "SIGSTOP"
    CHILD = "kill -9 of a child"
    JOIN = "a new member"
    RULE = "proxy"
    LATE = "late EndTxn"
    BROKER_KILL = "broker kill -9"
    BROKER_STOP = "broker SIGSTOP"


@dataclass(frozen=True, slots=True)
class Fault:
    """Begins `at` seconds after the start and lasts `seconds`; `slot` says whom it meets, `rule` how the proxy acts."""

    at: float
    kind: Kind
    slot: int
    seconds: float = 0.0
    rule: Rule | None = None

    def __str__(self) -> str:
        if self.rule:
            what = f"{self.rule.action.value} {'+'.join(api.name for api in self.rule.apis)}"
            return f"{self.at:.1f}s {what} of {self.rule.client or 'all'} for {self.seconds:.1f}s"
        return f"{self.at:.1f}s {self.kind.value} of {self.slot} for {self.seconds:.1f}s"


_WEIGHTS = {
    Kind.KILL: 4,
    Kind.TERM: 2,
    Kind.STOP: 3,
    Kind.CHILD: 1,
    Kind.JOIN: 1,
    Kind.RULE: 5,
    Kind.LATE: 2,
    Kind.BROKER_KILL: 1,
    Kind.BROKER_STOP: 1,
}
_APIS = (*((api,) for api in Api), GROUP, TRANSACTION, LEADER, tuple(Api))
_ACTIONS = (Action.DELAY, Action.LOSE, Action.CUT, Action.STALL, Action.REFUSE)


def storm(seed: int) -> list[Fault]:
    """Three to six faults that overlap; at most one of them is the broker's."""
    rng = random.Random(seed)
    faults: list[Fault] = []
    while len(faults) < 3 + seed % 4:
        (kind,) = rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
        broker = (Kind.BROKER_KILL, Kind.BROKER_STOP)
        if kind in broker and any(fault.kind in broker for fault in faults):
            continue
        at, slot, seconds = rng.uniform(0, _STORM_SECONDS), rng.randrange(STORM_WORKERS), rng.uniform(0.5, 8.0)
        rule = None
        if kind is Kind.RULE:
            client = rng.choice(("", f"slot-{slot}"))
            rule = Rule(rng.choice(_ACTIONS), rng.choice(_APIS), rng.uniform(0.05, 2.0), client=client)
        elif kind is Kind.LATE:
            rule = Rule(Action.HOLD, (Api.END_TXN,), times=1, client=f"slot-{slot}")
        faults.append(Fault(at, kind, slot, seconds, rule))
    return sorted(faults, key=lambda fault: fault.at)
