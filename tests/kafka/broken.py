"""Workers broken on purpose, to see the checker go red: `python -m tests.kafka.broken PLANT worker --stage enrich`.

Each plant is a mistake that reads well. They live here and nowhere in the package.
"""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Callable, Sequence

from confluent_kafka import Producer, TopicPartition

from pipeline.stream.delivery import ExactlyOnce
from pipeline.stream.messages import Aborted, GroupMetadata, Output
from pipeline.stream.worker import Batch, Worker

PAUSE = 0.6  # seconds between the two halves of what should be one: where the kills land
EVERY = 4  # the share of batches that are aborted


def offsets_first() -> None:
    """Commits the offsets of a batch before its outputs, as auto-commit does."""
    honest = Worker._commit

    def commit(self: Worker, batch: Batch) -> None:
        self._consumer.commit(offsets=batch.next_offsets(), asynchronous=False)
        time.sleep(PAUSE)
        honest(self, batch)

    Worker._commit = commit  # type: ignore[method-assign]


def outputs_outside() -> None:
    """Produces outside of the transaction, which holds the offsets alone."""
    honest = ExactlyOnce.deliver
    producer = Producer({"bootstrap.servers": os.environ["ARTICLES_KAFKA__BOOTSTRAP_SERVERS"]})

    def deliver(
        self: ExactlyOnce, outputs: Sequence[Output], offsets: list[TopicPartition], metadata: GroupMetadata
    ) -> None:
        for output in outputs:
            producer.produce(output.topic, output.value, output.key, headers=list(output.headers))
        producer.flush()
        time.sleep(PAUSE)
        honest(self, [], offsets, metadata)

    ExactlyOnce.deliver = deliver  # type: ignore[method-assign]


def aborts() -> None:
    """No mistake: now and then a transaction is aborted, as when the group moves on. An honest worker rewinds."""
    honest = ExactlyOnce.deliver
    turns = itertools.count(1)

    def deliver(
        self: ExactlyOnce, outputs: Sequence[Output], offsets: list[TopicPartition], metadata: GroupMetadata
    ) -> None:
        if next(turns) % EVERY == 0:
            raise Aborted("a fault of the test")
        honest(self, outputs, offsets, metadata)

    ExactlyOnce.deliver = deliver  # type: ignore[method-assign]


def no_rewind() -> None:
    """After an abort it goes on where the consumer happens to stand."""
    aborts()
    Worker._rewind = Worker._forget  # type: ignore[method-assign]


PLANTS: dict[str, Callable[[], None]] = {
    plant.__name__: plant for plant in (offsets_first, outputs_outside, aborts, no_rewind)
}


if __name__ == "__main__":
    from pipeline.cli import main

    PLANTS[sys.argv.pop(1)]()
    main()
