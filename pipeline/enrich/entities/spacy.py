"""An installed pipeline of spaCy, the extra `spacy`, as the tagger: `entities.backend = "spacy"`.

Its labels are those of OntoNotes: events, works, laws and languages are Misc; counts, times and ordinals are not told.
"""

from __future__ import annotations

from functools import cache
from typing import get_args

from pipeline.records import Label, Mention

MAX_CHARS = 100_000  # of a text are given to spaCy at once: its memory grows with them
CONFIDENCE = 0.5  # spaCy's pipelines tell none
_LABELS: dict[str, Label] = {
    "PERSON": "Person", "PER": "Person", "ORG": "Organization", "GPE": "Location", "LOC": "Location", "FAC": "Facility",
    "NORP": "NORP", "PRODUCT": "Product", "DATE": "Date", "MONEY": "Money", "EVENT": "Misc", "WORK_OF_ART": "Misc",
    "LAW": "Misc", "LANGUAGE": "Misc", "MISC": "Misc", **{label: label for label in get_args(Label)},
}  # fmt: skip


class SpacyError(RuntimeError):
    """spaCy or the pipeline is not installed."""


class SpacyTagger:
    """An installed pipeline of spaCy as a tagger; `checksum` is its name and version."""

    def __init__(self, name: str) -> None:
        try:
            import spacy
        except ImportError as error:
            raise SpacyError('entities.backend: spaCy is not installed: pip install "articles[spacy]"') from error
        try:
            self._pipeline = spacy.load(name)
        except OSError as error:
            raise SpacyError(f"spaCy has no pipeline {name}: python -m spacy download {name}") from error
        meta = self._pipeline.meta
        self.checksum = f"spacy:{meta['lang']}_{meta['name']}-{meta['version']}"

    def tag(self, text: str) -> list[Mention]:
        """Mentions in order, not overlapping; a long text is read in parts, cut at line ends where it has them."""
        mentions: list[Mention] = []
        start = 0
        while start < len(text):
            end = min(len(text), start + MAX_CHARS)
            line = text.rfind("\n", start, end) + 1
            end = line if line and end < len(text) else end
            for found in self._pipeline(text[start:end]).ents:
                label = _LABELS.get(found.label_)
                if label is not None:
                    first, last = start + found.start_char, start + found.end_char
                    mentions.append(Mention(first, last, label, text[first:last], CONFIDENCE))
            start = end
        return mentions


@cache
def load_spacy(name: str) -> SpacyTagger:
    """The pipeline of this name, loaded once a process. SpacyError where there is none."""
    return SpacyTagger(name)
