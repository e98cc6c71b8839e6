"""A producer that fails in every way that the client knows: no trouble with brokers ever makes a dead letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from pipeline.stream import delivery
from pipeline.stream.delivery import AtLeastOnce, Delivery, ExactlyOnce, Refused
from pipeline.stream.messages import Aborted, FailStop, Output

METADATA = b"CGMDv2:\x01\x00\x00\x00g"
OFFSETS = [TopicPartition("raw", 0, 2)]
OUTPUTS = [Output("enriched", None, b"v", (), 0), Output("ledger", None, b"v", ())]
CONTENT = {KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_RECORD}
CODES = sorted(
    value for name, value in vars(KafkaError).items()
    if name.isupper() and isinstance(value, int) and value != KafkaError.NO_ERROR
)  # fmt: skip
KINDS = ("retriable", "txn_requires_abort", "fatal", "none of these")
CALLS = ("init_transactions", "begin_transaction", "produce", "send_offsets_to_transaction", "commit_transaction")


def error(code: int, kind: str = "") -> KafkaError:
    """As librdkafka marks it."""
    return KafkaError(code, "a fault of the test", **({kind: True} if kind in KINDS[:3] else {}))


@dataclass
class Producer:
    """Acknowledges what it takes, but `fails` says what a call raises and `reports` what becomes of outputs."""

    fails: dict[str, Exception] = field(default_factory=dict)
    reports: Sequence[KafkaError | None] = ()
    told: list[Callable[[], None]] = field(default_factory=list)
    committed: bool = False

    def _call(self, name: str) -> None:
        if name in self.fails:
            raise self.fails[name]

    def init_transactions(self, _seconds: float) -> None:
        self._call("init_transactions")

    def begin_transaction(self) -> None:
        self._call("begin_transaction")

    def produce(self, _topic: str, _value: bytes, _key: bytes, headers: object, on_delivery: Callable) -> None:  # type: ignore[type-arg]  # noqa: ARG002
        self._call("produce")
        report = self.reports[len(self.told)] if len(self.told) < len(self.reports) else None
        self.told.append(lambda: on_delivery(report, None))

    def poll(self, _seconds: float) -> None:
        told, self.told = self.told, []
        for tell in told:
            tell()

    def flush(self, _seconds: float) -> int:
        self.poll(0)
        return 0

    def purge(self) -> None: ...

    def send_offsets_to_transaction(self, _offsets: object, _metadata: object, _seconds: float) -> None:
        self._call("send_offsets_to_transaction")

    def commit_transaction(self, _seconds: float) -> None:
        self._call("commit_transaction")
        self.committed = True


@dataclass
class Consumer:
    """Commits, or does not."""

    fails: Exception | None = None
    committed: bool = False

    def commit(self, offsets: object, asynchronous: bool) -> None:  # noqa: ARG002
        if self.fails:
            raise self.fails
        self.committed = True


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue without room is given up at once."""
    monkeypatch.setattr(delivery, "_PRODUCE_SECONDS", 0.01)


def exactly_once(first: Producer) -> ExactlyOnce:
    """`first` fails; its successors are well."""
    producers = iter([first])
    return ExactlyOnce(lambda **_: next(producers, Producer()))


def ending(tried: Callable[[], Delivery]) -> type[Exception] | None:
    """How a batch ends; None: it is delivered."""
    try:
        tried().deliver(OUTPUTS, OFFSETS, METADATA)
    except (Refused, Aborted, FailStop, KafkaException) as ended:
        return type(ended)
    return None


def failures() -> Iterator[tuple[int, str, str]]:
    """Every code, marked in each way, from each call."""
    return ((code, kind, call) for code in CODES for kind in KINDS for call in CALLS)


def test_there_is_something_to_fail() -> None:
    """Some hundred codes; what is about content is among them."""
    assert len(CODES) > 100
    assert set(CODES) > CONTENT
    assert ending(lambda: exactly_once(Producer())) is None


def test_no_failing_call_refuses_a_record() -> None:
    """An abort or the end of the worker, and nothing is delivered."""
    for code, kind, call in failures():
        first = Producer({call: KafkaException(error(code, kind))})
        ended = ending(lambda first=first: exactly_once(first))  # type: ignore[misc]
        expected = {KafkaException} if call == "init_transactions" else {Aborted, FailStop}
        if call == "produce" and code in CONTENT:
            expected = {FailStop}  # here the ledger's record is refused with the others
        assert ended in expected, (code, kind, call, ended)
        assert not first.committed


@pytest.mark.parametrize("call", ["begin_transaction", "produce", "send_offsets_to_transaction", "commit_transaction"])
def test_an_unknown_outcome_ends_the_worker(call: str) -> None:
    """What is fatal, or says nothing of an abort, is a fail-stop: to try it again could double it. An abort is one."""
    for code in set(CODES) - CONTENT:
        for kind in ("fatal", "retriable", "none of these"):
            failing = Producer({call: KafkaException(error(code, kind))})
            assert ending(lambda failing=failing: exactly_once(failing)) is FailStop, (code, kind)  # type: ignore[misc]
    passing = Producer({call: KafkaException(error(KafkaError.REBALANCE_IN_PROGRESS, "txn_requires_abort"))})
    assert ending(lambda: exactly_once(passing)) is Aborted


@pytest.mark.parametrize("position", [0, 1], ids=["a record's output", "the ledger's"])
def test_no_report_of_a_broker_refuses_a_record(position: int) -> None:
    """Of an output that was taken and not delivered: only too large or invalid, of a record, is about content."""
    for code in CODES:
        for kind in KINDS:
            reports = [None] * position + [error(code, kind)]
            for tried in (
                lambda reports=reports: exactly_once(Producer(reports=reports)),
                lambda reports=reports: AtLeastOnce(Producer(reports=reports), Consumer()),
            ):
                ended = ending(tried)  # type: ignore[arg-type]
                expected = {Refused} if code in CONTENT and position == 0 else {Aborted, FailStop}
                assert ended in expected, (code, kind, ended)


def test_back_pressure_refuses_no_record() -> None:
    """A producer's queue that stays full ends the worker, in both deliveries."""
    full = {"produce": BufferError("queue full")}
    assert ending(lambda: exactly_once(Producer(full))) is FailStop
    assert ending(lambda: AtLeastOnce(Producer(full), Consumer())) is FailStop  # type: ignore[arg-type]


def test_at_least_once_a_failing_commit_refuses_no_record() -> None:
    """Outputs are there, offsets are not: they come again."""
    for code in CODES:
        failing = Consumer(KafkaException(error(code)))
        tried = ending(lambda failing=failing: AtLeastOnce(Producer(), failing))  # type: ignore[misc]
        assert tried in {Aborted, FailStop}, code
        assert not failing.committed
