"""Which forms of names in an article are one: short ones and the fuller ones that they stand for.

Every rule joins a form to one fuller form, and only where there is one: two candidates are none. Candidates are found
by words and initials, MOST at a time, so that the work stays linear. Their worth: quality/linking/README.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.enrich.entities.names import JUNIOR, SMALL, TITLES, Name, plain, words_of
from pipeline.enrich.entities.overrides import Rule
from pipeline.records import Label

MOST = 8  # fuller forms with one word in common that are looked at; more are ambiguous anyway
SURE = 0.95  # a label that the tagger is so sure of is not corrected
SURE_PLACE = 0.8  # nor a place to a person of that last name: Washington
_PLACES = frozenset(("Location", "NORP"))
_BODIES = frozenset(("Organization", "Misc", "Location", "Facility", "NORP", "Product"))
_TAILS = words_of(
    "foundation group company corporation holdings party university college motors airlines bank institute newspaper"
    " government administration ministry agency association council club team"
)


@dataclass(slots=True)
class Form:
    """A name under one label, and how an article writes it; `split` is what overrides keep it apart by."""

    label: Label
    name: Name
    merge: Rule | None = None
    split: Mapping[int, int] | None = None
    short: str = ""
    shown: dict[str, int] = field(default_factory=dict)
    titled: bool = False
    sure: float = 0.0
    weight: float = 0.0


class _Joined:
    """Which form leads each form: a forest, flattened as it is asked."""

    def __init__(self, forms: Sequence[Form]) -> None:
        self.parents = list(range(len(forms)))
        self.merges = {i: form.merge for i, form in enumerate(forms) if form.merge is not None}
        self.splits = {i: dict(form.split) for i, form in enumerate(forms) if form.split}

    def root(self, form: int) -> int:
        parents = self.parents
        while parents[form] != form:
            parents[form] = parents[parents[form]]
            form = parents[form]
        return form

    def join(self, form: int, fuller: int) -> None:
        """All that `form` stands for is led by what leads `fuller` from now on, where overrides allow it."""
        own, other = self.root(form), self.root(fuller)
        if own == other:
            return
        merge, others = self.merges.get(own), self.merges.get(other)
        if merge is not None and others is not None and merge is not others:
            return
        apart, split = self.splits.get(own, {}), self.splits.get(other, {})
        if any(split.get(rule, side) != side for rule, side in apart.items()):
            return
        self.parents[own] = other
        if merge is not None:
            self.merges[other] = merge
        if apart:
            self.splits[other] = {**split, **apart}

    def only(self, candidates: Iterable[int]) -> int | None:
        """The one form that leads all candidates."""
        roots = {self.root(candidate) for candidate in candidates}
        return roots.pop() if len(roots) == 1 else None


def join(forms: Sequence[Form], neighbours: Sequence[tuple[int, int]]) -> list[int]:
    """For each form the index of the one that leads it; `neighbours` may be a long form and its acronym in brackets."""
    joined = _Joined(forms)
    _merged(forms, joined)
    _same_name(forms, joined)
    persons = [i for i, form in enumerate(forms) if joined.root(i) == i and form.label == "Person"]
    lasts = _persons(forms, persons, joined)
    _stray_last_names(forms, lasts, joined)
    _acronyms(forms, neighbours, joined)
    _bodies(forms, joined)
    _towns(forms, joined)
    _plurals(forms, joined)
    return [joined.root(i) for i in range(len(forms))]


def _merged(forms: Sequence[Form], joined: _Joined) -> None:
    first: dict[str, int] = {}
    for i, form in enumerate(forms):
        if form.merge is not None:
            joined.join(i, first.setdefault(form.merge.where, i))


def _same_name(forms: Sequence[Form], joined: _Joined) -> None:
    """One name under several labels: the unsure ones follow a title, else the most confidence."""
    by_key: dict[str, list[int]] = {}
    for i, form in enumerate(forms):
        if form.label not in ("Date", "Money"):
            by_key.setdefault(form.name.key, []).append(i)
    for same in by_key.values():
        if len(same) > 1:
            best = max(same, key=lambda i: (forms[i].titled, forms[i].weight))
            for i in same:
                if forms[i].sure < SURE:
                    joined.join(i, best)


def _persons(forms: Sequence[Form], persons: Sequence[int], joined: _Joined) -> dict[str, list[int]]:
    """Joins parts of a name to the full name, longest first; returns the full names by their last word."""
    ends: dict[str, list[int]] = {}
    begins: dict[str, list[int]] = {}
    inner: dict[str, list[int]] = {}

    def order(i: int) -> tuple[int, bool]:
        words = forms[i].name.words
        return -len(words), any(len(word) == 1 for word in words)

    for i in sorted(persons, key=order):
        words = forms[i].name.words
        for index, word, fits in (
            (ends, words[-1], _ends),
            (begins, words[0], _begins),
            (inner, words[0], _within),
        ):
            found = index.get(word, ())
            candidates = [other for other in found if fits(words, forms[other].name.words)]
            if candidates:
                if len(found) < MOST and (fuller := joined.only(candidates)) is not None:
                    joined.join(i, fuller)
                break
        if len(words) > 1:
            for index, own in ((ends, words[-1:]), (begins, words[:1]), (inner, words[1:-1])):
                for word in own:
                    if len(entries := index.setdefault(word, [])) < MOST:
                        entries.append(i)
    return ends


def _ends(part: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """`lavrov`, `s lavrov`, `serg lavrov` of `sergey viktorovich lavrov`; never `secretary`."""
    if part[-1] in TITLES:
        return False
    if part == full[-len(part) :]:
        return True
    if len(part) == 1:
        return False
    short, long = sorted((part[0], full[0]), key=len)
    if not long.startswith(short) or (len(short) == 2 and short != long):
        return False
    middle = iter(full[1:])
    return all(any(word == other or word == other[:1] for other in middle) for word in part[1:])


def _begins(part: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """`xi` of `xi jinping`, not `john smith` of `john smith jr`."""
    return part == full[: len(part)] and len(part[0]) > 1 and not (len(part) > 1 and JUNIOR.intersection(full))


def _within(part: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """`lula` of `luiz inacio lula da silva`."""
    return len(part) == 1 and len(part[0]) > 3 and part[0] in full


def _stray_last_names(forms: Sequence[Form], lasts: dict[str, list[int]], joined: _Joined) -> None:
    """A last name of one person under another label, which the tagger is not sure of, is that person."""
    for i, form in enumerate(forms):
        if form.label in _BODIES and joined.root(i) == i and len(form.name.words) == 1:
            if form.sure >= (SURE_PLACE if form.label == "Location" else SURE):
                continue
            found = lasts.get(form.name.key, ())
            if found and len(found) < MOST and (person := joined.only(found)) is not None:
                joined.join(i, person)


def _acronyms(forms: Sequence[Form], neighbours: Sequence[tuple[int, int]], joined: _Joined) -> None:
    """`WHO` and what has these initials; beside each other in brackets some of its letters are enough."""
    for long, short in [*neighbours, *((b, a) for a, b in neighbours)]:
        letters, words = forms[short].short, forms[long].name.words
        if letters and len(words) > 1 and _alike(forms[short].label, forms[long].label):
            if letters[0] == words[0][0] and _in_order(letters, "".join(words)):
                joined.join(short, long)
    by_initials: dict[str, list[int]] = {}
    for i, form in enumerate(forms):
        words = form.name.words
        if len(words) > 1 and form.label in _BODIES:
            every = "".join(word[0] for word in words)
            for initials in {every, "".join(word[0] for word in words if word not in SMALL)}:
                if len(entries := by_initials.setdefault(initials, [])) < MOST:
                    entries.append(i)
    for i, form in enumerate(forms):
        if form.short and len(form.name.words) == 1:
            found = [j for j in by_initials.get(form.short, ()) if _alike(form.label, forms[j].label)]
            if (fuller := joined.only(found)) is not None:
                joined.join(i, fuller)


def _alike(one: Label, other: Label) -> bool:
    """May names under these labels be an acronym and its long form?"""
    return one in _BODIES and other in _BODIES and (one == other or "Organization" in (one, other))


def _in_order(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)


def _bodies(forms: Sequence[Form], joined: _Joined) -> None:
    """`Wikimedia` of `Wikimedia Foundation`, `Foundation` after it; `Supreme Court` of `Texas Supreme Court`."""
    places = {form.name.words for form in forms if form.label in _PLACES}
    fuller: dict[tuple[str, ...], list[int]] = {}
    for i, form in enumerate(forms):
        words = form.name.words
        if form.label != "Organization" or len(words) < 2:
            continue
        parts = [words[:-1]] if words[-1] in _TAILS else []
        if words[-2] not in SMALL and len(words[-1]) > 2:
            parts.append(words[-1:])
        if words[1] in SMALL:
            parts.append(words[:1])
        parts += [words[n:] for n in (1, 2) if len(words) > n + 1 and words[:n] in places]
        for part in parts:
            if len(entries := fuller.setdefault(part, [])) < MOST:
                entries.append(i)
    for i, form in enumerate(forms):
        if form.label == "Organization" and joined.root(i) == i:
            found = fuller.get(form.name.words, ())
            if len(form.name.words) == 1:
                found = [j for j in found if j < i]  # `the Foundation` comes after its name
            if (full := joined.only(found)) is not None:
                joined.join(i, full)


def _towns(forms: Sequence[Form], joined: _Joined) -> None:
    """`Springfield, Ohio` is led by `Springfield`: so it has one name in all articles."""
    towns: dict[str, list[int]] = {}
    for i, form in enumerate(forms):
        if form.label == "Location" and len(form.name.words) > 1:
            town, comma, _ = form.name.shown.partition(",")
            if comma and len(entries := towns.setdefault(plain(town), [])) < MOST:
                entries.append(i)
    for i, form in enumerate(forms):
        if form.label == "Location" and (full := joined.only(towns.get(form.name.key, ()))) is not None:
            joined.join(full, i)


def _plurals(forms: Sequence[Form], joined: _Joined) -> None:
    """`Russians` and `Russian`."""
    groups = {form.name.key: i for i, form in enumerate(forms) if form.label == "NORP"}
    for key, i in groups.items():
        if key.endswith("s") and (one := groups.get(key[:-1])) is not None:
            joined.join(i, one)
