"""`articles flow`: what happens to a record."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import config_option, json_option, print_json, settings

# tests/cli/test_flow.py holds both lists against what the flow reports and the stages produce
STEPS = (
    ("decode", "bytes -> RawArticle", "JSON or a page; encodings repaired, sizes and depths bounded; or dead"),
    ("page", "RawArticle -> Page", "the visible text, one block a line; title, byline, dates as the page says"),
    ("clean", "Page -> Cleaned", "what is not the article is cut, each cut with its reason; or rejected"),
    ("language", "text -> Language", "BCP 47 code and probability"),
    ("dates", "Page -> PublishedAt", "from the record, JSON-LD, meta, URL or text, with precision and source"),
    ("entities", "text -> mentions, entities", "who, where, which organisation, when, how much"),
)
STAGES = (
    ("enrich", "raw", ("enriched", "rejected", "dead", "ledger")),
    ("entities", "enriched", ("entities", "dead")),
)


@click.command("flow")
@config_option
@json_option
def command(config: Path | None, as_json: bool) -> None:
    """Prints the steps, the stages and their topics, by the names that the settings give them.

    \b
    Example: articles flow
    """
    names = settings(config).topics.model_dump()
    stages = [{"stage": s, "from": names[a], "to": [names[t] for t in to]} for s, a, to in STAGES]
    if as_json:
        print_json({"steps": [{"step": n, "type": t, "what": w} for n, t, w in STEPS], "stages": stages})
        return
    for stage in stages:
        click.echo(f"stage {stage['stage']}: {stage['from']}")
        if stage["stage"] == "enrich":
            for name, kind, what in STEPS:
                click.echo(f"    {name:9} {kind:27} {what}")
        for topic in stage["to"]:
            click.echo(f"    -> {topic}")
