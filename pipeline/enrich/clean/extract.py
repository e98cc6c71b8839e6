"""trafilatura, held to a function: HTML in, its main text out, nothing raised, nothing remembered."""

from __future__ import annotations

import logging
from itertools import count

from pipeline.enrich.clean.words import units

RESET_EVERY = 50  # pages between clearings of trafilatura's caches, which hold trees (adbar/trafilatura#216)

_pages = count(1)


def main_text(html: str) -> str:
    """trafilatura's main text of a page, '' when it finds none or fails. De-duplication is off: it is state."""
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
