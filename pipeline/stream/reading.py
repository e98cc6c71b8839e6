"""Reads a topic from its beginning to its end, or on and on: for `tail`, `ledger`, `dlq` and the demo."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from confluent_kafka import OFFSET_END, KafkaError, KafkaException, TopicPartition

from pipeline.settings import Settings
from pipeline.stream import clients
from pipeline.stream.consuming import consumed
from pipeline.stream.messages import Consumed

_SECONDS = 10.0


def read(
    settings: Settings,
    topic: str,
    *,
    follow: bool = False,
    from_end: bool = False,
    last: int | None = None,
    ended: Callable[[], bool] = lambda: False,
) -> Iterator[Consumed]:
    """Committed records of a topic; without `follow` up to what is there now. `ended` is asked once in a while.

    `last`: only from so many offsets before the end of each partition.
    """
    consumer = clients.consumer(settings, group_id=f"{settings.worker.group}-reader")
    try:
        found = consumer.list_topics(topic, timeout=_SECONDS).topics[topic]
        if found.error:
            raise KafkaException(found.error)
        places = [TopicPartition(topic, partition) for partition in found.partitions]
        bounds = {p.partition: consumer.get_watermark_offsets(p, timeout=_SECONDS) for p in places}
        for place in places:
            low, high = bounds[place.partition]
            place.offset = OFFSET_END if from_end else low if last is None else max(low, high - last)
        consumer.assign(places)
        left = {partition for partition, (low, high) in bounds.items() if high > low}
        while (follow or (left and not from_end)) and not ended():
            messages = consumer.consume(500, 0.2)
            for message in messages:
                error = message.error()
                if error is None:
                    yield consumed(message)
                elif error.code() != KafkaError.GROUP_AUTHORIZATION_FAILED:  # of the group only the name is used
                    raise KafkaException(error)
            for place in consumer.position(places) if left else []:
                if place.offset >= bounds[place.partition][1]:
                    left.discard(place.partition)
    finally:
        consumer.close()
