"""What `make audit` makes of pip-audit's answer: a vulnerability is a failure, silence is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quality import audit

REPORT = {
    "dependencies": [
        {"name": "good", "version": "1.0", "vulns": []},
        {"name": "unknown", "skip_reason": "not found on the index"},
        {
            "name": "bad",
            "version": "2.0",
            "vulns": [{"id": "GHSA-1", "aliases": ["CVE-2026-1"], "fix_versions": ["2.1"], "description": "long"}],
        },
    ]
}
GOOD = {"dependencies": REPORT["dependencies"][:2]}


def program(folder: Path, output: str) -> str:
    """A program that says so, whatever it is asked."""
    file, said = folder / "pip-audit", folder / "said"
    said.write_text(output)
    file.write_text(f"#!/bin/sh\ncat {said}\necho no network >&2\nexit 1\n")
    file.chmod(0o755)
    return str(file)


@pytest.mark.parametrize(
    ("code", "output", "told"),
    [
        (1, json.dumps(REPORT), "bad 2.0: GHSA-1, CVE-2026-1; mended in 2.1"),
        (0, json.dumps(GOOD), "1 packages audited, 1 that the index cannot judge"),
        (0, "", "not audited: no network"),
    ],
    ids=["vulnerable", "sound", "no answer"],
)
def test_only_a_vulnerability_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: int, output: str, told: str
) -> None:
    """The lock file is looked at, and what could not be is said."""
    assert code == audit.main(program(tmp_path, output))
    said = capsys.readouterr().out
    assert f"{audit.LOCK}: " in said
    assert told in said


def test_without_the_program_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """It may not have been installed, for want of an index."""
    assert audit.main("/nonexistent") == 0
    assert "not audited" in capsys.readouterr().out
