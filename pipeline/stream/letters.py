"""Dead letters: the original key, value and headers, and headers that say why, Kafka Connect's among them."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline import __version__
from pipeline.reasons import DeadReason
from pipeline.records import Headers
from pipeline.stream.messages import Consumed, Output

FIRST_ORIGIN = "first-origin"  # of a replayed record: where it lay when it was new; goes on to what is made from it
VERSION = "pipeline-version"
_OURS = frozenset({"article-id", "origin", "reason", "step", "attempt", VERSION})
CONNECT = "__connect.errors."
_NAMES_UNREADABLE = "; its headers have names that are not UTF-8: they were not read and are not in this letter"
_DETAIL_CHARS = 2000


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes letters to `topic`; of a record over `most_bytes` only where it lies, for the topic would not take it."""

    topic: str
    most_bytes: int

    def write(self, record: Consumed, reason: DeadReason, step: str, detail: str, article: str, index: int) -> Output:
        """The letter for a record. All values of the new headers are ASCII."""
        detail = detail[:_DETAIL_CHARS] + (_NAMES_UNREADABLE if record.headers_unreadable else "")
        carried = record.size <= self.most_bytes
        if not carried:
            detail += f"; its {record.size} bytes are not in this letter, they lie at {record.origin.decode()}"
        told = {
            "article-id": article,
            "origin": record.origin.decode(),
            "reason": str(reason),
            "step": step,
            "attempt": str(attempt(record)),
            VERSION: __version__,
            f"{CONNECT}topic": record.topic,
            f"{CONNECT}partition": str(record.partition),
            f"{CONNECT}offset": str(record.offset),
            f"{CONNECT}exception.class.name": f"pipeline.reasons.DeadReason.{reason.name}",
            f"{CONNECT}exception.message": detail,
        }
        new = [(name, value.encode("ascii", "backslashreplace")) for name, value in told.items()]
        if not carried:
            return Output(self.topic, None, None, new, index)
        return Output(self.topic, record.key, record.value, [*own_headers(record.headers), *new], index)


def own_headers(headers: Headers) -> list[tuple[str, bytes | None]]:
    """The headers that are the record's own, without those that a letter adds."""
    return [header for header in headers if header[0] not in _OURS and not header[0].startswith(CONNECT)]


def attempt(record: Consumed) -> int:
    """How often this record has been tried, this time included: a replay sends the number of the time before."""
    for name, value in record.headers:
        if name == "attempt" and value is not None and value.isdigit() and len(value) < 6:
            return int(value) + 1
    return 1
