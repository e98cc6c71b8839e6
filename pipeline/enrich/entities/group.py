"""Mentions -> entities: which mentions of an article name the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.enrich.entities.join import Form, join
from pipeline.enrich.entities.names import Name, read
from pipeline.enrich.entities.overrides import NONE, Overrides, Rule
from pipeline.records import Entity, Label, Mention


class _Head(NamedTuple):
    """What an entity is, before its mentions are counted."""

    id: str
    label: Label
    name: str
    merge: Rule | None


def group(mentions: Sequence[Mention], length: int, overrides: Overrides = NONE) -> tuple[list[Mention], list[Entity]]:
    """The mentions with the index and the label of their entity, and the entities in order of first mention.

    `length` of the text in code points. Mentions that `overrides` stops are left out. Salience is half the share of all
    mentions, half how early the first one stands, 0 to 1. Linear in the number of mentions.
    """
    kept, of, forms = _read(mentions, overrides)
    roots = join(forms, _bracketed(kept, of))
    merges = {roots[i]: form.merge for i, form in enumerate(forms) if form.merge is not None}
    heads = {root: _head(forms[root], merges.get(root)) for root in dict.fromkeys(roots)}
    members: dict[str, tuple[_Head, list[int]]] = {}
    for position, form in enumerate(of):
        head = heads[roots[form]]
        members.setdefault(head.id, (head, []))[1].append(position)
    out = list(kept)
    entities = []
    for index, (head, positions) in enumerate(members.values()):
        confidence = 0.0
        for position in positions:
            mention = kept[position]
            confidence = max(confidence, mention.confidence)
            out[position] = Mention(mention.start, mention.end, head.label, mention.text, mention.confidence, index)
        salience = 0.5 * len(positions) / len(kept) + 0.5 - 0.5 * kept[positions[0]].start / max(1, length)
        entities.append(
            Entity(
                id=head.id,
                label=head.label,
                name=head.name,
                count=len(positions),
                salience=round(salience, 4),
                confidence=round(confidence, 4),
                kb_id=head.merge.kb_id if head.merge else None,
                country=head.merge.country if head.merge else None,
            )
        )
    return out, entities


def _read(mentions: Sequence[Mention], overrides: Overrides) -> tuple[list[Mention], list[int], list[Form]]:
    """The mentions that are not stopped, the index of the form of each, and the forms: one for a label and a name."""
    names: dict[tuple[Label, str], Name] = {}
    index: dict[tuple[Label, str], int] = {}
    kept: list[Mention] = []
    of: list[int] = []
    forms: list[Form] = []
    for mention in mentions:
        written = mention.label, mention.text
        name = names.get(written)
        if name is None:
            name = names[written] = read(mention.text, mention.label)
        key = mention.label, name.key
        if key in overrides.stops:
            continue
        at = index.setdefault(key, len(forms))
        if at == len(forms):
            forms.append(Form(mention.label, name, overrides.merges.get(key), overrides.splits.get(key)))
        form = forms[at]
        form.shown[name.shown] = form.shown.get(name.shown, 0) + 1
        form.short = form.short or name.short
        form.titled = form.titled or name.titled
        form.sure = max(form.sure, mention.confidence)
        form.weight += mention.confidence
        kept.append(mention)
        of.append(at)
    return kept, of, forms


def _bracketed(mentions: Sequence[Mention], of: Sequence[int]) -> list[tuple[int, int]]:
    """Forms of neighbours with two code points between them: `World Health Organization (WHO`."""
    pairs: dict[tuple[int, int], None] = {}
    for i in range(1, len(mentions)):
        if mentions[i].start - mentions[i - 1].end == 2 and of[i] != of[i - 1]:
            pairs[of[i - 1], of[i]] = None
    return list(pairs)


def _head(form: Form, merge: Rule | None) -> _Head:
    """The entity that a form leads: called by its most frequent writing, a person by the fullest one."""
    if merge is not None and merge.name is not None:
        name, label = merge.name, merge.label or form.label
    else:
        person, label = form.label == "Person", form.label
        shown = form.shown
        name = max(shown, key=lambda one: (one.count(" ") if person else 0, shown[one], not one.isupper()))
    return _Head(f"{label}:{name.casefold()}", label, name, merge)
