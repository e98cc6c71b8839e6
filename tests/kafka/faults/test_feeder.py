"""Row 26 of the fault matrix: a feeder that is killed in the middle of a file, and begins it anew."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import orjson
import pytest

from pipeline.settings import Settings
from tests.kafka.checker import SECONDS, arrived, clean, everything, finished, judge
from tests.kafka.faults.proxy import Action, Api, Proxy, Rule
from tests.kafka.harness import TEXT, environment, working

pytestmark = pytest.mark.kafka
LINES = 2000


def feeding(settings: Settings, file: Path, **more: str) -> subprocess.Popen[bytes]:
    """`articles feed`."""
    command = [sys.executable, "-m", "pipeline", "feed", str(file), "--json"]
    return subprocess.Popen(command, env=environment(settings) | more, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_feeder_is_killed_and_begins_anew(kafka_settings: Settings, proxy: Proxy, tmp_path: Path) -> None:
    """It keeps no state: all that it had sent is sent again, no line is missing, and both have one id."""
    urls = [f"https://site{number % 40}.example/{number}" for number in range(LINES)]
    file = tmp_path / "pages.jsonl"
    file.write_bytes(b"\n".join(orjson.dumps({"url": url, "text": f"{TEXT} {TEXT} {url}"}) for url in urls))
    proxy.heal()
    proxy.hits.clear()
    through = {"ARTICLES_KAFKA__BOOTSTRAP_SERVERS": f"127.0.0.1:{proxy.port}", "ARTICLES_KAFKA__CLIENT_ID": "feeder"}
    with proxy.ruled(Rule(Action.STALL, [Api.PRODUCE], skip=1, client="feeder")):
        killed = feeding(kafka_settings, file, **through)
        arrived(kafka_settings, kafka_settings.topics.raw, 1)
        proxy.wait_hit()
        killed.kill()
        killed.communicate()
    proxy.heal()
    out, error = feeding(kafka_settings, file).communicate(timeout=SECONDS)
    assert orjson.loads(out)["sent"] == LINES, error
    sent = Counter(orjson.loads(m.value() or b"")["url"] for m in everything(kafka_settings, kafka_settings.topics.raw))
    assert sent.keys() == set(urls)
    assert max(sent.values()) == 2
    assert LINES < sent.total() < 2 * LINES, "it was not killed in the middle"
    with working(kafka_settings, more={"ARTICLES_WORKER__BATCH_RECORDS": "500"}):
        assert finished(kafka_settings)
    assert judge(kafka_settings) == clean(sent.total())
    assert len({m.key() for m in everything(kafka_settings, kafka_settings.topics.enriched)}) == LINES
