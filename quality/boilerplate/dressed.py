"""Clean articles dressed as scrapers deliver them: label and cut-off headline above, forms, bars and titles below.

What is put around them is drawn (seeded by the article's name) from the phrases of the rules and from headlines of
other articles, so that trees learn how furniture stands around short texts, not what it says.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from importlib.resources import files

from pipeline.enrich.page import text_blocks
from pipeline.records import Page
from quality.boilerplate.corpus import Document, clean_documents, site_of
from quality.corpora import rows

BELOW = ("comment_form", "share_bar", "newsletter", "tags", "copyright", "navigation", "related", "cookie_notice")
WEIGHT = 0.5
Line = tuple[str, int]  # its text, and 1 where it is body


def phrases() -> dict[str, list[str]]:
    """The phrases of the rules by kind, without their marks."""
    found: dict[str, list[str]] = {}
    kind = ""
    for line in files("pipeline.enrich.clean").joinpath("phrases.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith(";"):
            text = line.lstrip("~>").removesuffix(" ...").replace("#", "3").replace(" : ", ": ")
            found.setdefault(kind, []).append(text[:1].upper() + text[1:])
    return found


def dressed(lines: Sequence[str], titles: Sequence[str], known: dict[str, list[str]], rng: random.Random) -> list[Line]:
    """An article with furniture around it."""
    out: list[Line] = []
    if rng.random() < 0.6:
        out.append((rng.choice(known["label"]), 0))
    if rng.random() < 0.7:
        first = lines[0]
        own = first[: rng.randint(len(first) // 2, len(first))] + rng.choice(["", "…", " eg", "..."])
        out.append((own if rng.random() < 0.5 else rng.choice(titles), 0))
    if rng.random() < 0.3:
        out.append((rng.choice(["By ", "Posted by "]) + rng.choice(["Ann Example", "the newsroom", "Staff Writer"]), 0))
    out += [(line, 1) for line in lines]
    for kind in rng.sample(BELOW, rng.randint(0, 4)):
        size = rng.randint(1, 6)
        out += [(text, 0) for text in rng.sample(known[kind], size)]
        if kind == "related":
            out += [(rng.choice(titles), 0) for _ in range(size)]
    return out


def documents() -> Iterator[Document]:
    """One dressed text for every clean article and every body of the set fundus, of all its lines or the first few."""
    sources = [(d.name, d.site, d.body or "") for d in clean_documents()]
    sources += [(f"fundus/{row['id']}", site_of(row), row["body"]) for row in rows("pages/fundus")]
    bodies = [
        (name, site, [part for line in text.splitlines() if (part := line.strip())]) for name, site, text in sources
    ]
    titles = [lines[0].split(". ")[0][:90] for _, _, lines in bodies if lines]
    known = phrases()
    for name, site, lines in bodies:
        rng = random.Random(zlib.crc32(name.encode()))
        if not lines:
            continue
        short = lines[: rng.randint(2, 8)] if rng.random() < 0.6 else lines
        made = dressed(short, titles, known, rng)
        text = rng.choice(["\n", "\n\n"]).join(line for line, _ in made)
        page = Page(text=text, blocks=text_blocks(text))
        labels = [label for _, label in made]
        if len(labels) == len(page.blocks):
            yield Document(f"dressed/{name}", site, "clean", page, labels, [WEIGHT] * len(labels), "\n".join(short))
