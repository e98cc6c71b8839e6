"""How much of the machine others used during a measurement: with shared caches the same work takes more time."""

from __future__ import annotations

import time

import psutil


class Others:
    """From its making on: the processors that were busy with anything but this process and its children."""

    def __init__(self) -> None:
        self._begun = time.monotonic(), _busy(), _ours()

    def told(self) -> str:
        """As half a sentence."""
        since, busy, ours = self._begun
        used = max(0.0, (_busy() - busy) - (_ours() - ours)) / (time.monotonic() - since)
        return f"others used {used:.1f} of {psutil.cpu_count()} processors meanwhile"


def _busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.system + getattr(times, "nice", 0.0) + getattr(times, "steal", 0.0))


def _ours() -> float:
    """Of the living, and of the dead that were waited for."""
    me = psutil.Process()
    spent = 0.0
    for process in (me, *me.children(recursive=True)):
        try:
            spent += sum(process.cpu_times()[:4])  # user and system, its own and its dead children's
        except psutil.Error:  # ended between two looks
            continue
    return spent
