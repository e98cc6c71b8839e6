"""Writes pipeline/models/clean.md: `python -m quality.boilerplate.card TABLE`, TABLE the output of `score`."""

from __future__ import annotations

import gzip
import hashlib
import sys
from pathlib import Path

import orjson

from pipeline.enrich.clean.model import MODEL

CARD = """\
# clean.json.gz

Which blocks of a page are the article: gradient-boosted trees over whole-number features, one part for HTML and one
for plain text, with the cues of words and class names that they read. JSON in gzip; read by
`pipeline/enrich/clean/model.py`.

- Data: pages of Mozilla's readability (Apache-2.0), fundus (MIT), newspaper4k (MIT) and half of the evaluation set of
  trafilatura (Apache-2.0), whose texts are their publishers'; newswire articles of a repository that states no
  licence, as examples of clean text, bare and dressed with furniture. The model holds words, pairs of words, class
  names and numbers, no running text.
- Labels: an alignment with the reference text; where a page has only snippets, these, and at half the weight what
  trafilatura and resiliparse agree on.
- Command: `python -m quality.boilerplate.train` with the extra `train`; deterministic; about 10 minutes on two cores.
- SHA-256: `{digest}`, {size} bytes.
- Parts:
  {parts}.
- `confidence` is the mean F1, out of fold, of pages whose blocks were in such doubt.
- Weak spots: teasers of related stories that read like paragraphs, readers' comments without reply words, pages of
  lists, text whose body is shorter than what stands around it.

Out of fold by site (4 folds; a registrable domain stands in one fold), through the whole of `clean`, from `python -m
quality.boilerplate.score`. `page` and `light` are texts made from the same pages, with all that shows and with light
furniture; their peer is the text as it comes. P and R are precision and recall, the gain in F1 with its 95% interval
(paired bootstrap over pages).

```text
{table}
```
"""


def main(table: str) -> None:
    """Writes the card of the model that lies in the package."""
    data = MODEL.read_bytes()
    value = orjson.loads(gzip.decompress(data))
    names = ("roots", "words", "long", "names")
    counted = {kind: [len(value[kind][name]) for name in names] for kind in ("html", "text")}
    told = "{} {} trees, {} words, {} words of long lines, {} names"
    parts = ";\n  ".join(told.format(kind, *sizes) for kind, sizes in counted.items())
    digest = hashlib.sha256(data).hexdigest()
    text = CARD.format(digest=digest, size=len(data), parts=parts, table=table.strip())
    MODEL.with_name("clean.md").write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]).read_text())
