"""The slot of a worker: its name in the group, kept over restarts, held by one process at a time under a lock file."""

from __future__ import annotations

import fcntl
import socket
import tempfile
from pathlib import Path
from typing import IO

_MOST = 256
_held: list[IO[str]] = []  # a lock lasts as long as its file is open: until the process ends


class SlotTaken(RuntimeError):
    """Another process on this host works under the slot."""


def take_slot(group: str, wanted: str | None) -> str:
    """`wanted`, or the host name with the first free number. SlotTaken when another process holds it."""
    names = [wanted] if wanted else [f"{socket.gethostname()}-{n}" for n in range(_MOST)]
    for name in names:
        lock = (Path(tempfile.gettempdir()) / f"articles-{group}-{name}.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        _held.append(lock)
        return name
    raise SlotTaken(f"another process works as {names[0]} in group {group}; give this one its own worker.slot")
