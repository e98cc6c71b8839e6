"""The checker is seen red: the kills of test_worker.py, on workers that each have one mistake planted."""

from __future__ import annotations

import random
import time

import pytest

from pipeline.settings import Settings
from tests.kafka.checker import Verdict, clean, finished, judge
from tests.kafka.harness import Load, start, working

pytestmark = pytest.mark.kafka
AHEAD = 1500  # records: what is lost never comes out, and the load stops when it is so many ahead


def killed(settings: Settings, plant: str, kills: int, records: int = 1) -> tuple[Verdict, int]:
    """Two planted workers under load, one of them killed so many times, then so many `records` come out.

    The verdict, and how many records were fed.
    """
    rng = random.Random(2)
    program = ("-m", "tests.kafka.broken", plant, "worker")
    with working(settings, 2, program=program) as workers, Load(settings, ahead=AHEAD).running() as load:
        load.wait_for_more()
        for _ in range(kills):
            time.sleep(rng.uniform(0.3, 1.0))
            workers[0].kill()
            workers[0] = start(settings, 0, program=program)
            load.wait_for_more()
        load.wait_for_more(records)
    with working(settings, 2):  # honest ones finish what is left, so that nothing is missing but what was lost
        assert finished(settings)
    return judge(settings), load.fed


def test_offsets_before_outputs_lose_records(kafka_settings: Settings) -> None:
    """Records whose offset was committed when the worker died are gone."""
    verdict, fed = killed(kafka_settings, "offsets_first", kills=3)
    assert fed == verdict.fed
    assert verdict.lost > 0
    assert verdict.ledger != ()


def test_outputs_outside_of_the_transaction_double_records(kafka_settings: Settings) -> None:
    """Records whose outputs were out when the worker died come again."""
    verdict, _ = killed(kafka_settings, "outputs_outside", kills=3)
    assert verdict.doubled > 0
    assert verdict.lost == 0


def test_no_rewind_after_an_abort_loses_records(kafka_settings: Settings) -> None:
    """A batch that was aborted is skipped."""
    verdict, _ = killed(kafka_settings, "no_rewind", kills=0, records=200)
    assert verdict.lost > 0


def test_aborts_alone_lose_nothing(kafka_settings: Settings) -> None:
    """The same aborts, the worker as it is: green."""
    verdict, fed = killed(kafka_settings, "aborts", kills=1, records=300)
    assert clean(fed) == verdict
