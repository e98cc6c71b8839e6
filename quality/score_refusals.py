"""Scores refusals: `python -m quality.score_refusals`. Which articles are refused, which non-articles are not.

Reads ARTICLES_DATA (default ../shared/data). Every page there but NO_ARTICLES is an article, and refused wrongly; the
same pages are scored once more within chrome that invites to subscribe at every turn, and as texts. What is no article
is generated (`quality.non_articles`), in wordings that the rules were written with: sites word it otherwise too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.enrich.clean import clean_html, clean_text
from pipeline.records import Cleaned
from quality.corpora import rows
from quality.non_articles import non_articles

PAGES = ("fundus", "mozilla-readability", "newspaper4k", "trafilatura-half")
NO_ARTICLES = {  # looked at: what these pages of the corpora are instead
    "moz/nytimes-5": "the front page of an edition: a teaser below each of sixty titles",
    "traf/siegfried-marcus-berufsschule.at.kft.html": "a school's table of lessons, without a sentence",
}
_ABOVE = """<div class="subscribe-bar"><p>Subscribe now for 1 dollar a week</p><a href="/subscribe">Subscribe</a>
<a href="/login">Log in</a></div><div class="newsletter"><h3>Get the morning briefing</h3><p>Sign up for our free
newsletter and never miss a story.</p><form><input type="email"><button>Sign up</button></form></div>"""
_INSIDE = """<div class="newsletter-box"><h4>Newsletter</h4><p>The best stories of the week in your inbox. Subscribe to
our newsletter.</p><button>Subscribe</button></div>"""
_BELOW = """<div class="subscribe-footer"><h3>Already a subscriber?</h3><a href="/login">Log in</a><p>Support local
journalism: subscribe today and get unlimited access to all our stories.</p><a href="/offers">See offers</a></div>
<div class="modal"><h3>We value your privacy</h3><p>We and our partners use cookies on this site.</p>
<button>Accept all</button><button>Reject all</button></div>"""
_PARAGRAPH = re.compile(r"(?i)</p>")
_EVERY = 4  # paragraphs between two boxes


def in_chrome(html: str) -> str:
    """The page with bars and a consent notice at its first and last paragraph, and boxes between the others.

    Not at the ends of its body: of a page that hides all until scripts run they alone would show.
    """
    last = sum(1 for _ in _PARAGRAPH.finditer(html))
    count = 0

    def boxed(end: re.Match[str]) -> str:
        nonlocal count
        count += 1
        box = _ABOVE if count == 1 else _INSIDE if count % _EVERY == 0 else ""
        return end[0] + box + (_BELOW if count == last else "")

    return _PARAGRAPH.sub(boxed, html)


def articles() -> Iterator[tuple[str, str, Cleaned]]:
    """Set, id and result of every article, in each of its forms."""
    for name in PAGES:
        for row in rows(f"pages/{name}"):
            cleaned = clean_html(row["html"])
            yield name, row["id"], cleaned
            yield f"{name}, as text", row["id"], clean_text(cleaned.page.text)
            yield f"{name}, in subscribe chrome", row["id"], clean_html(in_chrome(row["html"]))
    for row in rows("articles/worldwide-raw"):
        yield "worldwide-raw", row["id"], clean_text(row["text"])


def main() -> None:
    """Prints what is refused by set and reason, then recall and precision by kind of page and reason."""
    total: Counter[str] = Counter()
    paywalled: Counter[str] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    for name, key, cleaned in articles():
        total[name] += 1
        paywalled[name] += "paywalled" in cleaned.flags
        if cleaned.refusal is not None and key in NO_ARTICLES:
            print(f"rightly refused: {name} {key} {cleaned.refusal}: {NO_ARTICLES[key]}")
        elif cleaned.refusal is not None:
            wrong[name, str(cleaned.refusal)] += 1
            print(f"wrongly refused: {name} {key} {cleaned.refusal}")
    for name, count in total.items():
        why = ", ".join(f"{reason} {n}" for (of, reason), n in wrong.items() if of == name) or "none"
        print(f"{name}: {count} articles, refused: {why}; flagged paywalled: {paywalled[name]}")
    right = recall()
    for reason, hits in sorted(right.items()):
        misses = sum(n for (_, said), n in wrong.items() if said == reason)
        print(f"{reason}: precision {hits / (hits + misses):.3f} ({misses} of {sum(total.values())} articles)")


def recall() -> Counter[str]:
    """How many non-articles each reason names truly; prints the share of each kind, and those that are missed."""
    made: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for page in non_articles():
        reason = str(clean_html(page.html).refusal)
        made[page.kind] += 1
        if reason in page.reasons:
            found[page.kind] += 1
            right[reason] += 1
        else:
            print(f"missed: {page.kind} {page.name}: {reason}")
    for kind, count in made.items():
        print(f"{kind}: recall {found[kind] / count:.2f} of {count}")
    return right


if __name__ == "__main__":
    main()
