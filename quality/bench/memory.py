"""Does memory grow? Many short articles through pool and flow, with children that are never replaced.

`python -m quality.bench.memory N` does the work in a process of its own, so that nothing else lies in its memory.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator

import orjson
import psutil

from pipeline.job import enricher_config
from pipeline.local import Sinks, Tally, run
from pipeline.pool import Pool, PoolRules
from pipeline.records import FileOrigin
from pipeline.settings import Settings
from pipeline.sources.files import Sourced
from quality.bench.rows import Row, at_most, plain

WARM_UP = 10_000
_EVERY = 1000
_PLAIN = (
    "the", "of", "in", "and", "said", "that", "was", "for", "on", "with", "at", "by", "from", "after",
    "before", "over", "under", "against", "about", "rain", "tram",
)  # fmt: skip
_SYLLABLES = (
    "ba", "be", "ka", "lo", "mi", "na", "nor", "po", "ra", "ri", "sel", "ta", "tor", "vin", "zu", "gra",
    "stei", "lan", "mar", "hol",
)  # fmt: skip
_MIB = 1024**2
_GROWTH = 5.0  # per cent that still count as flat


def memory(count: int) -> list[Row]:
    """Resident memory of the parent and of its largest child after 10,000 articles, half-way from there, at the end."""
    command = [sys.executable, "-m", "quality.bench.memory", str(count)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    report = orjson.loads(done.stdout)
    rows = [plain("articles through two children that are never replaced", report["records"], "", report["outcomes"])]
    for who in ("parent", "child"):
        points = report[who]
        warm = points[WARM_UP // _EVERY - 1 :]  # before, libraries are still filling their caches
        at = [warm[0], warm[len(warm) // 2], warm[-1]]
        grown = 100 * (at[-1] - at[0]) / at[0]
        told = ", ".join(f"{size / _MIB:.1f}" for size in at)
        note = f"{told} MiB at the start, middle, end; slope {_slope(warm) / 1024:.2f} KiB per 1000 articles"
        rows.append(at_most(f"memory of the {who}: growth", grown, "%", _GROWTH, note))
    return rows


def _slope(points: list[int]) -> float:
    """Bytes a step, by least squares."""
    middle = (len(points) - 1) / 2
    mean = sum(points) / len(points)
    above = sum((n - middle) * (point - mean) for n, point in enumerate(points))
    return above / sum((n - middle) ** 2 for n in range(len(points)))


def short_articles(count: int) -> Iterator[Sourced]:
    """Articles of some 80 words, each with words, names and a site of its own; every fourth is a page."""
    for number in range(count):
        rng = random.Random(number)
        sentences = [_sentence(rng) for _ in range(8)]
        fields = {"url": f"https://www.{_word(rng)}{number % 20_000}.example/{number}"}
        if number % 4:
            fields["text"] = "\n\n".join(sentences)
        else:
            paragraphs = "".join(f"<p>{sentence}</p>" for sentence in sentences)
            fields["html"] = f"<html><body><nav><a href='/'>Home</a></nav><article>{paragraphs}</article></body></html>"
        yield Sourced(orjson.dumps(fields), (), FileOrigin("generated", number + 1))


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4)))


def _sentence(rng: random.Random) -> str:
    words = [rng.choice(_PLAIN) if rng.random() < 0.6 else _word(rng) for _ in range(7)]
    return f"{_word(rng).title()} {_word(rng).title()} {' '.join(words)} in {_word(rng).title()}."


def main(count: int) -> None:
    """Prints resident bytes after every 1000 records, as JSON."""
    settings = Settings()
    rules = PoolRules(children=2, cpu_seconds=settings.limits.cpu_seconds, recycle_jobs=10**9)
    pool = Pool(rules, "pipeline.job:enricher", enricher_config(settings))
    pool.wait_ready()
    me = psutil.Process()
    children = me.children()
    points: dict[str, list[int]] = {"parent": [], "child": []}

    def look(tally: Tally) -> None:
        while tally.records // _EVERY > len(points["parent"]):
            points["parent"].append(me.memory_info().rss)
            points["child"].append(max(child.memory_info().rss for child in children))

    tally = run(short_articles(count), pool, Sinks(None, None, None), look)
    assert [child.pid for child in me.children()] == [child.pid for child in children], "a child was replaced"
    pool.close()
    told = f"{tally.enriched} enriched, {tally.rejected.total()} rejected, {tally.dead.total()} dead"
    sys.stdout.buffer.write(orjson.dumps({"records": tally.records, "outcomes": told, **points}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
