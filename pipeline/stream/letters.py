"""Dead letters: the original key, value and headers, and headers that say why, Kafka Connect's among them."""

from __future__ import annotations

from pipeline.reasons import DeadReason
from pipeline.stream.messages import Consumed, Output

_OURS = frozenset({"reason", "step", "attempt"})
_CONNECT = "__connect.errors."


def attempt(record: Consumed) -> int:
    """How often this record has been tried, this time included: a replay sends the number of the time before."""
    for name, value in record.headers:
        if name == "attempt" and value is not None and value.isdigit() and len(value) < 6:
            return int(value) + 1
    return 1


def dead_letter(record: Consumed, topic: str, reason: DeadReason, step: str, detail: str, article: str, index: int) -> Output:
    """The letter for a record, to `topic`. All values of the new headers are ASCII."""
    kept = [h for h in record.headers if h[0] not in _OURS and not h[0].startswith(_CONNECT)]
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
    kept = [h for h in kept if h[0] not in told]
    headers = [*kept, *((name, value.encode("ascii", "backslashreplace")) for name, value in told.items())]
    return Output(topic, record.key, record.value, headers, index)
