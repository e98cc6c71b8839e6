"""TLS and passwords on a real broker, in both clients; no secret in any line."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from confluent_kafka import KafkaException

from pipeline.settings import Kafka, Settings
from pipeline.stream import clients
from tests.conftest import unavailable
from tests.kafka.server import KafkaServer, KafkaUnavailable
from tests.kafka.tls import keystore

pytestmark = pytest.mark.kafka
SECONDS = 20.0
USER, PASSWORD = "worker", "canary-2718281828"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[KafkaServer, Path]]:
    """A broker that wants TLS and SCRAM on a second listener, and the PEM file of its authority."""
    folder = tmp_path_factory.mktemp("tls")
    authority, ca = trustme.CA(), folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    listener = "listener.name.secure."
    login = "org.apache.kafka.common.security"
    properties = keystore(authority, "secure") | {
        f"{listener}sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        f"{listener}plain.sasl.jaas.config": f'{login}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";',
        f"{listener}scram-sha-256.sasl.jaas.config": f"{login}.scram.ScramLoginModule required;",
        f"{listener}scram-sha-512.sasl.jaas.config": f"{login}.scram.ScramLoginModule required;",
    }
    users = [f"--add-scram=SCRAM-SHA-{bits}=[name={USER},password={PASSWORD}]" for bits in (256, 512)]
    try:
        server = KafkaServer(properties=properties, formatting=users, listener=("SECURE", "SASL_SSL"))
    except KafkaUnavailable as missing:
        unavailable(str(missing))
    yield server.start(), ca
    server.close()


def login(server: KafkaServer, **more: object) -> Settings:
    """Settings for the listener with TLS and passwords."""
    options = {"security_protocol": "SASL_SSL", "sasl_username": USER, "sasl_password": PASSWORD} | more
    return Settings(kafka=Kafka.model_validate({"bootstrap_servers": server.secure_servers} | options))


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
async def test_tls_and_passwords(secured: tuple[KafkaServer, Path], mechanism: str) -> None:
    """Both clients log in over TLS with each mechanism, trusting the authority that the settings name."""
    server, ca = secured
    settings = login(server, ssl_ca=ca, sasl_mechanism=mechanism)
    assert clients.admin(settings).list_topics(timeout=SECONDS).brokers
    async with clients.aio_producer(settings) as producer:
        assert producer.client.cluster.brokers()


@pytest.mark.parametrize("wrong", [{"ssl_ca": None}, {"sasl_password": "canary-not-this-one"}])
def test_a_refused_login_tells_no_secret(
    secured: tuple[KafkaServer, Path], caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
    wrong: dict[str, object],
) -> None:  # fmt: skip
    """An unknown authority and a wrong password are refused and logged; the password is nowhere."""
    server, ca = secured
    caplog.set_level(logging.DEBUG)
    producer = clients.producer(login(server, **({"ssl_ca": ca} | wrong)))
    with pytest.raises(KafkaException) as caught:
        producer.list_topics(timeout=3)
    producer.poll(0.5)  # the client's lines come with it
    assert "verify failed" in caplog.text if "ssl_ca" in wrong else "Authentication failed" in caplog.text
    assert "canary" not in caplog.text + str(caught.value) + "".join(capfd.readouterr())


def test_log_lines_hold_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """Even a line of the client that holds a password is logged without it."""
    settings = Settings(kafka=Kafka.model_validate({"ssl_key_password": PASSWORD}))
    clients._ClientLog(settings).log(logging.WARNING, "%s [%s] %s", "FAIL", "x#1", f"bad option {PASSWORD}!")
    assert [record.getMessage() for record in caplog.records] == ["FAIL [x#1] bad option ***!"]
