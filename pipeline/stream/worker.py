"""The generic loop: a topic in, a function over a batch, topics out, exactly once. One thread owns both clients.

Every batch carries the assignment epoch and the group metadata of the moment it was taken. Results of another epoch
are dropped unsent, and whatever is dropped or aborted is taken again from the committed offsets: never from the batch's
first offset (another owner may have committed past it), never from where the consumer happens to stand.
"""

from __future__ import annotations

import logging
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_STORED,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from pipeline.stream.consuming import consumed, next_offsets, placed
from pipeline.stream.delivery import Delivery, Refused
from pipeline.stream.failpoints import reached
from pipeline.stream.messages import Aborted, Consumed, FailStop, GroupMetadata, Held, Stage, Work
from pipeline.stream.progress import Progress
from pipeline.stream.starts import starts

log = logging.getLogger(__name__)
_SECONDS = 10.0
_MOST_ABORTS = 3
_SETTLED_SECONDS = 2.0  # from the first assignment until the group is looked at
_PASSING_ERRORS = (  # the client mends these by itself
    KafkaError._ALL_BROKERS_DOWN,
    KafkaError._TRANSPORT,
    KafkaError._RESOLVE,
    KafkaError._TIMED_OUT,
    KafkaError._MAX_POLL_EXCEEDED,
)


@dataclass(frozen=True, slots=True)
class WorkerRules:
    """Sizes and times of the loop, in records and seconds."""

    batch_records: int = 500
    batches_in_flight: int = 3
    start_from: str = "earliest"  # for a group without offsets
    drain_seconds: float = 25.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Records taken together, and what is needed to commit them."""

    epoch: int
    metadata: GroupMetadata
    records: Sequence[Consumed]
    offsets: list[TopicPartition]  # for each partition the one after its last record
    work: Work


class Worker:
    """Runs a stage on a consumer until it is told to stop; raises FailStop when only a restart is safe."""

    def __init__(
        self,
        stage: Stage,
        consumer: Consumer,
        delivery: Delivery,
        rules: WorkerRules,
        progress: Progress,
        nobodys: Callable[[], Sequence[int]] = tuple,
    ) -> None:
        self._stage = stage
        self._consumer = consumer
        self._delivery = delivery
        self._rules = rules
        self._progress = progress
        self._nobodys = nobodys  # partitions that no member of the group holds; asked once
        self._look_at: float | None = None
        self._pending: deque[Batch] = deque()
        self._epoch = 0
        self._paused = False
        self._lost: FailStop | None = None
        self._aborts = 0  # without a commit between them
        self._metadata: dict[tuple[str, int], str] = {}  # of the committed offsets, which each commit carries on

    def run(self, stopping: Callable[[], bool]) -> None:
        """Takes, works, commits. On stopping, what has begun is finished and committed first."""
        self._subscribe()
        while not stopping():
            now = self._progress.turned = time.monotonic()
            if self._look_at is not None and now >= self._look_at:
                self._look()
            self._take(self._patience())
            self._settle()
        while self._pending and not self._pending[-1].work.begun():  # the last first: offsets must not jump
            self._pending.pop().work.drop()
        deadline = time.monotonic() + self._rules.drain_seconds
        while self._pending and (now := time.monotonic()) < deadline:
            self._progress.turned = now
            self._pause()
            self._take(0.05)  # rebalances are served here
            self._settle()
        self._consumer.close()

    def _subscribe(self) -> None:
        self._consumer.subscribe(
            [self._stage.source], on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._cut_off
        )

    def _look(self) -> None:
        """Once in a life, when the group has settled: joins again if it has forgotten partitions."""
        self._look_at = math.inf
        if forgotten := self._nobodys():
            log.warning("nobody holds these partitions: joining again", extra={"partitions": list(forgotten)})
            self._consumer.unsubscribe()
            self._subscribe()

    # --- taking ---------------------------------------------------------------------------------------------------

    def _patience(self) -> float:
        """Seconds to wait for records: a full house waits for its oldest batch instead, and takes nothing meanwhile."""
        if len(self._pending) >= self._rules.batches_in_flight and not self._pending[0].work.wait(0.5):
            self._pause()
            return 0.05
        if not self._stage.may_take(time.monotonic()):
            self._pause()
            return 0.2
        if self._paused and len(self._pending) < self._rules.batches_in_flight:
            self._consumer.resume(self._consumer.assignment())
            self._paused = False
        return 0.01 if self._pending else 0.1

    def _pause(self) -> None:
        if not self._paused:
            self._consumer.pause(self._consumer.assignment())
            self._paused = True

    def _take(self, seconds: float) -> None:
        epoch = self._epoch
        room = 1 if self._paused else self._rules.batch_records
        messages = self._consumer.consume(room, seconds)
        metadata: GroupMetadata = self._consumer.consumer_group_metadata() if messages else b""
        if self._lost is not None:
            raise self._lost
        records = [consumed(message) for message in messages if self._usable(message)]
        in_flight = [len(batch.records) for batch in self._pending]
        now = time.monotonic()
        self._progress.tick(self._consumer, now, time.time(), in_flight, taking=not self._paused)
        if starved := self._progress.starved(now):
            raise FailStop(f"brokers hold records of partitions {starved}, and the consumer gets none")
        if not records:
            return
        if epoch != self._epoch or self._paused:
            log.info("dropped records of another assignment", extra={"records": len(records)})
            self._rewind()
            return
        offsets = next_offsets(records, self._metadata)
        batch = Batch(epoch, metadata, records, offsets, self._stage.submit(records))
        self._progress.took(records)
        self._pending.append(batch)
        reached("taken", batch.offsets)

    def _usable(self, message: Message) -> bool:
        error = message.error()
        if error is None:
            return True
        if error.code() == KafkaError._PARTITION_EOF:
            _, partition, offset = placed(message)
            self._progress.reached_end(partition, offset)
            return False
        if error.code() == KafkaError._AUTO_OFFSET_RESET:
            raise FailStop(self._out_of_range(message))
        if error.fatal() or not (error.retriable() or error.code() in _PASSING_ERRORS):
            raise FailStop(f"consume: {error.name()} {error.str()}")
        log.warning("consume", extra={"error": error.name()})
        return False

    def _out_of_range(self, message: Message) -> str:
        topic, partition, _ = placed(message)
        place = TopicPartition(topic, partition)
        low, high = self._consumer.get_watermark_offsets(place, timeout=_SECONDS)
        committed = self._consumer.committed([place], timeout=_SECONDS)[0].offset
        advice = "Accept it by resetting the group's offsets, then restart"
        if committed < 0:  # brokers forget the offsets of a topic with it
            return f"{topic}/{partition} has no committed offset any more: was the topic made anew? Restart to read it"
        if committed > high:
            return f"{topic}/{partition} ends at {high}, before the committed offset {committed}: made anew? {advice}"
        return (
            f"{low - committed} records of {topic}/{partition} are lost: the committed offset is {committed}, "
            f"the broker's first is {low}. {advice}"
        )

    # --- assignment -----------------------------------------------------------------------------------------------

    def _assigned(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._forget()
        reached("assigned", partitions)
        places = partitions
        try:
            places = self._start(partitions)
        except (KafkaException, FailStop) as failure:  # the client would swallow it
            self._lost = FailStop(f"no committed offsets to start from: {failure}")
        now = time.monotonic()
        self._progress.assigned(places, now)
        self._look_at = self._look_at or now + _SETTLED_SECONDS
        log.info("assigned", extra={"stage": self._stage.name, "partitions": len(partitions)})

    def _start(self, partitions: list[TopicPartition]) -> list[TopicPartition]:
        """Starts at the committed offsets, which it returns."""
        places = starts(self._consumer, partitions, self._rules.start_from)
        self._metadata = {(place.topic, place.partition): place.metadata for place in places if place.metadata}
        begin = [OFFSET_BEGINNING if place.offset < 0 else OFFSET_STORED for place in places]
        assigned = [TopicPartition(p.topic, p.partition, at) for p, at in zip(places, begin, strict=True)]
        self._consumer.assign(assigned)
        self._consumer.resume(assigned)  # what was paused stays so over assignments
        self._paused = False
        reached("started", assigned)
        return places

    def _revoked(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._forget()
        self._progress.assigned([], time.monotonic())
        log.info("revoked", extra={"stage": self._stage.name, "partitions": len(partitions)})

    def _cut_off(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._delivery.doubt()
        self._revoked(consumer, partitions)

    def _forget(self) -> None:
        """What is in flight belongs to an assignment that is over."""
        self._epoch += 1
        for batch in self._pending:
            batch.work.drop()
        self._pending.clear()

    def _rewind(self) -> None:
        """Back to the committed offsets, with nothing in flight."""
        self._forget()
        self._start([TopicPartition(place.topic, place.partition) for place in self._consumer.assignment()])

    # --- committing -----------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        while self._pending and self._pending[0].work.wait(0):
            batch = self._pending.popleft()
            try:
                self._commit(batch)
            except Held as held:  # stage.may_take says when to take it again
                log.error("breaker open", extra={"stage": self._stage.name, "why": str(held)})
                self._rewind()
            except Aborted as aborted:
                log.warning("batch aborted", extra={"stage": self._stage.name, "why": str(aborted)})
                self._progress.aborted()
                self._aborts += 1
                if self._aborts == _MOST_ABORTS:  # a topic is gone, for example: the start says so
                    raise FailStop(f"{self._aborts} batches in a row were aborted, the last: {aborted}") from aborted
                self._rewind()

    def _commit(self, batch: Batch) -> None:
        assert batch.epoch == self._epoch, "a batch of another assignment is never in flight"
        refused: dict[int, str] = {}
        started = time.monotonic()
        reached("worked", batch.offsets)
        while True:
            outputs = batch.work.outputs(refused)
            try:
                self._delivery.deliver(outputs, batch.offsets, batch.metadata)
                break
            except Refused as error:  # of content: the records become dead letters, the batch goes on
                if error.records.keys() <= refused.keys():
                    raise FailStop(f"the dead-letter topic refuses a record: {error.records}") from error
                refused |= error.records
        self._aborts = 0
        batch.work.committed()
        self._progress.committed(batch.records, started, time.monotonic())
