"""The broker of the demo and of the fast tests: librdkafka's mock cluster, inside this process, with no Java.

Any client can use it, but it is no Kafka. Its limits, all measured (confluent-kafka 2.16):
- About 5 MB are kept of a partition, then the oldest records are dropped without a word: records over MAX_RECORD_BYTES
  are refused by our feeder there, and it keeps no more than 1 MB of a partition unread.
- Transactions are accepted, but the offsets in them are not stored: exactly-once cannot run on it.
- A topic has four partitions and exists as soon as a client asks for it; there is no CreateTopics, no DescribeConfigs.
- Rebalances are slow (seconds), and everything is gone when the process ends.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from types import TracebackType

from confluent_kafka import Producer

MAX_RECORD_BYTES = 1_000_000
PARTITIONS = 4
_MARK = "mockCluster"
_SECONDS = 10.0


def is_embedded(cluster_id: str | None) -> bool:
    """Is this the cluster id (`list_topics().cluster_id`) of an embedded broker?"""
    return (cluster_id or "").startswith(_MARK)


class EmbeddedBroker:
    """Runs from its construction until `close` or the end of the `with` block; listens on a free port of 127.0.0.1."""

    def __init__(self, topics: Iterable[str] = ()) -> None:
        # The address is ignored; the client that starts the cluster is its first client and its owner.
        options = {"bootstrap.servers": "embedded", "test.mock.num.brokers": 1}
        self._owner: Producer | None = Producer(options, logger=_Quiet())
        (broker,) = self._owner.list_topics(timeout=_SECONDS).brokers.values()
        self.bootstrap_servers = f"{broker.host}:{broker.port}"
        for topic in topics:
            self._owner.list_topics(topic, timeout=_SECONDS)  # to ask for a topic is to create it

    def close(self) -> None:
        """Ends the broker; everything on it is gone. Once is enough."""
        if self._owner is not None:
            self._owner.close()
            self._owner = None

    def __enter__(self) -> EmbeddedBroker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Quiet:
    """The cluster's own lines, as debug lines: that the address above is replaced is no news."""

    def log(self, _level: int, form: str, *values: object) -> None:
        logging.getLogger(__name__).debug(form, *values)
