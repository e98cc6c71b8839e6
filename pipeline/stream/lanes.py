"""Lanes: replayed records have a topic and a group of their own, so that nobody waits behind them.

The lane's worker is the worker of stage `enrich` under other names. What it makes goes where all results go.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.settings import Settings
from pipeline.stream import topics

_RETENTION = "retention.ms"


def replay_lane(settings: Settings) -> Settings:
    """The settings of a worker of the lane, and of who fills it: `<raw>.replay`, group `<group>-replay`, no breaker.

    All that lies there has died before: to die again is no news, and the attempts are counted.
    """
    return settings.model_copy(
        update={
            "topics": settings.topics.model_copy(update={"raw": f"{settings.topics.raw}{topics.REPLAY}"}),
            "worker": settings.worker.model_copy(update={"group": f"{settings.worker.group}-replay"}),
            "breaker": settings.breaker.model_copy(update={"enabled": False}),
        }
    )


def replay_topic(settings: Settings) -> topics.TopicSpec:
    """The lane's topic: like the raw one, but kept twice as long as the letters, for it says which were replayed.

    Raises ConfigError.
    """
    specs = {spec.key: spec for spec in topics.specs(replay_lane(settings))}
    config, letters = dict(specs["raw"].config), int(specs["dead"].config.get(_RETENTION, -1))
    config[_RETENTION] = str(2 * letters if letters > 0 else -1)
    return replace(specs["raw"], doc="dead letters on their way through the flow once more", config=config)
