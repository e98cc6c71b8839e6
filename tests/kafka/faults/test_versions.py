"""Row 25 of the fault matrix: two versions of the worker in one group, as in a rolling upgrade."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.settings import Settings
from tests.documents import ROOT
from tests.kafka.faults.proxy import Proxy
from tests.kafka.faults.schedule import SHORT
from tests.kafka.faults.trial import kept, trial
from tests.kafka.harness import WORKER

pytestmark = [pytest.mark.kafka, pytest.mark.soak]
MOVED_SECONDS = 30.0
OLD = ("-P", *WORKER)  # not from the working directory


def git(*args: str) -> bytes:
    """What git says; skips the test where there is no history."""
    asked = subprocess.run(["git", "-C", str(ROOT), *args], capture_output=True, check=False)
    if asked.returncode != 0:
        pytest.skip("no history to take an older version from")
    return asked.stdout


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """The newest committed version whose worker is another one than this."""
    commits = git("rev-list", "-n", "50", "HEAD", "--", "pipeline/stream").decode().split()
    (commit, *_) = (commit for commit in commits if git("diff", "--name-only", commit, "--", "pipeline/stream"))
    packed = git("archive", commit, "pipeline")
    subprocess.run(["tar", "-x", "-C", str(tmp_path)], input=packed, check=True)
    command = [sys.executable, "-P", "-c", "import pipeline; print(pipeline.__file__)"]
    found = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(tmp_path)}, stdout=subprocess.PIPE, check=True)
    assert found.stdout.startswith(bytes(tmp_path))
    return tmp_path


def test_a_rolling_upgrade_and_back(kafka_settings: Settings, proxy: Proxy, older: Path) -> None:
    """Three old workers become new ones in turn, and one goes back: nothing is lost or doubled between them."""
    old = SHORT | {"PYTHONPATH": str(older)}
    with trial(kafka_settings, proxy, 3, more=old, program=OLD) as tried:
        before = tried.fleet.more
        new = {name: value for name, value in before.items() if name != "PYTHONPATH"}
        for number, (slot, program) in enumerate(((0, WORKER), (1, WORKER), (2, WORKER), (0, OLD))):
            tried.fleet.program, tried.fleet.more = program, before if program is OLD else new
            tried.fleet.send(slot, signal.SIGTERM)
            tried.fleet.wait_ends(number + 1)
            tried.fleet.wait_ready(slot)
            tried.load.wait_all_moved(tried.fleet.ends[-1].at, MOVED_SECONDS)
            tried.load.wait_for_more(300)
        codes = [end.code for end in tried.fleet.ends]
        tried.fleet.more = new
    assert codes == [0] * 4
    assert tried.found == kept(tried.load.fed)
