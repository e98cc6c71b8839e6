"""Partitions that were added while the leader of a group of static members was away.

A static member that comes back in time gets its old assignment without a rebalance (KIP-345), and its client takes the
number of partitions that it then sees for the one that was assigned (librdkafka 2.16): nobody would read the new ones.
"""

from __future__ import annotations

import logging

from confluent_kafka import ConsumerGroupState, KafkaException
from confluent_kafka.admin import AdminClient

log = logging.getLogger(__name__)
_SECONDS = 5.0


def nobodys(admin: AdminClient, group: str, topic: str) -> list[int]:
    """The partitions of the topic that no member of the group holds; none while it is unsettled or nobody answers."""
    try:
        known = admin.list_topics(topic, timeout=_SECONDS).topics[topic].partitions
        (answer,) = admin.describe_consumer_groups([group], request_timeout=_SECONDS).values()
        described = answer.result(2 * _SECONDS)
    except (KafkaException, TimeoutError) as error:
        log.warning("cannot see who holds which partition", extra={"group": group, "error": str(error)})
        return []
    if described.state != ConsumerGroupState.STABLE:
        return []
    held = {p.partition for member in described.members for p in member.assignment.topic_partitions if p.topic == topic}
    return sorted(known.keys() - held)
