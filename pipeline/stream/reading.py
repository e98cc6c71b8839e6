"""Reads a topic from its beginning to its end, or on and on: for `tail`, `ledger` and the demo."""

from __future__ import annotations

import time
from collections.abc import Iterator

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, KafkaException, TopicPartition

from pipeline.settings import Settings
from pipeline.stream import clients
from pipeline.stream.messages import Consumed
from pipeline.stream.worker import consumed

_SECONDS = 10.0


def read(
    settings: Settings, topic: str, *, follow: bool = False, from_end: bool = False, idle: float | None = None
) -> Iterator[Consumed]:
    """Committed records of a topic; without `follow` up to what is there now, or until `idle` seconds bring nothing."""
    consumer = clients.consumer(settings, group_id=f"{settings.worker.group}-reader")
    try:
        found = consumer.list_topics(topic, timeout=_SECONDS).topics[topic]
        if found.error:
            raise KafkaException(found.error)
        places = [TopicPartition(topic, p, OFFSET_END if from_end else OFFSET_BEGINNING) for p in found.partitions]
        ends = {p.partition: consumer.get_watermark_offsets(p, timeout=_SECONDS)[1] for p in places}
        consumer.assign(places)
        left = {partition for partition, end in ends.items() if end > 0}
        last = time.monotonic()
        while follow or (left and not from_end):
            messages = consumer.consume(500, 0.2)
            for message in messages:
                if message.error():
                    raise KafkaException(message.error())
                yield consumed(message)
            now = time.monotonic()
            last = now if messages else last
            if idle is not None and now - last > idle:
                return
            for place in consumer.position(places) if left else []:
                if place.offset >= ends[place.partition]:
                    left.discard(place.partition)
    finally:
        consumer.close()
