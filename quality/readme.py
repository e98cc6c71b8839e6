"""Writes what the documentation shows of the code: `python -m quality.readme`; `--check`: is it today's?

Each stands between two comments, `<!-- NAME: ... -->` and `<!-- end of NAME -->`: the table of settings and the example
in README.md, the table of metrics in docs/operating.md.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from pipeline import metrics
from pipeline.settings import describe

ROOT = Path(__file__).parent.parent
FILES = (ROOT / "README.md", ROOT / "docs" / "operating.md")
EXAMPLE = "docs/example.txt"
_PART = re.compile(r"(<!-- (\w+): [^\n]* -->\n).*?(<!-- end of \2 -->)", re.DOTALL)


def settings() -> str:
    """Every setting: variable, default, sentence."""
    rows = [f"| `{row.env}` | `{row.default}` | {row.description} |" for row in describe()]
    return "\n".join(["| environment variable | default | what |", "|---|---|---|", *rows])


def metric_names() -> str:
    """Every metric: name, kind, labels, sentence."""
    rows = [f"| `{m.name}` | {m.kind} | {', '.join(m.labels)} | {m.help} |" for m in metrics.ALL]
    return "\n".join(["| metric | kind | labels | what |", "|---|---|---|---|", *rows])


def example() -> str:
    """The first and the last table that `articles explain` prints of the example: the article, its entities."""
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "pipeline", "explain", EXAMPLE]
    shown = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, encoding="utf-8").stdout
    tables = re.findall(r"^┏.*?┘$", shown, re.MULTILINE | re.DOTALL)
    return f"```text\n{tables[0]}\n{tables[-1]}\n```"


PARTS = {"settings": settings, "metrics": metric_names, "example": example}


def written(file: Path) -> str:
    """The text of the file with today's parts."""
    return _PART.sub(lambda part: f"{part[1]}\n{PARTS[part[2]]()}\n\n{part[3]}", file.read_text("utf-8"))


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(any(written(file) != file.read_text("utf-8") for file in FILES))
    for file in FILES:
        file.write_text(written(file), "utf-8")
