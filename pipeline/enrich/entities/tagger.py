"""Text -> mentions by a linear-chain CRF that reads an article twice: the second reading knows the tags of the first.

Whole numbers throughout, so that compiled and plain code agree. Nothing is kept between texts but a cache of forms.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Protocol, get_args

from pipeline.enrich.entities.article import Article, context_rows, document_rows, mark_listed, second_rows
from pipeline.enrich.entities.crf import TAGS, add_forms, add_rows, add_whole, best_tags, margins
from pipeline.enrich.entities.forms import Forms
from pipeline.enrich.entities.lines import run_rows
from pipeline.enrich.entities.model import MODEL, read_model
from pipeline.enrich.entities.tokens import Tokens, tokenise
from pipeline.records import Label, Mention

MAX_MENTION = 300  # code points; what is longer is no name (the longest in the training set has 128)
CHUNK = 8192  # tokens that are read as one article; a longer text is read in parts, each ending with a line or piece
_LABELS: tuple[Label, ...] = get_args(Label)
_ROWS = 20  # features of a token, at most, that each of the functions of `article` and `lines` gives


class Tags(Protocol):
    """What finds mentions: ours, or one of another library. `checksum` names it in the records."""

    checksum: str

    def tag(self, text: str) -> list[Mention]: ...


class Tagger:
    """Loads a model once; `checksum` is the first 12 hex digits of the SHA-256 of its sections. Re-entrant."""

    def __init__(self, path: Path = MODEL) -> None:
        self._model = read_model(path)
        self.checksum = self._model.checksum
        model = self._model
        self._forms = Forms(model.keys, model.weights, model.words, model.clusters)
        self._moves = array("i", model.moves)

    def tag(self, text: str) -> list[Mention]:
        """Mentions in order, not overlapping. Linear in the length of the text; any string is allowed.

        Confidence is the share of mentions as sure as this one that were right in articles not trained on.
        """
        mentions: list[Mention] = []
        at = 0
        while at < len(text):
            tokens, at = tokenise(text, at, CHUNK)
            if tokens.ids:
                mentions += self._mentions(text, tokens)
        return mentions

    def _mentions(self, text: str, tokens: Tokens) -> Iterator[Mention]:
        model, count = self._model, len(tokens.ids)
        forms, sums = self._forms.read(tokens.surfaces)
        article = Article(tokens, forms)
        mark_listed(article, model.names, model.kinds)
        scores = array("i", bytes(4 * TAGS * count))
        rows, ends = array("I", bytes(4 * _ROWS * (count + 1))), array("i", bytes(4 * (count + 1)))
        document_rows(article, rows, ends)
        whole = array("i", bytes(4 * TAGS * len(forms)))
        add_rows(model.keys, model.weights, rows, ends, len(forms), whole)
        add_whole(whole, tokens.ids, count, scores)
        context_rows(article, rows, ends)
        add_rows(model.keys, model.weights, rows, ends, count, scores)
        run_rows(article, rows, ends)
        add_rows(model.keys, model.weights, rows, ends, count, scores)
        add_forms(sums, article.slots, tokens.ids, tokens.pieces, self._forms.edge, scores)
        tags = array("b", bytes(count))
        best_tags(scores, self._moves, tokens.pieces, tags)
        second_rows(article, tags, rows, ends)
        add_rows(model.keys, model.weights, rows, ends, count, scores)
        best_tags(scores, self._moves, tokens.pieces, tags)
        sure = array("i", bytes(4 * count))
        margins(scores, self._moves, tokens.pieces, tags, sure)
        return self._spans(text, tokens, tags, sure)

    def _spans(self, text: str, tokens: Tokens, tags: array[int], sure: array[int]) -> Iterator[Mention]:
        calibration = self._model.calibration
        index, count = 0, len(tags)
        firsts = set(tokens.pieces)
        while index < count:
            first, tag = index, tags[index]
            index += 1
            if tag == 0:
                continue
            least = sure[first]
            while index < count and tags[index] == tag + 1 and index not in firsts:
                least = min(least, sure[index])
                index += 1
            start, end = tokens.starts[first], tokens.ends[index - 1]
            if end - start <= MAX_MENTION:
                chance = calibration[min(max(least, 0), len(calibration) - 1)]
                yield Mention(start, end, _LABELS[(tag - 1) // 2], text[start:end], chance)


@cache
def load_tagger() -> Tagger:
    """The tagger that comes with the package, loaded once a process."""
    return Tagger()
