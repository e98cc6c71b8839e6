"""Does a broker answer? And if none does, what the client met: refused, not resolved, no TLS, a wrong password."""

from __future__ import annotations

import logging
import re

from confluent_kafka import KafkaException

from pipeline.settings import Settings
from pipeline.stream import clients

_SECONDS = 5.0
_CLIENT = re.compile(r"^\[[^\]]*\] \[thrd:[^\]]*\]: (?:\S+/(?:bootstrap|\d+): )?")
_STATE = re.compile(r" \(after \d+ms in state .*")


class _LastLine(logging.Filter):
    """Keeps the clients' last line and lets none through: each attempt to connect writes the same."""

    line = ""

    def filter(self, record: logging.LogRecord) -> bool:
        self.line = record.getMessage()
        return False


def unreachable(settings: Settings) -> str | None:
    """Why no broker answers, in a few words; None when one does. Takes 5 seconds at most."""
    last = _LastLine()
    logger = logging.getLogger(clients.__name__)
    logger.addFilter(last)
    try:
        admin = clients.admin(settings)
        try:
            admin.list_topics(timeout=_SECONDS)
        except KafkaException as error:
            admin.poll(0)  # the client's lines come when it is polled
            why = _STATE.sub("", _CLIENT.sub("", last.line.partition(" ")[2])) or str(error.args[0].str())
            return "what answers there does not speak Kafka" if "Invalid response size" in why else why
    except KafkaException as error:  # the client cannot be made: a file of TLS is no PEM, say
        return str(error.args[0].str())
    finally:
        logger.removeFilter(last)
    return None
