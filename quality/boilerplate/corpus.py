"""The pages that cleaning is trained and scored on, as blocks with labels: one Document a page and mode.

Modes: `html` (the blocks of our own page text), and two texts made from the same page by resiliparse (Apache-2.0), as a
scraper would deliver it: `page` (all visible text) and `light` (main content and comments, light furniture left).
A block is body (1) when an in-order alignment finds more than half of its words in the reference text. Of pages that
have only snippets (`trafilatura-half`) a block is labelled by the snippets, weight 1; else by what trafilatura and
resiliparse say of it: weight SILVER where they agree, nothing where they do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.enrich.clean.align import align
from pipeline.enrich.clean.extract import main_text
from pipeline.enrich.clean.lines import read_lines
from pipeline.enrich.page import read_page, text_blocks
from pipeline.records import Page, RawArticle
from quality.corpora import rows

SETS = ("fundus", "mozilla-readability", "newspaper4k", "trafilatura-half")
MODES: tuple[Mode, ...] = ("html", "page", "light")
SILVER = 0.5
_ADDRESS = re.compile(r'(?:og:url"[^>]*content|rel="canonical"[^>]*href|property="al:web:url" content)="([^"]+)"')
_SECOND_LEVEL = frozenset(["co", "com", "org", "net", "gov", "ac", "edu", "or", "ne", "gob", "gouv"])

Mode = Literal["html", "page", "light", "clean"]


@dataclass(frozen=True, slots=True)
class Document:
    """A page in one mode: `labels[i]` and `weights[i]` are of `page.blocks[i]`; `body` None where only snippets are."""

    name: str
    site: str
    mode: Mode
    page: Page
    labels: list[int]
    weights: list[float]
    body: str | None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


def site_of(row: dict[str, Any]) -> str:
    """What must not stand on both sides of a fold: the registrable domain, else the publisher, else the page."""
    found = _ADDRESS.search(row["html"])
    url = row.get("url") or (found[1] if found else "")
    host = re.sub(r"^https?://|[/?#].*$|:\d+", "", url).lower().strip(".")
    parts = host.split(".")
    if len(parts) > 1 and parts[-1].isalpha():
        return ".".join(parts[-3:] if len(parts) > 2 and parts[-2] in _SECOND_LEVEL else parts[-2:])
    return re.sub(r"_\d{4}_\d\d_\d\d$", "", row["id"])


def clean_documents() -> Iterator[Document]:
    """Articles that are already clean, as texts: all of it is body."""
    for row in rows("articles/worldwide-raw"):
        page = Page(text=row["text"], blocks=text_blocks(row["text"]))
        ones = [1] * len(page.blocks)
        yield Document(f"clean/{row['id']}", row["id"], "clean", page, ones, [1.0] * len(ones), row["text"])


def page_of(html: str, mode: Mode) -> Page:
    """The page in a mode."""
    if mode == "html":
        return read_page(RawArticle("html", html))
    light = mode == "light"
    text = _by_resiliparse(html, main_content=light, comments=light, noscript=False)
    lines = (" ".join(line.split()) for line in text.splitlines())
    joined = "\n".join(line for line in lines if any(map(str.isalnum, line)))
    return Page(text=joined, blocks=text_blocks(joined))


def _by_resiliparse(html: str, **options: bool) -> str:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    return extract_plain_text(HTMLTree.parse(html), alt_texts=False, links=False, form_fields=False, **options)


def by_snippets(page: Page, row: dict[str, Any], kept: list[bool], other: list[bool]) -> tuple[list[int], list[float]]:
    """Labels and weights of a page that has snippets only; `kept` and `other` are the votes of two extractors."""
    include = [_folded(part) for part in row["include"] if len(part) > 8]
    exclude = [_folded(part) for part in row["exclude"] if len(part) > 3]
    labels, weights = [], []
    for block, silver, second in zip(page.blocks, kept, other, strict=True):
        text = _folded(page.text[block.start : block.end])
        good = any(part in text for part in include) or (len(text) > 40 and any(text in part for part in include))
        bad = any(part in text for part in exclude)
        labels.append(int(good if good != bad else silver))
        weights.append(1.0 if good != bad else SILVER * (silver == second))
    return labels, weights


def _folded(text: str) -> str:
    return " ".join(text.split())


def documents(name: str, mode: Mode) -> Iterator[Document]:
    """Every page of a set in a mode that has a block."""
    for row in rows(f"pages/{name}"):
        page = page_of(row["html"], mode)
        if not page.blocks:
            continue
        lines = read_lines(page)
        key = f"{name}/{row['id']}"
        if "body" in row:
            labels = [int(keep) for keep in align(lines, row["body"])]
            yield Document(key, site_of(row), mode, page, labels, [1.0] * len(labels), row["body"])
            continue
        kept = align(lines, main_text(row["html"]))
        other = align(lines, _by_resiliparse(row["html"], main_content=True, comments=False))
        labels, weights = by_snippets(page, row, kept, other)
        snippets = tuple(row["include"]), tuple(row["exclude"])
        yield Document(key, site_of(row), mode, page, labels, weights, None, *snippets)
