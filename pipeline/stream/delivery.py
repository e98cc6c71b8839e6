"""How outputs and offsets of a batch become visible: in one transaction, or (embedded broker) one after the other."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import NoReturn, Protocol

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from pipeline.stream.clients import RETRY_BACKOFF_MS
from pipeline.stream.failpoints import reached
from pipeline.stream.messages import Aborted, FailStop, GroupMetadata, Output

log = logging.getLogger(__name__)
_SECONDS = 10.0  # for each call to the transaction coordinator
# For the end of a transaction: librdkafka sends it again, over a new connection and without a word, after at least 0.8
# of its back-off (2.16: 20% jitter); what took less time than that was sent once.
_SLOW_SECONDS = 0.5 * RETRY_BACKOFF_MS / 1000
_PRODUCE_SECONDS = 10.0  # for room in the producer's queue, and for acknowledgements outside of a transaction
_CONTENT_ERRORS = (KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_RECORD)
_PURGED = (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT, KafkaError._MSG_TIMED_OUT)
_REBALANCED = (KafkaError.REBALANCE_IN_PROGRESS, KafkaError.ILLEGAL_GENERATION, KafkaError.UNKNOWN_MEMBER_ID)
_NO_MEMBER = b"CGMDv2:\xff\xff\xff\xff"  # how librdkafka writes the metadata of a consumer that is in no generation


class Refused(Aborted):
    """The broker will not take outputs made from these records (index in the batch: why); the batch was aborted."""

    def __init__(self, records: dict[int, str]) -> None:
        super().__init__(f"the broker refused outputs of {len(records)} records")
        self.records = records


class Delivery(Protocol):
    """Makes a batch visible; returns when it is. Refused or Aborted: nothing is. FailStop: nobody knows."""

    name: str

    def deliver(self, outputs: Sequence[Output], offsets: list[TopicPartition], metadata: GroupMetadata) -> None: ...

    def doubt(self) -> None:
        """Told when the brokers were out of reach."""


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

    def wait(self, producer: Producer, count: int) -> None:
        """Until all are acknowledged, or one has failed: a commit would wait for its neighbours until they time out."""
        deadline = time.monotonic() + _PRODUCE_SECONDS
        while self.good < count and not self.errors:
            producer.poll(0.05)
            if time.monotonic() > deadline:
                raise FailStop(f"{self.good} of {count} outputs acknowledged in {_PRODUCE_SECONDS:g} s")

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
    """Outputs and offsets in one transaction, fenced by the consumer group's generation (KIP-447).

    A producer serves as long as all goes well. After an abort, a slow commit, a lost connection or a lost group a new
    one takes its place: its new epoch ends what is open and fences what is late, and librdkafka's ways back from an
    error are not needed. `make_producer` takes an `error_cb`.
    """

    name = "exactly_once"

    def __init__(self, make_producer: Callable[..., Producer]) -> None:
        self._make_producer = make_producer
        self._producer: Producer | None = self._fresh()

    def _fresh(self) -> Producer:
        producer = self._make_producer(error_cb=lambda _error: self.doubt())
        producer.init_transactions(_SECONDS)
        return producer

    def doubt(self) -> None:
        """Gives the producer up: one that has lost its coordinator can wait for it for ever (librdkafka 5456, 5511)."""
        self._producer = None

    def deliver(self, outputs: Sequence[Output], offsets: list[TopicPartition], metadata: GroupMetadata) -> None:
        if metadata.startswith(_NO_MEMBER):  # brokers fence no generation but those that exist
            raise Aborted("the consumer was in no generation of its group")
        acks, step = _Acks(), "init"
        try:
            if self._producer is not None:
                self._producer.poll(0)  # brings the news of lost connections
            producer = self._producer = self._producer or self._fresh()
            step = "begin"
            producer.begin_transaction()
            reached("begun", offsets)
            step = "produce"
            acks.produce(producer, outputs)
            reached("produced", offsets)
            acks.wait(producer, len(outputs))
            if acks.errors:
                _must_be_allowed(producer, offsets, metadata)
                self._abort(producer, acks, step, None)
            reached("acked", offsets)
            step = "offsets"
            producer.send_offsets_to_transaction(offsets, metadata, _SECONDS)
            reached("offsets", offsets)
            step = "commit"
            started = time.monotonic()
            producer.commit_transaction(_SECONDS)
        except KafkaException as failure:
            error = failure.args[0]
            if error.fatal() or not error.txn_requires_abort():
                raise FailStop(f"{step}: {error.name()} {error.str()}") from failure
            self._abort(producer, acks, step, error)
        reached("committed", offsets)
        acks.check(len(outputs))
        if (seconds := time.monotonic() - started) > _SLOW_SECONDS:
            # KAFKA-17754: EndTxn may have been sent twice, and the late one must not end our next transaction
            log.warning("slow commit: taking a new producer", extra={"seconds": round(seconds, 2)})
            self._producer = None

    def _abort(self, producer: Producer, acks: _Acks, step: str, error: KafkaError | None) -> NoReturn:
        self._producer = None
        producer.purge()
        producer.poll(0)
        self._producer = self._fresh()  # when it has its epoch, the transaction of the old one is aborted
        if refused := acks.refused():
            raise Refused(refused)
        for found in [e for e, _ in acks.errors] + ([error] if error else []):
            if not found.retriable() and found.code() not in (*_PURGED, *_REBALANCED):  # to try again is no use
                raise FailStop(f"{step}: {found.name()} {found.str()}")
        raise Aborted(f"{step}: {error.name() if error else 'not all outputs were taken'}")


def _must_be_allowed(producer: Producer, offsets: list[TopicPartition], metadata: GroupMetadata) -> None:
    """FailStop where an ACL is missing: the records were purged and do not say so, but every later call does."""
    try:
        producer.send_offsets_to_transaction(offsets, metadata, _SECONDS)
    except KafkaException as failure:
        error = failure.args[0]
        if error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            raise FailStop(f"produce: {error.name()} {error.str()}") from failure


class AtLeastOnce:
    """Outputs first, then the offsets: after a failure in between the outputs come again."""

    name = "at_least_once"

    def __init__(self, producer: Producer, consumer: Consumer) -> None:
        self._producer = producer
        self._consumer = consumer

    def doubt(self) -> None:
        """This producer has no coordinator to lose."""

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
            if error.code() in _REBALANCED:
                raise Aborted(error.name()) from failure
            raise FailStop(f"{error.name()} {error.str()}") from failure
