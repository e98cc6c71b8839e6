"""The one factory: every client of Kafka gets its address, TLS, SASL, sizes and partitioner here, from one place.

librdkafka (confluent-kafka) carries the worker; aiokafka the asyncio side. Keyword arguments are further options of the
client, librdkafka's with '_' for '.': `consumer(settings, group_id="g")`. A producer cannot forbid brokers to create
topics (librdkafka and aiokafka always allow it): `topics.check` stands before every start.
"""

from __future__ import annotations

import logging
import ssl
from typing import TYPE_CHECKING, Any, TypeAlias

from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient

from pipeline.settings import Settings
from pipeline.stream.seldom import Seldom

if TYPE_CHECKING:
    from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

Options: TypeAlias = dict[str, Any]
OVERHEAD_BYTES = 64 * 1024  # what key, headers and the frame of a batch may add to the value of a record
RESULT_FACTOR = 3  # a result's value, or a whole dead letter, is at most this times the largest raw value
BATCH_BYTES = 256 * 1024  # of several records; every topic takes as much, so that a refusal is about one record alone
_UNPACKED_BYTES = 1_000_000_000  # librdkafka stops unpacking a zstd batch there; 100 MB, the default, stops the worker
RETRY_BACKOFF_MS = 500  # of a transactional producer; delivery.py knows a request that was sent twice by it
_QUEUE_KBYTES = 65536  # of a producer; librdkafka's default is 1 GiB
_FETCH_BYTES = 50 * 1024**2  # of one fetch, over all partitions: both clients' default


def largest_raw(settings: Settings) -> int:
    """Bytes of the largest record on the raw topic: value, key, headers and frame."""
    return settings.limits.record_bytes + OVERHEAD_BYTES


def largest_record(settings: Settings) -> int:
    """Bytes of the largest record on any of our topics: value, key, headers and frame."""
    return settings.limits.record_bytes * RESULT_FACTOR + OVERHEAD_BYTES


# --- librdkafka ---------------------------------------------------------------------------------------------------


def consumer(settings: Settings, **extra: object) -> Consumer:
    """A reader of committed records that commits nothing by itself; needs `group_id`."""
    options = _common(settings) | {
        "isolation.level": "read_committed",
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "auto.offset.reset": "earliest",
        "allow.auto.create.topics": False,
        "fetch.max.bytes": max(_FETCH_BYTES, largest_record(settings)),
        "receive.message.max.bytes": _UNPACKED_BYTES,
    }
    return Consumer(options | _dotted(extra), logger=_ClientLog(settings))


def worker_consumer(settings: Settings, group: str, instance_id: str | None) -> Consumer:
    """The worker's: static membership (not on the embedded broker), eager range assignor, out of range is an error.

    The caller assigns a start to partitions without a committed offset: `auto.offset.reset=error` gives none.
    """
    static = {"group_instance_id": instance_id} if instance_id else {}
    return consumer(
        settings,
        **static,
        group_id=group,
        session_timeout_ms=settings.worker.session_timeout_ms,
        heartbeat_interval_ms=settings.worker.heartbeat_interval_ms,
        max_poll_interval_ms=max(60_000, settings.worker.session_timeout_ms),
        socket_timeout_ms=10_000,  # how long a fetch that is never answered is waited for; the default is a minute
        partition_assignment_strategy="range",
        auto_offset_reset="error",
        enable_partition_eof=True,  # how an idle partition is told from one that stands still
        queued_max_messages_kbytes=16384,
        fetch_queue_backoff_ms=10,  # the default, 1000, starves the queue above: 4.8 instead of 21 thousand records/s
        fetch_wait_max_ms=100,
        topic_metadata_refresh_interval_ms=30_000,  # how long a new partition waits; the default is five minutes
    )


def producer(settings: Settings, **extra: object) -> Producer:
    """An idempotent producer; keys go to the partitions that Java's clients choose."""
    options = _common(settings) | {
        "enable.idempotence": True,
        "partitioner": "murmur2_random",
        "compression.type": settings.worker.compression,
        "linger.ms": 2,
        "batch.size": BATCH_BYTES,
        "queue.buffering.max.kbytes": max(_QUEUE_KBYTES, 2 * largest_record(settings) // 1024),
    }
    return Producer(options | _dotted(extra), logger=_ClientLog(settings))


def transactional_producer(settings: Settings, transactional_id: str, **extra: object) -> Producer:
    """The worker's; `init_transactions` is left to the caller. No call outlives the transaction's timeout."""
    timeout = settings.worker.transaction_timeout_ms
    return producer(
        settings,
        **extra,
        transactional_id=transactional_id,
        transaction_timeout_ms=timeout,
        retry_backoff_ms=RETRY_BACKOFF_MS,
        metadata_recovery_strategy="none",  # else it hangs when a lone broker's connection breaks (librdkafka 5511)
        message_timeout_ms=timeout * 9 // 10,
        socket_timeout_ms=min(timeout - 500, 10_000),
    )


def admin(settings: Settings, **extra: object) -> AdminClient:
    """A client for topics and their configuration."""
    return AdminClient(_common(settings) | _dotted(extra), logger=_ClientLog(settings))


def _common(settings: Settings) -> Options:
    kafka = settings.kafka
    options: Options = {
        "bootstrap.servers": kafka.bootstrap_servers,
        "client.id": kafka.client_id,
        "security.protocol": kafka.security_protocol.lower(),
        "message.max.bytes": largest_record(settings),
    }
    if kafka.security_protocol != "PLAINTEXT":
        options["ssl.endpoint.identification.algorithm"] = "https"
        files = {"ca": kafka.ssl_ca, "certificate": kafka.ssl_cert, "key": kafka.ssl_key}
        options |= {f"ssl.{name}.location": str(path) for name, path in files.items() if path}
        if kafka.ssl_key_password:
            options["ssl.key.password"] = kafka.ssl_key_password.get_secret_value()
    if kafka.sasl_password:  # settings refuse it without SASL_SSL
        options["sasl.mechanism"] = kafka.sasl_mechanism
        options["sasl.username"] = kafka.sasl_username
        options["sasl.password"] = kafka.sasl_password.get_secret_value()
    return options


def _dotted(extra: dict[str, object]) -> Options:
    """Options of librdkafka have dots; callbacks (`error_cb`, `on_delivery`) are confluent-kafka's and keep theirs."""
    return {key if key.endswith("_cb") or key.startswith("on_") else key.replace("_", "."): extra[key] for key in extra}


class _ClientLog:
    """librdkafka's lines as Python's log lines, without passwords; confluent-kafka calls `log` while a client polls."""

    def __init__(self, settings: Settings) -> None:
        secrets = (settings.kafka.sasl_password, settings.kafka.ssl_key_password)
        self._secrets = [secret.get_secret_value() for secret in secrets if secret]
        self._log = logging.getLogger(__name__)
        self._seldom = Seldom()

    def log(self, level: int, form: str, *values: object) -> None:
        """As logging.Logger.log."""
        if self._log.isEnabledFor(level):
            told = tuple(self._clean(value) for value in values)
            record = self._log.makeRecord(self._log.name, level, __file__, 0, form, told, None)
            if self._seldom.filter(record):
                self._log.handle(record)

    def _clean(self, value: object) -> object:
        for secret in self._secrets if isinstance(value, str) else ():
            value = str(value).replace(secret, "***")
        return value


# --- aiokafka -----------------------------------------------------------------------------------------------------


def aiokafka_options(settings: Settings) -> Options:
    """Options that AIOKafkaConsumer and AIOKafkaProducer share, Faust's transport too. Reads the PEM files."""
    kafka = settings.kafka
    options: Options = {
        "bootstrap_servers": kafka.bootstrap_servers,
        "client_id": kafka.client_id,
        "security_protocol": kafka.security_protocol,
    }
    if kafka.security_protocol != "PLAINTEXT":
        context = ssl.create_default_context(cafile=str(kafka.ssl_ca) if kafka.ssl_ca else None)
        if kafka.ssl_cert:
            # without any password OpenSSL would ask the terminal for one
            password = kafka.ssl_key_password.get_secret_value() if kafka.ssl_key_password else ""
            context.load_cert_chain(kafka.ssl_cert, kafka.ssl_key, password)
        options["ssl_context"] = context
    if kafka.sasl_password:
        options["sasl_mechanism"] = kafka.sasl_mechanism
        options["sasl_plain_username"] = kafka.sasl_username
        options["sasl_plain_password"] = kafka.sasl_password.get_secret_value()
    return options


def aio_consumer(settings: Settings, *topics: str, **extra: object) -> AIOKafkaConsumer:
    """A reader of committed records that commits nothing by itself. A record over the fetch size of a partition comes
    alone, as brokers have sent it since 0.10.1."""
    from aiokafka import AIOKafkaConsumer  # half of this module's import time, and the worker does without

    options = aiokafka_options(settings) | {
        "isolation_level": "read_committed",
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "fetch_max_bytes": max(_FETCH_BYTES, largest_record(settings)),
    }
    return AIOKafkaConsumer(*topics, **(options | extra))


def aio_producer(settings: Settings, **extra: object) -> AIOKafkaProducer:
    """An idempotent producer; its default partitioner is murmur2, as Java's."""
    from aiokafka import AIOKafkaProducer

    compression = settings.worker.compression
    options = aiokafka_options(settings) | {
        "enable_idempotence": True,
        "acks": "all",
        "max_request_size": largest_record(settings),
        "compression_type": None if compression == "none" else compression,
        "linger_ms": 2,
    }
    return AIOKafkaProducer(**(options | extra))
