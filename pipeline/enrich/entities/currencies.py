"""The currencies of `currencies.txt`: which names mean which ISO 4217 codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PATH = Path(__file__).with_name("currencies.txt")
_PLURALS = {"lev": "leva", "leu": "lei", "real": "reais", "koruna": "korun", "krone": "kroner", "krona": "kronor"}
_LONG_PLURALS = {"penny": "pence", "colón": "colones", "colon": "colones", "sol": "soles", "quetzal": "quetzales"}


@dataclass(frozen=True, slots=True)
class Currencies:
    """`names` leads from symbols, codes and nouns (lower case) to the codes that they may mean; `countries` from a
    code to those that use it; `adjectives` from an adjective to the codes of its country."""

    names: Mapping[str, frozenset[str]]
    countries: Mapping[str, frozenset[str]]
    adjectives: Mapping[str, frozenset[str]]


@cache
def currencies() -> Currencies:
    """The table, read once."""
    names: dict[str, set[str]] = {}
    adjectives: dict[str, set[str]] = {}
    countries: dict[str, frozenset[str]] = {}
    for line in _PATH.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, places, kinds, nouns, symbols = (field.strip() for field in line.split("|"))
        countries[code] = frozenset(_split(places))
        for noun in _split(nouns):
            for name in {noun, f"{noun}s", _PLURALS.get(noun, noun), _LONG_PLURALS.get(noun, noun)}:
                names.setdefault(name, set()).add(code)
        for name in (code.lower(), *_split(symbols)):
            names.setdefault(name, set()).add(code)
        for kind in _split(kinds):
            adjectives.setdefault(kind, set()).add(code)
    for name in ("rs", "rs.", "re"):
        names[name] = names["rupee"]
    for name in ("shillings", "sh", "shs"):
        names[name] = names["shilling"]
    return Currencies(
        {name: frozenset(codes) for name, codes in names.items()},
        countries,
        {name: frozenset(codes) for name, codes in adjectives.items()},
    )


def _split(field: str) -> list[str]:
    return [part for part in (part.strip() for part in field.split(",")) if part]
