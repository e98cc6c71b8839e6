"""Compares the lock file with known vulnerabilities: `python -m quality.audit PIP_AUDIT`, a path to that program.

Exit 1 for a package with a known vulnerability. What no index answers for is said and is no failure: `make audit` runs
in CI, which may have a mirror without that part of an index, or none.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
LOCK = "requirements-dev.lock"  # it holds the users' packages too, in the same versions (tests/test_lock.py)


def findings(report: Mapping[str, Any]) -> tuple[list[str], int, int]:
    """A line for each vulnerability, how many packages were looked at, and how many nobody knew."""
    packages: Sequence[Mapping[str, Any]] = report["dependencies"]
    unknown = [package for package in packages if "skip_reason" in package]
    found = [
        f"{package['name']} {package['version']}: {', '.join([one['id'], *one['aliases']])}; "
        f"mended in {', '.join(one['fix_versions']) or 'no version'}"
        for package in packages
        for one in package.get("vulns", ())
    ]
    return found, len(packages) - len(unknown), len(unknown)


def audit(program: str, lock: str) -> int:
    """Prints what is known of one lock file; 1 where that is bad."""
    command = [program, "--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run([*command, "-r", str(ROOT / lock)], capture_output=True, text=True, check=False, timeout=300)
    try:
        found, known, unknown = findings(json.loads(done.stdout))
    except json.JSONDecodeError:
        print(f"{lock}: not audited: {(done.stderr.strip().splitlines() or ['no output'])[-1][:200]}")
        return 0
    print("\n".join([f"{lock}: {known} packages audited, {unknown} that the index cannot judge", *found]))
    return int(bool(found))


def main(program: str) -> int:
    """As long as there is a program to ask."""
    if not Path(program).is_file():
        print("not audited: pip-audit could not be installed")
        return 0
    return audit(program, LOCK)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
