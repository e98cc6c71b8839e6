"""`articles intake` on a real broker: what it acknowledges lies on the raw topic; it ends when it is told to."""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import pytest

from pipeline.settings import Settings
from tests.kafka.checker import arrived
from tests.kafka.harness import environment, value
from tests.kafka.launch import bound

pytestmark = pytest.mark.kafka
COUNT = 700  # more than wait for an acknowledgement at one time


@contextmanager
def intake(settings: Settings) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program, and the address that it logs."""
    command = bound([sys.executable, "-m", "pipeline", "intake", "--port", "0", "--json"])
    own = environment(settings) | {"ARTICLES_LOG__LEVEL": "info"}
    process = subprocess.Popen(command, env=own, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        lines = (orjson.loads(line) for line in process.stderr)
        yield process, next(line["addresses"][0] for line in lines if line["event"] == "intake")
    finally:
        process.kill()
        process.communicate()


def post(address: str, body: bytes, **headers: str) -> tuple[int, dict[str, object]]:
    """Status and answer."""
    request = urllib.request.Request(address, body, {name.replace("_", "-"): text for name, text in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, orjson.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, orjson.loads(error.read())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_acknowledged_is_there(kafka_settings: Settings, number: int) -> None:
    """Of a gzipped request, each good record lies on the raw topic once, unchanged; then a signal ends it."""
    records = [value(n) for n in range(COUNT)]
    good = [record for n, record in enumerate(records) if n % 50 not in (7, 9)]
    with intake(kafka_settings) as (process, address):
        body = gzip.compress(b"\n".join(records))
        status, told = post(address, body, Content_Type="application/x-ndjson", Content_Encoding="gzip")
        assert (422, len(good), COUNT - len(good)) == (status, told["accepted"], told["refused"])
        found = arrived(kafka_settings, kafka_settings.topics.raw, len(good))
        assert sorted(good) == sorted(message.value() or b"" for message in found)
        process.send_signal(number)
        assert (0 if number == signal.SIGTERM else 130) == process.wait(20)
