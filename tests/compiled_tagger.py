"""What each compiled module of the tagger makes of a page's text: a part of the outputs of tests/compiled.py."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from pipeline.enrich.entities.article import Article
from pipeline.enrich.entities.crf import TAGS
from pipeline.enrich.entities.forms import Forms
from pipeline.enrich.entities.model import Model, read_model
from pipeline.enrich.entities.rows import Form
from pipeline.enrich.entities.tokens import Tokens, tokenise
from pipeline.enrich.page import page_text

LIMIT = 1000  # tokens of a page


@cache
def model() -> Model:
    """The model in the package."""
    return read_model()


@cache
def forms_of(module: ModuleType) -> Any:
    """A cache of forms made by a module, kept: it is large."""
    one = model()
    return module.Forms(one.keys, one.weights, one.words, one.clusters)


@cache
def usual_forms() -> Forms:
    """The cache of forms of the package."""
    one = model()
    return Forms(one.keys, one.weights, one.words, one.clusters)


def _numbers(kind: str, count: int) -> array[Any]:
    return array(kind, bytes(array(kind).itemsize * count))


def tokenised(tokens: ModuleType, html: str) -> object:
    """What pipeline.enrich.entities.tokens makes of a text, and of its parts."""
    text = page_text(html)
    found = []
    for limit in (LIMIT, 5):
        one, end = tokens.tokenise(text, 0, limit)
        lists = [list(part) for part in (one.starts, one.ends, one.ids, one.joined, one.pieces)]
        found.append((lists, one.surfaces, end))
    return found


def featured(rows: ModuleType, html: str) -> object:
    """The features of each form by pipeline.enrich.entities.rows."""
    out, found = _numbers("I", 64), []
    for surface in tokenise(page_text(html), 0, LIMIT)[0].surfaces:
        form = rows.Form(surface)
        form.cluster = len(surface)
        own = [form.lower, form.shape, form.head, form.tail, form.capital, form.signs]
        found.append(own + list(out[: rows.own_rows(form, out)]))
        for offset in (-2, -1, 1, 2):
            found.append(list(out[: rows.beside_rows(form, offset, out)]))
    return found


def _read(html: str) -> tuple[Tokens, list[Form], array[int]]:
    """Tokens of a page, their forms, and tags as they could be."""
    tokens = tokenise(page_text(html), 0, LIMIT)[0]
    forms, _ = usual_forms().read(tokens.surfaces)
    return tokens, forms, array("b", [form * 7 % TAGS for form in tokens.ids])


def seen(article: ModuleType, html: str) -> object:
    """The features of each token from its neighbours and the text by pipeline.enrich.entities.article."""
    tokens, forms, tags = _read(html)
    one = article.Article(tokens, forms)
    article.mark_listed(one, model().names, model().kinds)
    found: list[object] = [list(one.listed), list(one.lower), list(one.shape), list(one.capital)]
    out, ends = _numbers("I", 20 * (len(tags) + 1)), _numbers("i", len(tags) + 1)
    for function in (article.document_rows, article.context_rows):
        found.append((list(out[: function(one, out, ends)]), list(ends)))
    return [*found, list(out[: article.second_rows(one, tags, out, ends)]), list(ends)]


def in_runs(runs: ModuleType, html: str) -> object:
    """The runs of capitalised tokens by pipeline.enrich.entities.runs."""
    tokens, forms, _ = _read(html)
    one = Article(tokens, forms)
    found = runs.Runs(tokens.ids, tokens.pieces, one.capital, one.signs)
    lists = (found.of, found.first, found.end, found.piece, found.head, found.last)
    return found.count, [list(part) for part in lists]


def lined(lines: ModuleType, html: str) -> object:
    """The features of each token from its run and its line by pipeline.enrich.entities.lines."""
    tokens, forms, tags = _read(html)
    out, ends = _numbers("I", 20 * (len(tags) + 1)), _numbers("i", len(tags) + 1)
    return list(out[: lines.run_rows(Article(tokens, forms), out, ends)]), list(ends)


def decoded(crf: ModuleType, html: str) -> object:
    """Sums, best tags and margins by pipeline.enrich.entities.crf."""
    tokens, forms, _ = _read(html)
    one, count = model(), len(tokens.ids)
    scores = array("i", [place * 7919 % 211 - 90 for place in range(count * TAGS)])
    rows = array("I", [*one.keys[100 : 100 + count], 5, 6])
    crf.add_rows(one.keys, one.weights, rows, array("i", range(1, count + 1)), count, scores)
    slots = array("i", [form.slot for form in forms])
    crf.add_forms(usual_forms().sums, slots, tokens.ids, tokens.pieces, usual_forms().edge, scores)
    crf.add_whole(array("i", range(len(forms) * TAGS)), tokens.ids, count, scores)
    tags, sure = _numbers("b", count), _numbers("i", count)
    crf.best_tags(scores, array("i", one.moves), tokens.pieces, tags)
    crf.margins(scores, array("i", one.moves), tokens.pieces, tags, sure)
    return list(scores), list(tags), list(sure)


def remembered(forms: ModuleType, html: str) -> object:
    """The sums of each form in a cache by pipeline.enrich.entities.forms."""
    found, sums = forms_of(forms).read(tokenise(page_text(html), 0, 100)[0].surfaces)
    width = 5 * TAGS
    return [(form.surface, form.cluster, list(sums[form.slot * width : (form.slot + 1) * width])) for form in found]


OUTPUTS: dict[str, Callable[[ModuleType, str], object]] = {
    "pipeline.enrich.entities.article": seen,
    "pipeline.enrich.entities.crf": decoded,
    "pipeline.enrich.entities.forms": remembered,
    "pipeline.enrich.entities.lines": lined,
    "pipeline.enrich.entities.rows": featured,
    "pipeline.enrich.entities.runs": in_runs,
    "pipeline.enrich.entities.tokens": tokenised,
}
