"""Dead letters: the original key, value and headers, and headers that say why, Kafka Connect's among them."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.reasons import DeadReason
from pipeline.stream.messages import Consumed, Output

_OURS = frozenset({"reason", "step", "attempt"})
_CONNECT = "__connect.errors."
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
            f"{_CONNECT}topic": record.topic,
            f"{_CONNECT}partition": str(record.partition),
            f"{_CONNECT}offset": str(record.offset),
            f"{_CONNECT}exception.class.name": f"pipeline.reasons.DeadReason.{reason.name}",
            f"{_CONNECT}exception.message": detail,
        }
        new = [(name, value.encode("ascii", "backslashreplace")) for name, value in told.items()]
        if not carried:
            return Output(self.topic, None, None, new, index)
        kept = [h for h in record.headers if h[0] not in told and h[0] not in _OURS and not h[0].startswith(_CONNECT)]
        return Output(self.topic, record.key, record.value, [*kept, *new], index)


def attempt(record: Consumed) -> int:
    """How often this record has been tried, this time included: a replay sends the number of the time before."""
    for name, value in record.headers:
        if name == "attempt" and value is not None and value.isdigit() and len(value) < 6:
            return int(value) + 1
    return 1
