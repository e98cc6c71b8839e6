"""Cleaning beside trafilatura on the same pages in the same run, one core: CPU of the best of several rounds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

import trafilatura

from pipeline.enrich import walk
from pipeline.enrich.clean import clean_html, clean_text
from quality.bench.inputs import Corpus
from quality.bench.rows import Row, at_least, plain

_PAGES = 120
_ROUNDS = 3
_NEVER = 64  # 64ths of doubt: no page is in more


def cleaning(pages: Corpus) -> list[Row]:
    """Ratios with and without the slow library, and lines of text a second."""
    sources = [record["html"] for record in pages.records if "html" in record][:_PAGES]
    texts = [clean_html(source).page.text for source in sources]
    lines = sum(text.count("\n") + 1 for text in texts)
    decide = sys.modules["pipeline.enrich.clean.decide"]  # the package has a function of that name
    peer = cost(trafilatura.extract, sources)
    whole = cost(clean_html, sources)
    usual = decide.DOUBT  # type: ignore[attr-defined]
    decide.DOUBT = _NEVER  # type: ignore[attr-defined]
    alone = cost(clean_html, sources)
    decide.DOUBT = usual  # type: ignore[attr-defined]
    text = cost(clean_text, texts)
    count = len(sources)
    is_compiled = not (walk.__file__ or "").endswith(".py")
    return [
        plain("trafilatura's default, CPU a page", 1000 * peer / count, "ms", trafilatura.__version__),
        at_least("HTML, trafilatura asked in doubt, times as fast", peer / whole, "x", 4),
        at_least("HTML, trafilatura never asked, times as fast", peer / alone, "x", 8),
        at_least("text, thousand lines a second", lines / text / 1000, "k/s", 100),
        plain("modules", "compiled" if is_compiled else "plain Python"),
    ]


def cost(work: Callable[[str], object], inputs: Sequence[str]) -> float:
    """CPU seconds for all inputs, the least of several rounds."""
    best = float("inf")
    for _ in range(_ROUNDS):
        started = time.process_time()
        for value in inputs:
            work(value)
        best = min(best, time.process_time() - started)
    return best
