"""Named points on a batch's way, where the fault tests end or hold a worker. Unless they ask, nothing happens.

ARTICLES_TEST_HISTORY names a file: a line for each point that is reached, `time pid point topic/partition:offset ...`.
ARTICLES_TEST_FAILPOINT is a plan, 'acked@3=KILL,offsets@5=STOP': the signal that the process sends itself when it
reaches a point for the n-th time.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from confluent_kafka import TopicPartition

Point = Literal["assigned", "started", "taken", "worked", "begun", "produced", "acked", "offsets", "committed"]
_history = os.environ.get("ARTICLES_TEST_HISTORY")
_file = os.open(_history, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600) if _history else None
_steps = [step for step in os.environ.get("ARTICLES_TEST_FAILPOINT", "").split(",") if step]
_plan = dict(step.split("=") for step in _steps)
_counts: Counter[Point] = Counter()


def reached(point: Point, places: Sequence[TopicPartition] = ()) -> None:
    """Told at each point of a batch, with the offsets that it ends at."""
    if _file is None:
        return
    _counts[point] += 1
    where = " ".join(f"{place.topic}/{place.partition}:{place.offset}" for place in places)
    os.write(_file, f"{time.time():.4f} {os.getpid()} {point} {where}\n".encode())
    if name := _plan.get(f"{point}@{_counts[point]}"):
        os.kill(os.getpid(), signal.Signals[f"SIG{name}"])
