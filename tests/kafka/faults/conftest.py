"""The proxy between the workers of the fault tests and the broker of the run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kafka.faults.proxy import Proxy
from tests.kafka.server import KafkaServer


@pytest.fixture(scope="session")
def proxy(kafka: KafkaServer) -> Iterator[Proxy]:
    """In front of the broker's second listener."""
    assert kafka.proxy is not None
    with Proxy(kafka.proxy, int(kafka.secure_servers.rpartition(":")[2])).running() as running:
        yield running
