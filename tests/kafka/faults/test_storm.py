"""A few storms of `make soak`, small enough for every run."""

from __future__ import annotations

import pytest

from pipeline.settings import Settings
from tests.kafka.faults.proxy import Proxy
from tests.kafka.faults.schedule import storm
from tests.kafka.faults.storm import weathered
from tests.kafka.faults.trial import kept
from tests.kafka.server import KafkaServer

pytestmark = pytest.mark.kafka


def test_a_schedule_is_a_function_of_its_seed() -> None:
    """The same faults every time, other ones for another seed, three to six of them."""
    assert [storm(seed) for seed in range(50)] == [storm(seed) for seed in range(50)]
    assert len({tuple(map(str, storm(seed))) for seed in range(50)}) == 50
    assert {len(storm(seed)) for seed in range(50)} == {3, 4, 5, 6}


@pytest.mark.soak
@pytest.mark.parametrize("seed", [3])
def test_a_storm(kafka: KafkaServer, kafka_settings: Settings, proxy: Proxy, seed: int) -> None:
    """Faults over each other, then heal and drain: every promise is kept."""
    passed = weathered(kafka_settings, kafka, proxy, seed, records=3000)
    print(*passed.faults, passed, sep="\n")
    assert passed.found == kept(passed.fed)
