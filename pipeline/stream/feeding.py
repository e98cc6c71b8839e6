"""Records onto the raw topic: checked as the worker will check them, keyed by site, acknowledged one by one."""

from __future__ import annotations

from dataclasses import dataclass, field

from confluent_kafka import KafkaError, KafkaException, Message

from pipeline.enrich.decode import decode
from pipeline.enrich.identity import record_key
from pipeline.reasons import DeadReason
from pipeline.records import Dead, Limits, RawArticle
from pipeline.settings import Settings
from pipeline.sources.files import Sourced
from pipeline.stream import clients
from pipeline.stream.embedded import MAX_RECORD_BYTES, is_embedded

_SECONDS = 10.0
_FLUSH_SECONDS = 120.0
_REFUSED_KEPT = 1000


@dataclass(slots=True)
class Sent:
    """What became of a feed: `failed` were sent and not acknowledged."""

    sent: int = 0
    failed: int = 0
    refused: list[tuple[str, int, Dead]] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        refused = [{"file": f, "line": n, "reason": d.reason, "detail": d.detail} for f, n, d in self.refused[:_REFUSED_KEPT]]
        return {"sent": self.sent, "refused": len(self.refused), "failed": self.failed, "refusals": refused}


class Feeder:
    """Sends raw records; `as_is` sends them unchecked. KafkaException when the topic or the brokers are not there."""

    def __init__(self, settings: Settings, *, as_is: bool = False) -> None:
        self._topic = settings.topics.raw
        self._as_is = as_is
        limits = settings.limits
        self._limits = Limits(limits.record_bytes, limits.html_bytes, limits.depth)
        self._producer = clients.producer(settings)
        metadata = self._producer.list_topics(timeout=_SECONDS)
        self._embedded = is_embedded(metadata.cluster_id)
        if self._topic not in metadata.topics and not self._embedded:
            raise KafkaException(KafkaError(KafkaError.UNKNOWN_TOPIC_OR_PART))
        self.tally = Sent()

    def send(self, record: Sourced) -> Dead | None:
        """Sends one record, or says why it is refused. Blocks while the producer's queue is full."""
        raw = decode(record.value, record.headers, self._limits)
        refused = None if self._as_is or isinstance(raw, RawArticle) else raw
        if self._embedded and len(record.value) > MAX_RECORD_BYTES:
            detail = f"{len(record.value)} bytes; the embedded broker takes {MAX_RECORD_BYTES}"
            refused = Dead("", DeadReason.TOO_LARGE, "feed", detail)
        if refused is not None:
            self.tally.refused.append((record.origin.file, record.origin.line, refused))
            return refused
        key = record_key(raw.url, raw.source) if isinstance(raw, RawArticle) else None
        while True:
            try:
                self._producer.produce(
                    self._topic, record.value, key, headers=list(record.headers), on_delivery=self._acknowledged
                )
                break
            except BufferError:
                self._producer.poll(0.1)
        self._producer.poll(0)
        return None

    def _acknowledged(self, error: KafkaError | None, _message: Message) -> None:
        if error is None:
            self.tally.sent += 1
        else:
            self.tally.failed += 1

    def finish(self) -> Sent:
        """Waits for the last acknowledgement."""
        self.tally.failed += self._producer.flush(_FLUSH_SECONDS)
        return self.tally
