"""The slot of a worker: its name in the group, kept over restarts, held by one process at a time under a lock file."""

from __future__ import annotations

import fcntl
import os
import socket
import tempfile
from pathlib import Path

_MOST = 256


class SlotTaken(RuntimeError):
    """Another process on this host works under the slot."""


def take_slot(group: str, wanted: str | None) -> str:
    """`wanted`, or the host name with the first free number. SlotTaken when another process holds it."""
    names = [wanted] if wanted else [f"{socket.gethostname()}-{n}" for n in range(_MOST)]
    for name in names:
        path = Path(tempfile.gettempdir()) / f"articles-{group}-{name}.lock"
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:  # another user's
            continue
        try:  # held until the process ends: the descriptor is never closed
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            continue
        return name
    raise SlotTaken(f"another process works as {names[0]} in group {group}; give this one its own worker.slot")
