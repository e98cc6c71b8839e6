"""Writes the table of settings into README.md: `python -m quality.readme`; `--check` exits 1 when it is out of date."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pipeline.settings import describe

README = Path(__file__).parent.parent / "README.md"
_TABLE = re.compile(r"(<!-- settings: [^\n]* -->\n).*?(<!-- end of settings -->)", re.DOTALL)


def written() -> str:
    """README.md with today's table."""
    rows = [f"| `{row.env}` | `{row.default}` | {row.description} |" for row in describe()]
    table = "\n".join(["| environment variable | default | what |", "|---|---|---|", *rows])
    return _TABLE.sub(lambda match: f"{match[1]}\n{table}\n\n{match[2]}", README.read_text("utf-8"))


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(written() != README.read_text("utf-8"))
    README.write_text(written(), "utf-8")
