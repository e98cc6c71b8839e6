"""`articles demo`: see it work."""

from __future__ import annotations

import sys

import click

from pipeline.cli.common import json_option, print_json

_SHOWN = "text-comment-form"


@click.command("demo")
@json_option
def command(as_json: bool) -> None:
    """Runs broker, worker and feeder on 36 sample records and compares every outcome with what it must become.

    Exit 1 on any difference. Example: articles demo
    """
    from rich.console import Console

    from pipeline.cli.show import side_by_side
    from pipeline.records import Cut, Mention
    from pipeline.stream import demo

    console = Console(highlight=False, stderr=as_json)
    with console.status("embedded broker, topics, worker, feeder") as status:
        report = demo.run(lambda what, done, total: status.update(f"{done} of {total} {what}"))
    if as_json:
        print_json(report.as_dict())
        sys.exit(1 if report.failures else 0)
    shown = report.outcomes.get(_SHOWN)
    if shown is not None and shown[0] == "enriched":
        from pipeline.spans import rebuild

        body = shown[2]
        cuts = [Cut(**cut) for cut in body["cuts"]]
        mentions = tuple(Mention(**mention) for mention in body["mentions"] or ())
        console.print(side_by_side(rebuild(body["text"], cuts), body["text"], cuts, mentions))
    counts = report.counts()
    for name, (outcome, reason, _) in report.outcomes.items():
        if outcome != "enriched":
            console.print(f"  {outcome:9} {reason:18} {name}")
    console.print(
        f"{report.fed} in = {counts['enriched']} enriched + {counts['rejected']} rejected + {counts['dead']} dead, "
        f"{report.entity_records} entity records, {report.fed / max(0.01, report.seconds):.0f} articles/s"
    )
    for failure in report.failures:
        console.print(f"  DIFFERS {failure}", style="red", markup=False)
    console.print(
        "every record is what a careful editor expects" if not report.failures else "the demo failed", markup=False
    )
    sys.exit(1 if report.failures else 0)
