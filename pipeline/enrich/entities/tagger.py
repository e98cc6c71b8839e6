"""Text -> mentions by a linear-chain CRF. A Tagger belongs to one thread: crfsuite keeps the sequence it looks at."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import cast, get_args

import pycrfsuite

from pipeline.enrich.entities.features import document, piece_features
from pipeline.enrich.entities.tokens import Token, pieces
from pipeline.records import Label, Mention

MODEL = Path(__file__).parents[2] / "models" / "tagger.crfsuite"
_LABELS = frozenset(get_args(Label))


class ModelError(RuntimeError):
    """The model file is missing or damaged."""


class Tagger:
    """Loads a model once; `checksum` is the first 12 hex digits of the file's SHA-256."""

    def __init__(self, path: Path = MODEL) -> None:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ModelError(f"the tagger's model {path.name} cannot be read ({error.strerror}); install articles again") from error
        # crfsuite's header: magic, then the file's size; a cut-off file would crash it
        if data[:4] != b"lCRF" or int.from_bytes(data[4:8], "little") != len(data):
            raise ModelError(f"the tagger's model {path.name} is damaged; install articles again")
        self.checksum = hashlib.sha256(data).hexdigest()[:12]
        self._crf = pycrfsuite.Tagger()
        self._crf.open(str(path))

    def tag(self, text: str) -> list[Mention]:
        """Mentions in order, not overlapping; confidence is the least marginal probability of a mention's tags.

        Linear in the length of the text; any string is allowed.
        """
        parts = list(pieces(text))
        surfaces = [[text[start:end].encode("utf-8", "replace").decode() for start, end in piece] for piece in parts]
        article = document(surfaces)
        mentions: list[Mention] = []
        for piece, words in zip(parts, surfaces, strict=True):
            self._crf.set([[f.replace("\0", " ") for f in fs] if "\0" in "".join(words) else fs
                           for fs in piece_features(words, article)])
            mentions += self._mentions(text, piece, self._crf.tag())
        return mentions

    def _mentions(self, text: str, piece: list[Token], tags: list[str]) -> list[Mention]:
        out = []
        index = 0
        while index < len(tags):
            label = tags[index][2:]
            if label not in _LABELS:
                index += 1
                continue
            last = index
            while last + 1 < len(tags) and tags[last + 1] == "I-" + label:
                last += 1
            start, end = piece[index][0], piece[last][1]
            confidence = min(self._crf.marginal(tags[i], i) for i in range(index, last + 1))
            out.append(Mention(start, end, cast(Label, label), text[start:end], round(min(1.0, confidence), 4)))
            index = last + 1
        return out


@cache
def load_tagger() -> Tagger:
    """The tagger that comes with the package, loaded once a process."""
    return Tagger()
