"""Text -> mentions -> entities: tokens, features, tagger, grouping."""

from __future__ import annotations

from pipeline.enrich.entities.group import group
from pipeline.enrich.entities.tagger import ModelError, Tagger, load_tagger
from pipeline.records import Entity, Mention, PublishedAt

__all__ = ["ModelError", "Tagger", "find_entities", "load_tagger"]


def find_entities(text: str, *, published_at: PublishedAt | None = None) -> tuple[list[Mention], list[Entity]]:  # noqa: ARG001
    """Mentions with the index of their entity, and entities; `published_at` is for relative dates, not yet resolved."""
    return group(load_tagger().tag(text), len(text))
