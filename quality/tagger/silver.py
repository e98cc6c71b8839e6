"""Labels of text that nobody has labelled: of `quality.tagger.teach` in a file, or by CRFs of other seeds here."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy
import orjson

from quality.tagger.corpus import LABELS, Document, Knowledge, document, tags_of
from quality.tagger.leaks import runs
from quality.tagger.learn import Settings, gather, train, vocabulary
from quality.tagger.score import Span
from quality.tagger.stages import best_tags, emissions
from quality.tagger.texts import Text

Annotated = tuple[str, str, list[tuple[int, int, str]]]  # name, text, spans
SILVER = Path(__file__).with_name("silver.jsonl.gz")


def without(unlabelled: Sequence[Text], known: set[tuple[str, ...]]) -> list[Text]:
    """The texts that share no run of words with what is `known`."""
    return [one for one in unlabelled if known.isdisjoint(runs(one.text))]


def to_label(unlabelled: Sequence[Text]) -> list[Text]:
    """The texts that nobody has labelled."""
    return [one for one in unlabelled if one.source != "newswire"]


def write_silver(path: Path, unlabelled: Sequence[Text], mentions: Sequence[Sequence[Span]]) -> None:
    """A line a text: its name, its CRC-32; of each mention how far behind the last one it starts, length, label."""
    lines = []
    for one, found in zip(unlabelled, mentions, strict=True):
        last, flat = 0, []
        for start, end, name in found:
            flat += [start - last, end - start, LABELS.index(name)]
            last = end
        lines.append(orjson.dumps([one.name, zlib.crc32(one.text.encode("utf-8", "surrogatepass")), flat]))
    path.write_bytes(gzip.compress(b"\n".join(lines) + b"\n", mtime=0))


def read_silver(path: Path, unlabelled: Sequence[Text], knowledge: Knowledge) -> list[Document]:
    """The texts with the mentions of a file; one that the file lacks, or has of another text, is a ValueError."""
    known = {
        name: (sum_, flat) for name, sum_, flat in map(orjson.loads, gzip.decompress(path.read_bytes()).splitlines())
    }
    found = []
    for one in unlabelled:
        sum_, flat = known.get(one.name, (-1, []))
        if sum_ != zlib.crc32(one.text.encode("utf-8", "surrogatepass")):
            raise ValueError(f"{path} does not know this text of {one.name}: python -m quality.tagger.teach")
        plain = document(one.name, one.text, [], knowledge)
        found.append(replace(plain, tags=tags_of(plain.tokens, _spans(flat))))
    return found


def _spans(flat: Sequence[int]) -> list[Span]:
    found, last = [], 0
    for gap, length, label_ in zip(flat[::3], flat[1::3], flat[2::3], strict=True):
        found.append((last + gap, last + gap + length, LABELS[label_]))
        last += gap + length
    return found


def label(
    annotated: Sequence[Annotated], texts: Sequence[Text], teachers: Sequence[tuple[Knowledge, Settings]]
) -> list[numpy.ndarray]:
    """The tags of each text: the best path over the mean of the teachers' scores."""
    total: list[numpy.ndarray] = []
    moves: list[numpy.ndarray] = []
    documents: list[Document] = []
    for knowledge, settings in teachers:
        known = [document(*one, knowledge) for one in annotated]
        keys = vocabulary(known, 1)
        weights = train(gather(known, keys), keys, settings)
        documents = [document(one.name, one.text, [], knowledge) for one in texts]
        scores = emissions(documents, weights)
        total = scores if not total else [sum_ + each for sum_, each in zip(total, scores, strict=True)]
        moves.append(weights.moves)
    mean = numpy.mean(moves, 0)
    return [
        numpy.array(best_tags(one, each / len(teachers), mean), "i1")
        for one, each in zip(documents, total, strict=True)
    ]


def labelled(texts: Sequence[Text], tags: Sequence[numpy.ndarray], knowledge: Knowledge) -> list[Document]:
    """The texts as documents with these tags."""
    return [
        replace(document(one.name, one.text, [], knowledge), tags=each) for one, each in zip(texts, tags, strict=True)
    ]
