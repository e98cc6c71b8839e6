"""Articles on a terminal: page text with each cut struck through and its reason, clean text with entities marked."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from pipeline.records import Cleaned, Cut, Dead, Enriched, Mention, Page, RawArticle, Rejected

_COLOURS = {"Person": "green", "Location": "blue", "Organization": "magenta", "Facility": "blue", "NORP": "yellow"}


def page_with_cuts(page_text: str, cuts: Sequence[Cut]) -> Text:
    """The page text, what was cut struck through, each cut with its kind and rule."""
    out = Text()
    position = 0
    for cut in cuts:
        out.append(page_text[position : cut.start])
        out.append(page_text[cut.start : cut.end].strip("\n"), style="strike dim red")
        out.append(f" [{cut.kind}: {cut.rule}]\n", style="bold red")
        position = cut.end
    out.append(page_text[position:])
    return out


def marked(text: str, mentions: Sequence[Mention]) -> Text:
    """The clean text with each mention in its label's colour."""
    out = Text(text)
    for mention in mentions:
        out.stylize(f"bold {_COLOURS.get(mention.label, 'cyan')}", mention.start, mention.end)
    return out


def side_by_side(page_text: str, text: str, cuts: Sequence[Cut], mentions: Sequence[Mention]) -> Table:
    """What was delivered, and what came out."""
    table = Table(expand=True, show_lines=False)
    table.add_column("page text, cuts struck through", ratio=1)
    table.add_column("clean text, entities marked", ratio=1)
    table.add_row(page_with_cuts(page_text, cuts), marked(text, mentions))
    return table


def show_step(console: Console, step: str, value: object) -> None:
    """One line on what a step returned."""
    console.print(Text(f"{step:9}", style="bold") + Text(_summary(value)))


def _summary(value: object) -> str:
    if isinstance(value, RawArticle):
        return f"{value.input}, {len(value.content)} characters, url {value.url}, flags {', '.join(value.flags) or 'none'}"
    if isinstance(value, Page):
        return f"{len(value.text)} characters in {len(value.blocks)} blocks, title {value.title!r}, byline {value.byline!r}"
    if isinstance(value, Cleaned):
        refused = f", refused: {value.refusal}" if value.refusal else ""
        return f"{len(value.text)} characters kept, {len(value.cuts)} cuts, by {value.method}, confidence {value.confidence}{refused}"
    if isinstance(value, Dead):
        return f"dead: {value.reason}"
    if isinstance(value, list):
        return f"{len(value)} entities"
    return "none" if value is None else str(value)


def show_outcome(console: Console, outcome: Enriched | Rejected, cleaned: object) -> None:
    """The record, side by side with the page, and the table of its entities."""
    page_text = cleaned.page.text if isinstance(cleaned, Cleaned) else ""
    if isinstance(outcome, Rejected):
        console.print(Panel(Text(f"{outcome.reason}: {outcome.detail}\n{dict(outcome.measurements)}"), title="rejected"))
        return
    console.print(side_by_side(page_text, outcome.text, outcome.cuts or (), outcome.mentions or ()))
    entities = Table("label", "name", "count", "salience", "confidence")
    for e in outcome.entities or ():
        entities.add_row(e.label, Text(e.name), str(e.count), f"{e.salience:.2f}", f"{e.confidence:.2f}")
    console.print(entities)
