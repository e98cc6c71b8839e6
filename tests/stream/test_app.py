"""`faust -A pipeline.stream.app worker`: the worker under Faust's own command line."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from pipeline.settings import Topics
from pipeline.stream.embedded import EmbeddedBroker


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_faust_s_own_web_server_stays_off() -> None:
    """Whatever its flags say; our health page is there, and says how records are delivered."""
    ours, faust_port = free_port(), free_port()
    with EmbeddedBroker(Topics().model_dump().values()) as broker:
        environment = {
            **os.environ,
            "ARTICLES_KAFKA__BOOTSTRAP_SERVERS": broker.bootstrap_servers,
            "ARTICLES_HTTP__PORT": str(ours),
            "ARTICLES_WORKER__CHILDREN": "1",
        }
        faust = str(Path(sys.executable).with_name("faust"))
        web = ["--with-web", "--web-port", str(faust_port)]
        command = [faust, "-A", "pipeline.stream.app", "worker", "-l", "error", *web]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            facts = wait_ready(ours)
            assert facts["delivery"] == "at_least_once"
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.1", faust_port)) != 0
        finally:
            process.kill()
            process.wait()


def wait_ready(port: int) -> dict[str, object]:
    """What /readyz says once it answers 200."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                facts: dict[str, object] = json.load(answer)
                return facts
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert time.monotonic() < deadline, "never ready"
            time.sleep(0.3)
