"""A TCP proxy between workers and a broker that knows Kafka's frames: it can delay, lose, cut, stall and hold requests.

Only headers are read: API, correlation id and client id of a request, correlation id of an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum

_FRAME = struct.Struct(">i")
_HEADER = struct.Struct(">hhih")  # API, its version, correlation id, length of the client id


class Api(IntEnum):
    """The requests that faults are about, by their key in Kafka's protocol."""

    PRODUCE = 0
    FETCH = 1
    LIST_OFFSETS = 2
    METADATA = 3
    OFFSET_FETCH = 9
    FIND_COORDINATOR = 10
    JOIN_GROUP = 11
    HEARTBEAT = 12
    SYNC_GROUP = 14
    INIT_PRODUCER_ID = 22
    ADD_PARTITIONS = 24
    ADD_OFFSETS = 25
    END_TXN = 26
    TXN_OFFSET_COMMIT = 28


GROUP = (Api.OFFSET_FETCH, Api.JOIN_GROUP, Api.HEARTBEAT, Api.SYNC_GROUP, Api.TXN_OFFSET_COMMIT)
TRANSACTION = (Api.INIT_PRODUCER_ID, Api.ADD_PARTITIONS, Api.ADD_OFFSETS, Api.END_TXN)
LEADER = (Api.PRODUCE, Api.FETCH, Api.LIST_OFFSETS)


class Action(Enum):
    """What happens to a request."""

    DELAY = "delay"  # it, and all behind it on its connection, goes on later
    LOSE = "lose"  # the broker's answer never arrives
    CUT = "cut"  # the connection ends instead of the answer
    STALL = "stall"  # it never arrives, and the connection stays
    REFUSE = "refuse"  # the connection ends instead of it
    HOLD = "hold"  # the connection ends; it arrives when it is released, on a connection of its own


@dataclass(frozen=True, slots=True)
class Rule:
    """For `times` requests of these APIs from clients whose id begins with `client`, after the first `skip` of them."""

    action: Action
    apis: Sequence[Api]
    seconds: float = 0.0
    times: int = 1_000_000
    skip: int = 0
    client: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A request that a rule met, and when by time.time()."""

    rule: Rule
    api: Api
    client: str
    at: float


@dataclass(slots=True)
class Proxy:
    """Listens on `port` of 127.0.0.1 for the broker that listens on `target` of localhost; in a thread of its own."""

    port: int
    target: int
    hits: list[Hit] = field(default_factory=list)
    _left: dict[int, tuple[Rule, int]] = field(default_factory=dict)
    _held: list[bytes] = field(default_factory=list)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    # --- rules ----------------------------------------------------------------------------------------------------

    def add(self, rule: Rule) -> int:
        """Puts a rule in force; its handle."""
        with self._lock:
            handle = max(self._left, default=0) + 1
            self._left[handle] = rule, rule.skip + rule.times
            return handle

    def remove(self, handle: int) -> None:
        """Ends a rule; what hangs because of it comes back by the clients' timeouts."""
        with self._lock:
            self._left.pop(handle, None)

    @contextlib.contextmanager
    def ruled(self, rule: Rule) -> Iterator[None]:
        """The rule is in force during the block."""
        handle = self.add(rule)
        try:
            yield
        finally:
            self.remove(handle)

    def heal(self) -> None:
        """No rule any more, nothing held."""
        with self._lock:
            self._left.clear()
            self._held.clear()

    def wait_hit(self, count: int = 1, seconds: float = 30.0) -> Hit:
        """The count-th hit since the list was last emptied."""
        deadline = time.monotonic() + seconds
        while len(self.hits) < count:
            assert time.monotonic() < deadline, f"{len(self.hits)} requests met the rule, not {count}"
            time.sleep(0.01)
        return self.hits[count - 1]

    def release(self) -> int:
        """Sends the held requests to the broker, each on a connection of its own; how many."""
        with self._lock:
            frames, self._held = self._held, []
        for frame in frames:
            asyncio.run_coroutine_threadsafe(self._deliver(frame), self._loop).result(10)
        return len(frames)

    def _meets(self, api: int, client: str) -> Rule | None:
        with self._lock:
            for handle, (rule, left) in self._left.items():
                if left and api in rule.apis and client.startswith(rule.client):
                    self._left[handle] = rule, left - 1
                    if left > rule.times:
                        continue
                    self.hits.append(Hit(rule, Api(api), client, time.time()))
                    return rule
        return None

    # --- connections ----------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def running(self) -> Iterator[Proxy]:
        """Serves during the block."""
        thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        thread.start()
        server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(server.close)
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._connected, "127.0.0.1", self.port)

    async def _end(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            up_reader, up_writer = await asyncio.open_connection("localhost", self.target)
        except OSError:
            writer.close()
            return
        answers: dict[int, Action] = {}
        ways = [
            asyncio.create_task(self._requests(reader, up_writer, answers)),
            asyncio.create_task(self._answers(up_reader, writer, answers)),
        ]
        with contextlib.suppress(asyncio.CancelledError):  # the proxy ends
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, up_writer):
            end.close()

    async def _requests(
        self, reader: asyncio.StreamReader, broker: asyncio.StreamWriter, answers: dict[int, Action]
    ) -> None:
        """Passes requests on, until one side ends or a rule cuts."""
        while True:
            frame = await _frame(reader)
            api, _, correlation, length = _HEADER.unpack_from(frame, _FRAME.size)
            start = _FRAME.size + _HEADER.size
            rule = self._meets(api, frame[start : start + max(0, length)].decode("utf-8", "replace"))
            action = rule.action if rule else None
            if action is Action.REFUSE:
                return
            if action is Action.HOLD:
                with self._lock:
                    self._held.append(frame)
                return
            if action is Action.STALL:
                continue
            if action is Action.DELAY and rule:
                await asyncio.sleep(rule.seconds)
            elif action:
                answers[correlation] = action
            broker.write(frame)
            await broker.drain()

    async def _answers(
        self, broker: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: dict[int, Action]
    ) -> None:
        """Passes answers on, but those that a rule has marked."""
        while True:
            frame = await _frame(broker)
            action = answers.pop(_FRAME.unpack_from(frame, _FRAME.size)[0], None)
            if action is Action.CUT:
                return
            if action is None:
                writer.write(frame)
                await writer.drain()

    async def _deliver(self, frame: bytes) -> None:
        reader, writer = await asyncio.open_connection("localhost", self.target)
        writer.write(frame)
        await _frame(reader)
        writer.close()


async def _frame(reader: asyncio.StreamReader) -> bytes:
    """A frame with its length before it; the errors of the connection."""
    head = await reader.readexactly(_FRAME.size)
    return head + await reader.readexactly(_FRAME.unpack(head)[0])
