"""What a page's markup says of the article: title, byline, dates, language, paywall; by JSON-LD, `<meta>` and the like.

Vocabularies: schema.org (JSON-LD, itemprop), Open Graph, Dublin Core, and the names that publishers' tools use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

import orjson
from selectolax.lexbor import LexborHTMLParser

from pipeline.enrich.repair import one_line
from pipeline.enrich.walk import FACTS
from pipeline.records import DateCandidate, Json

Attributes: TypeAlias = dict[str, str | None]

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


def read_meta(tree: LexborHTMLParser, facts: list[Any]) -> Meta:
    """What the markup says, the most trusted source of each field first; `facts`: the elements FACTS outside the head.

    Never raises.
    """
    scripts, elements, times = _stated(tree, facts)
    nodes, metas = _json_ld(scripts), _metas(elements)
    html = tree.css_first("html")
    return Meta(
        title=_first(metas.get("og:title"), *_texts(nodes, "headline")[:1], _text(tree.css_first("title"))),
        byline=_byline(tree, nodes, metas),
        published_at=_dates(times, nodes, metas),
        language=_first(html.attributes.get("lang") if html is not None else None, metas.get("og:locale")),
        paywalled=any(not _is_free(node.get("isAccessibleForFree")) for node in nodes),
    )


def _first(*values: str | None) -> str | None:
    return next((title for value in values if (title := one_line(value))), None)


def _text(node: Any) -> str | None:
    return node.text() if node is not None else None


def _stated(tree: LexborHTMLParser, facts: list[Any]) -> tuple[list[Any], list[Attributes], list[str | None]]:
    """JSON-LD scripts, attributes of <meta> elements, dates of <time> elements, in the order of the page."""
    scripts: list[Any] = []
    metas: list[Attributes] = []
    times: list[str | None] = []
    for node in [*(tree.head.css(FACTS) if tree.head is not None else ()), *facts]:
        name, attributes = node.tag, node.attributes
        if name == "meta":
            metas.append(attributes)
        elif name == "time":
            times += [attributes["datetime"]] if "datetime" in attributes else []
        elif "ld+json" in (attributes.get("type") or "").lower():
            scripts.append(node)
    return scripts, metas, times


def _json_ld(scripts: list[Any]) -> list[dict[str, Json]]:
    """JSON-LD objects of the page, those of an article type first; unreadable scripts are passed over."""
    found: list[dict[str, Json]] = []
    for script in scripts[:MAX_SCRIPTS]:
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


def _metas(elements: list[Attributes]) -> dict[str, str]:
    """Content of <meta> elements by name, property or itemprop; the first of a name counts."""
    metas: dict[str, str] = {}
    for attributes in elements:
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = attributes.get("content")
        if name and content:
            metas.setdefault(name[:100].strip().lower(), content)
    return metas


def _dates(times: list[str | None], nodes: list[dict[str, Json]], metas: dict[str, str]) -> tuple[DateCandidate, ...]:
    stated = [DateCandidate("json-ld", one_line(raw)) for raw in _texts(nodes, "datePublished")]
    stated += [DateCandidate("meta", one_line(metas[name])) for name in _DATE_META if name in metas]
    stated += [DateCandidate("meta", one_line(raw)) for raw in times[:MAX_NAMES]]
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
    return _first(*stated[:1], ", ".join(names)) or _first(_text(tree.css_first('[rel~="author"]')))
