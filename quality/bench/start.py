"""How long things take to start: wall clock, the best of several, since a shared machine only ever adds to it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence

from quality.bench.kafka import WorkerProcess, fresh
from quality.bench.rows import Row, at_most

_TIMES = 7


def commands() -> list[Row]:
    """`import pipeline` beyond a bare interpreter, and the help page."""
    bare = best([sys.executable, "-c", ""])
    imported = best([sys.executable, "-c", "import pipeline"]) - bare
    shown = best([sys.executable, "-m", "pipeline", "--help"])
    return [
        at_most("import pipeline", 1000 * imported, "ms", 50, f"beyond the interpreter's {1000 * bare:.0f} ms"),
        at_most("articles --help", 1000 * shown, "ms", 250, "the interpreter included"),
    ]


def best(command: Sequence[str]) -> float:
    """The shortest time of a command, in seconds."""
    times = []
    for _ in range(_TIMES):
        started = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.monotonic() - started)
    return min(times)


def ready(servers: str, times: int = 3) -> list[Row]:
    """From the start of the process to /readyz 200: both stages hold their partitions. A fresh group each time."""
    taken = []
    for _ in range(times):
        with fresh(servers) as settings, WorkerProcess(settings, "worker") as worker:
            taken.append(worker.wait_ready())
    note = f"best of {times}; the slowest {max(taken):.2f} s"
    return [at_most("worker ready on Kafka, both stages", min(taken), "s", 3, note)]
