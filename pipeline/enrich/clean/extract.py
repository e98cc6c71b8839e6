"""trafilatura, held to a function: HTML in, its main text out, nothing raised, nothing remembered."""

from __future__ import annotations

import logging
import re
from itertools import count

from pipeline.enrich.clean.words import units

RESET_EVERY = 50  # pages between clearings of trafilatura's caches, which hold trees (adbar/trafilatura#216)

# What trafilatura is asked for: its time grows with the square of the cells and of the blocks, to minutes. Within these
# bounds the slowest of 250 kinds of markup took a second; of 888 real pages 3 are beyond one of them.
MAX_CHARS = 3_000_000
MAX_TAGS = 10_000
MAX_BLOCKS = 2_000
MAX_CELLS = 2_500

_CELL = re.compile(r"(?i)<(?:t[dhr]|tbody|tfoot|thead|option|textarea|form)\b")
_pages = count(1)


def is_bounded(html: str, blocks: int) -> bool:
    """Whether trafilatura can be asked for the page; `blocks` is the number of lines of its page text."""
    if len(html) > MAX_CHARS or blocks > MAX_BLOCKS or html.count("<") > MAX_TAGS:
        return False
    return sum(1 for _ in _CELL.finditer(html)) <= MAX_CELLS


def main_text(html: str, blocks: int = 0) -> str:
    """trafilatura's main text of a page, '' when it finds none, fails, or the page is out of bounds (`is_bounded`).

    De-duplication is off: it is state.
    """
    if not is_bounded(html, blocks):
        return ""
    import trafilatura
    from lxml.etree import LxmlError
    from trafilatura.meta import reset_caches

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its log lines quote pages
    if next(_pages) % RESET_EVERY == 0:
        reset_caches()
    try:
        found = trafilatura.extract(html, include_comments=False, include_tables=True, deduplicate=False)
    except (LxmlError, ValueError, TypeError, AttributeError, LookupError, RecursionError, AssertionError):
        return ""
    return found if found and units(found) else ""
