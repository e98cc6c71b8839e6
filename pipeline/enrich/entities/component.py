"""Our tagger as a component of spaCy's pipelines: `spacy.blank("en").add_pipe("articles_tagger")`.

spaCy finds it by the entry point `spacy_factories`; nothing else imports this, for spaCy is an extra.
"""

from __future__ import annotations

from collections.abc import Callable

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from pipeline.enrich.entities.tagger import load_tagger


def tag(doc: Doc) -> Doc:
    """Sets `doc.ents`; a mention that begins or ends inside one of spaCy's tokens takes the whole token."""
    mentions = load_tagger().tag(doc.text)
    spans = [doc.char_span(m.start, m.end, label=m.label, alignment_mode="expand") for m in mentions]
    doc.ents = filter_spans([span for span in spans if isinstance(span, Span)])
    return doc


@Language.factory("articles_tagger", assigns=["doc.ents"])
def component(nlp: Language, name: str) -> Callable[[Doc], Doc]:  # noqa: ARG001  (spaCy gives both)
    """The factory of the component."""
    return tag
