"""Records onto the raw topic: checked as the worker will check them, keyed by site, acknowledged one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from confluent_kafka import KafkaError, KafkaException, Message

from pipeline.enrich.decode import decode
from pipeline.enrich.identity import record_key
from pipeline.reasons import DeadReason
from pipeline.records import Dead, FileOrigin, Limits, RawArticle
from pipeline.settings import Settings
from pipeline.sources.files import Sourced
from pipeline.stream import clients, topics
from pipeline.stream.embedded import MAX_RECORD_BYTES, is_embedded
from pipeline.stream.room import Room
from pipeline.stream.stages import ENRICH, group_of

_SECONDS = 10.0
_FLUSH_SECONDS = 120.0
_KEPT = 1000  # refusals and failures that are told in full


@dataclass(slots=True)
class Sent:
    """What became of a feed: `failed` were sent and not acknowledged. Of both kinds of trouble the first are told."""

    sent: int = 0
    refused: int = 0
    failed: int = 0
    refusals: list[tuple[FileOrigin, Dead]] = field(default_factory=list)
    failures: list[tuple[FileOrigin, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "sent": self.sent,
            "refused": self.refused,
            "failed": self.failed,
            "refusals": [
                {"file": place.file, "line": place.line, "reason": dead.reason, "detail": dead.detail}
                for place, dead in self.refusals
            ],
            "failures": [{"file": place.file, "line": place.line, "error": why} for place, why in self.failures],
        }


class Feeder:
    """Sends raw records; `as_is` sends all that fit, unchecked. KafkaException when topic or brokers are not there.

    On the embedded broker it waits for the worker; NoRoomError when for `patience` seconds nothing was read there.
    """

    def __init__(self, settings: Settings, *, as_is: bool = False, patience: float = 60.0) -> None:
        self._topic = settings.topics.raw
        self._as_is = as_is
        self._patience = patience
        limits = settings.limits
        self._limits = Limits(limits.record_bytes, limits.html_bytes, limits.depth)
        self._producer = clients.producer(settings)
        metadata = self._producer.list_topics(timeout=_SECONDS)
        embedded = is_embedded(metadata.cluster_id)
        if self._topic not in metadata.topics and not embedded:
            error = topics.error_of(clients.admin(settings), self._topic)
            raise KafkaException(error or KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART))
        if embedded:
            self._producer.list_topics(self._topic, timeout=_SECONDS)  # to ask for it is to create it
        self._room = Room(settings, group_of(settings, ENRICH)) if embedded else None
        self.tally = Sent()

    def send(self, record: Sourced) -> Dead | None:
        """Sends one record, or says why it is refused. Blocks while there is no room for it."""
        raw = decode(record.value, record.headers, self._limits)
        refused = None if isinstance(raw, RawArticle) or (self._as_is and not self._is_too_large(record)) else raw
        if self._room and len(record.value) > MAX_RECORD_BYTES:
            detail = f"{len(record.value)} bytes; the embedded broker takes {MAX_RECORD_BYTES}"
            refused = Dead("", DeadReason.TOO_LARGE, "feed", detail)
        if refused is None:
            key = record_key(raw.url, raw.source) if isinstance(raw, RawArticle) else None
            self._produce(record, key)
        else:
            self.tally.refused += 1
            if len(self.tally.refusals) < _KEPT:
                self.tally.refusals.append((record.origin, refused))
        return refused

    def _is_too_large(self, record: Sourced) -> bool:
        return len(record.value) > self._limits.record_bytes

    def _produce(self, record: Sourced, key: bytes | None) -> None:
        while self._room and not self._room.has_room(len(record.value), self._patience):
            self._producer.poll(0.05)
        told = partial(self._acknowledged, record)
        while True:
            try:
                self._producer.produce(self._topic, record.value, key, headers=list(record.headers), on_delivery=told)
                break
            except BufferError:
                self._producer.poll(0.1)
        if self._room:
            self._room.sent(len(record.value))
        self._producer.poll(0)

    def _acknowledged(self, record: Sourced, error: KafkaError | None, message: Message) -> None:
        if self._room:
            place = (None, None) if error else (message.partition(), message.offset())
            self._room.acknowledged(len(record.value), *place)
        if error is None:
            self.tally.sent += 1
        else:
            self.tally.failed += 1
            if len(self.tally.failures) < _KEPT:
                self.tally.failures.append((record.origin, error.name()))

    def finish(self) -> Sent:
        """Waits for the last acknowledgement."""
        self.tally.failed += self._producer.flush(_FLUSH_SECONDS)
        return self.tally
