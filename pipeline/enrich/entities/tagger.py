"""Text -> mentions by a linear-chain CRF. A Tagger belongs to one thread: crfsuite keeps the sequence it looks at."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import cast, get_args

import pycrfsuite

from pipeline.enrich.entities.features import document, piece_features
from pipeline.enrich.entities.tokens import Token, pieces
from pipeline.records import Label, Mention

MODEL = Path(__file__).parents[2] / "models" / "tagger.crfsuite"
MAX_MENTION = 300  # code points; what is longer is no name (the longest in the training set has 128)
_LABELS = frozenset(get_args(Label))
_UNENCODABLE = re.compile("[\0\ud800-\udfff]")  # crfsuite reads features as C strings in UTF-8


class ModelError(RuntimeError):
    """The model file is missing or damaged."""


class Tagger:
    """Loads a model once; `checksum` is the first 12 hex digits of the file's SHA-256."""

    def __init__(self, path: Path = MODEL) -> None:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ModelError(f"the tagger's model {path} cannot be read ({error.strerror}); install again") from error
        self.checksum = hashlib.sha256(data).hexdigest()[:12]
        try:
            model = gzip.decompress(data)  # its CRC-32 is checked here
        except (OSError, EOFError, zlib.error) as error:
            raise ModelError(f"the tagger's model {path} is damaged ({error}); install again") from error
        # crfsuite's header: magic, then the size; it would crash on another or a cut-off file
        if model[:4] != b"lCRF" or int.from_bytes(model[4:8], "little") != len(model):
            raise ModelError(f"the tagger's model {path} is not a whole crfsuite model; install again")
        self._crf = pycrfsuite.Tagger()
        self._model = model  # crfsuite reads from it for as long as it is open, and holds no reference
        self._crf.open_inmemory(model)

    def tag(self, text: str) -> list[Mention]:
        """Mentions in order, not overlapping; confidence is the least marginal probability of a mention's tags.

        Linear in the length of the text; any string is allowed.
        """
        readable = _UNENCODABLE.sub("\ufffd", text)
        article = document(_surfaces(readable, piece) for piece in pieces(readable))
        mentions: list[Mention] = []
        for piece in pieces(readable):
            self._crf.set(piece_features(_surfaces(readable, piece), article))
            mentions += self._mentions(text, piece, self._crf.tag())
        return mentions

    def _mentions(self, text: str, piece: list[Token], tags: list[str]) -> Iterator[Mention]:
        index = 0
        while index < len(tags):
            first, label = index, tags[index][2:]
            index += 1
            if label not in _LABELS:
                continue
            while index < len(tags) and tags[index] == "I-" + label:
                index += 1
            start, end = piece[first][0], piece[index - 1][1]
            if end - start <= MAX_MENTION:
                confidence = min(self._crf.marginal(tags[at], at) for at in range(first, index))
                yield Mention(start, end, cast(Label, label), text[start:end], round(min(1.0, confidence), 4))


def _surfaces(text: str, piece: list[Token]) -> list[str]:
    return [text[start:end] for start, end in piece]


@cache
def load_tagger() -> Tagger:
    """The tagger that comes with the package, loaded once a process."""
    return Tagger()
