"""A measured figure, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `met` is None where there is no bound, or where it could not be measured."""

    name: str
    value: float | str
    unit: str = ""
    bound: str = ""
    met: bool | None = None
    note: str = ""


def at_most(name: str, value: float, unit: str, bound: float, note: str = "") -> Row:
    """A figure that may not exceed its bound."""
    return Row(name, round(value, 2), unit, f"<= {bound:g}", value <= bound, note)


def at_least(name: str, value: float, unit: str, bound: float, note: str = "") -> Row:
    """A figure that may not fall below its bound."""
    return Row(name, round(value, 2), unit, f">= {bound:g}", value >= bound, note)


def plain(name: str, value: float | str, unit: str = "", note: str = "") -> Row:
    """A figure without a bound."""
    return Row(name, round(value, 2) if isinstance(value, float) else value, unit, note=note)


def table(title: str, rows: Sequence[Row]) -> str:
    """The rows as lines of text under their title."""
    lines = [title]
    for row in rows:
        met = {True: "met", False: "MISSED", None: ""}[row.met]
        figure = f"{row.value:,}" if isinstance(row.value, int | float) else row.value
        lines.append(f"  {row.name:54} {figure:>12} {row.unit:10} {row.bound:>8} {met:6} {row.note}".rstrip())
    return "\n".join(lines)
