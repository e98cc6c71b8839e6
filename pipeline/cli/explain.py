"""`articles explain`: one article's way through every step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from pipeline.cli.common import config_option, fail, json_option, must_be_readable, print_json, settings

if TYPE_CHECKING:
    from pipeline.job import Result
    from pipeline.records import Limits, Outcome
    from pipeline.settings import Settings
    from pipeline.sources.files import Sourced


@click.command("explain")
@click.argument("source", metavar="INPUT")
@click.option("--id", "wanted", help="The article's id, or its input id (extra.id); default: the first record.")
@click.option("--html", "page_file", type=click.Path(path_type=Path), help="Write one HTML page there.")
@json_option
@config_option
def command(source: str, wanted: str | None, page_file: Path | None, as_json: bool, config: Path | None) -> None:
    """Shows what each step made of an article of INPUT: cuts struck through with their reasons, entities marked.

    INPUT is as for `run`. `--json` prints the value of every step and the record that `run` would make. `--html` writes
    one page that needs nothing else, instead of printing, for any outcome.

    \b
    Example: articles explain pages.jsonl --id 1c348c1629691a2b5a48cdab4b563a3f
    """
    chosen = settings(config)
    must_be_readable([source])
    from pipeline import flow
    from pipeline.job import enricher_config, flow_rules
    from pipeline.reasons import DeadReason
    from pipeline.records import Cleaned, Dead, Enriched, Limits

    limits = Limits(chosen.limits.record_bytes, chosen.limits.html_bytes, chosen.limits.depth)
    record = _find(source, wanted, limits)
    result = _guarded(chosen, record)  # first where it can do no harm: it may hang, or eat all memory
    steps: list[tuple[str, object]] = []
    outcome: Outcome
    if result.step == "pool":
        outcome = Dead(result.id, DeadReason(result.reason or ""), "pool", result.detail or "")
    else:
        rules = replace(flow_rules(enricher_config(chosen)), cuts="full")
        outcome = flow.process(record.value, record.headers, rules=rules, watch=lambda s, v: steps.append((s, v)))
    if page_file is not None:
        _write_page(page_file, outcome, steps)
        if not as_json:
            return
    from pipeline.cli import show
    from pipeline.cli import steps as told

    if as_json:
        print_json(
            {
                "origin": record.origin,
                "id": result.id,
                "outcome": result.outcome,
                "reason": result.reason,
                "why": None if isinstance(outcome, Enriched) else outcome.reason.why,
                "detail": None if isinstance(outcome, Enriched) else outcome.detail,
                "steps": [{"step": step, "value": told.as_data(value)} for step, value in steps],
                "record": orjson.loads(result.body) if result.body else None,
            }
        )
        return
    console = show.Terminal(highlight=False)
    for step, value in steps:
        told.show_step(console, step, value)
    told.show_outcome(console, outcome, next((v for _, v in steps if isinstance(v, Cleaned)), None))


def _write_page(file: Path, outcome: Outcome, steps: list[tuple[str, object]]) -> None:
    from pipeline.cli.page import render
    from pipeline.records import Cleaned, RawArticle

    cleaned = next((value for _, value in steps if isinstance(value, Cleaned)), None)
    url = next((value.url for _, value in steps if isinstance(value, RawArticle)), None)
    try:
        file.write_text(render(outcome, cleaned, url), "utf-8")
    except OSError as error:
        raise fail(f"cannot write {file}: {error.strerror}") from None
    click.echo(f"wrote {file}", err=True)


def _find(source: str, wanted: str | None, limits: Limits) -> Sourced:
    """The record with the id; the first without one."""
    from pipeline.enrich.decode import decode
    from pipeline.enrich.identity import article_id
    from pipeline.records import Dead
    from pipeline.sources.files import SourceError, read

    try:
        for record in read([source]):
            if wanted is None:
                return record
            raw = decode(record.value, record.headers, limits)
            if isinstance(raw, Dead):
                ids = [raw.id]
            else:
                ids = [article_id(raw.url, raw.delivered, record.value), str(raw.extra.get("id"))]
            if wanted in ids:
                return record
    except SourceError as error:
        raise fail(str(error)) from None
    raise fail(f"no article {wanted} in {source}" if wanted else f"{source} holds no record")


def _guarded(chosen: Settings, record: Sourced) -> Result:
    """What `run` would make of the record, under the same limits."""
    from pipeline.job import Job, enricher_config
    from pipeline.pool import Pool, PoolError, PoolRules

    rules = PoolRules(1, chosen.limits.cpu_seconds, chosen.limits.child_memory_bytes)
    pool = Pool(rules, "pipeline.job:enricher", enricher_config(chosen))
    try:
        return pool.submit([Job(record.value, record.headers, record.origin)]).result()[0]
    except PoolError as error:
        raise fail(str(error)) from None
    finally:
        pool.close()
