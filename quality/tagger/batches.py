"""Articles as tensors: what the neural teacher reads. Needs torch (the extra `teacher`)."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy
import torch

from pipeline.enrich.entities.rows import Form, own_rows
from quality.tagger.corpus import Document

MAX_LETTERS = 20  # of a form: a longer one is known by its first and last ten
PADDING, UNKNOWN = 0, 1  # numbers of letters
LEAST_LETTER, LEAST_FEATURE = 3, 2  # occurrences, among the different forms of each article
GAP = 4  # empty tokens between pieces: as wide as a convolution reaches
MOST_COUNTED = 4


@dataclass(slots=True)
class Known:
    """The numbers of words, letters and features of forms; row n of `vectors` is that of word n, row 0 of no word."""

    words: dict[str, int]
    vectors: numpy.ndarray
    letters: dict[str, int]
    features: dict[int, int]
    clusters: Mapping[int, int]


def _features(surface: str, clusters: Mapping[int, int]) -> list[int]:
    form = Form(surface)
    form.cluster = clusters.get(form.lower, 0)
    out = array("I", bytes(4 * 64))
    return list(out[: own_rows(form, out)])


def known(
    documents: Sequence[Document], words: Sequence[str], vectors: numpy.ndarray, clusters: Mapping[int, int]
) -> Known:
    """What the documents to learn from have."""
    letters, features = Counter[str](), Counter[int]()
    for one in documents:
        for surface in one.tokens.surfaces:
            letters.update(surface)
            features.update(_features(surface, clusters))
    frequent = [letter for letter, count in letters.items() if count >= LEAST_LETTER]
    repeated = [feature for feature, count in features.items() if count >= LEAST_FEATURE]
    return Known(
        {word: number for number, word in enumerate(words, 1)},
        numpy.concatenate((numpy.zeros((1, vectors.shape[1])), vectors)).astype("f4"),
        {letter: number for number, letter in enumerate(frequent, 2)},
        {feature: number for number, feature in enumerate(repeated, 1)},
        clusters,
    )


@dataclass(slots=True)
class Read:
    """A document in numbers, by form: `words`, `letters`, `features`; by token the others."""

    words: list[int]
    letters: list[list[int]]
    features: list[list[int]]
    forms: numpy.ndarray
    names: numpy.ndarray  # the hash in lower case of a capitalised form, -1 of another
    marks: numpy.ndarray  # tokens x 4: gazetteer, occurrences of the name, seen in lower case, joined to the last
    lengths: numpy.ndarray  # of pieces
    tags: numpy.ndarray


def read(one: Document, what: Known) -> Read:
    """A document in numbers."""
    words, letters, features = [], [], []
    for surface in one.tokens.surfaces:
        low = surface.lower()
        words.append(what.words.get("0" * min(len(low), 4) if low[0].isdecimal() else low, 0))
        half = MAX_LETTERS // 2
        short = surface if len(surface) <= MAX_LETTERS else surface[:half] + surface[-half:]
        letters.append([what.letters.get(letter, UNKNOWN) for letter in short])
        features.append([what.features[f] for f in _features(surface, what.clusters) if f in what.features])
    forms = numpy.array(one.tokens.ids, "i8")
    low, capital = numpy.array(one.article.lower, "i8")[forms], numpy.array(one.article.capital)[forms] > 0
    names = numpy.where(capital, low, -1)
    _, number, count = numpy.unique(names, return_inverse=True, return_counts=True)
    counted = numpy.where(capital, numpy.minimum(count[number], MOST_COUNTED), 0)
    small = numpy.where(capital, 1 + numpy.isin(low, low[~capital]), 0)
    marks = numpy.stack((numpy.array(one.article.listed), counted, small, numpy.array(one.tokens.joined)), 1)
    lengths = numpy.diff(numpy.array(one.tokens.pieces)).astype("i8")
    return Read(words, letters, features, forms, names, marks.astype("i8"), lengths, one.tags.astype("i8"))


class Batch:
    """Several documents: forms one below the other, tokens in one row."""

    def __init__(self, documents: Sequence[Read], weights: Sequence[float]) -> None:
        first = numpy.cumsum([0, *(len(one.words) for one in documents)])
        self.words = torch.tensor([word for one in documents for word in one.words])
        letters = [form for one in documents for form in one.letters]
        grid = numpy.full((len(letters), max([3, *map(len, letters)])), PADDING)
        for row, form in zip(grid, letters, strict=True):
            row[: len(form)] = form
        self.letters = torch.from_numpy(grid)
        features = [form for one in documents for form in one.features]
        self.features = torch.tensor([feature for form in features for feature in form], dtype=torch.long)
        self.firsts = torch.from_numpy(numpy.cumsum([0, *map(len, features)])[:-1])
        forms = [one.forms + start for one, start in zip(documents, first[:-1], strict=True)]
        self.forms = torch.from_numpy(numpy.concatenate(forms))
        self.marks = torch.from_numpy(numpy.concatenate([one.marks for one in documents]))
        self.tags = numpy.concatenate([one.tags for one in documents])
        self.lengths = numpy.concatenate([one.lengths for one in documents])
        self.weights = numpy.concatenate(
            [numpy.full(len(one.lengths), weight, "f4") for one, weight in zip(documents, weights, strict=True)]
        )
        self.count = len(self.tags)
        places = numpy.arange(self.count) + GAP * numpy.repeat(numpy.arange(1, len(self.lengths) + 1), self.lengths)
        self.places = torch.from_numpy(places)  # of tokens, with the gaps
        self.room = self.count + GAP * (len(self.lengths) + 1)
        number = numpy.repeat(numpy.arange(len(documents)), [len(one.forms) for one in documents])
        names = numpy.concatenate([one.names for one in documents])
        self.capitals = torch.from_numpy(numpy.flatnonzero(names >= 0))
        both = (number << 32 | names)[names >= 0]
        _, names = numpy.unique(both, return_inverse=True)
        self.names = torch.from_numpy(names)  # of the tokens `capitals`: the same number, the same name and article
        self.name_count = int(names.max()) + 1 if len(names) else 0


def packed(sizes: Sequence[int], most: int, order: Sequence[int]) -> Iterator[list[int]]:
    """Documents in this order, in lists of about `most` tokens."""
    some: list[int] = []
    tokens = 0
    for number in order:
        some.append(number)
        tokens += sizes[number]
        if tokens >= most:
            yield some
            some, tokens = [], 0
    if some:
        yield some
