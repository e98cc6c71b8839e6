"""The pool keeps order, finds the record to blame, and outlives everything that a record does to a child."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import psutil
import pytest

from pipeline.job import Job, Result, enricher_config
from pipeline.pool import Pool, PoolError, PoolRules, ordered
from pipeline.records import FileOrigin, Json
from pipeline.settings import Settings

ROOT = Path(__file__).parent.parent
Make = Callable[..., Pool]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Make]:
    """Pools of trapped children, closed at the end."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pools = []

    def build(
        children: int = 1, handler: str = "tests.traps:trapped", config: Json = None, **rules: float
    ) -> Pool:
        chosen = PoolRules(children=children, **{"cpu_seconds": 0.3, "memory_bytes": 1024**3, **rules})
        pools.append(Pool(chosen, handler, config or {"marker": str(tmp_path / "marker")}))
        return pools[-1]

    yield build
    for pool in pools:
        pool.close()


def jobs(*values: str | bytes) -> list[Job]:
    return [Job(v.encode() if isinstance(v, str) else v, (), FileOrigin("f", n)) for n, v in enumerate(values, 1)]


def outcomes(results: list[Result]) -> list[str]:
    return [r.reason or r.body.decode() for r in results]


def test_results_come_in_the_order_of_the_jobs(make: Make) -> None:
    """Many batches over three children give back every value in its place."""
    batches = [(n, jobs(*(f"{n}.{i}" for i in range(7)))) for n in range(40)]
    done = list(ordered(make(children=3), iter(batches)))
    assert [tag for tag, _, _ in done] == list(range(40))
    assert [[r.body.decode() for r in results] for _, _, results in done] == [
        [f"{n}.{i}" for i in range(7)] for n in range(40)
    ]


@pytest.mark.parametrize(
    ("trap", "reason"),
    [
        ("spin", "timeout"),
        ("spin-in-c", "timeout"),
        ("sleep", "timeout"),
        ("eat", "memory"),
        ("lie", "crashed"),
        ("endless", "crashed"),
        ("unwritable", "internal_error"),
        ("segv", "crashed"),
        ("exit", "crashed"),
        ("raise", "internal_error"),
    ],
)
def test_the_guilty_record_alone_is_given_up(make: Make, trap: str, reason: str) -> None:
    """Its batch mates before and after come out as if it had not been there."""
    results = make().submit(jobs("a", "b", trap, "c", "d")).result(60)
    assert outcomes(results) == ["a", "b", reason, "c", "d"]
    assert results[2].outcome == "dead"


def test_results_that_came_before_a_child_died_are_not_lost_in_its_pack(make: Make) -> None:
    """Children hold results back for a moment; those of one that dies are made again, each once and in its place."""
    results = make().submit(jobs(*(f"{n}" for n in range(30)), "segv", *(f"{n}" for n in range(30, 50)))).result(60)
    assert outcomes(results) == [*(f"{n}" for n in range(30)), "crashed", *(f"{n}" for n in range(30, 50))]


def test_memory_gone_in_crumbs_is_told_as_memory(make: Make) -> None:
    """When not even a small object fits, the child can still say why, and goes on for its batch mates."""
    results = make(cpu_seconds=20.0, memory_bytes=256 * 1024**2).submit(jobs("a", "crumbs", "b")).result(120)
    assert outcomes(results) == ["a", "memory", "b"]


def test_a_batch_of_many_slow_records_is_no_silence(make: Make) -> None:
    """Each stays far below the wall-clock limit, all together exceed it: children answer while they work."""
    pool = make(cpu_seconds=0.1)
    assert outcomes(pool.submit(jobs(*["nap"] * 12)).result(60)) == ["nap"] * 12
    assert not pool.take_kills()


def test_a_process_that_holds_many_files_has_children_too(make: Make) -> None:
    """Descriptors beyond 1023, which select() cannot take, are nothing special."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        assert outcomes(make().submit(jobs("a")).result(30)) == ["a"]
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_system_that_starts_no_process_is_no_record_s_fault(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the caller nor who waits for readiness hangs."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    pool = make()
    pool.wait_ready()
    with pytest.raises(PoolError, match="Cannot allocate memory"):
        pool.submit(jobs("a")).result(30)


def test_each_step_has_its_own_processor_time(make: Make) -> None:
    """Under an armed deadline the clock of the process advances in ticks of 4 ms, longer than most steps."""
    pool = make(handler="pipeline.job:enricher", config=enricher_config(Settings()), cpu_seconds=5.0)
    raw = '{"text": "It rained in Vienna on Monday, said Anna Gruber of the Greens."}'
    [result] = pool.submit(jobs(raw)).result(60)
    assert [step for step, spent in result.laps.items() if spent <= 0] == []
    assert {"decode", "page", "clean", "identity", "encode"} <= result.laps.keys()


def test_what_drift_is_seen_by_comes_back_with_the_result(make: Make) -> None:
    """The sizes of page and text, confidence, words and mentions of the record that was made; none of a dead one."""
    pool = make(handler="pipeline.job:enricher", config=enricher_config(Settings()), cpu_seconds=5.0)
    raw = '{"text": "It rained in Vienna on Monday, said Anna Gruber of the Greens.\\n\\nShare this article"}'
    enriched, dead = pool.submit(jobs(raw, "no JSON")).result(60)
    record = orjson.loads(enriched.body)
    page, text, confidence, *tagged = enriched.measures
    assert (page, text) == (len(orjson.loads(raw)["text"]), len(record["text"]))
    assert text < page
    assert confidence == round(1000 * record["confidence"])
    assert tagged == [1, 12, len(record["mentions"])]
    assert (dead.outcome, list(dead.measures)) == ("dead", [])


def test_the_parent_names_no_article_text(make: Make) -> None:
    """The detail of an internal error holds the place and the type of the exception, not its message."""
    [result] = make().submit(jobs("raise")).result(30)
    assert result.detail is not None
    assert "ValueError in handle (traps.py:" in result.detail
    assert "article" not in result.detail


def test_a_record_is_tried_again_before_it_is_given_up(make: Make) -> None:
    """A child that was killed from outside costs nothing but a second try."""
    pool = make()
    assert outcomes(pool.submit(jobs("a", "once", "b")).result(30)) == ["a", "once", "b"]
    assert pool.take_kills() == {"crashed": 1}


def test_two_traps_in_one_batch_are_both_found(make: Make) -> None:
    """Each is given up for its own reason."""
    results = make().submit(jobs("spin", "a", "segv", "b", "exit")).result(60)
    assert outcomes(results) == ["timeout", "a", "crashed", "b", "crashed"]


def test_what_libraries_print_does_not_break_the_frames(make: Make) -> None:
    """Standard output of a child is not the pipe of results."""
    assert outcomes(make().submit(jobs("print", "a")).result(30)) == ["print", "a"]


def test_every_kind_of_job_arrives_as_it_was_sent(make: Make) -> None:
    """Null and large values, null and binary headers cross the pipe unchanged."""
    big = b"\x00\xff" * 3_000_000
    sent = [Job(None, (("a", None), ("b", b"\xff\x00")), FileOrigin("f", 1)), Job(big, (), FileOrigin("f", 2))]
    sent[1] = Job(b"x" * 9_000_000, (("", b""),), FileOrigin("f", 2))
    results = make(cpu_seconds=2.0).submit(sent).result(30)
    assert [len(r.body) for r in results] == [0, 9_000_000]


def test_children_are_replaced_after_their_share_of_jobs(make: Make) -> None:
    """Parsers leak: no child lives for ever."""
    pool = make(recycle_jobs=3)
    pids = {r.id for n in range(6) for r in pool.submit(jobs("a", "b", "c")).result(30)}
    assert len(pids) == 6
    assert not pool.take_kills()


def test_children_that_cannot_start_are_no_record_s_fault(make: Make) -> None:
    """The caller gets PoolError instead of dead records."""
    with pytest.raises(PoolError):
        make(handler="tests.traps:broken").submit(jobs("a")).result(30)


def test_children_die_with_their_parent() -> None:
    """After kill -9 of the parent no child is left, not even one that is busy."""
    script = (
        "import os, sys, time\n"
        "from pipeline.pool import Pool, PoolRules\n"
        "from tests.test_pool import jobs\n"
        "pool = Pool(PoolRules(children=2, cpu_seconds=60), 'tests.traps:trapped', {})\n"
        "pool.wait_ready()\n"
        "pool.submit(jobs('spin'))\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    with parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        children = psutil.Process(parent.pid).children()
        parent.kill()
    deadline = time.monotonic() + 10
    while any(child.is_running() and child.status() != "zombie" for child in children):
        assert time.monotonic() < deadline, "children outlived their parent"
        time.sleep(0.05)
    assert len(children) == 2
