"""`articles run` with one child and with two: articles a second, processor time by step, what the second child adds.

On a machine that others use too, two children get less than two processors, and the ratio of the wall clocks says
little. So the ratio is also told in processor time: that of the busiest process with one child, over that with two. It
is what the wall clocks would say if every process had a processor to itself.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psutil

from quality.bench.inputs import Corpus
from quality.bench.machine import Others
from quality.bench.rows import Row, at_least, plain

_ROUNDS = 3
_RECORDS = 1690


@dataclass(frozen=True, slots=True)
class Run:
    """One `articles run`: its report, seconds of wall clock, processor seconds of each process, the parent's first."""

    report: dict[str, Any]
    wall: float
    cpu: list[float]


def speed(corpus: Corpus) -> list[Row]:
    """Interleaved runs; the start, as a run of one record shows it, is taken off."""
    repeated = (corpus.records * (1 + _RECORDS // len(corpus.records)))[:_RECORDS]
    with tempfile.TemporaryDirectory() as name:
        first, whole = Path(name, "first.jsonl"), Path(name, "whole.jsonl")
        first.write_bytes(orjson.dumps(repeated[0]) + b"\n")
        whole.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in repeated))
        start = {workers: articles_run(first, workers) for workers in (1, 2)}
        others = Others()
        pairs = [(articles_run(whole, 1), articles_run(whole, 2)) for _ in range(_ROUNDS)]
    walls = [(one.wall - start[1].wall, two.wall - start[2].wall) for one, two in pairs]
    busy = [(busiest(one, start[1]), busiest(two, start[2])) for one, two in pairs]
    steps = pairs[-1][0].report["cpu_us_by_step"]
    shared = f"median of {_ROUNDS} pairs; {others.told()}"
    return [
        plain("articles run --workers 1", _RECORDS / min(one for one, _ in walls), "articles/s", f"{_RECORDS} records"),
        plain("articles run --workers 2", _RECORDS / min(two for _, two in walls), "articles/s", "best of the runs"),
        at_least("two workers over one, wall clock", statistics.median(a / b for a, b in walls), "x", 1.7, shared),
        at_least(
            "two workers over one, processor time", statistics.median(a / b for a, b in busy), "x", 1.7,
            "busiest process of each run",
        ),
        *(plain(f"  step {step}", us, "us CPU") for step, us in steps.items()),
    ]  # fmt: skip


def busiest(run: Run, start: Run) -> float:
    """Processor seconds of the process that has most, without its start."""
    begun = [start.cpu[0], *[statistics.mean(start.cpu[1:])] * (len(run.cpu) - 1)]
    return max(spent - before for spent, before in zip(run.cpu, begun, strict=True))


def articles_run(source: Path, workers: int) -> Run:
    """Runs the command, and watches its processes until it ends."""
    command = [sys.executable, "-m", "pipeline", "run", str(source), "-o", os.devnull, "--json", f"--workers={workers}"]
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    spent: dict[int, float] = {process.pid: 0.0}
    while process.poll() is None:
        try:
            for info in (parent := psutil.Process(process.pid), *parent.children()):
                times = info.cpu_times()
                spent[info.pid] = times.user + times.system
        except psutil.Error:  # ended between two looks
            pass
        time.sleep(0.02)
    wall = time.monotonic() - started
    output, errors = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"articles run ended with code {process.returncode}: {errors.decode()}")
    children = sorted((cpu for pid, cpu in spent.items() if pid != process.pid), reverse=True)
    return Run(orjson.loads(output), wall, [spent[process.pid], *children])
