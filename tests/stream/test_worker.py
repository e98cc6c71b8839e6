"""The loop itself, on a consumer that is a script: what is dropped, rewound, paused and finished, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from confluent_kafka import OFFSET_STORED, TopicPartition

from pipeline.metrics import Metrics
from pipeline.stream import worker as loop
from pipeline.stream.messages import Aborted, Consumed, FailStop, Held, Output
from pipeline.stream.progress import Progress
from pipeline.stream.worker import Worker, WorkerRules

Step = Callable[["Script"], "list[Message]"]


@dataclass(frozen=True)
class Message:
    """A record of partition 0 as the client gives it."""

    at: int

    def error(self) -> None: ...
    def topic(self) -> str:
        return "raw"

    def partition(self) -> int:
        return 0

    def offset(self) -> int:
        return self.at

    def key(self) -> None: ...
    def value(self) -> bytes:
        return b"v"

    def headers(self) -> None: ...
    def timestamp(self) -> tuple[int, int]:
        return 1, 1000 * self.at


@dataclass
class Script:
    """A consumer that does the next step at each `consume`; like librdkafka's it keeps what is paused."""

    steps: list[Step]
    assigned: list[TopicPartition] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  # offsets given to `assign`
    paused: bool = False
    closed: bool = False
    callbacks: dict[str, Any] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)

    def subscribe(self, _topics: list[str], **callbacks: Any) -> None:
        self.joins.append("subscribe")
        self.callbacks = callbacks

    def unsubscribe(self) -> None:
        self.joins.append("unsubscribe")

    def consume(self, _count: int, _seconds: float) -> list[Message]:
        return self.steps.pop(0)(self) if self.steps else []

    def consumer_group_metadata(self) -> bytes:
        return b"CGMDv2:\x01\x00\x00\x00g"

    def committed(self, places: list[TopicPartition], timeout: float) -> list[TopicPartition]:  # noqa: ARG002
        return [TopicPartition(place.topic, place.partition, 5) for place in places]

    def assignment(self) -> list[TopicPartition]:
        return self.assigned

    def assign(self, places: list[TopicPartition]) -> None:
        self.assigned = places
        self.starts += [place.offset for place in places]

    def pause(self, _places: list[TopicPartition]) -> None:
        self.paused = True

    def resume(self, places: list[TopicPartition]) -> None:
        self.paused = self.paused and not places

    def position(self, places: list[TopicPartition]) -> list[TopicPartition]:
        return places

    def get_watermark_offsets(self, _place: TopicPartition, cached: bool) -> tuple[int, int]:  # noqa: ARG002
        return 0, 0

    def close(self) -> None:
        self.closed = True


def assign(script: Script) -> list[Message]:
    """The group gives us partition 0."""
    script.callbacks["on_assign"](script, [TopicPartition("raw", 0)])
    return []


def revoke(script: Script) -> list[Message]:
    """The group takes it back."""
    script.callbacks["on_revoke"](script, script.assigned)
    script.assigned = []
    return []


def records(*offsets: int) -> Step:
    """Records come."""
    return lambda _: [Message(offset) for offset in offsets]


@dataclass
class Work:
    """A batch that is done when the test says so."""

    taken: Sequence[Consumed]
    state: str = "done"  # waiting, begun, done; held: done, and too many are dead
    dropped: bool = False

    def wait(self, _seconds: float) -> bool:
        return self.state in ("done", "held")

    def begun(self) -> bool:
        return self.state != "waiting"

    def drop(self) -> None:
        self.dropped = True

    def outputs(self, _refused: dict[int, str]) -> list[Output]:
        if self.state == "held":
            raise Held("a fault of the test")
        return []

    def committed(self) -> None: ...


@dataclass
class Stage:
    """Hands out the works in order, then works that are done."""

    states: list[str]
    works: list[Work] = field(default_factory=list)
    name: str = "enrich"
    source: str = "raw"
    open_turns: int = 0

    def may_take(self, _now: float) -> bool:
        self.open_turns -= 1
        return self.open_turns < 0

    def submit(self, taken: Sequence[Consumed]) -> Work:
        self.works.append(Work(taken, self.states.pop(0) if self.states else "done"))
        return self.works[-1]


@dataclass
class Delivery:
    """Notes what was delivered; the first `aborts` are aborted."""

    aborts: int = 0
    ends: list[int] = field(default_factory=list)
    name: str = "script"

    def deliver(self, _outputs: Sequence[Output], offsets: list[TopicPartition], _metadata: bytes) -> None:
        if self.aborts:
            self.aborts -= 1
            raise Aborted("a fault of the test")
        self.ends += [place.offset for place in offsets]

    def doubt(self) -> None: ...


def run(
    script: Script, stage: Stage, delivery: Delivery, nobodys: Callable[[], Sequence[int]] = tuple, **rules: Any
) -> Worker:
    """Runs the loop until the script has ended."""
    progress = Progress("enrich", Metrics())
    worker = Worker(stage, script, delivery, WorkerRules(drain_seconds=0.2, **rules), progress, nobodys)  # type: ignore[arg-type]
    worker.run(lambda: not script.steps)
    assert script.closed
    return worker


def test_batches_are_delivered_in_order() -> None:
    """Each with the offset after its last record."""
    delivery = Delivery()
    run(Script([assign, records(5, 6), records(7), records()]), Stage([]), delivery)
    assert delivery.ends == [7, 8]


def test_an_abort_drops_all_in_flight_and_starts_at_the_committed_offset() -> None:
    """The batch behind the aborted one is dropped too: its offsets would jump over it."""
    script, stage, delivery = Script([assign, records(5), records(6), records(5, 6), records()]), Stage([]), Delivery(1)
    stage.states = ["begun", "begun"]

    def done(_: Script) -> list[Message]:
        for work in stage.works:
            work.state = "done"
        return []

    script.steps.insert(3, done)
    run(script, stage, delivery)
    assert [work.dropped for work in stage.works] == [False, True, False]
    assert script.starts == [OFFSET_STORED, OFFSET_STORED]
    assert delivery.ends == [7]


def test_a_held_batch_is_taken_again_when_its_stage_takes_records() -> None:
    """However often it is held, nothing is delivered; what is in flight behind it is dropped; no end of the worker."""
    held = [records(5), records(6)] * 5
    script, stage, delivery = Script([assign, *held, records(5), records()]), Stage(["held"] * 10), Delivery()
    run(script, stage, delivery)
    assert script.starts == [OFFSET_STORED] * 11
    assert delivery.ends == [6]


def test_a_stage_that_takes_nothing_is_paused() -> None:
    """Its partitions are paused while its breaker is open, and read again afterwards."""
    seen: list[bool] = []

    def look(script: Script) -> list[Message]:
        seen.append(script.paused)
        return []

    script, stage, delivery = Script([assign, look, look, look, records(5), records()]), Stage([]), Delivery()
    stage.open_turns = 3
    run(script, stage, delivery)
    assert seen == [True, True, False]
    assert delivery.ends == [6]


def test_records_that_come_with_a_new_assignment_are_dropped() -> None:
    """Nobody knows whose they are: they are taken again from the committed offset."""
    script = Script([assign, lambda s: [*revoke(s), *assign(s), Message(5)], records(5), records()])
    stage, delivery = Stage([]), Delivery()
    run(script, stage, delivery)
    assert [len(work.taken) for work in stage.works] == [1]
    assert script.starts == [OFFSET_STORED] * 3
    assert delivery.ends == [6]


def test_work_of_a_lost_assignment_is_not_delivered() -> None:
    """Its results may come; they are another worker's now."""
    stage, delivery = Stage(["begun"]), Delivery()
    run(Script([assign, records(5), revoke, records()]), stage, delivery)
    assert [work.dropped for work in stage.works] == [True]
    assert delivery.ends == []


def test_a_full_house_pauses_and_a_new_assignment_resumes() -> None:
    """Paused partitions that come back are read again: a client keeps what is paused over assignments."""
    seen: list[bool] = []

    def look(script: Script) -> list[Message]:
        seen.append(script.paused)
        return []

    script = Script([assign, records(5), look, revoke, assign, look, records(5), records()])
    delivery = Delivery()
    run(script, Stage(["begun"]), delivery, batches_in_flight=1)
    assert seen == [True, False]
    assert delivery.ends == [6]


def test_on_stopping_what_has_begun_is_finished_and_the_rest_dropped() -> None:
    """The last first, so that no offset jumps over a batch that was dropped."""
    stage, delivery = Stage(["done", "begun", "waiting", "waiting"]), Delivery()
    script = Script([assign, records(5), records(6), records(7), records(8)])
    run(script, stage, delivery, batches_in_flight=4)
    assert [work.dropped for work in stage.works] == [False, False, True, True]
    assert delivery.ends == [6]


@pytest.mark.parametrize(("lost", "joins"), [([8], ["subscribe", "unsubscribe", "subscribe"]), ([], ["subscribe"])])
def test_a_group_that_has_forgotten_a_partition_is_joined_again(
    monkeypatch: pytest.MonkeyPatch, lost: list[int], joins: list[str]
) -> None:
    """The group is looked at once in a life, after the first assignment."""
    monkeypatch.setattr(loop, "_SETTLED_SECONDS", 0.0)
    looks: list[int] = []

    def nobodys() -> list[int]:
        looks.append(1)
        return lost

    script = Script([assign, records(), revoke, assign, records(5), records()])
    delivery = Delivery()
    run(script, Stage([]), delivery, nobodys)
    assert (script.joins, looks, delivery.ends) == (joins, [1], [6])


def test_a_consumer_that_gets_nothing_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that is stuck is not waited for without end."""
    monkeypatch.setattr(Progress, "starved", lambda _self, _now: [0])
    with pytest.raises(FailStop, match="partitions \\[0\\]"):
        run(Script([assign]), Stage([]), Delivery())
