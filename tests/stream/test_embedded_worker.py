"""The worker on the embedded broker: at least once, chosen by itself."""

from __future__ import annotations

from pipeline.records import FileOrigin
from pipeline.sources.files import Sourced
from pipeline.stream.embedded import EmbeddedBroker
from pipeline.stream.feeding import Feeder
from tests.conftest import unique_settings
from tests.kafka.checker import arrived, everything, finished, origin_of, results
from tests.kafka.harness import start, value, working

COUNT = 600


def test_kill_9_loses_nothing() -> None:
    """A worker dies in the middle of its work: each record has an output, and perhaps two."""
    settings = unique_settings("embedded:0")
    with EmbeddedBroker(settings.topics.model_dump().values()) as broker:
        settings = settings.model_copy(
            update={"kafka": settings.kafka.model_copy(update={"bootstrap_servers": broker.bootstrap_servers})}
        )
        with working(settings) as workers:
            assert workers[0].wait_ready()["delivery"] == "at_least_once"
            feeder = Feeder(settings, as_is=True)
            for number in range(COUNT):
                feeder.send(Sourced(value(number), (), FileOrigin("test", number)))
            assert feeder.finish().sent == COUNT
            some = arrived(settings, settings.topics.enriched, 1)
            workers[0].kill()
            assert len({origin_of(message) for message in some}) < COUNT, "it was done already"
            workers[0] = start(settings)
            assert finished(settings)
            assert workers[0].terminate() == 0
        raw = {f"{m.topic()}/{m.partition()}/{m.offset()}".encode() for m in everything(settings, settings.topics.raw)}
        assert len(raw) == COUNT
        assert {origin_of(message) for message in everything(settings, *results(settings))} == raw
