"""Identity: the golden table of URLs, and what holds for any URL at all."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.enrich.identity import (
    SESSION,
    SESSION_PREFIXES,
    TRACKING,
    TRACKING_PREFIXES,
    URL_LENGTH,
    article_id,
    canonical_url,
    record_key,
    site,
)

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("ARTICLES_DATA") or ROOT.parent / "shared" / "data")
GOLDEN = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "golden_urls.tsv").read_text("utf-8").split("\n")[1:]
    if line
]
NOISE = sorted(TRACKING | SESSION | {f"{prefix}x" for prefix in TRACKING_PREFIXES + SESSION_PREFIXES})

pieces = st.sampled_from(
    [
        *("www.", "a", "é", "%", "%41", "%e9", "%zz", "/", "//", "?", "&", "=", "#", ";jsessionid=", ";", ":", ":80"),
        *(":443", "@", ".", "..", "b.example", "utm_source=1", "id=2", "ID=1", " ", "\t", "\u3000", "ß", "xn--", "。"),
        *("\ud800", "+"),
    ]
)
urls = st.one_of(
    st.text(),
    st.builds(lambda scheme, rest: scheme + "".join(rest), st.sampled_from(["http://", "HTTPS://"]), st.lists(pieces)),
    st.builds(lambda rest: "https://example.com/" + "".join(rest), st.lists(pieces)),
)


def test_the_golden_table_has_200_urls() -> None:
    """The table that freezes identity holds 200 different inputs."""
    assert len({url for url, _, _ in GOLDEN}) == len(GOLDEN) == 200


@pytest.mark.parametrize(("url", "canonical", "host"), GOLDEN)
def test_golden(url: str, canonical: str, host: str) -> None:
    """Canonical form and site of each URL of the table are as frozen."""
    assert (canonical, host) == (canonical_url(url) or "-", site(url) or "-")


@pytest.mark.parametrize("name", NOISE)
def test_named_parameters_go_and_all_others_stay(name: str) -> None:
    """A parameter of the list goes in any case; one whose name only contains it stays."""
    assert canonical_url(f"https://example.com/a?{name.upper()}=1&id=2") == "https://example.com/a?id=2"
    assert canonical_url(f"https://example.com/a?not{name}=1") == f"https://example.com/a?not{name}=1"


@settings(deadline=None)
@given(urls)
@example("https://example.com/%%34%31")
@example("http://www.www.b.example:443//?b&a&;jsessionid=/")
def test_canonical_is_a_fixed_point(url: str) -> None:
    """The canonical form of a canonical URL is itself, it is ASCII, and the site is its host."""
    canonical = canonical_url(url)
    if canonical is None:
        assert site(url) is None
        return
    assert canonical == canonical_url(canonical)
    assert canonical.isascii()
    assert canonical.startswith(f"https://{site(url)}")
    assert site(url) == site(canonical)
    assert article_id(url, "some text", b"{}") == article_id(canonical, None, None)


def test_no_url_is_no_canonical_url() -> None:
    """Null, blank and endless URLs have no canonical form."""
    assert canonical_url(None) is None
    assert canonical_url(" ") is None
    assert canonical_url("https://example.com/" + "a" * URL_LENGTH) is None
    assert canonical_url("https://example.com/" + "é" * (URL_LENGTH // 5)) is None
    assert canonical_url("https://" + "ü" * 100_000 + ".example") is None


def test_an_id_is_frozen() -> None:
    """The ids of URL, text and bytes are the hashes that the contract names; computed apart with sha256sum."""
    assert article_id("http://www.example.com/a/?utm_source=x", "t", b"v") == "04eb124138012504ac9b90b7b3d7a6f8"
    assert article_id("not a url", "Grüße", b"v") == "36dd636dd488210efa46dc31c81d8599"
    assert article_id(None, None, b"\x00\xff") == "603ef988183ef8041745e08d0489c750"


def test_an_id_comes_from_the_first_that_is_there() -> None:
    """URL before text before bytes, and nothing at all has an id too."""
    ids = [
        article_id("https://example.com/a", "t", b"v"),
        article_id(None, "t", b"v"),
        article_id(None, None, b"v"),
        article_id(None, None, None),
    ]
    assert len(set(ids)) == 4
    assert ids[1] == article_id("example.com/a", "t", b"other")


@settings(deadline=None)
@given(st.none() | urls, st.none() | st.text(st.characters()), st.none() | st.binary())
def test_an_id_is_32_hex_digits(url: str | None, delivered: str | None, value: bytes | None) -> None:
    """Whatever comes, surrogates included, the id is 32 lower-case hex digits and the same again."""
    made = article_id(url, delivered, value)
    assert len(made) == 32
    assert set(made) <= set("0123456789abcdef")
    assert made == article_id(url, delivered, value)


def test_the_key_is_the_site_else_the_source() -> None:
    """A raw record is keyed by its site, without one by its source, without both not at all."""
    assert record_key("https://www.example.com/a", "desk") == b"example.com"
    assert record_key("nonsense", " dësk ") == "dësk".encode()
    assert record_key(None, "\ud800") == b"?"
    assert record_key(None, " ") is None
    assert record_key(None, None) is None


@pytest.mark.data
def test_worldwide_has_842_ids() -> None:
    """The 845 shared articles have 842 URLs, and 842 ids: two URLs that are none are told apart by their text."""
    path = DATA / "articles" / "worldwide-raw.jsonl.gz"
    if not path.exists():
        pytest.skip(f"needs {path}")
    with gzip.open(path) as lines:
        articles = [json.loads(line) for line in lines]
    assert len(articles) == 845
    assert len({article["url"] for article in articles}) == 842
    assert len({article_id(article["url"], article["text"], b"") for article in articles}) == 842
    assert sum(canonical_url(article["url"]) is None for article in articles) == 2
