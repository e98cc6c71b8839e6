"""A worker with another handler in its children: `python -m tests.kafka.planted MODULE:NAME worker --stage enrich`."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

from pipeline.pool import Pool
from pipeline.stream import service

ROOT = Path(__file__).resolve().parents[2]


def program(handler: str) -> tuple[str, ...]:
    """How a test starts it."""
    return ("-m", "tests.kafka.planted", handler, "worker")


def _pool(handler: str, rules: object, _theirs: str, config: object) -> Pool:
    return Pool(rules, handler, config)  # type: ignore[arg-type]


if __name__ == "__main__":
    from pipeline.cli import main

    os.environ["PYTHONPATH"] = str(ROOT)  # for the children, which do not look into the working directory
    service.Pool = partial(_pool, sys.argv.pop(1))  # type: ignore[misc,assignment]
    main()
