"""The main job, as a newcomer sees it."""

from __future__ import annotations

from pipeline.stream import demo


def test_the_demo_balances() -> None:
    """Every sample record comes out of the embedded broker once, by the way that is expected of it."""
    report = demo.run(lambda *_: None)
    assert report.as_dict()["balanced"] is True
    assert report.counts() == {"enriched": 30, "rejected": 3, "dead": 3}
    assert report.failures == []
