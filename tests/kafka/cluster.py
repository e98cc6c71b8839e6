"""Three brokers on one machine, for tests: every partition has three replicas and needs two."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from tests.kafka.server import KafkaServer, free_port

NODES = (1, 2, 3)
_HEAP = "-Xmx256m"
_SECONDS = 120.0
_REPLICATION = {
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
}


class Cluster:
    """Brokers 1 to 3, each a controller too."""

    def __init__(self) -> None:
        ports = {node: (free_port(), free_port()) for node in NODES}
        voters = ",".join(f"{node}@127.0.0.1:{controller}" for node, (_, controller) in ports.items())
        self.bootstrap_servers = ",".join(f"127.0.0.1:{port}" for port, _ in ports.values())
        self.brokers = {
            node: KafkaServer(port, properties=_REPLICATION | _own(node, port, controller, voters), heap=_HEAP)
            for node, (port, controller) in ports.items()
        }

    @contextmanager
    def running(self) -> Iterator[Cluster]:
        """All three, during the block."""
        try:
            self.start(*NODES)
            yield self
        finally:
            for broker in self.brokers.values():
                broker.close()

    def start(self, *nodes: int) -> None:
        """Starts brokers together, for one alone may be no majority, and waits until every replica is in sync."""
        for node in nodes:
            self.brokers[node].launch()
        for node in nodes:
            self.brokers[node].wait_until_ready()
        self.wait_in_sync()

    def wait_in_sync(self) -> None:
        """Until every partition has all its replicas."""
        admin = AdminClient({"bootstrap.servers": self.bootstrap_servers, "log_level": 0})
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            try:
                metadata = admin.list_topics(timeout=5)
            except KafkaException:
                continue
            partitions = [p for topic in metadata.topics.values() for p in topic.partitions.values()]
            if len(metadata.brokers) == len(NODES) and all(len(p.isrs) == len(p.replicas) for p in partitions):
                return
            time.sleep(0.2)
        raise AssertionError("the replicas do not come into sync")

    def leader(self, topic: str, partition: int) -> int:
        """Who leads a partition."""
        admin = AdminClient({"bootstrap.servers": self.bootstrap_servers, "log_level": 0})
        return int(admin.list_topics(topic, timeout=10).topics[topic].partitions[partition].leader)


def _own(node: int, port: int, controller: int, voters: str) -> dict[str, str]:
    return {
        "node.id": str(node),
        "controller.quorum.voters": voters,
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
    }
