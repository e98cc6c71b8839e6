"""`articles explain`: one article's way through every step."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.common import config_option, fail, json_option, print_json, settings


@click.command("explain")
@click.argument("source", metavar="INPUT")
@click.option("--id", "wanted", help="The article's id, or its input id (extra.id); default: the first.")
@json_option
@config_option
def command(source: str, wanted: str | None, as_json: bool, config: Path | None) -> None:
    """Shows what each step made of an article of INPUT, every cut with its reason, entities marked in the text.

    Example: articles explain pages.jsonl --id 4f2a...
    """
    from pipeline import flow
    from pipeline.records import Dead, Enriched, Limits, encode
    from pipeline.sources.files import read

    chosen = settings(config)
    limits = Limits(chosen.limits.record_bytes, chosen.limits.html_bytes, chosen.limits.depth)
    rules = flow.Rules(limits=limits, entity_languages=chosen.entities.languages)
    if source != "-" and not Path(source).is_file():
        raise fail(f"no such file: {source}")
    for record in read([source]):
        steps: list[tuple[str, object]] = []
        outcome = flow.process(record.value, record.headers, rules=rules, watch=lambda s, v, told=steps: told.append((s, v)))  # type: ignore[misc]
        extra = outcome.extra.get("id") if isinstance(outcome, Enriched) else None
        if wanted in (None, outcome.id, str(extra)):
            break
    else:
        raise fail(f"no article {wanted} in {source}" if wanted else f"{source} holds no record")
    if as_json:
        import orjson

        print_json({"outcome": type(outcome).__name__.lower(), "record": orjson.loads(encode(outcome))})
        return
    from rich.console import Console

    from pipeline.cli.show import show_outcome, show_step

    console = Console(highlight=False)
    for step, value in steps:
        show_step(console, step, value)
    if isinstance(outcome, Dead):
        console.print(f"[bold red]dead[/] {outcome.reason}: {outcome.detail}", markup=True)
    else:
        show_outcome(console, outcome, next((v for s, v in steps if s == "clean"), None))
