"""Dead letters once more through the flow, in a lane of their own, each once.

What was replayed is known from the lane itself: every record there names the first origin and the attempt of its
letter. A replay reads the lane to its end under a transactional id that all replays of a group share, so that a second
one ends the first, and what the first had open is aborted before the second reads. No offsets, no file: a filter can
leave letters out and a later one take them, and to kill a replay at any point repeats nothing and loses nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypeAlias

from confluent_kafka import KafkaError, KafkaException, Producer

from pipeline.reasons import DeadReason
from pipeline.settings import ConfigError, Settings
from pipeline.stream import clients
from pipeline.stream.dlq import Chosen, Letter, letters
from pipeline.stream.lanes import replay_lane
from pipeline.stream.letters import FIRST_ORIGIN, own_headers
from pipeline.stream.messages import Output
from pipeline.stream.reading import read

_SECONDS = 10.0
_CHUNK = 100  # letters in a transaction, at most
_CHUNK_BYTES = 16 * 1024**2
_FENCED = (KafkaError._FENCED, KafkaError.INVALID_PRODUCER_EPOCH, KafkaError.PRODUCER_FENCED)
Verdict: TypeAlias = Literal["replayed", "already", "not_raw", "without_value", "too_large", "too_often"]
WHY: dict[Verdict, str] = {
    "replayed": "sent into the lane",
    "already": "replayed before; what became of that attempt is another letter or a result",
    "not_raw": "letters of another topic than the raw one: mend them there",
    "without_value": "letters that do not hold their record, for it was too large: feed it from its source",
    "too_large": "unpacked larger than the lane's topic takes",
    "too_often": "tried as often as --max-attempts allows",
}


class ReplayError(Exception):
    """The replay cannot go on; what it has sent stays sent."""


@dataclass(frozen=True, slots=True)
class ReplayRules:
    """Letters a second, letters at most (None: all), and the attempts after which a letter is left alone."""

    rate: float = 50.0
    most: int | None = None
    max_attempts: int = 5


def once(letter: Letter) -> tuple[str, int]:
    """What is replayed once: an attempt of a record, however many letters tell of it."""
    return letter.first_origin, letter.attempt


def verdict(letter: Letter, done: set[tuple[str, int]], settings: Settings, rules: ReplayRules) -> Verdict:
    """What becomes of a letter; `done` holds what was replayed before."""
    if letter.topic not in (settings.topics.raw, replay_lane(settings).topics.raw):
        return "not_raw"
    if once(letter) in done:
        return "already"
    if letter.record.value is None and letter.reason != str(DeadReason.NO_VALUE):
        return "without_value"
    if letter.record.size > clients.largest_raw(settings):
        return "too_large"
    return "too_often" if letter.attempt >= rules.max_attempts else "replayed"


def replayed_record(letter: Letter, topic: str) -> Output:
    """The record as it was, key and headers too, and its attempt so far; the next letter counts from there."""
    own = [header for header in own_headers(letter.record.headers) if header[0] != FIRST_ORIGIN]
    marks = [("attempt", str(letter.attempt).encode()), (FIRST_ORIGIN, letter.first_origin.encode())]
    return Output(topic, letter.record.key, letter.record.value, [*own, *marks])


def replay(
    settings: Settings, chosen: Chosen, rules: ReplayRules, told: Callable[[Counter[Verdict]], None] = lambda _: None
) -> Counter[Verdict]:
    """Sends the chosen letters into the lane; counts by verdict. Raises KafkaException, ConfigError, ReplayError."""
    lane = replay_lane(settings)
    producer = clients.transactional_producer(settings, lane.worker.group)
    if lane.topics.raw not in producer.list_topics(timeout=_SECONDS).topics:
        command = "articles topics create --lane replay"
        raise ConfigError(f"topic {lane.topics.raw} does not exist; create it: {command}")
    counts: Counter[Verdict] = Counter()
    try:
        producer.init_transactions(_SECONDS)  # from here on no other replay can commit
        done = {once(Letter(record)) for record in read(settings, lane.topics.raw)}
        wanted = _wanted(letters(settings, chosen), done, settings, rules, counts)
        started, sent = time.monotonic(), 0
        for chunk in _chunks(islice(wanted, rules.most), max(1, min(_CHUNK, int(rules.rate)))):
            _send(producer, [replayed_record(letter, lane.topics.raw) for letter in chunk])
            sent += len(chunk)
            counts["replayed"] = sent
            told(counts)
            time.sleep(max(0.0, started + sent / rules.rate - time.monotonic()))
    except KafkaException as error:
        if error.args[0].code() in _FENCED:
            raise ReplayError("another replay of this group has begun and goes on instead of this one") from error
        raise
    return counts


def _wanted(
    found: Iterable[Letter],
    done: set[tuple[str, int]],
    settings: Settings,
    rules: ReplayRules,
    counts: Counter[Verdict],
) -> Iterator[Letter]:
    """The letters to send; the others are counted."""
    for letter in found:
        result = verdict(letter, done, settings, rules)
        if result == "replayed":
            done.add(once(letter))
            yield letter
        else:
            counts[result] += 1


def _chunks(found: Iterable[Letter], most: int) -> Iterator[list[Letter]]:
    chunk: list[Letter] = []
    for letter in found:
        chunk.append(letter)
        if len(chunk) == most or sum(one.record.size for one in chunk) > _CHUNK_BYTES:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _send(producer: Producer, outputs: list[Output]) -> None:
    """All in one transaction. KafkaException: none of them."""
    producer.begin_transaction()
    for output in outputs:
        producer.produce(output.topic, output.value, output.key, headers=list(output.headers))
    producer.commit_transaction(_SECONDS)
