"""Who may do what: the smallest set of ACLs for each role. None on the cluster, none to create, no wildcard.

What they allow beside: Read and Write of a topic imply Describe, Write to a transactional id implies Describe, and a
topic that may be written may be written idempotently (Kafka 3.0).
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pipeline.settings import Settings

Role: TypeAlias = Literal["worker", "feeder", "reader", "replayer"]
ROLES: tuple[Role, ...] = ("worker", "feeder", "reader")
LANE_ROLES: tuple[Role, ...] = ("worker", "replayer")


@dataclass(frozen=True, slots=True)
class Acl:
    """One line: an operation on a resource, or on all whose names begin so (`prefixed`)."""

    operation: Literal["Read", "Write"]
    resource: Literal["topic", "group", "transactional-id"]
    name: str
    prefixed: bool = False

    def command(self, servers: str, user: str) -> str:
        """What grants it to a user; `admin.properties` is how an administrator logs in."""
        tool = f"kafka-acls.sh --bootstrap-server {shlex.quote(servers)} --command-config admin.properties"
        pattern = " --resource-pattern-type prefixed" if self.prefixed else ""
        granted = f"--allow-principal {shlex.quote(f'User:{user}')} --operation {self.operation}"
        return f"{tool} --add {granted} --{self.resource} {shlex.quote(self.name)}{pattern}"


def acls(settings: Settings, role: Role) -> list[Acl]:
    """What a role needs, of LANE_ROLES with the settings of the lane. A reader's group begins with `<group>-reader`."""
    topics, group = settings.topics, settings.worker.group
    if role == "feeder":
        return [Acl("Write", "topic", topics.raw)]
    if role == "replayer":
        lane = [Acl("Read", "topic", topics.dead), Acl("Read", "topic", topics.raw), Acl("Write", "topic", topics.raw)]
        return [*lane, Acl("Write", "transactional-id", group)]
    if role == "reader":
        read = (topics.enriched, topics.rejected, topics.entities, topics.dead, topics.ledger)
        return [*(Acl("Read", "topic", name) for name in read), Acl("Read", "group", f"{group}-reader", prefixed=True)]
    own = (topics.raw, topics.enriched, topics.ledger)
    written = (topics.enriched, topics.rejected, topics.dead, topics.ledger, topics.entities)
    return [
        *(Acl("Read", "topic", name) for name in own),
        *(Acl("Write", "topic", name) for name in written),
        *(Acl("Read", "group", f"{group}-{part}") for part in ("enrich", "entities", "views")),
        Acl("Write", "transactional-id", f"{group}-", prefixed=True),
    ]
