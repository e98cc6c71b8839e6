"""The parts of the documentation that are written from the code are today's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline import metrics
from pipeline.cli import COMMANDS
from quality import readme
from tests import documents
from tests.documents import ROOT


@pytest.mark.parametrize("file", readme.FILES, ids=lambda file: file.name)
def test_what_is_generated_is_today_s(file: Path) -> None:
    """Each file holds what `python -m quality.readme` writes."""
    assert readme.written(file) == file.read_text("utf-8")


def test_nothing_that_is_generated_was_taken_out() -> None:
    """Each part stands in the documentation once, and so does every metric."""
    texts = [file.read_text("utf-8") for file in readme.FILES]
    assert sorted(readme.PARTS) == sorted(name for text in texts for name in re.findall(r"<!-- end of (\w+) -->", text))
    assert [m.name for m in metrics.ALL if f"| `{m.name}` |" not in texts[1]] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_that_parses(name: str) -> None:
    """Each command of the program says in its help how it is used, and is right."""
    source = (ROOT / "pipeline" / "cli" / f"{name}.py").read_text("utf-8")
    (example,) = re.findall(rf"Example: (articles {name}\b[^\n]*)", source)
    documents.check(example.removesuffix('"""'))
