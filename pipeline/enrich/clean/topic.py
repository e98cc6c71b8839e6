"""Whether a line of a text speaks of what the text speaks of: which of its words other lines of running text hold.

A teaser, an advertisement or the next story may read like a paragraph; its words are others. Integers only.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence

from pipeline.enrich.clean.columns import AT, WIDTH
from pipeline.enrich.clean.features import MAX_CHARS
from pipeline.enrich.clean.lines import Line

MIN_WORDS = 5  # of a line that is looked at
STEM = 7  # letters of a word that are compared, so that most inflected forms are one
MIN_LETTERS = 5  # of a word that tells a topic
OFTEN = 5  # lines: a word of more of them counts as one of so many
_IN_REGION = AT["topic_region"]


def fill_topics(rows: array[int], lines: Sequence[Line], dense: Sequence[bool]) -> None:
    """Fills the columns `topic_*` of the rows: 64ths of a line's words that other prose of the densest region holds,
    that any other prose holds, and how many lines of the region hold them on the mean (16ths); -1 of a short line.
    """
    stems: list[set[str]] = []
    region: Counter[str] = Counter()
    prose: Counter[str] = Counter()
    for line, is_dense in zip(lines, dense, strict=True):
        found = _stems(line) if line.units >= MIN_WORDS else set()
        stems.append(found)
        if line.prose:
            prose.update(found)
            if is_dense:
                region.update(found)
    for i, (line, found) in enumerate(zip(lines, stems, strict=True)):
        at = i * WIDTH + _IN_REGION
        own = int(line.prose)
        rows[at : at + 3] = _shares(found, region, prose, own if dense[i] else 0, own)


def _stems(line: Line) -> set[str]:
    return {word[:STEM] for word in line.text[:MAX_CHARS].lower().split() if len(word) >= MIN_LETTERS}


def _shares(stems: set[str], region: Counter[str], prose: Counter[str], own_region: int, own_prose: int) -> array[int]:
    """The three columns of a line; `own_*` is what the line itself adds to the counts of its words."""
    if not stems:
        return array("i", [-1, -1, -1])
    in_region = in_prose = often = 0
    for stem in stems:
        others = region.get(stem, 0) - own_region
        if others > 0:
            in_region += 1
            often += min(others, OFTEN)
        in_prose += prose.get(stem, 0) > own_prose
    count = len(stems)
    return array("i", [in_region * 64 // count, in_prose * 64 // count, often * 16 // count])
