"""Annotated articles as tokens, features and tags: what the tagger learns from."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy

from pipeline.enrich.entities.article import Article, context_rows, document_rows, mark_listed
from pipeline.enrich.entities.lines import run_rows
from pipeline.enrich.entities.rows import Form, beside_rows, own_rows
from pipeline.enrich.entities.tokens import Tokens, tokenise
from pipeline.records import Label

LABELS: tuple[str, ...] = get_args(Label)


@dataclass(slots=True)
class Document:
    """An article: the feature numbers of token i are `rows[ends[i - 1]:ends[i]]`, its tag is `tags[i]`."""

    name: str
    tokens: Tokens
    article: Article
    rows: numpy.ndarray
    ends: numpy.ndarray
    tags: numpy.ndarray


@dataclass(slots=True)
class Knowledge:
    """Clusters of words, and names of places, as tables of the model."""

    clusters: dict[int, int]
    names: array[int]
    kinds: array[int]


def apart(text: str, ents: Sequence[Sequence[Any]]) -> list[tuple[int, int, str]]:
    """The spans, but each of places joined by commas is one: `Goa, India` is two, `Washington, D.C.` is not."""
    found = []
    for start, end, label in ents:
        parts = text[start:end].split(", ")
        if label == "Location" and len(parts) > 1 and parts[-1] != "D.C.":
            at = start
            for part in parts:
                found.append((at, at + len(part), label))
                at += len(part) + 2
        else:
            found.append((start, end, label))
    return found


def tags_of(tokens: Tokens, ents: Sequence[tuple[int, int, str]]) -> numpy.ndarray:
    """BIO tags: 0 for O, 1 + 2n for the first token of label n, 2 + 2n for the others. None crosses a piece."""
    tags = numpy.zeros(len(tokens.ids), "i1")
    firsts = set(tokens.pieces)
    for start, end, label in ents:
        i, begins = bisect_right(tokens.ends, start), True
        place = LABELS.index(label)
        while i < len(tags) and tokens.starts[i] < end:
            tags[i] = 1 + 2 * place + (0 if begins or i in firsts else 1)
            begins = False
            i += 1
    return tags


def _form_rows(form: Form, known: dict[str, list[list[int]]], out: array[int]) -> list[list[int]]:
    found = known.get(form.surface)
    if found is None:
        found = [list(out[: own_rows(form, out)])]
        found += [list(out[: beside_rows(form, offset, out)]) for offset in (-2, -1, 1, 2)]
        known[form.surface] = found
    return found


_BUFFER = array("I", bytes(4 * 64))
_FORMS: dict[str, list[list[int]]] = {}
_EDGE = "\n"


def _form(surface: str, knowledge: Knowledge) -> Form:
    form = Form(surface)
    form.cluster = knowledge.clusters.get(form.lower, 0)
    return form


def document(name: str, text: str, ents: Sequence[tuple[int, int, str]], knowledge: Knowledge) -> Document:
    """An article with all the features of a first reading."""
    tokens, _ = tokenise(text, 0, 1 << 30)
    forms = [_form(surface, knowledge) for surface in tokens.surfaces]
    article = Article(tokens, forms)
    mark_listed(article, knowledge.names, knowledge.kinds)
    count = len(tokens.ids)
    own = [_form_rows(form, _FORMS, _BUFFER) for form in forms]
    edge = _form_rows(_form(_EDGE, knowledge), _FORMS, _BUFFER)
    context, context_ends = array("I", bytes(4 * 16 * (count + 1))), array("i", bytes(4 * (count + 1)))
    context_rows(article, context, context_ends)
    lines, line_ends = array("I", bytes(4 * 16 * (count + 1))), array("i", bytes(4 * (count + 1)))
    run_rows(article, lines, line_ends)
    whole, whole_ends = array("I", bytes(4 * 16 * (count + 1))), array("i", bytes(4 * (len(forms) + 1)))
    document_rows(article, whole, whole_ends)
    flat: list[int] = []
    ends = []
    for piece in range(len(tokens.pieces) - 1):
        first, end = tokens.pieces[piece], tokens.pieces[piece + 1]
        for i in range(first, end):
            form = tokens.ids[i]
            flat += own[form][0]
            for slot, offset in enumerate((-2, -1, 1, 2), 1):
                near = i + offset
                flat += own[tokens.ids[near]][slot] if first <= near < end else edge[slot]
            flat += context[context_ends[i - 1] if i else 0 : context_ends[i]]
            flat += lines[line_ends[i - 1] if i else 0 : line_ends[i]]
            flat += whole[whole_ends[form - 1] if form else 0 : whole_ends[form]]
            ends.append(len(flat))
    return Document(name, tokens, article, numpy.array(flat, "u4"), numpy.array(ends, "i8"), tags_of(tokens, ents))
