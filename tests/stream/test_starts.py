"""Where partitions start that have no committed offset; the consumer is a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from confluent_kafka import KafkaError, TopicPartition

from pipeline.stream.messages import FailStop
from pipeline.stream.starts import starts

NONE = -1001


@dataclass
class Consumer:
    """Committed offsets with metadata by partition; ends; what was sent since a time, -1 where nothing was."""

    known: dict[int, tuple[int, str]]
    ends: dict[int, int] = field(default_factory=dict)
    sent: dict[int, int] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    commits: dict[int, tuple[int, str]] = field(default_factory=dict)

    def committed(self, places: list[TopicPartition], timeout: float) -> list[TopicPartition]:  # noqa: ARG002
        return [TopicPartition("raw", p.partition, *self.known.get(p.partition, (NONE, ""))) for p in places]

    def list_topics(self, topic: str, timeout: float) -> SimpleNamespace:  # noqa: ARG002
        return SimpleNamespace(topics={topic: SimpleNamespace(partitions=dict.fromkeys(self.ends))})

    def get_watermark_offsets(self, place: TopicPartition, timeout: float) -> tuple[int, int]:  # noqa: ARG002
        return 0, self.ends[place.partition]

    def offsets_for_times(self, places: list[TopicPartition], timeout: float) -> list[TopicPartition]:  # noqa: ARG002
        self.asked = [place.offset for place in places]
        return [TopicPartition("raw", place.partition, self.sent[place.partition]) for place in places]

    def commit(self, offsets: list[TopicPartition], asynchronous: bool) -> None:
        assert not asynchronous
        self.commits = {place.partition: (place.offset, place.metadata or "") for place in offsets}


def begin(consumer: Consumer, *partitions: int, start_from: str = "latest") -> list[int]:
    """The offsets where these partitions start."""
    wanted = [TopicPartition("raw", partition) for partition in partitions]
    return [place.offset for place in starts(consumer, wanted, start_from)]  # type: ignore[arg-type]


def test_committed_offsets_are_kept() -> None:
    """Whatever the settings say, and nothing is committed."""
    consumer = Consumer({0: (5, ""), 1: (7, "latest since 1000")}, {0: 9, 1: 9})
    assert begin(consumer, 0, 1) == begin(consumer, 0, 1, start_from="earliest") == [5, 7]
    assert consumer.commits == {}


def test_earliest_is_the_first_record() -> None:
    """Of a new group, and of a new partition."""
    consumer = Consumer({0: (5, "")}, {0: 9, 1: 9})
    assert begin(consumer, 0, 1, start_from="earliest") == [5, NONE]
    assert consumer.commits == {}


def test_the_first_of_a_new_group_writes_down_the_end_and_the_time() -> None:
    """`latest` is decided once."""
    consumer = Consumer({}, {0: 9, 1: 4})
    assert begin(consumer, 0, 1) == [9, 4]
    (first, when), (second, also) = consumer.commits[0], consumer.commits[1]
    assert (first, second, when) == (9, 4, also)
    assert when.startswith("latest since 1")


@pytest.mark.parametrize("sent", [0, -1], ids=["records since", "none since"])
def test_a_partition_without_an_offset_starts_at_the_time_of_the_group(sent: int) -> None:
    """One that was added later, at its first record; another member's of the same moment, at the end."""
    consumer = Consumer({0: (5, "latest since 1000"), 1: (5, "latest since 2000")}, {0: 9, 1: 9, 2: 3}, {2: sent})
    start = 0 if sent == 0 else 3
    assert begin(consumer, 0, 2) == [5, start]
    assert (consumer.asked, consumer.commits) == ([1000], {2: (start, "latest since 1000")})


def test_a_group_that_began_at_the_first_record_goes_on_so() -> None:
    """Offsets without a time are those of `earliest`: a new partition is read whole, though the setting has changed."""
    consumer = Consumer({0: (5, "")}, {0: 9, 1: 3})
    assert begin(consumer, 0, 1) == [5, NONE]
    assert consumer.commits == {}


def test_an_offset_that_is_not_told_ends_the_worker() -> None:
    """Never taken for none."""
    consumer = Consumer({})
    place = SimpleNamespace(partition=0, offset=NONE, error=KafkaError(KafkaError.UNSTABLE_OFFSET_COMMIT))
    consumer.committed = lambda _places, timeout: [place]  # type: ignore[method-assign,assignment]  # noqa: ARG005
    with pytest.raises(FailStop, match="UNSTABLE_OFFSET_COMMIT"):
        begin(consumer, 0)
