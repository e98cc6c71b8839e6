"""How a batch's outputs and its offsets become visible: in one transaction, or (embedded broker) one after the other."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from pipeline.stream.messages import Aborted, FailStop, GroupMetadata, Output

log = logging.getLogger(__name__)
_SECONDS = 10.0  # for each call to the transaction coordinator
_SLOW_COMMIT_SECONDS = 0.25
_PRODUCE_SECONDS = 30.0  # for room in the producer's queue
_CONTENT_ERRORS = (KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_RECORD)


class Refused(Aborted):
    """The broker will not take outputs made from these records (index in the batch: why); the batch was aborted."""

    def __init__(self, records: dict[int, str]) -> None:
        super().__init__(f"the broker refused outputs of {len(records)} records")
        self.records = records


class Delivery(Protocol):
    """Makes a batch visible; returns when it is. Refused or Aborted: nothing is. FailStop: nobody knows."""

    name: str

    def deliver(self, outputs: Sequence[Output], offsets: list[TopicPartition], metadata: GroupMetadata) -> None: ...


class _Acks:
    """Counts what the broker has acknowledged."""

    def __init__(self) -> None:
        self.good = 0
        self.errors: list[tuple[KafkaError, int | None]] = []

    def callback(self, source: int | None) -> Callable[[KafkaError | None, Message], None]:
        def acknowledged(error: KafkaError | None, _message: Message) -> None:
            if error is None:
                self.good += 1
            else:
                self.errors.append((error, source))

        return acknowledged

    def produce(self, producer: Producer, outputs: Sequence[Output]) -> None:
        callbacks = {source: self.callback(source) for source in {output.source for output in outputs}}
        for output in outputs:
            deadline = time.monotonic() + _PRODUCE_SECONDS
            while True:
                try:
                    producer.produce(
                        output.topic,
                        output.value,
                        output.key,
                        headers=list(output.headers),
                        on_delivery=callbacks[output.source],
                    )
                    break
                except BufferError:
                    if time.monotonic() > deadline:
                        raise FailStop(f"no room in the producer's queue for {_PRODUCE_SECONDS:g} s") from None
                    producer.poll(0.05)
                except KafkaException as error:
                    if error.args[0].code() not in _CONTENT_ERRORS:
                        raise
                    self.errors.append((error.args[0], output.source))
                    break

    def refused(self) -> dict[int, str]:
        """Records whose content the broker will not take; FailStop where the errors are not about content."""
        for error, source in self.errors:
            if error.code() in _CONTENT_ERRORS and source is None:
                raise FailStop(f"the broker refuses a ledger record: {error.str()}")
        return {s: e.name() for e, s in self.errors if s is not None and e.code() in _CONTENT_ERRORS}

    def check(self, expected: int) -> None:
        if self.good != expected or self.errors:
            names = sorted({error.name() for error, _ in self.errors})
            raise FailStop(f"{self.good} of {expected} outputs acknowledged {names}")


class ExactlyOnce:
    """Outputs and offsets in one transaction, fenced by the consumer group's generation (KIP-447)."""

    name = "exactly_once"

    def __init__(self, make_producer: Callable[[], Producer]) -> None:
        self._make_producer = make_producer
        self._producer = self._fresh()

    def _fresh(self) -> Producer:
        producer = self._make_producer()
        producer.init_transactions(_SECONDS)
        return producer

    def deliver(self, outputs: Sequence[Output], offsets: list[TopicPartition], metadata: GroupMetadata) -> None:
        acks, step = _Acks(), "begin"
        try:
            self._producer.begin_transaction()
            step = "produce"
            acks.produce(self._producer, outputs)
            if acks.errors:
                self._abort(acks, "produce refused")
            step = "offsets"
            self._producer.send_offsets_to_transaction(offsets, metadata, _SECONDS)
            step = "commit"
            started = time.monotonic()
            self._producer.commit_transaction(_SECONDS)
        except KafkaException as failure:
            error = failure.args[0]
            if error.fatal() or not error.txn_requires_abort():
                raise FailStop(f"{step}: {error.name()} {error.str()}") from failure
            self._abort(acks, f"{step}: {error.name()}")
        acks.check(len(outputs))
        if time.monotonic() - started > _SLOW_COMMIT_SECONDS:
            # KAFKA-17754: librdkafka may have sent EndTxn twice; a new epoch, before the late one can end our next transaction
            log.warning("slow commit: taking a new producer", extra={"seconds": round(time.monotonic() - started, 2)})
            self._producer = self._fresh()

    def _abort(self, acks: _Acks, why: str) -> None:
        try:
            self._producer.abort_transaction(_SECONDS)
        except KafkaException as failure:
            raise FailStop(f"abort after {why}: {failure.args[0].name()}") from failure
        if refused := acks.refused():
            raise Refused(refused)
        fatal = [e for e, _ in acks.errors if not e.retriable() and e.code() not in _PURGED]
        if fatal:
            raise FailStop(f"the broker refuses to take outputs: {fatal[0].name()} {fatal[0].str()}")
        raise Aborted(why)


_PURGED = (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT, KafkaError._MSG_TIMED_OUT)


class AtLeastOnce:
    """Outputs first, then the offsets: after a failure in between the outputs come again."""

    name = "at_least_once"

    def __init__(self, producer: Producer, consumer: Consumer) -> None:
        self._producer = producer
        self._consumer = consumer

    def deliver(self, outputs: Sequence[Output], offsets: list[TopicPartition], _metadata: GroupMetadata) -> None:
        acks = _Acks()
        try:
            acks.produce(self._producer, outputs)
            left = self._producer.flush(_PRODUCE_SECONDS)
            if refused := acks.refused():
                raise Refused(refused)
            if left:
                raise FailStop(f"{left} outputs not acknowledged in {_PRODUCE_SECONDS:g} s")
            acks.check(len(outputs))
            self._consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as failure:
            error = failure.args[0]
            if error.code() in (KafkaError.REBALANCE_IN_PROGRESS, KafkaError.ILLEGAL_GENERATION):
                raise Aborted(error.name()) from failure
            raise FailStop(f"{error.name()} {error.str()}") from failure
