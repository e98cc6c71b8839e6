"""Row 18 of the fault matrix: the broker's disk is full, and has room again."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.stream import clients
from pipeline.stream import topics as ours
from tests.conftest import unavailable, unique_settings
from tests.kafka.checker import SECONDS, clean, finished, judge, wait_ended
from tests.kafka.faults.fleet import Fleet
from tests.kafka.faults.schedule import SHORT
from tests.kafka.faults.trial import ENDED_SECONDS
from tests.kafka.harness import Load
from tests.kafka.server import KafkaServer, KafkaUnavailable

pytestmark = [pytest.mark.kafka, pytest.mark.soak]
MOVED_SECONDS = 45.0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, which only root may mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(ballast: Path) -> None:
    """Takes all the room that is left."""
    with ballast.open("wb", buffering=0) as file:
        size = 1024**2
        while size:
            try:
                file.write(b"\0" * size)
            except OSError:
                size //= 2


def test_the_disk_is_full(disk: Path) -> None:
    """The broker ends, for it has no other; with room, and started again, the workers go on unaided."""
    try:
        server = KafkaServer(data=disk).start()
    except KafkaUnavailable as missing:
        unavailable(str(missing))
    settings: Settings = unique_settings(server.bootstrap_servers)
    assert [made.error for made in ours.create(clients.admin(settings), ours.specs(settings))] == [None] * 6
    with Fleet(settings, 2, SHORT).running() as fleet:
        with Load(settings).running() as load:
            load.wait_for_more(300)
            fill(disk / "ballast")
            server.wait_ended(SECONDS)
            time.sleep(5.0)
            (disk / "ballast").unlink()
            server.start()
            took = load.wait_all_moved(time.time(), MOVED_SECONDS)
        assert finished(settings)
        wait_ended(settings, ENDED_SECONDS)
    print(f"all partitions moved {took:.1f} s after the broker was back; {fleet.ends}")
    assert {end.code for end in fleet.ends} <= {70, 1}
    assert judge(settings) == clean(load.fed)
    server.close()
