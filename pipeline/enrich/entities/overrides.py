"""What an operator says of entities, over what is found: which names are one, which are apart, which are none.

[[merge]]                              # one entity, in any writing and under any label
names = ["Acme", "Acme Corp"]
name = "Acme Corporation"              # how it is called
label = "Organization"                 # optional, like kb_id and country (ISO 3166)
sites = ["news.example"]               # optional in every rule: only in articles of these sites
[[split]]                              # no two of these are one entity
names = ["Anna Smith", "Smith"]
[[stop]]                               # no entity: mentions of these names are left out
names = ["he", "Columbia"]
label = "Location"                     # optional: only under this label
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias, cast, get_args

from pipeline.enrich.entities.names import read
from pipeline.records import Label

Key: TypeAlias = tuple[Label, str]  # a label, and the key of a name read under it
Kind: TypeAlias = Literal["merge", "split", "stop"]
LABELS: tuple[Label, ...] = get_args(Label)
_KEYS: dict[str, tuple[str, ...]] = {
    "merge": ("names", "name", "label", "kb_id", "country", "sites"),
    "split": ("names", "sites"),
    "stop": ("names", "label", "sites"),
}
_COUNTRY = re.compile(r"[A-Z]{2}")


class OverridesError(ValueError):
    """The file is wrong; the message names line, rule and key, and the fix."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One table of the file; `where` says which for a message."""

    kind: Kind
    where: str
    names: tuple[str, ...]
    name: str | None = None
    label: Label | None = None
    kb_id: str | None = None
    country: str | None = None
    sites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overrides:
    """The rules for one article, by label and name: `merges` and `splits` tell the rule, splits the side of it too."""

    stops: frozenset[Key] = frozenset()
    merges: Mapping[Key, Rule] = field(default_factory=dict)
    splits: Mapping[Key, Mapping[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OverridesFile:
    """All rules of a file; `checksum` is that of the rules, not of how they are written, null where there is none."""

    checksum: str | None = None
    everywhere: Overrides = field(default_factory=Overrides)
    by_site: Mapping[str, Overrides] = field(default_factory=dict)

    def of(self, site: str | None) -> Overrides:
        """What holds for an article of a site."""
        return self.by_site.get(site or "", self.everywhere)


NONE = Overrides()


def parse(text: str) -> OverridesFile:
    """The rules of a file in TOML. Raises OverridesError."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise OverridesError(f"is not TOML: {error}") from None
    rules = []
    for kind, entries in tables.items():
        _known(kind, _KEYS, "kind of rule", _line(text, rf"^[ \t]*\[*\s*{re.escape(kind)}\b"))
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise OverridesError(f"{kind}: write [[{kind}]] above each rule")
        rules += [_rule(cast(Kind, kind), entry, number, text) for number, entry in enumerate(entries, 1)]
    if not rules:
        return OverridesFile()
    plain = [{key: value for key, value in asdict(rule).items() if key != "where"} for rule in rules]
    checksum = hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:12]
    sites = {site for rule in rules for site in rule.sites}
    by_site = {site: _resolved(rule for rule in rules if not rule.sites or site in rule.sites) for site in sites}
    return OverridesFile(checksum, _resolved(rule for rule in rules if not rule.sites), by_site)


def _rule(kind: Kind, entry: Mapping[str, Any], number: int, text: str) -> Rule:
    """One table, checked key by key."""
    header = rf"^[ \t]*\[\[\s*{kind}\s*\]\]"

    def place(key: str = "") -> str:
        return f"{_line(text, header, number, key)}{kind} {number}: "

    for key, value in entry.items():
        _known(key, _KEYS[kind], "key", place(key))
        if key in ("names", "sites"):
            if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
                raise OverridesError(f"{place(key)}{key} must be a list of names, each in quotes")
        elif not isinstance(value, str) or not value.strip():
            raise OverridesError(f"{place(key)}{key} must be text in quotes")
    least = 2 if kind == "split" else 1
    names = entry.get("names", [])
    if len(names) < least:
        raise OverridesError(f"{place('names')}names must list at least {least}")
    if kind == "merge" and "name" not in entry:
        raise OverridesError(f"{place()}name is missing: how the entity is called")
    if "label" in entry:
        _known(entry["label"], LABELS, "label", place("label"))
    if not _COUNTRY.fullmatch(entry.get("country", "XX")):
        raise OverridesError(f"{place('country')}country must be two capital letters of ISO 3166, like DE")
    sites = tuple(site.casefold().removeprefix("www.") for site in entry.get("sites", []))
    rest = {key: entry[key] for key in ("name", "label", "kb_id", "country") if key in entry}
    return Rule(kind, place().removesuffix(": "), tuple(names), sites=sites, **rest)


def _resolved(rules: Iterable[Rule]) -> Overrides:
    """The rules by key, those for sites over those for all. Raises OverridesError where two contradict each other."""
    decided: dict[Key, Rule] = {}
    splits: dict[Key, dict[int, int]] = {}
    ordered = sorted(rules, key=lambda rule: bool(rule.sites))
    for number, rule in enumerate(ordered):
        for side, name in enumerate((*rule.names, rule.name) if rule.name else rule.names):
            for label in (rule.label,) if rule.kind == "stop" and rule.label else LABELS:
                key = label, read(name, label).key
                if rule.kind == "split":
                    if splits.setdefault(key, {}).setdefault(number, side) != side:
                        raise OverridesError(f"{rule.where}: {name!r} is read like another of its names")
                    continue
                other = decided.setdefault(key, rule)
                if other is not rule and "merge" in (rule.kind, other.kind):
                    if bool(other.sites) == bool(rule.sites):
                        raise OverridesError(f"{rule.where}: {name!r} stands in {other.where} too; keep it in one")
                    decided[key] = rule
    merges = {key: rule for key, rule in decided.items() if rule.kind == "merge"}
    sides: dict[tuple[int, str], int] = {}
    for key in merges.keys() & splits.keys():
        for number, side in splits[key].items():
            if sides.setdefault((number, merges[key].where), side) != side:
                raise OverridesError(f"{ordered[number].where}: {merges[key].where} joins what it keeps apart")
    return Overrides(frozenset(decided.keys() - merges.keys()), merges, splits)


def _known(name: str, known: Sequence[str] | Mapping[str, object], what: str, place: str) -> None:
    if name not in known:
        nearest = difflib.get_close_matches(name, list(known), n=1, cutoff=0.0)[0]
        raise OverridesError(f"{place}there is no {what} {name}; the nearest is {nearest}")


def _line(text: str, header: str, number: int = 1, key: str = "") -> str:
    """`line 12, `: where the numbered header stands, or a key after it; nothing where it is written in another way."""
    headers = list(re.finditer(header, text, re.MULTILINE))
    if len(headers) < number:
        return ""
    at = headers[number - 1].start()
    found = re.compile(rf"^[ \t]*{re.escape(key)}\s*=", re.MULTILINE).search(text, at) if key else None
    end = headers[number].start() if number < len(headers) else len(text)
    at = found.start() if found and found.start() < end else at
    return f"line {text.count(chr(10), 0, at) + 1}, "
