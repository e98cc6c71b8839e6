"""Secrets that are planted in the environment are in no output of the program, whatever goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.settings import ConfigError, load
from tests.documents import ROOT
from tests.kafka.server import free_port

CANARY = "canary-1414213562"
PLANTED = {
    "ARTICLES_KAFKA__SECURITY_PROTOCOL": "SASL_SSL",
    "ARTICLES_KAFKA__SASL_USERNAME": "worker",
    "ARTICLES_KAFKA__SASL_PASSWORD": CANARY,
    "ARTICLES_KAFKA__SSL_KEY_PASSWORD": CANARY,
    "ARTICLES_LOG__LEVEL": "debug",
}
COMMANDS = {
    "doctor": ["doctor", "--json"],
    "topics": ["topics", "check"],
    "acls": ["topics", "acls"],
    "feed": ["feed", "docs/example.txt"],
    "tail": ["tail", "enriched"],
    "ledger": ["ledger", "--json"],
    "drift": ["drift"],
    "worker": ["worker"],
}


@pytest.fixture(scope="module")
def shown() -> dict[str, tuple[int, bytes]]:
    """Exit code and all output of each command, with passwords, debug lines and no broker. All at once: most wait."""
    servers = {"ARTICLES_KAFKA__BOOTSTRAP_SERVERS": f"127.0.0.1:{free_port()}"}
    environment = {**os.environ, **PLANTED, **servers}
    running = {
        name: subprocess.Popen(
            [sys.executable, "-m", "pipeline", *arguments],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for name, arguments in COMMANDS.items()
    }  # fmt: skip
    outputs = {name: process.communicate(timeout=120)[0] for name, process in running.items()}
    return {name: (process.returncode, outputs[name]) for name, process in running.items()}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_tells_a_secret(shown: dict[str, tuple[int, bytes]], name: str) -> None:
    """Each command fails or answers, and shows neither password."""
    code, told = shown[name]
    assert told != b""
    assert (code == 0) == (name == "acls")
    assert CANARY.encode() not in told


@pytest.mark.parametrize(
    "wrong",
    [
        {"ARTICLES_KAFKA__SECURITY_PROTOCOL": "SSL"},
        {"ARTICLES_KAFKA__SASL_MECHANISM": "GSSAPI"},
        {"ARTICLES_KAFKA__SASL_USERNAME": ""},
        {"ARTICLES_KAFKA__SSL_CERT": "/nonexistent"},
        {"ARTICLES_KAFKA__SASL_PASWORD": CANARY},
        {"ARTICLES_WORKER__CHILDREN": "many"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_no_wrong_setting_tells_a_secret(wrong: dict[str, str]) -> None:
    """The error names the setting, and the values of others are not in it."""
    with pytest.raises(ConfigError) as caught:
        load(None, {}, PLANTED | wrong)
    assert CANARY not in str(caught.value) + repr(caught.value) + repr(caught.value.__cause__)


def test_a_secret_in_a_file_stays_there(tmp_path: Path) -> None:
    """Also where it stands beside a mistake, in a file that is no TOML, and in what settings say of themselves."""
    file = tmp_path / "pipeline.toml"
    file.write_text(f'[kafka]\nsasl_password = "{CANARY}"\nsasl_usernam = "x"\n')
    with pytest.raises(ConfigError) as caught:
        load(file, {}, {})
    assert CANARY not in str(caught.value)
    file.write_text(f'[kafka]\nsasl_password = "{CANARY}\n')
    with pytest.raises(ConfigError) as caught:
        load(file, {}, {})
    assert CANARY not in str(caught.value)
    sound = load(None, {}, {name: value for name, value in PLANTED.items() if "KEY" not in name})
    assert CANARY not in repr(sound) + str(sound) + sound.model_dump_json() + str(sound.model_dump())
