"""What the breaker's window held before a restart, from the ledger: by whichever worker of the group it was written."""

from __future__ import annotations

from collections import Counter

import orjson

from pipeline.settings import Settings
from pipeline.stream.breaker import WELL
from pipeline.stream.reading import read
from pipeline.views.ledger import batch_of

_BATCHES = 100  # looked at in each partition of the ledger


def past_batches(settings: Settings, group: str) -> list[Counter[str]]:
    """Outcomes of the group's last batches, the oldest first. Raises KafkaException."""
    found: list[tuple[str, Counter[str]]] = []
    for record in read(settings, settings.topics.ledger, last=_BATCHES):
        try:
            fields = orjson.loads(record.value or b"")
            if fields["group"] == group:
                batch = batch_of(fields)
                found.append((str(fields["at"]), batch.dead + Counter({WELL: batch.enriched + batch.rejected.total()})))
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, ValueError):
            continue  # told by the ledger's own view
    return [outcomes for _, outcomes in sorted(found, key=lambda one: one[0])]
