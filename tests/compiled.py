"""What each compiled module makes of a page: the outputs that tests/test_compiled.py compares."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from types import ModuleType
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from pipeline.enrich.clean import columns
from pipeline.enrich.clean.body import strict_verdicts
from pipeline.enrich.clean.explain import explain
from pipeline.enrich.clean.features import features
from pipeline.enrich.clean.lines import Line, read_lines
from pipeline.enrich.clean.markup import Markup, around_body
from pipeline.enrich.clean.model import load_model
from pipeline.enrich.clean.verdicts import Verdict, loose
from pipeline.enrich.page import read_page
from pipeline.reasons import CutKind
from pipeline.records import Page, RawArticle
from tests import compiled_tagger

VAGUE = Verdict(CutKind.NAVIGATION, "short_line_above", 0.6)
WHERE = ("above", "inside", "below")


class Read(NamedTuple):
    """A page with its lines, those of prose as its body, the strict verdicts, and those of all lines."""

    page: Page
    lines: list[Line]
    kept: list[bool]
    given: list[Verdict | None]
    verdicts: list[Verdict | None]


def walked(walk: ModuleType, html: str) -> object:
    """What pipeline.enrich.walk makes of a page, with and without what is hidden."""
    root = LexborHTMLParser(html.encode("utf-8", "replace")).body
    found = []
    for include_hidden in (False, True):
        one = walk.Walk(include_hidden)
        if root is not None:
            one.run(root)
        found.append((one.position, one.lines, one.blocks))
    return found


def made_features(features: ModuleType, html: str) -> object:
    """What pipeline.enrich.clean.features makes of a page, and of its text alone."""
    page = read_page(RawArticle("html", html))
    text = read_page(RawArticle("text", page.text))
    return features.features(page, load_model().html.cues), features.features(text, load_model().text.cues)


def looked_around(around: ModuleType, html: str) -> object:
    """What pipeline.enrich.clean.around writes into rows that hold what each block says."""
    blocks = read_page(RawArticle("html", html)).blocks
    size = columns.WIDTH * len(blocks)
    rows = array("i", [place * 31 % 97 for place in range(size)])
    around.look_around(rows, array("i", [block.end - block.start for block in blocks]), blocks, len(blocks))
    return rows


def scored(trees: ModuleType, html: str) -> object:
    """What pipeline.enrich.clean.trees gives the blocks of a page."""
    part = load_model().html
    return trees.score(part.trees, features(read_page(RawArticle("html", html)), part.cues), columns.WIDTH)


def told_apart(topic: ModuleType, html: str) -> object:
    """The columns that pipeline.enrich.clean.topic fills, with any other line in the densest region."""
    found = []
    for one in read(html):
        rows = array("i", bytes(4 * columns.WIDTH * len(one.lines)))
        topic.fill_topics(rows, one.lines, [i % 2 == 0 for i in range(len(one.lines))])
        found.append(rows)
    return found


def in_context(context: ModuleType, html: str) -> object:
    """The columns that pipeline.enrich.clean.context fills, with regions that are not the rules' own."""
    found = []
    for one in read(html):
        rows = array("i", bytes(4 * columns.WIDTH * len(one.lines)))
        dense = [i % 5 > 1 for i in range(len(one.lines))]
        context.fill_context(rows, one.lines, one.given, dense, one.kept)
        found.append(rows)
    return found


@lru_cache(maxsize=1)
def read(html: str) -> list[Read]:
    """A page, and its text alone."""
    page = read_page(RawArticle("html", html))
    found = []
    for one in (page, read_page(RawArticle("text", page.text))):
        lines = read_lines(one)
        given = strict_verdicts(lines)
        kept = [line.prose and verdict is None for line, verdict in zip(lines, given, strict=True)]
        found.append(Read(one, lines, kept, given, explain(lines, kept, given, one.title)))
    return found


def texts(html: str) -> list[str]:
    """The lines of a page."""
    return [line.text for line in read(html)[0].lines]


def read_as_lines(lines: ModuleType, html: str) -> object:
    """Every field of every line that pipeline.enrich.clean.lines reads."""
    names = ("text", "units", "spaced", "links", "tag", "hints", "ends", "prose", "joined", "has_words", "phrases")
    return [[tuple(getattr(line, name) for name in names) for line in lines.read_lines(one.page)] for one in read(html)]


def worded(words: ModuleType, html: str) -> object:
    """What pipeline.enrich.clean.words says of each line."""
    names = ("tokens", "units", "unspaced", "ends_sentence", "full_stop", "has_words", "sentences")
    return [[getattr(words, name)(text) for name in names] for text in texts(html)]


def matched(phrases: ModuleType, html: str) -> object:
    """The phrases that pipeline.enrich.clean.phrases finds, by key and kind."""
    found = [phrases.matches(text, text.split()) for text in texts(html)]
    return [[(phrase.key, phrase.kind, phrase.rule) for phrase in one] for one in found]


def shaped(module: ModuleType, html: str) -> object:
    """What each function of pipeline.enrich.clean.shapes, or of rights, says of each line."""
    names = [name for name in dir(module) if name.startswith(("is_", "has_", "begins_")) and name != "has_mark"]
    assert len(names) > 5
    return [[(name, getattr(module, name)(text)) for name in names] for text in texts(html)]


def chosen(body: ModuleType, html: str) -> object:
    """What pipeline.enrich.clean.body cuts wherever it stands, and the densest region of what is left."""
    return [
        (
            verdicts := body.strict_verdicts(one.lines),
            [body.by_density(one.lines, verdicts, is_text) for is_text in (True, False)],
        )
        for one in read(html)
    ]


def compared(copies: ModuleType, html: str) -> object:
    """Whether pipeline.enrich.clean.copies takes a line for a copy of the next."""
    return [(copies.copies(one, other), copies.same_title(one, other)) for one, other in pairwise(texts(html))]


def judged(verdicts: ModuleType, html: str) -> object:
    """What pipeline.enrich.clean.verdicts says of each line, wherever it may stand."""
    lines = [line for one in read(html) for line in one.lines]
    return [
        (verdicts.strict(line), verdicts.opener(line), [verdicts.loose(line, where) for where in WHERE])
        for line in lines
    ]


def marked(module: ModuleType, html: str) -> object:
    """What pipeline.enrich.clean.markup says of each line, and which names it leaves out."""
    found = []
    for page in read(html):
        around = module.around_body(page.lines, page.kept)
        one = module.Markup(around)
        found.append((around, [(one.hinted(line), one.container(line)) for line in page.lines]))
    return found


def placed(place: ModuleType, html: str) -> object:
    """Where pipeline.enrich.clean.place stands on its way down the page."""
    names = ("where", "distance", "body", "after", "titled", "is_title", "tagged", "heads", "section", "run")
    found = []
    for page in read(html):
        one = place.Place(page.lines, page.kept, page.page.title)
        for i in range(len(page.lines)):
            one.move(i, page.given[i - 1] if i else None)
            found.append([getattr(one, name) for name in names] + [one.is_menu(), one.is_first()])
    return found


def explained(module: ModuleType, html: str) -> object:
    """The verdicts of pipeline.enrich.clean.explain."""
    return [module.explain(one.lines, one.kept, one.given, one.page.title) for one in read(html)]


def settled(settle: ModuleType, html: str) -> object:
    """The verdicts after pipeline.enrich.clean.settle, from those of single lines."""
    found = []
    for one in read(html):
        verdicts = [
            None if keep else loose(line, "above") or VAGUE for line, keep in zip(one.lines, one.kept, strict=True)
        ]
        settle.settle(one.lines, one.kept, verdicts, Markup(around_body(one.lines, one.kept)))
        found.append(verdicts)
    return found


def cut(cuts: ModuleType, html: str) -> object:
    """The cuts of pipeline.enrich.clean.cuts."""
    return [cuts.make_cuts(one.page, one.verdicts) for one in read(html)]


def refused(refuse: ModuleType, html: str) -> object:
    """What pipeline.enrich.clean.refuse measures, and why it refuses."""
    found = []
    for one in read(html):
        measured = refuse.measure(one.lines, one.verdicts, 0.5)
        reason = refuse.refuse(one.lines, measured, one.verdicts, one.page.title, one.page.html)
        found.append((measured, reason))
    return found


def dense(region: ModuleType, html: str) -> object:
    """The region that pipeline.enrich.clean.region finds, and where it closes."""
    return [(region.densest(one.lines, one.given), region.closing(one.lines, one.given)) for one in read(html)]


OUTPUTS: dict[str, Callable[[ModuleType, str], object]] = {
    "pipeline.enrich.clean.around": looked_around,
    "pipeline.enrich.clean.body": chosen,
    "pipeline.enrich.clean.context": in_context,
    "pipeline.enrich.clean.copies": compared,
    "pipeline.enrich.clean.cuts": cut,
    "pipeline.enrich.clean.explain": explained,
    "pipeline.enrich.clean.features": made_features,
    "pipeline.enrich.clean.lines": read_as_lines,
    "pipeline.enrich.clean.markup": marked,
    "pipeline.enrich.clean.phrases": matched,
    "pipeline.enrich.clean.place": placed,
    "pipeline.enrich.clean.refuse": refused,
    "pipeline.enrich.clean.region": dense,
    "pipeline.enrich.clean.rights": shaped,
    "pipeline.enrich.clean.settle": settled,
    "pipeline.enrich.clean.shapes": shaped,
    "pipeline.enrich.clean.topic": told_apart,
    "pipeline.enrich.clean.trees": scored,
    "pipeline.enrich.clean.verdicts": judged,
    "pipeline.enrich.clean.words": worded,
    "pipeline.enrich.walk": walked,
    **compiled_tagger.OUTPUTS,
}
