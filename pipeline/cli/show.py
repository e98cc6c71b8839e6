"""Articles on a terminal: page text with cuts struck through, reasons in the margin, clean text with entities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from unicodedata import category

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.reasons import CutKind
from pipeline.records import Cut, Mention

MARGIN = 24  # columns for the kind and the rule of a cut
BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # change the order of what follows
_ENTITIES = {"Person": "green", "Location": "blue", "Organization": "magenta", "Facility": "blue", "NORP": "yellow"}
_KINDS = {
    CutKind.COMMENT_FORM: "yellow",
    CutKind.COMMENTS: "dark_orange",
    CutKind.SHARE_BAR: "cyan",
    CutKind.RELATED: "blue",
    CutKind.NEWSLETTER: "magenta",
    CutKind.COOKIE_NOTICE: "purple",
    CutKind.NAVIGATION: "bright_black",
    CutKind.BYLINE: "green",
    CutKind.CAPTION: "dark_cyan",
    CutKind.ADVERT: "bright_red",
    CutKind.LABEL: "bright_magenta",
    CutKind.HEADLINE: "bright_blue",
    CutKind.TAGS: "bright_cyan",
    CutKind.COPYRIGHT: "bright_yellow",
    CutKind.PAYWALL_NOTICE: "red",
    CutKind.OTHER: "white",
}


class Terminal(Console):
    """A console that leaves a closed pipe to the program: rich's own would end it with 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


class Piece(NamedTuple):
    """`page[start:end]`: a cut with its reason, or a slice that is kept and stands at `clean` in the clean text."""

    start: int
    end: int
    cut: Cut | None
    clean: int


def visible(text: str) -> str:
    """As long as it was, so that offsets stay; what acts on the screen or on the reading order is replaced."""
    return "".join(_shown(c) for c in text)


def _shown(c: str) -> str:
    if c in BIDI or (category(c) in ("Cc", "Cs") and c not in "\n\t\r"):
        return "\ufffd"
    return " " if c == "\r" else c


def pieces(length: int, cuts: Sequence[Cut]) -> Iterator[Piece]:
    """The whole page text of `length` characters in order, kept slices and cuts."""
    position = clean = 0
    for cut in cuts:
        if cut.start > position:
            yield Piece(position, cut.start, None, clean)
            clean += cut.start - position
        yield Piece(cut.start, cut.end, cut, clean)
        position = cut.end
    if position < length:
        yield Piece(position, length, None, clean)


def side_by_side(page_text: str, text: str, cuts: Sequence[Cut], mentions: Sequence[Mention]) -> Table:
    """Why a piece was cut, what was delivered, and what came out; white space alone is not shown."""
    table = Table(expand=True, show_lines=False)
    table.add_column("cut: rule, confidence", width=MARGIN)
    table.add_column("page text, cuts struck through", ratio=1)
    table.add_column("clean text, entities marked", ratio=1)
    clean = _marked(text, mentions)
    for piece in pieces(len(page_text), cuts):
        told = page_text[piece.start : piece.end].strip()
        if not told:
            continue
        if piece.cut is None:
            kept = clean[piece.clean : piece.clean + piece.end - piece.start]
            table.add_row("", Text(told), _stripped(kept))
            continue
        colour = _KINDS[CutKind(piece.cut.kind)]
        why = Text.assemble((str(piece.cut.kind), f"bold {colour}"), f"\n{piece.cut.rule} {piece.cut.confidence:.2f}")
        table.add_row(why, Text(told, style=f"strike dim {colour}"), "")
    return table


def _marked(text: str, mentions: Sequence[Mention]) -> Text:
    """The clean text with each mention in its label's colour."""
    out = Text(text)
    for mention in mentions:
        out.stylize(f"bold {_ENTITIES.get(mention.label, 'cyan')}", mention.start, mention.end)
    return out


def _stripped(text: Text) -> Text:
    """Without the white space at either end."""
    plain = text.plain
    return text[len(plain) - len(plain.lstrip()) : len(plain.rstrip())]
