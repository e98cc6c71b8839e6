"""What `articles explain` prints of each step, as text and as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.cli.show import side_by_side, visible
from pipeline.records import Cleaned, Cut, Dead, Enriched, Json, Page, RawArticle, Rejected

_CUT_SHOWN = 60  # characters of a cut in the table
_HELD_BEFORE = {Page: ("html",), Cleaned: ("page",)}  # what a value holds of the step before it


def as_data(value: object) -> Json:
    """A step's value for JSON, without what the value before it holds already; each cut with its reason."""
    if isinstance(value, (Page, Cleaned)):
        left_out = _HELD_BEFORE[type(value)]
        data = {field.name: getattr(value, field.name) for field in fields(value) if field.name not in left_out}
        if isinstance(value, Page):
            data["blocks"] = [block._asdict() for block in value.blocks]
        else:
            data["cuts"] = [_cut(cut) for cut in value.cuts]
        return data
    return value


def _cut(cut: Cut) -> Mapping[str, Json]:
    return {**{field.name: getattr(cut, field.name) for field in fields(cut)}, "why": cut.kind.why}


def show_step(console: Console, step: str, value: object) -> None:
    """One line on what a step returned."""
    console.print(Text(f"{step:9}", style="bold") + Text(visible(_summary(value))))


def _summary(value: object) -> str:
    if isinstance(value, RawArticle):
        told = f"url {value.url}, flags {', '.join(value.flags) or 'none'}"
        return f"{value.input}, {len(value.content)} characters, {told}"
    if isinstance(value, Page):
        told = f"title {value.title!r}, byline {value.byline!r}"
        return f"{len(value.text)} characters in {len(value.blocks)} blocks, {told}"
    if isinstance(value, Cleaned):
        told = f"by {value.method}, confidence {value.confidence}"
        refused = f", refused: {value.refusal}" if value.refusal else ""
        return f"{len(value.text)} characters kept, {len(value.cuts)} cuts, {told}{refused}"
    if isinstance(value, Dead):
        return f"dead: {value.reason}"
    if isinstance(value, list):
        return f"{len(value)} entities"
    return "none" if value is None else str(value)


def show_outcome(console: Console, outcome: Enriched | Rejected | Dead, cleaned: Cleaned | None) -> None:
    """The page beside the clean text, then the tables of cuts and entities; or why there is none of it."""
    if isinstance(outcome, Dead):
        why = f" {outcome.reason}: {outcome.reason.why} ({outcome.detail})"
        console.print(Text.assemble(("dead", "bold red"), why))
        return
    if isinstance(outcome, Rejected):
        console.print(Text.assemble(("rejected", "bold yellow"), f" {outcome.reason}: {outcome.reason.why}"))
        measured = ", ".join(f"{name} {number:g}" for name, number in outcome.measurements.items())
        console.print(Text(f"measured: {measured}"))
    if cleaned is None:
        return
    mentions = outcome.mentions or () if isinstance(outcome, Enriched) else ()
    console.print(side_by_side(visible(cleaned.page.text), visible(cleaned.text), cleaned.cuts, mentions))
    console.print(_cuts(cleaned.cuts))
    if isinstance(outcome, Enriched):
        console.print(_entities(outcome))


def _cuts(cuts: tuple[Cut, ...]) -> Table:
    table = Table("cut", "rule", "confidence", "why", "text")
    for cut in cuts:
        text = " ".join((cut.text or "").split())
        shown = text if len(text) <= _CUT_SHOWN else text[: _CUT_SHOWN - 3] + "..."
        table.add_row(str(cut.kind), cut.rule, f"{cut.confidence:.2f}", cut.kind.why, Text(visible(shown)))
    return table


def _entities(outcome: Enriched) -> Table:
    table = Table("label", "name", "count", "salience", "confidence", "place or value")
    for e in outcome.entities or ():
        told = e.value or " ".join(part for part in (e.country, e.kb_id) if part)
        about = str(e.count), f"{e.salience:.2f}", f"{e.confidence:.2f}"
        table.add_row(e.label, Text(visible(e.name)), *about, Text(visible(told)))
    return table
