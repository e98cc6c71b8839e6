"""What a worker takes from a topic and what it puts on others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from pipeline.records import Headers


@dataclass(frozen=True, slots=True)
class Consumed:
    """A record of a partition. `headers_unreadable`: it has some, and the client cannot read their names.

    `timestamp`: milliseconds since 1970, when it was sent, None where the broker does not say.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    headers_unreadable: bool = False
    timestamp: int | None = None

    @property
    def size(self) -> int:
        """Bytes of key, value and headers."""
        headers = sum(len(name.encode("utf-8", "replace")) + len(value or b"") for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers

    @property
    def origin(self) -> bytes:
        """The value of header `origin`: topic/partition/offset."""
        return f"{self.topic}/{self.partition}/{self.offset}".encode()


@dataclass(frozen=True, slots=True)
class Output:
    """A record to be produced; `source` is the index in its batch of the record that it was made from, None for all."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    source: int | None = None


class Work(Protocol):
    """A batch in the hands of a stage."""

    def wait(self, seconds: float) -> bool:
        """Is it done, at the latest after `seconds`?"""

    def outputs(self, refused: dict[int, str]) -> list[Output]:
        """Everything to produce for the batch. `refused`: why the broker finds an output of a record too large.

        Raises Held where too many records are dead.
        """

    def begun(self) -> bool:
        """Has anybody begun to work on it?"""

    def drop(self) -> None:
        """Told when nobody waits for the outputs any more: what has not begun need not."""

    def committed(self) -> None:
        """Told once, when the outputs are visible and the offsets committed: the time to count."""


class Stage(Protocol):
    """A function over a batch of a topic, given to the worker."""

    @property
    def name(self) -> str: ...
    @property
    def source(self) -> str: ...

    def may_take(self, now: float) -> bool:
        """May a batch be taken at this time (time.monotonic())? Not while the breaker is open."""

    def submit(self, records: Sequence[Consumed]) -> Work:
        """Starts the work on a batch; what it learns is applied by Work.committed, never before."""


class FailStop(RuntimeError):
    """The outcome of a transaction is unknown, or going on could lose records: the process ends with code 70."""


class Held(RuntimeError):
    """The breaker keeps a batch from being committed: too many of its records are dead. The message says why."""


class Aborted(RuntimeError):
    """Nothing of the batch is visible; its records are to be taken again from the committed offsets."""


GroupMetadata: TypeAlias = bytes  # confluent-kafka's consumer group metadata
