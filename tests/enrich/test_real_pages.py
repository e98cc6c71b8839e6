"""Every page of the corpora, decoded in each way that a page may come."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from pipeline.enrich.decode import decode
from pipeline.records import Headers, Limits, RawArticle, encode

UTF8: Headers = [("content-type", b"text/html; charset=utf-8")]


def article(value: bytes, headers: Headers = ()) -> RawArticle:
    """The article that a value decodes to."""
    found = decode(value, headers, Limits())
    assert isinstance(found, RawArticle), found
    return found


@pytest.mark.data
@pytest.mark.parametrize("name", ["fundus", "mozilla-readability", "newspaper4k", "trafilatura-half"])
def test_every_real_page_is_read(name: str, data_dir: Path) -> None:
    """No page is too large, too deep or broken, and it is the same as JSON and as the page itself."""
    with gzip.open(data_dir / "pages" / f"{name}.jsonl.gz") as lines:
        for line in lines:
            found = article(line)
            html = json.loads(line)["html"].encode()
            assert found.content == article(html, UTF8).content.lstrip("\ufeff")
            assert encode(found)
