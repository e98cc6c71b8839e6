"""Whether a line of a text speaks of what the text speaks of: which of its words other lines of running text hold.

A teaser, an advertisement or the next story may read like a paragraph; its words are others. Integers only.
Plain Python that is compiled where a compiler is: topic.pxd gives the types.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from pipeline.enrich.clean.columns import AT, WIDTH
from pipeline.enrich.clean.features import MAX_CHARS
from pipeline.enrich.clean.lines import Line

MIN_WORDS = 5  # of a line that is looked at
STEM = 7  # letters of a word that are compared, so that most inflected forms are one
MIN_LETTERS = 5  # of a word that tells a topic
OFTEN = 5  # lines: a word of more of them counts as one of so many
_W, _IN_REGION = WIDTH, AT["topic_region"]


def fill_topics(rows: array[int], lines: Sequence[Line], dense: Sequence[bool]) -> None:
    """Fills the columns `topic_*` of the rows: 64ths of a line's words that other prose of the densest region holds,
    that any other prose holds, and how many lines of the region hold them on the mean (16ths); -1 of a short line.
    """
    stems: list[set[str]] = []
    region: dict[str, int] = {}
    prose: dict[str, int] = {}
    for line, is_dense in zip(lines, dense, strict=True):
        found = _stems(line.text) if line.units >= MIN_WORDS else set()
        stems.append(found)
        if line.prose:
            _count(found, prose)
            if is_dense:
                _count(found, region)
    at = _IN_REGION
    for i, line in enumerate(lines):
        own = 1 if line.prose else 0
        _share(rows, at, stems[i], region, prose, own if dense[i] else 0, own)
        at += _W


def _stems(text: str) -> set[str]:
    stems = set()
    for word in text[:MAX_CHARS].lower().split():
        if len(word) >= MIN_LETTERS:
            stems.add(word[:STEM])
    return stems


def _count(stems: set[str], lines: dict[str, int]) -> None:
    for stem in stems:
        lines[stem] = lines.get(stem, 0) + 1


def _share(
    rows: array[int],
    at: int,
    stems: set[str],
    region: dict[str, int],
    prose: dict[str, int],
    own_region: int,
    own_prose: int,
) -> None:
    """The three columns of a line; `own_*` is what the line itself adds to the counts of its words."""
    count = len(stems)
    in_region = in_prose = often = 0
    for stem in stems:
        in_all = prose.get(stem, 0)
        if in_all > own_prose:
            in_prose += 1
            others = region.get(stem, 0) - own_region
            if others > 0:
                in_region += 1
                often += min(others, OFTEN)
    rows[at] = in_region * 64 // count if count else -1
    rows[at + 1] = in_prose * 64 // count if count else -1
    rows[at + 2] = often * 16 // count if count else -1
