"""The documentation cannot drift from the code."""

from __future__ import annotations

from pathlib import Path

from pipeline.cli import COMMANDS
from quality import readme

ROOT = Path(__file__).parent.parent


def test_the_table_of_settings_is_today_s() -> None:
    """README.md holds what `python -m quality.readme` writes."""
    assert readme.written() == readme.README.read_text("utf-8")


def test_every_command_has_a_file_and_an_example() -> None:
    """Each command of the program says how it is used."""
    for name in COMMANDS:
        assert "Example: articles" in (ROOT / "pipeline" / "cli" / f"{name}.py").read_text("utf-8"), name
