"""Messages of the client as our records, and where a batch of them ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import methodcaller

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message, TopicPartition

from pipeline.records import Headers
from pipeline.stream.messages import Consumed

# At a name that is not UTF-8 confluent-kafka 2.16 leaves an error set and returns a list: only a call through C sees
# it, a plain one goes on in warm code and fails somewhere else.
_headers = methodcaller("headers")


def next_offsets(records: Sequence[Consumed], metadata: Mapping[tuple[str, int], str]) -> list[TopicPartition]:
    """For each partition the offset after its last record, with its metadata if it has some."""
    ends = {(r.topic, r.partition): r.offset + 1 for r in records}
    return [TopicPartition(*place, offset, metadata.get(place, "")) for place, offset in ends.items()]


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
