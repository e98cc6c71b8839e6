"""Features of tokens for the sequence tagger: the word, its neighbours, and how the whole article writes it.

A feature is a short string (the model file is mostly these strings): one character that names the template, then
the value. Templates of single words depend on the word alone and are computed once a word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

MAX_WORD = 40  # a longer token is known by its first and last 20 characters: one of 10 MB costs no more than a word
MAX_SHAPE = 12  # characters that a shape looks at
MAX_DOCUMENT_TOKENS = 20_000  # an article's own statistics come from its first tokens, so that memory stays bounded
MAX_CONTEXTS = 8  # neighbours of a word's other occurrences that are told, most frequent first


@dataclass(frozen=True, slots=True)
class Word:
    """What a surface form tells of itself, and of the tokens before and after it."""

    surface: str
    lower: str
    shape: str
    capitalized: bool
    own: tuple[str, ...]
    as_previous: tuple[str, ...]
    as_next: tuple[str, ...]
    as_second_previous: tuple[str, ...]
    as_second_next: tuple[str, ...]


@dataclass(slots=True)
class Document:
    """How the article writes its words: lower-case forms, and the neighbours of each capitalised form."""

    lower_case: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    contexts: dict[str, Counter[str]] = field(default_factory=dict)
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)  # features by surface form, filled on demand


def shape(surface: str) -> str:
    """Character classes of the first characters, runs shortened to two: `McDonald` -> `XxXxx`, `2024` -> `dd`."""
    out = ""
    run = 0
    for character in surface[:MAX_SHAPE]:
        kind = _kind(character)
        run = run + 1 if out.endswith(kind) else 1
        if run <= 2:
            out += kind
    return out


def _kind(character: str) -> str:
    if character.isupper():
        return "X"
    if character.islower():
        return "x"
    return "d" if character.isdigit() else character


def word(surface: str) -> Word:
    """The features of a surface form of any length."""
    if len(surface) > MAX_WORD:
        surface = surface[: MAX_WORD // 2] + surface[-MAX_WORD // 2 :]
    return _word(surface)


@lru_cache(maxsize=32768)
def _word(surface: str) -> Word:
    lower = surface.lower()
    form = shape(surface)
    affixes = [f"{n}{lower[:n]}" for n in range(1, 5)] + [f"{n + 4}{lower[-n:]}" for n in range(1, 5)]
    own = ["w" + lower, "W" + surface, "s" + form, *affixes]
    if len(surface) > 1 and surface.isupper():
        own.append("U")
    return Word(
        surface,
        lower,
        form,
        surface[0].isupper(),
        tuple(own),
        ("p" + lower, "q" + form, "r" + lower[-3:]),
        ("n" + lower, "m" + form, "o" + lower[-3:]),
        ("P" + lower, "Q" + form),
        ("N" + lower, "M" + form),
    )


def document(sentences: Iterable[Sequence[str]]) -> Document:
    """The statistics of an article from the surface forms of its pieces."""
    result = Document()
    seen = 0
    for surfaces in sentences:
        words = [word(surface) for surface in surfaces]
        for index, item in enumerate(words):
            if not item.capitalized:
                result.lower_case.add(item.surface)
                continue
            previous = words[index - 1] if index else None
            following = words[index + 1] if index + 1 < len(words) else None
            context = result.contexts.setdefault(item.surface, Counter())
            result.counts[item.surface] += 1
            context["b" + (previous.lower if previous else "")] += 1
            context["a" + (following.lower if following else "")] += 1
            context["C"] += bool(previous and previous.capitalized)
            context["D"] += bool(following and following.capitalized)
        seen += len(words)
        if seen >= MAX_DOCUMENT_TOKENS:
            break
    return result


def _document_features(item: Word, article: Document) -> tuple[str, ...]:
    """How the article writes a capitalised word elsewhere."""
    known = article.known.get(item.surface)
    if known is not None:
        return known
    features = ["L"] if item.lower in article.lower_case else []
    count = article.counts[item.surface]
    if count > 1:
        context = article.contexts[item.surface]
        features.append("R")
        features += [neighbour for neighbour, n in context.most_common(MAX_CONTEXTS) if n and neighbour not in "CD"]
        features += [c + "2" for c in "CD" if context[c] * 2 > count]
        features += [c for c in "CD" if context[c]]
    article.known[item.surface] = tuple(features)
    return article.known[item.surface]


def piece_features(surfaces: Sequence[str], article: Document) -> list[list[str]]:
    """The features of each token of a piece."""
    words = [word(surface) for surface in surfaces]
    last = len(words) - 1
    out = []
    for index, item in enumerate(words):
        features = ["B", *item.own]
        if index:
            previous = words[index - 1]
            features += previous.as_previous
            features += (f"x{previous.lower}|{item.lower}", f"y{previous.shape}|{item.shape}")
        else:
            features.append("^")
        if index < last:
            following = words[index + 1]
            features += following.as_next
            features += (f"X{item.lower}|{following.lower}", f"Y{item.shape}|{following.shape}")
        else:
            features.append("$")
        if index > 1:
            features += words[index - 2].as_second_previous
        if index + 1 < last:
            features += words[index + 2].as_second_next
        if 0 < index < last:
            features.append(f"z{words[index - 1].shape}|{item.shape}|{words[index + 1].shape}")
        if item.capitalized:
            features += _document_features(item, article)
        out.append(features)
    return out
