"""Workers broken on purpose, to see the checker go red: `python -m tests.kafka.broken PLANT worker --stage enrich`.

Each plant is a mistake that reads well. They live here and nowhere in the package.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from pipeline.stream import clients, delivery
from pipeline.stream.delivery import ExactlyOnce
from pipeline.stream.failpoints import reached
from pipeline.stream.messages import Aborted, GroupMetadata, Output
from pipeline.stream.stages import EnrichWork
from pipeline.stream.worker import Batch, Worker

PAUSE = 0.5  # seconds, in which what is done on the side gets done
EVERY = 4  # the share of batches that are aborted
DROPPED = 37  # the share of outputs that get lost
Deliver = Callable[[ExactlyOnce, Sequence[Output], list[TopicPartition], GroupMetadata], None]


def _delivering(change: Callable[[Deliver, ExactlyOnce, Sequence[Output], Any, Any], None]) -> None:
    """Puts `change` before the honest `deliver`, which it is given."""
    honest = ExactlyOnce.deliver

    def deliver(
        self: ExactlyOnce, outputs: Sequence[Output], offsets: list[TopicPartition], metadata: GroupMetadata
    ) -> None:
        change(honest, self, outputs, offsets, metadata)

    ExactlyOnce.deliver = deliver  # type: ignore[method-assign]


def _plain(**options: object) -> Producer:
    return Producer({"bootstrap.servers": os.environ["ARTICLES_KAFKA__BOOTSTRAP_SERVERS"], **options})


def _send(producer: Producer, outputs: Sequence[Output]) -> None:
    for output in outputs:
        producer.produce(output.topic, output.value, output.key, headers=list(output.headers))


def offsets_first() -> None:
    """Commits the offsets of a batch before its outputs are acknowledged."""
    honest = Worker._commit

    def commit(self: Worker, batch: Batch) -> None:
        self._consumer.commit(offsets=batch.offsets, asynchronous=False)
        honest(self, batch)

    Worker._commit = commit  # type: ignore[method-assign]


def outputs_outside() -> None:
    """Produces outside of the transaction, which holds the offsets alone."""
    producer = _plain()

    def change(honest: Deliver, self: ExactlyOnce, outputs: Sequence[Output], offsets: Any, metadata: Any) -> None:
        _send(producer, outputs)
        producer.flush()
        honest(self, [], offsets, metadata)

    _delivering(change)


def letters_outside() -> None:
    """Produces dead letters outside of the transaction, so that an abort does not lose them."""
    producer = _plain()

    def change(honest: Deliver, self: ExactlyOnce, outputs: Sequence[Output], offsets: Any, metadata: Any) -> None:
        letters = [output for output in outputs if ".dlq" in output.topic]
        _send(producer, letters)
        producer.flush()
        if letters:
            reached("lettered", offsets)  # a point of this mistake alone
        honest(self, [output for output in outputs if ".dlq" not in output.topic], offsets, metadata)

    _delivering(change)


def unawaited() -> None:
    """Hands the outputs to a producer and commits, without waiting for what becomes of them."""
    producer = _plain(**{"linger.ms": 2000})

    def change(honest: Deliver, self: ExactlyOnce, outputs: Sequence[Output], offsets: Any, metadata: Any) -> None:
        _send(producer, outputs)
        honest(self, [], offsets, metadata)

    _delivering(change)


def auto_commit() -> None:
    """Lets the client commit what it has handed out."""
    honest = clients.consumer

    def consumer(*args: Any, **options: Any) -> Any:
        automatic = {"enable_auto_commit": True, "enable_auto_offset_store": True, "auto_commit_interval_ms": 100}
        return honest(*args, **options, **automatic)

    clients.consumer = consumer

    def change(honest: Deliver, self: ExactlyOnce, outputs: Sequence[Output], offsets: Any, metadata: Any) -> None:
        time.sleep(PAUSE)
        honest(self, outputs, offsets, metadata)

    _delivering(change)


def aborts() -> None:
    """No mistake: now and then a transaction is aborted, as when the group moves on. An honest worker rewinds."""
    turns = itertools.count(1)

    def change(honest: Deliver, self: ExactlyOnce, outputs: Sequence[Output], offsets: Any, metadata: Any) -> None:
        if next(turns) % EVERY == 0:
            raise Aborted("a fault of the test")
        honest(self, outputs, offsets, metadata)

    _delivering(change)


def no_rewind() -> None:
    """After an abort it goes on where the consumer happens to stand."""
    aborts()
    Worker._rewind = Worker._forget  # type: ignore[method-assign]


def no_epoch() -> None:
    """Commits what was in flight when the group moved on, as a member of the new generation."""
    honest = Worker._commit

    def forget(self: Worker) -> None:
        self._epoch += 1

    def commit(self: Worker, batch: Batch) -> None:
        metadata = self._consumer.consumer_group_metadata()
        honest(self, replace(batch, epoch=self._epoch, metadata=metadata))

    Worker._forget = forget  # type: ignore[method-assign]
    Worker._commit = commit  # type: ignore[method-assign]


def stale_metadata() -> None:
    """Sends offsets with the group metadata from before the consumer had joined: no generation, which fences nobody."""
    delivery._NO_MEMBER = b"never"
    group = f"{os.environ['ARTICLES_WORKER__GROUP']}-enrich"
    servers = os.environ["ARTICLES_KAFKA__BOOTSTRAP_SERVERS"]
    stale = Consumer({"bootstrap.servers": servers, "group.id": group}).consumer_group_metadata()

    def change(honest: Deliver, self: ExactlyOnce, outputs: Sequence[Output], offsets: Any, _metadata: Any) -> None:
        honest(self, outputs, offsets, stale)

    _delivering(change)


def retried_end() -> None:
    """Goes on with a producer whose commit was sent twice (KAFKA-17754)."""
    ExactlyOnce.doubt = lambda _self: None  # type: ignore[method-assign]
    delivery._SLOW_SECONDS = 1e9


def reset_earliest() -> None:
    """Starts at what the broker still has when the committed offset is gone."""
    honest = clients.consumer

    def consumer(*args: Any, **options: Any) -> Any:
        return honest(*args, **{**options, "auto_offset_reset": "earliest"})

    clients.consumer = consumer


def dropped_result() -> None:
    """Loses a result of a child now and then."""
    honest = EnrichWork.outputs

    def outputs(self: EnrichWork, refused: dict[int, str]) -> list[Output]:
        return [output for n, output in enumerate(honest(self, refused)) if output.source is None or n % DROPPED != 7]

    EnrichWork.outputs = outputs  # type: ignore[method-assign]


PLANTS: dict[str, Callable[[], None]] = {
    plant.__name__: plant
    for plant in (
        aborts, auto_commit, dropped_result, letters_outside, no_epoch, no_rewind, offsets_first, outputs_outside,
        reset_earliest, retried_end, stale_metadata, unawaited,
    )
}  # fmt: skip


if __name__ == "__main__":
    from pipeline.cli import main

    PLANTS[sys.argv.pop(1)]()
    main()
