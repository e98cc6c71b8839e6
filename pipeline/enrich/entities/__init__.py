"""Text -> mentions -> entities: tagged, joined under one name, placed on the map, given their values."""

from __future__ import annotations

from pipeline.enrich.entities.group import group
from pipeline.enrich.entities.model import ModelError
from pipeline.enrich.entities.overrides import NONE, Overrides
from pipeline.enrich.entities.places import merge, place
from pipeline.enrich.entities.tagger import Tagger, Tags, load_tagger
from pipeline.enrich.entities.values import with_values
from pipeline.records import Entity, Mention, PublishedAt

__all__ = ["ModelError", "Tagger", "find_entities", "load_tagger"]


def find_entities(
    text: str,
    *,
    published_at: PublishedAt | None = None,
    overrides: Overrides | None = None,
    tagger: Tags | None = None,
) -> tuple[list[Mention], list[Entity]]:
    """Mentions with the index of their entity, and entities in the order of their first mentions.

    `published_at` is what relative dates are counted from; `overrides` are what an operator says of names, for the
    article's site; `tagger` is another one than ours.
    """
    mentions, entities = group((tagger or load_tagger()).tag(text), len(text), overrides or NONE)
    mentions, entities = merge(mentions, place(entities, mentions, text), overrides or NONE)
    return mentions, with_values(text, mentions, entities, published_at)
