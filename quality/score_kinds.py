"""Scores the kinds of cuts: `python -m quality.score_kinds`. Reads ARTICLES_DATA (default ../shared/data).

`cut_kinds.jsonl` holds lines that were cut when they were drawn, each labelled by reading the page text around it,
before any rule was tuned on them: the set, the page's id, html or text (its page text without markup), the line's
offsets in the page text, the first 8 hex of its SHA-256, its kind and, where two are honest, a second one. Draw 5 (300
lines) was tuned on; draw 555 (100 lines of other pages) was labelled and looked at after that, and tuned on as well;
draw 55 (100 lines of yet other pages) is only for reporting. `body` is what should not have been cut.

`python -m quality.score_kinds --draw SEED HTML TEXT` draws anew, without labels: pages in random order, of a page two
of its cuts, of a cut one line.

What a kind means where two could fit:
- A part of a teaser (its label, date, author, comment count) is related; the credit of its picture is a caption too.
- A menu is navigation whatever it names; a link in it to a page on law is copyright too, one to a newsletter or a
  subscription a newsletter too, one to cookie settings a cookie_notice too. Links to the site's own accounts are a
  share_bar. Log-in and account forms, pagination and the site's name are navigation.
- The article's reading time, updates, agency, initials and the author's portrait are byline.
- The line below the headline is body where the set's own gold text has it, else headline.
- What asks for money, an address or a subscription is newsletter; a notice that the text goes on for subscribers only
  is paywall_notice.
- A reply button and a count below a reader's remark are comments; all that asks for one is comment_form.
- other: addresses of the publisher, ratings, weather, footnotes, the readings of ruby, separators.
"""

from __future__ import annotations

import json
import random
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline.enrich.clean import clean_html, clean_text
from pipeline.records import Block, Cleaned, Cut
from quality.corpora import rows

LABELLED = Path(__file__).with_name("cut_kinds.jsonl")
SETS = ("fundus", "mozilla-readability", "newspaper4k", "trafilatura-half")
DRAWS = {5: "tuned on", 555: "tuned on later", 55: "unseen"}


def labelled(draw: int) -> list[dict[str, Any]]:
    """The labelled lines of a draw."""
    return [row for row in map(json.loads, LABELLED.read_text("utf-8").splitlines()) if row["draw"] == draw]


def pages() -> dict[tuple[str, str], str]:
    """The HTML of every page by set and id."""
    return {(name, str(row["id"])): row["html"] for name in SETS for row in rows(f"pages/{name}")}


def cleaned(html: str, mode: str) -> Cleaned:
    """The page cleaned as HTML, or as the text that it shows."""
    page = clean_html(html)
    return page if mode == "html" else clean_text(page.page.text)


def digest(text: str) -> str:
    """What a line is known by: the labels hold no text."""
    return sha256(text.encode()).hexdigest()[:8]


def find(page: Cleaned, row: dict[str, Any]) -> Block | None:
    """The labelled line, where it was or, after a change of the page text, the nearest one of the same words."""
    text = page.page.text
    same = [block for block in page.page.blocks if digest(text[block.start : block.end]) == row["sha"]]
    return min(same, key=lambda block: abs(block.start - row["start"]), default=None)


def covering(cuts: tuple[Cut, ...], block: Block) -> Cut | None:
    """The cut that holds the line, None where it is kept."""
    place = bisect_right(cuts, block.start, key=lambda cut: cut.start) - 1
    return cuts[place] if place >= 0 and cuts[place].end >= block.end else None


def answers(wanted: Iterable[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], Cut | None, str]]:
    """Each labelled line with the cut that covers it and its text. A line that is no longer there is left out."""
    html = pages()
    done: dict[tuple[str, str, str], Cleaned] = {}
    for row in wanted:
        key = (row["set"], row["id"], row["mode"])
        page = done.get(key) or done.setdefault(key, cleaned(html[key[:2]], row["mode"]))
        block = find(page, row)
        if block is not None:
            yield row, covering(page.cuts, block), page.page.text[block.start : block.end]


def score(draw: int, verbose: bool) -> None:
    """Prints the share of the cut lines with a right kind, by kind, and which kinds are taken for which."""
    right, total, wrong = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    wanted = labelled(draw)
    found = kept = 0
    for row, cut, text in answers(wanted):
        found += 1
        if cut is None:
            kept += 1
            continue
        total[row["kind"]] += 1
        if cut.kind in (row["kind"], row.get("also")):
            right[row["kind"]] += 1
            continue
        wrong[row["kind"], str(cut.kind)] += 1
        if verbose:
            told = f"{row['kind']}/{row.get('also')} -> {cut.kind} ({cut.rule})"
            print(f"  {told} {row['mode']} {row['id']} {text[:60]!r}")
    count, good = sum(total.values()), sum(right.values())
    rightly = count - total["body"]
    print(f"draw {draw} ({DRAWS[draw]}): {good} of {count} cut lines right, {good / max(1, count):.1%}", end="; ")
    print(f"of the {rightly} rightly cut {good / max(1, rightly):.1%}; {kept} kept, {len(wanted) - found} not found")
    print("  " + ", ".join(f"{kind} {right[kind]}/{total[kind]}" for kind in sorted(total)))
    print("  wrong: " + ", ".join(f"{one} -> {other} {n}" for (one, other), n in wrong.most_common()))


def draw(seed: int, html_lines: int, text_lines: int) -> Iterator[dict[str, Any]]:
    """Cut lines at random: pages in random order, of each two of its cuts, of each cut one line."""
    rng = random.Random(seed)
    html = pages()
    names = sorted(html)
    rng.shuffle(names)
    for mode, wanted in (("html", html_lines), ("text", text_lines)):
        left = wanted
        while left > 0 and names:
            name = names.pop(0)
            page = cleaned(html[name], mode)
            cuts = [cut for cut in page.cuts if cut.rule != "outer_whitespace"]
            for cut in rng.sample(cuts, min(2, len(cuts), left)):
                block = rng.choice([b for b in page.page.blocks if cut.start <= b.start and b.end <= cut.end])
                where = {"draw": seed, "set": name[0], "id": name[1], "mode": mode}
                line = {"start": block.start, "end": block.end, "sha": digest(page.page.text[block.start : block.end])}
                yield {**where, **line, "kind": None}
                left -= 1


def main() -> None:
    """Scores all draws or the ones named (`-v`: with every wrong line of the seen ones), or draws."""
    if "--draw" in sys.argv:
        seed, html_lines, text_lines = map(int, sys.argv[sys.argv.index("--draw") + 1 :][:3])
        for row in draw(seed, html_lines, text_lines):
            print(json.dumps(row, ensure_ascii=False))
        return
    for number in [int(one) for one in sys.argv[1:] if one.isdigit()] or DRAWS:
        score(number, "-v" in sys.argv and DRAWS[number] != "unseen")


if __name__ == "__main__":
    main()
