"""Back-pressure on the embedded broker, which drops the oldest records of a full partition without a word."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

from confluent_kafka import OFFSET_BEGINNING, KafkaException, TopicPartition

from pipeline.settings import Settings
from pipeline.stream import clients
from pipeline.stream.embedded import MAX_RECORD_BYTES

_SECONDS = 10.0
_FRAME_BYTES = 512  # counted for key, headers and the frame of each record
_MOST_BYTES = MAX_RECORD_BYTES + _FRAME_BYTES


class NoRoomError(RuntimeError):
    """Nobody reads what was fed, and the embedded broker would drop what comes next; the message says what to do."""


@dataclass(slots=True)
class _Partition:
    unread: deque[tuple[int, int]] = field(default_factory=deque)  # offset and bytes of each record
    size: int = 0

    def add(self, offset: int, size: int) -> None:
        self.unread.append((offset, size))
        self.size += size

    def read_to(self, offset: int) -> bool:
        """Forgets what lies before `offset`; was there something?"""
        before = self.size
        while self.unread and self.unread[0][0] < offset:
            self.size -= self.unread.popleft()[1]
        return self.size < before


class Room:
    """What the worker's group has not committed of each partition of the raw topic, in bytes: at most 1 MB is let in.

    The partition of a record is known when it is acknowledged; until then it counts for all of them.
    """

    def __init__(self, settings: Settings, group: str) -> None:
        self._topic = settings.topics.raw
        self._group = group
        self._consumer = clients.consumer(settings, group_id=group)
        partitions = self._consumer.list_topics(self._topic, timeout=_SECONDS).topics[self._topic].partitions
        self._partitions = {partition: _Partition() for partition in partitions}
        self._in_flight = 0
        self._moved = time.monotonic()
        self._look_back()

    def _look_back(self) -> None:
        """Counts what earlier feeders left unread."""
        starts = self._committed()
        for place in starts:
            place.offset = place.offset if place.offset >= 0 else OFFSET_BEGINNING
        ends = {p.partition: self._consumer.get_watermark_offsets(p, timeout=_SECONDS)[1] for p in starts}
        self._consumer.assign(starts)
        left = {place.partition for place in starts if max(place.offset, 0) < ends[place.partition]}
        while left:
            for message in self._consumer.consume(500, 0.2):
                partition, offset = message.partition(), message.offset()
                if message.error() or partition is None or offset is None:
                    raise KafkaException(message.error())
                self._partitions[partition].add(offset, len(message.value() or b"") + _FRAME_BYTES)
                if offset + 1 >= ends[partition]:
                    left.discard(partition)
        self._consumer.unassign()

    def _committed(self) -> list[TopicPartition]:
        places = [TopicPartition(self._topic, partition) for partition in self._partitions]
        return self._consumer.committed(places, timeout=_SECONDS)

    def has_room(self, value_bytes: int, patience: float) -> bool:
        """May a record be sent now? NoRoomError when nothing has been read for `patience` seconds."""
        if self._fits(value_bytes):
            self._moved = time.monotonic()
            return True
        read = [self._partitions[place.partition].read_to(place.offset) for place in self._committed()]
        now = time.monotonic()
        if any(read) or self._in_flight:
            self._moved = now
        if now - self._moved > patience:
            unread = sum(len(partition.unread) for partition in self._partitions.values())
            raise NoRoomError(
                f"{unread} records wait on the embedded broker, which would drop some if it got more, and for "
                f"{patience:g} s group {self._group} has read none. Start a worker: articles worker"
            )
        return self._fits(value_bytes)

    def _fits(self, value_bytes: int) -> bool:
        fullest = max(partition.size for partition in self._partitions.values())
        return fullest + self._in_flight + value_bytes + _FRAME_BYTES <= _MOST_BYTES

    def sent(self, value_bytes: int) -> None:
        """A record is on its way."""
        self._in_flight += value_bytes + _FRAME_BYTES

    def acknowledged(self, value_bytes: int, partition: int | None, offset: int | None) -> None:
        """It has arrived there, or (None) has failed."""
        self._in_flight -= value_bytes + _FRAME_BYTES
        if partition is not None and offset is not None:
            self._partitions[partition].add(offset, value_bytes + _FRAME_BYTES)
