"""Measures and prints a table, writes bench.json: `make bench`. Ratios within one run; absolute figures drift.

Input: ARTICLES_DATA's 845 articles where they are, else the sample's articles, forty times over.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from pipeline.sample import load
from pipeline.sources.files import read

DATA = Path(os.environ.get("ARTICLES_DATA", "../shared/data")) / "articles" / "worldwide-raw.jsonl.gz"
ARTICLES = [sys.executable, "-m", "pipeline"]


def seconds(command: list[str], times: int = 3) -> float:
    """The best wall-clock time of a command."""
    best = 1e9
    for _ in range(times):
        start = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        best = min(best, time.monotonic() - start)
    return best


def run(source: Path, workers: int, folder: Path) -> dict[str, Any]:
    """One `articles run`: its counts, CPU by step, and articles a second with the start of the children apart."""
    command = [*ARTICLES, "run", str(source), "-o", str(folder / "out.jsonl"), "--json", "--workers", str(workers)]
    first = folder / "first.jsonl"
    first.write_bytes(next(iter(read([str(source)]))).value + b"\n")
    idle = seconds([*ARTICLES, "run", str(first), "-o", os.devnull, "--workers", str(workers)], 1)
    start = time.monotonic()
    done = subprocess.run(command, check=True, capture_output=True)
    wall = time.monotonic() - start
    report: dict[str, Any] = json.loads(done.stdout)
    return {**report, "articles_per_second": round(report["records"] / max(0.01, wall - idle), 1)}


def main() -> None:
    """Prints the table and writes bench.json."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = DATA
        if not DATA.is_file():
            source = folder / "sample.jsonl"
            source.write_bytes(b"".join(s.value + b"\n" for s in load()[:30]) * 40)
        one, two = run(source, 1, folder), run(source, 2, folder)
    result = {
        "import_pipeline_ms": round(1000 * (seconds([sys.executable, "-c", "import pipeline"]) - seconds([sys.executable, "-c", ""])), 1),
        "help_ms": round(1000 * seconds([*ARTICLES, "--help"]), 1),
        "records": one["records"],
        "balanced": one["balanced"] and two["balanced"],
        "articles_per_second_1_worker": one["articles_per_second"],
        "articles_per_second_2_workers": two["articles_per_second"],
        "speed_up_of_2_workers": round(two["articles_per_second"] / one["articles_per_second"], 2),
        **{f"cpu_us_{step}": us for step, us in one["cpu_us_by_step"].items()},
    }
    for key, value in result.items():
        print(f"{key:32} {value}")
    Path("bench.json").write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
