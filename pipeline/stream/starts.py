"""Where a worker starts in a partition: at the committed offset; where there is none, as the settings say.

`latest` is decided once in the life of a group, by the first member that finds no offset at all. The time of that is in
the metadata of every offset that the group commits from then on: a partition that is added later, or that another
member takes at the same moment, starts with what was sent since, so that no record is skipped because nobody knew yet
of its partition.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from confluent_kafka import Consumer, TopicPartition

from pipeline.stream.messages import FailStop

_SECONDS = 10.0
_SINCE = "latest since "  # and milliseconds since 1970


def starts(consumer: Consumer, partitions: Sequence[TopicPartition], start_from: str) -> list[TopicPartition]:
    """The committed offsets of these partitions, with their metadata; a negative one means the first record.

    Raises FailStop and KafkaException.
    """
    places = _committed(consumer, partitions)
    new = [place for place in places if place.offset < 0]
    if not new or start_from == "earliest":
        return places
    settled = {place.partition: place for place in _settled(consumer, new)}
    return [settled.get(place.partition, place) for place in places]


def _committed(consumer: Consumer, places: Sequence[TopicPartition]) -> list[TopicPartition]:
    found = consumer.committed(list(places), timeout=_SECONDS) if places else []
    for place in found:
        if place.error:
            raise FailStop(place.error.name())
    return list(found)


def _settled(consumer: Consumer, new: Sequence[TopicPartition]) -> list[TopicPartition]:
    """Writes down where the group starts in these partitions: else a restart or a rewind would skip records."""
    topic = new[0].topic
    numbers = consumer.list_topics(topic, timeout=_SECONDS).topics[topic].partitions
    known = [p for p in _committed(consumer, [TopicPartition(topic, n) for n in numbers]) if p.offset >= 0]
    told = [place.metadata or "" for place in known]
    marks = [int(metadata.removeprefix(_SINCE)) for metadata in told if metadata.startswith(_SINCE)]
    if known and not marks:
        return []  # it started at the first records, and goes on so
    since = min(marks, default=int(time.time() * 1000))
    sent: dict[int, int] = {}
    if marks:
        asked = [TopicPartition(topic, place.partition, since) for place in new]
        sent = {p.partition: p.offset for p in consumer.offsets_for_times(asked, timeout=_SECONDS)}
    settled = []
    for place in new:
        first = sent.get(place.partition, -1)
        offset = first if first >= 0 else consumer.get_watermark_offsets(place, timeout=_SECONDS)[1]
        settled.append(TopicPartition(topic, place.partition, offset, f"{_SINCE}{since}"))
    consumer.commit(offsets=settled, asynchronous=False)
    return settled
