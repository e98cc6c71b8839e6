"""`make bench`: measures, prints a table, writes bench.json. Never a test: figures drift, ratios hold.

`python -m quality.bench [--only PART]... [--articles N] [--out FILE]`; N is for the part `memory`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import orjson
import psutil

from quality.bench import cleaning, inputs, memory, own_cost, same, speed, start, tagging
from quality.bench.rows import Row, plain, table
from tests.kafka.server import KafkaServer, KafkaUnavailable

PARTS = ("start", "cost", "speed", "clean", "tag", "same", "memory")
_ON_KAFKA = {"start", "cost", "same"}


def broker(stack: ExitStack) -> str | None:
    """The address of a real Kafka, or None with a line that says why there is none."""
    try:
        server = KafkaServer().start()
    except KafkaUnavailable as missing:
        print(f"no Kafka, so what needs it is left out: {missing}")
        return None
    stack.callback(server.close)
    return server.bootstrap_servers


def measurements(servers: str | None, count: int) -> dict[str, Callable[[], list[Row]]]:
    """The parts by name."""
    articles, pages = inputs.articles(), inputs.pages()
    print(f"input: {articles.name}; {pages.name}")
    left_out = [plain("without Kafka", "left out")]
    return {
        "start": lambda: [*start.commands(), *(start.ready(servers) if servers else left_out)],
        "cost": lambda: own_cost.own_cost(servers, articles) if servers else left_out,
        "speed": lambda: speed.speed(articles),
        "clean": lambda: cleaning.cleaning(pages) if pages.records else [plain("without ARTICLES_DATA", "left out")],
        "tag": lambda: tagging.tagging(articles),
        "same": lambda: [*same.same(servers, articles, pages), *([] if servers else left_out)],
        "memory": lambda: memory.memory(count),
    }


def save(measured: dict[str, list[Row]], path: Path) -> None:
    """Writes what is measured so far: a run that is broken off leaves what it had."""
    report = {name: [asdict(row) for row in rows] for name, rows in measured.items()}
    whole = {"load_average": psutil.getloadavg()[1], **report}
    path.write_bytes(orjson.dumps(whole, option=orjson.OPT_INDENT_2) + b"\n")


def main(arguments: Sequence[str]) -> int:
    """Runs the parts; 1 when a record is lost or differs. A figure over its bound is told, and is no failure."""
    parser = argparse.ArgumentParser(prog="python -m quality.bench", description="Measure; print a table; write JSON.")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part; may be repeated; default: all")
    parser.add_argument("--articles", type=int, default=100_000, help="for the part memory")
    parser.add_argument("--out", type=Path, default=Path("bench.json"))
    chosen = parser.parse_args(arguments)
    if chosen.articles < 2 * memory.WARM_UP:
        parser.error(f"--articles must be at least {2 * memory.WARM_UP}, half of which fill caches")
    measured: dict[str, list[Row]] = {}
    with ExitStack() as stack:
        wanted = chosen.only or PARTS
        parts = measurements(broker(stack) if _ON_KAFKA & set(wanted) else None, chosen.articles)
        for name in wanted:
            measured[name] = parts[name]()
            print(table(name, measured[name]), flush=True)
            save(measured, chosen.out)
    print(f"load average over the last five minutes: {psutil.getloadavg()[1]:.1f} on {psutil.cpu_count()} processors")
    return 1 if any(row.met is False for row in measured.get("same", [])) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
