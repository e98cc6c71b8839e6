"""text -> Language: naive Bayes over byte n-grams (langid.py, Lui and Baldwin 2012), by py3langid and its own model.

docs/decisions.md says what it was compared with; `python -m quality.compare_language` measures it again.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipeline.records import Language

SAMPLE_CHARS = 2000  # 1000 in the middle of 1,574 English articles make no error, 500 make 2
HINT_ODDS = 10  # English cut to 100 characters: 31 errors of 1,574 without, 11 with; a wrong hint turns no sample
MIN_CONFIDENCE = 0.1  # below is a guess: the 258 samples get 0.34 and more, a lone name or "ok" 0.01 to 0.06

# BCP 47 (RFC 5646): withdrawn codes, and the shortest code where two name one language
_CODES = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "no": "nb", "kik": "ki", "uzs": "uz"}
_NO_LANGUAGE = "zxx"  # the model's class for tables, codes and the like


def _model_file() -> Path:
    spec = find_spec("py3langid")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("py3langid is not installed; pip install articles installs it")
    return Path(spec.origin).parent / "data" / "model.npz.xz"


@cache
def language_model() -> str:
    """The first 16 hex digits of the SHA-256 of the installed model file, which it does not load; 10 ms once."""
    return hashlib.sha256(_model_file().read_bytes()).hexdigest()[:16]


@cache
def _identifier() -> Any:
    from py3langid.langid import LanguageIdentifier

    return LanguageIdentifier.from_model_file(_model_file(), norm_probs=True)


def _sample(text: str) -> str:
    """A bounded slice of the text with letters in it: its middle, else its start; '' when neither has a letter."""
    start = max(0, (len(text) - SAMPLE_CHARS) // 2)
    for sample in (text[start : start + SAMPLE_CHARS], text[:SAMPLE_CHARS]):
        if any(map(str.isalpha, sample)):
            return " ".join(sample.split())
    return ""


def _primary(tag: str) -> str:
    """The primary subtag of a language tag as pages write them (en-US, pt_BR, iw), as we name it."""
    code = tag[:40].strip().replace("_", "-").split("-")[0].lower()
    return _CODES.get(code, code)


def identify(text: str, hint: str | None = None) -> Language | None:
    """The language of a text, by at most SAMPLE_CHARS characters from its middle; never raises.

    The code is a primary language subtag of BCP 47: Norwegian is `nb` or `nn`, Chinese in either script `zh`. `hint` is
    what the record or the page says: prior odds of HINT_ODDS to 1 for its language, so it tips a short or ambiguous
    text and no clear one. The confidence is the posterior probability in 0..1 to 4 digits (the softmax of the scores
    over the square root of the length, as py3langid calibrates it). None without a letter, or under MIN_CONFIDENCE.
    """
    sample = _sample(text)
    if not sample:
        return None
    likely: dict[str, float] = {}
    for label, probability in _identifier().rank(sample):
        code = _primary(label)
        likely[code] = likely.get(code, 0.0) + probability
    hinted = _primary(hint or "")
    if hinted in likely:
        likely[hinted] *= HINT_ODDS
    code = max(likely, key=likely.__getitem__)
    confidence = round(likely[code] / sum(likely.values()), 4)
    if code == _NO_LANGUAGE or confidence < MIN_CONFIDENCE:
        return None
    return Language(code, confidence)


LANGUAGE_MODEL = language_model()
