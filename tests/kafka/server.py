"""A real Apache Kafka for tests: fetched once from Maven Central, one broker in KRaft mode, ready in seconds.

`python -m tests.kafka.server` starts one for people, on port 9092, and keeps its data in .kafka/data. Needs Java 17,
and Maven the first time.
"""

from __future__ import annotations

import argparse
import atexit
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from tests.kafka.launch import bound

VERSION = "4.1.2"  # before it, Java producers can send a batch to the wrong topic (CVE-2026-35554)
HOME = Path(__file__).resolve().parents[2] / ".kafka"
LARGEST_RECORD = 3 * 8 * 1024**2 + 64 * 1024
_READY_SECONDS = 60.0
_FETCH_SECONDS = 600.0
_POM = f"""\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>tests</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
"""
_PROPERTIES = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "auto.create.topics.enable": "false",
    "num.partitions": "8",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",  # the default, 10 s, only makes tests slow
    "broker.session.timeout.ms": "3000",  # how long a killed broker's successor is kept waiting; the default is 9 s
    "broker.heartbeat.interval.ms": "500",
    "message.max.bytes": str(LARGEST_RECORD),
    "log.cleaner.dedupe.buffer.size": str(4 * 1024**2),
}


class KafkaUnavailable(Exception):
    """No Kafka can be started here; the message says what is missing."""


def jars() -> Path:
    """The folder with Kafka's jars, fetched if need be; raises KafkaUnavailable. Safe in parallel runs."""
    folder = HOME / "jars" / VERSION
    if not shutil.which("java"):
        raise KafkaUnavailable("no java on the PATH")
    if folder.is_dir():
        return folder
    if not shutil.which("mvn"):
        raise KafkaUnavailable("no mvn on the PATH, which fetches Kafka the first time")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(HOME / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():  # another process may have been faster
            _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetch-") as temporary:
        pom = Path(temporary, "pom.xml")
        pom.write_text(_POM)
        command = ["mvn", "-q", "-B", "-C", "-f", str(pom), "dependency:copy-dependencies", "-DincludeScope=runtime"]
        try:
            subprocess.run(
                [*command, f"-DoutputDirectory={temporary}/jars"],
                check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=_FETCH_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise KafkaUnavailable(f"mvn did not fetch Kafka in {_FETCH_SECONDS:g} s") from error
        except subprocess.CalledProcessError as error:
            lines = error.stdout.decode("utf-8", "replace").strip().splitlines() or ["no output"]
            raise KafkaUnavailable(f"mvn could not fetch Kafka: {lines[0]}") from error
        os.rename(Path(temporary, "jars"), folder)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class KafkaServer:
    """One broker with its own data. `kill` and `restart` keep address and data, `close` removes what it made.

    `properties` are added to server.properties; `formatting` to the command that formats the storage, as for
    `--add-scram`. A listener of one's own: `listener` = (name, protocol), its address is then `secure_servers`;
    with `proxy` = a port, clients of that listener are told to come to 127.0.0.1 there.
    """

    def __init__(
        self,
        port: int = 0,
        data: Path | None = None,
        properties: Mapping[str, str] | None = None,
        formatting: Sequence[str] = (),
        listener: tuple[str, str] | None = None,
        proxy: int | None = None,
        heap: str = "-Xmx1g",
    ) -> None:
        self._jars = jars()
        self._kept = data is not None
        self.folder = data or Path(tempfile.mkdtemp(prefix="kafka-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._formatting = formatting
        self._heap = heap
        self.proxy = proxy
        atexit.register(self.close)
        public, controller, secure = port or free_port(), free_port(), free_port()
        self.bootstrap_servers = f"127.0.0.1:{public}"
        self.secure_servers = f"localhost:{secure}"
        more = dict(properties or {})
        if listener and proxy:
            more["advertised.listeners"] = f"PLAINTEXT://127.0.0.1:{public},{listener[0]}://127.0.0.1:{proxy}"
        self._write_properties(public, controller, (*listener, secure) if listener else None, more)

    def _write_properties(
        self, public: int, controller: int, secure: tuple[str, str, int] | None, more: Mapping[str, str]
    ) -> None:
        listeners = [f"PLAINTEXT://127.0.0.1:{public}"]
        protocols = ["PLAINTEXT:PLAINTEXT", "CONTROLLER:PLAINTEXT"]
        if secure:
            listeners.append(f"{secure[0]}://localhost:{secure[2]}")
            protocols.append(f"{secure[0]}:{secure[1]}")
        lines = _PROPERTIES | {
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "advertised.listeners": ",".join(listeners),
            "listeners": ",".join([*listeners, f"CONTROLLER://127.0.0.1:{controller}"]),
            "listener.security.protocol.map": ",".join(protocols),
            "log.dirs": str(self.folder / "logs"),
        }
        text = "".join(f"{key}={value}\n" for key, value in (lines | dict(more)).items())
        (self.folder / "server.properties").write_text(text)

    def _java(self, heap: str, main: str, *arguments: str) -> list[str]:
        level = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"
        return ["java", heap, "-XX:+UseSerialGC", level, "-cp", f"{self._jars}/*", main, *arguments]

    @property
    def pid(self) -> int:
        """Process id of the running broker."""
        assert self._process is not None, "the broker is not running"
        return self._process.pid

    def start(self) -> KafkaServer:
        """Starts the broker and waits until it answers; raises RuntimeError with the end of its log if it does not."""
        self.launch()
        self.wait_until_ready()
        return self

    def launch(self) -> None:
        """Starts the broker, and does not wait."""
        config = str(self.folder / "server.properties")
        with self.log.open("ab") as log:
            if not (self.folder / "logs" / "meta.properties").exists():
                command = ["format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c", config, *self._formatting]
                subprocess.run(
                    self._java("-Xmx128m", "kafka.tools.StorageTool", *command), check=True, stdout=log, stderr=log
                )
            java = self._java(self._heap, "kafka.Kafka", config)
            command = bound(java, apart=True)
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_until_ready(self) -> None:
        """Until it answers; raises as `start`."""
        process = self._process
        assert process is not None, "the broker is not running"
        deadline = time.monotonic() + _READY_SECONDS
        admin = AdminClient(
            {"bootstrap.servers": self.bootstrap_servers, "log_level": 0, "reconnect.backoff.max.ms": 200}
        )
        while process.poll() is None and time.monotonic() < deadline:
            try:
                if admin.list_topics(timeout=0.5).brokers:
                    return
            except KafkaException:
                time.sleep(0.1)
        self.kill()
        tail = self.log.read_text("utf-8", "replace")[-2000:]
        raise RuntimeError(f"Kafka was not ready in {_READY_SECONDS:g} s; the end of its log:\n{tail}")

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """An orderly shutdown."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGCONT)  # a paused broker hears nothing else
        process.send_signal(how)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def wait_ended(self, seconds: float) -> None:
        """Until the broker has ended by itself."""
        assert self._process is not None, "the broker is not running"
        self._process.wait(seconds)

    def pause(self) -> None:
        """SIGSTOP: the broker is there and does not answer."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)

    def restart(self) -> KafkaServer:
        """The same broker again, after whatever ended it."""
        self.kill()
        return self.start()

    def close(self) -> None:
        """Ends the broker and removes its data, if it made the folder itself."""
        self.kill()
        if not self._kept:
            shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.close)


def main() -> int:
    """Starts a broker and keeps it until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.kafka.server", description="Start Apache Kafka for tests.")
    parser.add_argument("--port", type=int, default=9092)
    port = parser.parse_args().port
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            print(f"port {port} is taken; give another one: --port", file=sys.stderr)
            return 1
    try:
        server = KafkaServer(port, HOME / "data").start()
    except (KafkaUnavailable, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Apache Kafka {VERSION} on {server.bootstrap_servers}; Ctrl-C ends it. Log: {server.log}", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
