"""Articles on a terminal: page text with each cut struck through and its reason, clean text with entities marked."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.records import Cut, Mention

_COLOURS = {"Person": "green", "Location": "blue", "Organization": "magenta", "Facility": "blue", "NORP": "yellow"}


class Terminal(Console):
    """A console that leaves a closed pipe to the program: rich's own would end it with 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def page_with_cuts(page_text: str, cuts: Sequence[Cut]) -> Text:
    """The page text, what was cut struck through, each cut with its kind and rule."""
    out = Text()
    position = 0
    for cut in cuts:
        out.append(page_text[position : cut.start])
        piece = page_text[cut.start : cut.end]
        if piece.startswith("\n") and out.plain and not out.plain.endswith("\n"):
            out.append("\n")
        out.append(piece.strip("\n"), style="strike dim red")
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
