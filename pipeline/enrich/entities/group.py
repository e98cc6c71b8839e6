"""Mentions -> entities: which mentions of an article name the same thing. A first version, by name alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from pipeline.records import Entity, Label, Mention

Key: TypeAlias = tuple[Label, str]

_POSSESSIVE = re.compile(r"['’]s?$")
_TITLES = frozenset(["mr", "mrs", "ms", "dr", "sir", "lord", "president", "prime", "minister", "foreign"])


def group(mentions: Sequence[Mention], length: int) -> tuple[list[Mention], list[Entity]]:
    """The mentions with their entity's index, and the entities in order of first mention.

    Same label and name (case-folded, without possessive) is one entity; a Person's last name alone joins the only
    fuller name of the article that ends with it. Salience is half the share of all mentions, half how early the first
    one stands in a text of `length` code points.
    """
    names = [_name(mention.text) for mention in mentions]
    keys: list[Key] = [(m.label, name.casefold()) for m, name in zip(mentions, names, strict=True)]
    fuller = _fuller_names({key for key in keys if key[0] == "Person"})
    keys = [fuller.get(key, key) for key in keys]
    order = {key: index for index, key in enumerate(dict.fromkeys(keys))}
    members: list[list[int]] = [[] for _ in order]
    for position, key in enumerate(keys):
        members[order[key]].append(position)
    entities = [_entity(mentions, names, m, length, key[1]) for key, m in zip(order, members, strict=True)]
    return [replace(m, entity=order[key]) for m, key in zip(mentions, keys, strict=True)], entities


def _entity(mentions: Sequence[Mention], names: Sequence[str], members: list[int], length: int, key: str) -> Entity:
    forms = Counter(names[i] for i in members if names[i].casefold() == key)
    first = mentions[members[0]]
    early = 1 - first.start / max(1, length)
    return Entity(
        id=f"{first.label}:{key}",
        label=first.label,
        name=forms.most_common(1)[0][0],
        count=len(members),
        salience=round(0.5 * len(members) / len(mentions) + 0.5 * early, 4),
        confidence=round(max(mentions[i].confidence for i in members), 4),
    )


def _name(text: str) -> str:
    name = " ".join(text.split())
    return _POSSESSIVE.sub("", name) or name


def _fuller_names(persons: set[Key]) -> dict[Key, Key]:
    """For each last name alone, the fuller name that it stands for, where there is exactly one."""
    by_last: dict[str, list[Key]] = {}
    for key in persons:
        words = [word for word in key[1].split() if word.rstrip(".") not in _TITLES]
        if len(words) > 1:
            by_last.setdefault(words[-1], []).append(key)
    out = {}
    for key in persons:
        words = [word for word in key[1].split() if word.rstrip(".") not in _TITLES]
        if len(words) == 1 and len(candidates := by_last.get(words[0], [])) == 1:
            out[key] = candidates[0]
    return out
