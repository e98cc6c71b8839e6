"""What a page's markup says of the article: title, byline, dates, language, paywall; by JSON-LD, `<meta>` and the like.

Vocabularies: schema.org (JSON-LD, itemprop), Open Graph, Dublin Core, and the names that publishers' tools use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
from selectolax.lexbor import LexborHTMLParser

from pipeline.enrich.repair import one_line
from pipeline.records import DateCandidate, Json

MAX_SCRIPTS = 16  # JSON-LD scripts read
MAX_SCRIPT_CHARS = 300_000
MAX_NODES = 300  # JSON-LD objects looked at
MAX_NAMES = 8  # authors, types and time elements looked at

_ARTICLE_TYPE = re.compile(r"Article|BlogPosting|Report|Review$")
_DATE_META = (
    "article:published_time", "og:published_time", "datepublished", "date", "pubdate", "publishdate", "publish_date",
    "publish-date", "dc.date.issued", "dc.date", "dcterms.created", "dcterms.date", "parsely-pub-date", "sailthru.date",
    "article.published", "cxenseparse:recs:publishtime",
)  # fmt: skip
_AUTHOR_META = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl")


class Meta(NamedTuple):
    """The fields of `Page` of the same names."""

    title: str | None
    byline: str | None
    published_at: tuple[DateCandidate, ...]
    language: str | None
    paywalled: bool


def read_meta(tree: LexborHTMLParser) -> Meta:
    """What the markup says, the most trusted source of each field first. Never raises."""
    nodes, metas = _json_ld(tree), _metas(tree)
    html = tree.css_first("html")
    return Meta(
        title=_first(metas.get("og:title"), *_texts(nodes, "headline")[:1], _text(tree.css_first("title"))),
        byline=_byline(tree, nodes, metas),
        published_at=_dates(tree, nodes, metas),
        language=_first(html.attributes.get("lang") if html is not None else None, metas.get("og:locale")),
        paywalled=any(not _is_free(node.get("isAccessibleForFree")) for node in nodes),
    )


def _first(*values: str | None) -> str | None:
    return next((title for value in values if (title := one_line(value))), None)


def _text(node: Any) -> str | None:
    return node.text() if node is not None else None


def _json_ld(tree: LexborHTMLParser) -> list[dict[str, Json]]:
    """JSON-LD objects of the page, those of an article type first; unreadable scripts are passed over."""
    found: list[dict[str, Json]] = []
    for script in tree.css('script[type*="ld+json"]')[:MAX_SCRIPTS]:
        source = (script.text() or "")[: MAX_SCRIPT_CHARS + 1]
        if len(source) > MAX_SCRIPT_CHARS:
            continue
        try:
            value = orjson.loads(" ".join(source.split()))  # raw line breaks inside strings are common, and not JSON
        except orjson.JSONDecodeError:
            continue
        pending = [value]
        while pending and len(found) < MAX_NODES:
            node = pending.pop()
            if isinstance(node, list):
                pending.extend(reversed(node[:MAX_NODES]))
            elif isinstance(node, dict):
                found.append(node)
                pending.append(node.get("@graph"))
    return sorted(found, key=lambda node: not _is_article(node))


def _several(value: Json) -> list[Json]:
    return value[:MAX_NAMES] if isinstance(value, list) else [value]


def _is_article(node: dict[str, Json]) -> bool:
    types = _several(node.get("@type"))
    return any(isinstance(name, str) and _ARTICLE_TYPE.search(name[:200]) for name in types)


def _texts(nodes: list[dict[str, Json]], key: str) -> list[str]:
    return [node[key] for node in nodes if isinstance(node.get(key), str)]


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    """Content of <meta> elements by name, property or itemprop; the first of a name counts."""
    metas: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = attributes.get("content")
        if name and content:
            metas.setdefault(name[:100].strip().lower(), content)
    return metas


def _dates(tree: LexborHTMLParser, nodes: list[dict[str, Json]], metas: dict[str, str]) -> tuple[DateCandidate, ...]:
    stated = [DateCandidate("json-ld", one_line(raw)) for raw in _texts(nodes, "datePublished")]
    stated += [DateCandidate("meta", one_line(metas[name])) for name in _DATE_META if name in metas]
    times = [node.attributes.get("datetime") for node in tree.css("time[datetime]")[:MAX_NAMES]]
    stated += [DateCandidate("meta", one_line(raw)) for raw in times]
    return tuple(dict.fromkeys(date for date in stated if date.raw))


def _is_free(value: Json) -> bool:
    return not (value is False or (isinstance(value, str) and value.strip().lower() == "false"))


def _names(value: Json) -> Iterator[str]:
    """Names in a JSON-LD author: a string, an object with a name, or a list of them."""
    for item in _several(value):
        name = item.get("name") if isinstance(item, dict) else item
        if isinstance(name, str) and name.strip() and "://" not in name:
            yield one_line(name)


def _byline(tree: LexborHTMLParser, nodes: list[dict[str, Json]], metas: dict[str, str]) -> str | None:
    stated = [metas[name] for name in _AUTHOR_META if name in metas and "://" not in metas[name]]
    names = next((list(dict.fromkeys(_names(node["author"]))) for node in nodes if node.get("author")), [])
    return _first(*stated[:1], ", ".join(names), _text(tree.css_first('[rel~="author"]')))
