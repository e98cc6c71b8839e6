"""articles: raw articles in, clean and tagged records out. The public names load what they need when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.enrich.clean import clean_html, clean_text
    from pipeline.enrich.entities import Tagger, find_entities, load_tagger
    from pipeline.flow import process
    from pipeline.records import Cleaned, Dead, Enriched, Entity, Mention, Rejected

__version__ = "0.1.0"
__all__ = [
    "Cleaned",
    "Dead",
    "Enriched",
    "Entity",
    "Mention",
    "Rejected",
    "Tagger",
    "clean_html",
    "clean_text",
    "find_entities",
    "load_tagger",
    "process",
]
_HOMES = {
    "clean_html": "pipeline.enrich.clean",
    "clean_text": "pipeline.enrich.clean",
    "Tagger": "pipeline.enrich.entities",
    "find_entities": "pipeline.enrich.entities",
    "load_tagger": "pipeline.enrich.entities",
    "process": "pipeline.flow",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "pipeline.records")), name)
