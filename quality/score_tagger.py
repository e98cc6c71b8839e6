"""Scores the entity tagger: `python -m quality.score_tagger [MODEL]`. F1 of exact span and label; speed on one core.

The model of the package has learned from worldwide-dev; one that has not is written by `quality.tagger.train
--without-dev`. Reads ARTICLES_DATA (default ../shared/data). The sets of other domains hold Person, Location and
Organization only; a Facility counts as a Location there. Speed counts tagging and grouping in processor time.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pipeline.enrich.entities import find_entities, load_tagger
from pipeline.enrich.entities.tagger import Tagger
from pipeline.enrich.entities.tokens import tokenise
from quality.corpora import Row, rows

OTHER_DOMAINS = ("wikigold", "ewt-dev-test", "crossner-politics")
MERGED = {"Person": "Person", "Organization": "Organization", "Location": "Location", "Facility": "Location"}
ARTICLE_CHARACTERS = 4096
Scores = dict[str, tuple[float, float, float, int]]  # by label, then 'all': precision, recall, F1, gold mentions


def score(tagger: Tagger, gold: Iterable[Row], merged: dict[str, str] | None = None) -> Scores:
    """Exact span and label over all articles; `merged` maps our labels to the set's, others are not counted."""
    hits, found, wanted = Counter[str](), Counter[str](), Counter[str]()
    for row in gold:
        truth = {(start, end, label) for start, end, label in row["ents"]}
        ours = {(m.start, m.end, merged.get(m.label) if merged else m.label) for m in tagger.tag(row["text"])}
        ours = {mention for mention in ours if mention[2] is not None}
        for counter, spans in ((hits, truth & ours), (found, ours), (wanted, truth)):
            counter.update(str(label) for _, _, label in spans)
    rates = {label: _rates(hits[label], found[label], wanted[label]) for label in sorted(wanted | found)}
    return {**rates, "all": _rates(hits.total(), found.total(), wanted.total())}


def _rates(hits: int, found: int, wanted: int) -> tuple[float, float, float, int]:
    return hits / max(1, found), hits / max(1, wanted), 2 * hits / max(1, found + wanted), wanted


def table(scores: Scores) -> str:
    """Percentages as a Markdown table."""
    head = ["| label | precision | recall | F1 | gold mentions |", "|---|---|---|---|---|"]
    body = [f"| {k} | {100 * p:.1f} | {100 * r:.1f} | {100 * f:.1f} | {n} |" for k, (p, r, f, n) in scores.items()]
    return "\n".join(head + body)


def speed(texts: list[str]) -> tuple[float, float]:
    """Tokens a second, and milliseconds for ARTICLE_CHARACTERS of text."""
    find_entities(texts[0])
    tokens = sum(len(tokenise(text, 0, 1 << 30)[0].ids) for text in texts)
    started = time.process_time()
    for text in texts:
        find_entities(text)
    seconds = time.process_time() - started
    return tokens / seconds, 1000 * seconds * ARTICLE_CHARACTERS / sum(map(len, texts))


def main() -> None:
    """Prints every score."""
    started = time.perf_counter()
    tagger = Tagger(Path(sys.argv[1])) if sys.argv[1:] else load_tagger()
    print(f"model {tagger.checksum} loaded in {1000 * (time.perf_counter() - started):.0f} ms")
    dev = list(rows("ner/worldwide-dev"))
    print(f"worldwide-dev\n{table(score(tagger, dev))}")
    for name in OTHER_DOMAINS:
        scores = score(tagger, rows(f"ner/{name}"), MERGED)
        print(f"{name}, Person Organization Location\n{table(scores)}")
    rate, each = speed([row["text"] for row in dev])
    print(f"{rate:,.0f} tokens/s, {each:.1f} ms for an article of {ARTICLE_CHARACTERS} characters")


if __name__ == "__main__":
    main()
