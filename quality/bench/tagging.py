"""Tagging and linking beside a spaCy CNN on the same articles in the same run, one core: CPU of the best of several
rounds. The CNN is of spaCy's usual size (width 96, depth 4) and not trained: its weights do not change its speed.
"""

from __future__ import annotations

import time
import warnings
from typing import get_args

from pipeline.enrich.entities import crf, find_entities, load_tagger
from pipeline.enrich.entities.model import MODEL
from pipeline.enrich.entities.tokens import tokenise
from pipeline.records import Label
from quality.bench.cleaning import cost
from quality.bench.inputs import Corpus
from quality.bench.rows import Row, at_least, at_most, plain

_ARTICLES = 100
_SIZE = 4096  # characters of an article that a bound is for


def _peer(texts: list[str]) -> tuple[float, str] | None:
    """Seconds that spaCy takes for the texts, and its version; None where it is not installed."""
    try:
        import spacy
    except ImportError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipeline = spacy.blank("en")
        tagger = pipeline.add_pipe("ner")
        for label in get_args(Label):
            tagger.add_label(label)  # type: ignore[attr-defined]
        pipeline.initialize()
        return cost(pipeline, texts), str(spacy.__version__)


def tagging(articles: Corpus) -> list[Row]:
    """Speed of `tag`, whole, against spaCy's, and what tagging and linking cost for 4 KB."""
    texts = [record["text"] for record in articles.records[:_ARTICLES]]
    tagger = load_tagger()
    started = time.perf_counter()
    type(tagger)()
    loaded = time.perf_counter() - started
    tag, find = cost(tagger.tag, texts), cost(find_entities, texts)
    tokens = sum(len(tokenise(text, 0, 1 << 30)[0].ids) for text in texts)
    each = 1000 * _SIZE / sum(map(len, texts))
    compiled = not (crf.__file__ or "").endswith(".py")
    peer = _peer(texts)
    ratio = [plain("beside spaCy", "left out, not installed")]
    if peer is not None:
        ratio = [at_least("tag, times as fast as spaCy's CNN", peer[0] / tag, "x", 60, f"spaCy {peer[1]}")]
    return [
        plain("tag, thousand tokens a second", tokens / tag / 1000, "k/s", "compiled" if compiled else "plain Python"),
        *ratio,
        at_most("tag, of 4 KB", tag * each, "ms", 1),
        at_most("linking, places and values, of 4 KB", (find - tag) * each, "ms", 1),
        at_most("the model loads in", 1000 * loaded, "ms", 50),
        at_most("the model on disk", MODEL.stat().st_size / 1e6, "MB", 6),
    ]
