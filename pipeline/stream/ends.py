"""Where partitions end, asked of the brokers by a client of its own: a consumer that gets nothing can say nothing."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]  # its stubs

_EVERY_SECONDS = 10.0
_SECONDS = 10.0


class Ends:
    """Last stable offsets of partitions, at most some ten seconds old. Never waits, and never fails."""

    def __init__(self, admin: AdminClient) -> None:
        self._admin = admin
        self._asked = -_EVERY_SECONDS
        self._open: dict[TopicPartition, Future[Any]] = {}

    def look(self, places: Iterable[TopicPartition], now: float) -> dict[tuple[str, int], int]:
        """What has been answered since the last call, by topic and partition; asks again when it is time."""
        done = [place for place, future in self._open.items() if future.done()]
        answers = {(place.topic, place.partition): _offset(self._open.pop(place)) for place in done}
        if now - self._asked >= _EVERY_SECONDS and not self._open:
            self._asked = now
            latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
            wanted = {TopicPartition(place.topic, place.partition): latest for place in places}
            level = IsolationLevel.READ_COMMITTED
            if wanted:
                self._open = self._admin.list_offsets(wanted, isolation_level=level, request_timeout=_SECONDS)
        return {place: offset for place, offset in answers.items() if offset is not None}


def _offset(answer: Future[Any]) -> int | None:
    """None where a broker did not say it: it may be away, and the embedded one never does."""
    if isinstance(answer.exception(), KafkaException):
        return None
    offset = int(answer.result().offset)
    return offset if offset >= 0 else None
