"""The generic loop: a topic in, a function over a batch, topics out, exactly once. One thread owns both clients.

Every batch carries the assignment epoch and the group metadata of the moment it was taken. Results of another epoch
are dropped unsent, and whatever is dropped or aborted is taken again from the committed offsets: never from the batch's
first offset (another owner may have committed past it), never from where the consumer happens to stand.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import methodcaller

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_STORED,
    TIMESTAMP_NOT_AVAILABLE,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from pipeline.records import Headers
from pipeline.stream.delivery import Delivery, Refused
from pipeline.stream.failpoints import reached
from pipeline.stream.messages import Aborted, Consumed, FailStop, GroupMetadata, Held, Stage, Work
from pipeline.stream.progress import Progress

log = logging.getLogger(__name__)
_SECONDS = 10.0
_MOST_ABORTS = 3
# At a name that is not UTF-8 confluent-kafka 2.16 leaves an error set and returns a list: only a call through C sees
# it, a plain one goes on in warm code and fails somewhere else.
_headers = methodcaller("headers")
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
        self, stage: Stage, consumer: Consumer, delivery: Delivery, rules: WorkerRules, progress: Progress
    ) -> None:
        self._stage = stage
        self._consumer = consumer
        self._delivery = delivery
        self._rules = rules
        self._progress = progress
        self._pending: deque[Batch] = deque()
        self._epoch = 0
        self._paused = False
        self._lost: FailStop | None = None
        self._aborts = 0  # without a commit between them

    def run(self, stopping: Callable[[], bool]) -> None:
        """Takes, works, commits. On stopping, what has begun is finished and committed first."""
        self._consumer.subscribe(
            [self._stage.source], on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._cut_off
        )
        while not stopping():
            self._progress.turned = time.monotonic()
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
        self._progress.tick(self._consumer, time.monotonic(), time.time(), in_flight)
        if not records:
            return
        if epoch != self._epoch or self._paused:
            log.info("dropped records of another assignment", extra={"records": len(records)})
            self._rewind()
            return
        batch = Batch(epoch, metadata, records, next_offsets(records), self._stage.submit(records))
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
        try:
            self._start(partitions)
        except (KafkaException, FailStop) as failure:  # the client would swallow it
            self._lost = FailStop(f"no committed offsets to start from: {failure}")
        self._progress.assigned(partitions, time.monotonic())
        log.info("assigned", extra={"stage": self._stage.name, "partitions": len(partitions)})

    def _start(self, partitions: list[TopicPartition]) -> None:
        """Starts at the committed offsets; only a partition that has none starts where the settings say."""
        places = self._consumer.committed(partitions, timeout=_SECONDS) if partitions else []
        for place in places:
            if place.error:
                raise FailStop(place.error.name())
        new = [place for place in places if place.offset < 0]
        if new and self._rules.start_from == "latest":
            self._commit_ends(new)
        for place in places:
            place.offset = OFFSET_BEGINNING if place.offset < 0 else OFFSET_STORED
        self._consumer.assign(places)
        self._consumer.resume(places)  # what was paused stays so over assignments
        self._paused = False
        reached("started", places)

    def _commit_ends(self, places: list[TopicPartition]) -> None:
        """Writes down where `latest` is, once: the end of a later restart or rewind would skip records."""
        for place in places:
            place.offset = self._consumer.get_watermark_offsets(place, timeout=_SECONDS)[1]
        self._consumer.commit(offsets=places, asynchronous=False)

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


def next_offsets(records: Sequence[Consumed]) -> list[TopicPartition]:
    """For each partition the offset after its last record."""
    ends = {(r.topic, r.partition): r.offset + 1 for r in records}
    return [TopicPartition(topic, partition, offset) for (topic, partition), offset in ends.items()]


def placed(message: Message) -> tuple[str, int, int]:
    """Topic, partition and offset of a message, which the client's types allow to be None."""
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    assert topic is not None and partition is not None and offset is not None
    return topic, partition, offset


def consumed(message: Message) -> Consumed:
    """A message of the client as ours; header values that are null stay null."""
    kind, sent = message.timestamp()
    timestamp = None if kind == TIMESTAMP_NOT_AVAILABLE else sent
    try:
        headers: Headers = tuple(_headers(message) or ())
        unreadable = False
    except (UnicodeDecodeError, SystemError):  # a name is not UTF-8; what the client gives when asked again is broken
        headers, unreadable = (), True
    return Consumed(*placed(message), message.key(), message.value(), headers, unreadable, timestamp)
