"""`articles flow` against the code: the steps that the flow reports, the topics that the stages read and write."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import orjson
import pytest
from conftest import ARTICLE, Invoke

from pipeline import flow
from pipeline.job import Job, Result
from pipeline.metrics import Metrics
from pipeline.records import Enriched, KafkaOrigin, encode, stamp
from pipeline.settings import Topics
from pipeline.stream.letters import Letters
from pipeline.stream.messages import Consumed, Work
from pipeline.stream.service import STAGES
from pipeline.stream.stages import Enrich, Entities

RENAMED = {f"ARTICLES_TOPICS__{name.upper()}": f"mine.{name}" for name in Topics.model_fields}


@pytest.fixture
def printed(run: Invoke) -> dict[str, Any]:
    """What the program prints under settings that rename every topic."""
    flow_printed: dict[str, Any] = json.loads(run("flow", "--json", **RENAMED).stdout)
    return flow_printed


def enriched_bytes() -> bytes:
    outcome = flow.process(orjson.dumps({"text": ARTICLE}))
    assert isinstance(outcome, Enriched)
    return encode(stamp(outcome, KafkaOrigin("mine.raw", 0, 0), "2024-05-01T00:00:00Z"))


class EveryOutcome:
    """A pool that gives one result of each kind, whatever the jobs."""

    def submit(self, jobs: Sequence[Job]) -> Future[list[Result]]:
        results = [
            Result("enriched", None, "a", None, None, None, b"{}"),
            Result("rejected", "not_an_article", "b", None, None, None, b"{}"),
            Result("dead", "invalid_json", "c", None, "decode", "broken"),
        ]
        assert len(jobs) == len(results)
        future: Future[list[Result]] = Future()
        future.set_result(results)
        return future


def test_the_steps_are_those_of_the_flow(printed: dict[str, Any]) -> None:
    """The same names in the same order as an article that passes them all."""
    watched: list[str] = []
    flow.process(orjson.dumps({"text": ARTICLE}), watch=lambda step, _: watched.append(step))
    assert watched == [step["step"] for step in printed["steps"]]


def test_the_stages_are_those_of_the_worker(printed: dict[str, Any]) -> None:
    """Stage by stage: the topic read, and every topic written when all outcomes occur."""
    topics = Topics(**{name: f"mine.{name}" for name in Topics.model_fields})
    letters = Letters(topics.dead, 1_000_000)
    enrich = Enrich(EveryOutcome(), topics, letters, "group", Metrics())  # type: ignore[arg-type]
    entities = Entities(topics, letters, Metrics())
    raw = [Consumed(topics.raw, 0, offset, None, b"{}", ()) for offset in range(3)]
    values = (enriched_bytes(), b"no record of ours")
    clean = [Consumed(topics.enriched, 0, offset, None, value, ()) for offset, value in enumerate(values)]
    works: dict[str, tuple[str, Work]] = {
        "enrich": (enrich.source, enrich.submit(raw)),
        "entities": (entities.source, entities.submit(clean)),
    }
    assert list(works) == list(STAGES) == [stage["stage"] for stage in printed["stages"]]
    for stage in printed["stages"]:
        source, work = works[stage["stage"]]
        assert source == stage["from"]
        assert {output.topic for output in work.outputs({})} == set(stage["to"])


def test_the_text_names_them_all(run: Invoke, printed: dict[str, Any]) -> None:
    """Every step, stage and topic stands in what people read."""
    text = run("flow", **RENAMED).stdout
    names = [step["step"] for step in printed["steps"]] + list(RENAMED.values())
    assert [name for name in names if name not in text] == []
