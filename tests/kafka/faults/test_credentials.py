"""Row 24 of the fault matrix: a login that expires, and a password that changes, while workers run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from confluent_kafka.admin import ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion

from pipeline.settings import Settings
from pipeline.stream import clients
from pipeline.stream import topics as ours
from tests.conftest import unavailable, unique_settings
from tests.kafka.checker import SECONDS, clean, finished, judge, wait_ended
from tests.kafka.faults.fleet import Fleet
from tests.kafka.faults.schedule import SHORT
from tests.kafka.faults.trial import ENDED_SECONDS, sleep_until
from tests.kafka.harness import Load
from tests.kafka.server import KafkaServer, KafkaUnavailable
from tests.kafka.tls import keystore

pytestmark = [pytest.mark.kafka, pytest.mark.soak]
USER, OLD, NEW = "worker", "canary-1414213562", "canary-1732050807"
LOGIN_SECONDS = 4.0
ENDS_SECONDS = 60.0
PREFIX = "ARTICLES_KAFKA__"


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[KafkaServer, dict[str, str]]]:
    """A broker whose second listener lets a login by password stand for four seconds; settings of a worker there."""
    authority, ca = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    listener = "listener.name.secure."
    properties = keystore(authority, "secure") | {
        f"{listener}sasl.enabled.mechanisms": "SCRAM-SHA-512",
        f"{listener}scram-sha-512.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
        f"{listener}connections.max.reauth.ms": str(int(LOGIN_SECONDS * 1000)),
    }
    user = [f"--add-scram=SCRAM-SHA-512=[name={USER},password={OLD}]"]
    try:
        server = KafkaServer(properties=properties, formatting=user, listener=("SECURE", "SASL_SSL")).start()
    except KafkaUnavailable as missing:
        unavailable(str(missing))
    login = {
        "BOOTSTRAP_SERVERS": server.secure_servers, "SECURITY_PROTOCOL": "SASL_SSL", "SASL_MECHANISM": "SCRAM-SHA-512",
        "SASL_USERNAME": USER, "SASL_PASSWORD": OLD, "SSL_CA": str(ca),
    }  # fmt: skip
    yield server, SHORT | {f"{PREFIX}{name}": value for name, value in login.items()}
    server.close()


def change_password(settings: Settings, password: str) -> None:
    """What an administrator does."""
    admin = clients.admin(settings)
    change = UserScramCredentialUpsertion(
        USER, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password=password.encode()
    )
    for future in admin.alter_user_scram_credentials([change]).values():
        future.result(SECONDS)


def test_a_login_expires_and_a_password_changes(
    secured: tuple[KafkaServer, dict[str, str]], capfd: pytest.CaptureFixture[str]
) -> None:
    """Workers log in again, unseen; with an old password they end; with the new one they go on: nothing lost, twice."""
    server, login = secured
    settings: Settings = unique_settings(server.bootstrap_servers)
    assert [made.error for made in ours.create(clients.admin(settings), ours.specs(settings))] == [None] * 6
    with Fleet(settings, 2, login).running() as fleet:
        with Load(settings).running() as load:
            load.wait_for_more()
            began = time.time()
            sleep_until(began + 3 * LOGIN_SECONDS)
            load.wait_all_moved(time.time(), 30.0)
            assert fleet.ends == []
            change_password(settings, NEW)
            changed = time.time()
            while {end.slot for end in fleet.ends} != {0, 1}:
                assert time.time() < changed + ENDS_SECONDS, f"a worker goes on without a login: {fleet.ends}"
                time.sleep(0.1)
            took = time.time() - changed
            fleet.more = login | {f"{PREFIX}SASL_PASSWORD": NEW}
            moved = load.wait_all_moved(time.time(), 30.0)
        assert finished(settings)
        wait_ended(settings, ENDED_SECONDS)
    assert {end.code for end in fleet.ends} <= {70, 1}
    assert judge(settings) == clean(load.fed)
    assert "canary" not in "".join(capfd.readouterr())
    print(f"both had ended {took:.1f} s after the change; all partitions moved {moved:.1f} s after the new password")
