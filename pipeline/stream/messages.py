"""What a worker takes from a topic and what it puts on others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.records import Headers


@dataclass(frozen=True, slots=True)
class Consumed:
    """A record of a partition."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers

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
        """Everything to produce for the batch. `refused`: why the broker finds an output of a record too large."""

    def committed(self) -> None:
        """Told once, when the outputs are visible and the offsets committed: the time to count."""


class Stage(Protocol):
    """A function over a batch of a topic, given to the worker."""

    name: str
    source: str

    def submit(self, records: Sequence[Consumed]) -> Work:
        """Starts the work on a batch; what it learns is applied by Work.committed, never before."""


class FailStop(RuntimeError):
    """The outcome of a transaction is unknown, or going on could lose records: the process ends with code 70."""


class Aborted(RuntimeError):
    """Nothing of the batch is visible; its records are to be taken again from the committed offsets."""


GroupMetadata = Any  # confluent-kafka's opaque consumer group metadata
