"""A slot is held by one process at a time."""

from __future__ import annotations

import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from pipeline.stream.slots import SlotTaken, take_slot

HOLD = "import sys; from pipeline.stream.slots import take_slot; print(take_slot(*sys.argv[1:]), flush=True); input()"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock files of their own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)


def test_a_slot_is_free_again_when_its_process_dies() -> None:
    """By kill -9 too: the kernel gives the lock back."""
    group = f"g-{uuid.uuid4().hex}"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, group, "a"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"a\n"
        with pytest.raises(SlotTaken, match=r"give this one its own worker\.slot"):
            take_slot(group, "a")
        other.kill()
    assert take_slot(group, "a") == "a"


def test_numbers_count_up() -> None:
    """Without a name each process of a host takes the next number; another group starts anew."""
    group = f"g-{uuid.uuid4().hex}"
    first, second = take_slot(group, None), take_slot(group, None)
    assert (first[-2:], second[-2:]) == ("-0", "-1")
    assert first == take_slot(f"{group}-other", None)


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    """A lock file that another user made a link of is passed over, and its target is left alone."""
    target = tmp_path / "target"
    target.write_text("precious")
    (tmp_path / "articles-g-a.lock").symlink_to(target)
    with pytest.raises(SlotTaken):
        take_slot("g", "a")
    assert target.read_text() == "precious"
