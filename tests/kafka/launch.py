"""Processes that end with whoever started them, even when that one is killed: the kernel sees to it (Linux)."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

# Runs before the program in the same process. The signal comes when the thread ends that started it.
_LAUNCHER = """\
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    if os.getppid() != int(sys.argv[1]):
        sys.exit(1)
if sys.argv[2] == "apart":
    os.setpgid(0, 0)
os.execvp(sys.argv[3], sys.argv[3:])
"""


def bound(command: Sequence[str], *, apart: bool = False) -> list[str]:
    """The command, bound to this thread of this process. `apart`: Ctrl-C is for the one who started it alone."""
    return [sys.executable, "-S", "-c", _LAUNCHER, str(os.getpid()), "apart" if apart else "", *command]
