"""The tagger: bounds, labels, hostile text, damaged models, memory, F1 on worldwide-dev."""

from __future__ import annotations

import threading
import tracemalloc
from itertools import chain, pairwise
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.enrich.entities.forms import ROOM
from pipeline.enrich.entities.model import FEATURES, MAGIC, MODEL, ModelError, read_model
from pipeline.enrich.entities.tagger import CHUNK, Tagger, load_tagger
from pipeline.enrich.entities.tokens import MAX_PIECE, tokenise
from pipeline.records import Label
from quality.corpora import rows
from quality.score_tagger import MERGED, OTHER_DOMAINS, score

SEEN_FLOOR, UNSEEN_FLOOR = 0.962, 0.694  # one point below what is measured; the model has learned from worldwide-dev
ARTICLE = """The mayor of Lagos, Adaora Testwell, met Prime Minister Oskar Fabelman in Berlin on Monday.

Testwell said that Nigeria would pay $5 million to the World Health Organization by March 2023. Mr Fabelman's
German visitors went on to Paris. "We love Lagos," Ms Testwell said."""

WORDS = ["Testwell", "Lagos", "U.S.", "the", "$", "5", "Monday", ".", "’s", "\n", "-", "UN", "é", "Ünal", "日本"]
TEXTS = st.one_of(
    st.text(st.characters(), max_size=300),  # all code points, lone surrogates among them
    st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join),
    st.lists(st.sampled_from(["A", "\0", "\ud800", "\u0301", "🇪🇺", "\u200d", "\r", "\x85", " ", "'s", "A."])).map(
        "".join
    ),
)


@settings(deadline=None)
@given(TEXTS)
def test_mentions_are_well_formed(text: str) -> None:
    """For any text mentions are in bounds, in order and apart, and hold their text, a label and a chance."""
    before = 0
    for mention in load_tagger().tag(text):
        assert before <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.text
        assert mention.label in get_args(Label)
        assert 0 <= mention.confidence <= 1
        before = mention.end


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_nothing_is_kept_between_texts(text: str, other: str) -> None:
    """The same text gives the same mentions, whatever was tagged in between."""
    before = load_tagger().tag(text)
    load_tagger().tag(other)
    assert before == load_tagger().tag(text)


@given(TEXTS)
def test_tokens_cover_the_words_once(text: str) -> None:
    """Tokens are in order and apart, hold no white space, and every letter and digit is in one."""
    tokens, end = tokenise(text, 0, 1 << 20)
    assert end == len(text)
    ends = [0, *tokens.ends]
    assert all(b <= s < e for b, s, e in zip(ends, tokens.starts, tokens.ends, strict=False))
    covered = {at for s, e in zip(tokens.starts, tokens.ends, strict=True) for at in range(s, e)}
    assert {at for at, character in enumerate(text) if character.isalnum()} <= covered
    assert not any(text[at].isspace() for at in covered)
    for number, s, e in zip(tokens.ids, tokens.starts, tokens.ends, strict=True):
        assert tokens.surfaces[number] == text[s:e]


@pytest.mark.parametrize("limit", [1, 7, 50])
def test_a_text_read_in_parts_has_the_same_tokens(limit: int) -> None:
    """Wherever a reading stops, the next goes on: no token is lost, split or read twice."""
    text = (ARTICLE + "\n") * 3 + "word " * 500
    whole, _ = tokenise(text, 0, 1 << 20)
    at, starts = 0, []
    while at < len(text):
        part, then = tokenise(text, at, limit)
        assert then > at
        starts += part.starts
        at = then
    assert starts == list(whole.starts)


def test_a_long_line_is_split_after_a_sentence() -> None:
    """A line of more tokens than a piece may hold is cut, after a full stop where there is one."""
    text = "Nothing happened today . " * 100
    tokens, _ = tokenise(text, 0, 1 << 20)
    pieces = list(tokens.pieces)
    assert (pieces[0], pieces[-1]) == (0, 400)
    assert all(0 < end - first <= MAX_PIECE for first, end in pairwise(pieces))
    assert all(text[tokens.starts[first - 1]] == "." for first in pieces[1:])


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("U.S. troops", ["U.S.", "troops"]),
        ("3,000.5 euros.", ["3,000.5", "euros", "."]),
        ("Lavrov's visit", ["Lavrov", "'s", "visit"]),
        ("the '90s", ["the", "'", "90", "s"]),
        ("a_b", ["a", "_", "b"]),
        ("“Ünal”", ["“", "Ünal", "”"]),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    """Initials, numbers and possessives are tokens; other signs stand alone."""
    found, _ = tokenise(text, 0, 100)
    assert tokens == [found.surfaces[i] for i in found.ids]


def test_persons_and_places_are_found() -> None:
    """Plain news text gives its persons, places, organization, amount and dates."""
    found = {(mention.text, mention.label) for mention in load_tagger().tag(ARTICLE)}
    expected = {
        ("Adaora Testwell", "Person"),
        ("Oskar Fabelman", "Person"),
        ("Lagos", "Location"),
        ("Nigeria", "Location"),
        ("Berlin", "Location"),
        ("Paris", "Location"),
        ("World Health Organization", "Organization"),
        ("German", "NORP"),
        ("$5 million", "Money"),
        ("Monday", "Date"),
    }
    assert expected <= found


HOSTILE = {
    "a letter": "a" * 10_000_000,
    "capitals": "A" * 10_000_000,
    "no space": "Ab" * 5_000_000,
    "dots": "A." * 1_000_000,
    "digits": "1," * 1_000_000,
    "lines": "\n" * 10_000_000,
    "marks": "e\u0301" * 500_000,
    "surrogates": "\ud800A " * 300_000,
    "nothing": "\0" * 1_000_000,
    "flags": "🇪🇺" * 300_000,
    "right to left": "\u202eשלום Lagos " * 100_000,
    "distinct words": " ".join(f"Xq{n}z" for n in range(1_000_000)),
    "distinct letters": " ".join("X" + chr(97 + n % 26) * (n % 37) + chr(97 + n // 26 % 26) for n in range(300_000)),
}


@pytest.mark.parametrize("name", ["a letter", "no space", "lines", "distinct words", "surrogates"])
def test_hostile_text_has_bounded_memory(name: str) -> None:
    """Megabytes of any kind take no more than a multiple of a part's memory beside the mentions themselves."""
    text = HOSTILE[name][:1_000_000]
    tagger = load_tagger()
    tagger.tag(ARTICLE)
    tracemalloc.start()
    found = tagger.tag(text)
    size = len(found)
    del found
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000 + 1_000 * size


def test_more_forms_than_the_cache_holds_change_nothing() -> None:
    """After the cache has begun anew a text gives what it gave before."""
    tagger = Tagger()
    before = tagger.tag(ARTICLE)
    words = " ".join(f"W{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(17_000))
    tagger.tag(words)
    tagger.tag(words.upper())
    assert before == tagger.tag(ARTICLE)
    assert ROOM > 2 * CHUNK


def test_threads_share_a_tagger() -> None:
    """Several threads at once get what one gets."""
    tagger = Tagger()
    texts = [f"{ARTICLE} {chr(65 + n)}{'b' * n} went to Rome. " * 20 for n in range(8)]
    expected = [tagger.tag(text) for text in texts]
    found: dict[int, object] = {}
    threads = [
        threading.Thread(target=lambda n=n: found.__setitem__(n, [tagger.tag(texts[n]) for _ in range(5)]))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: [expected[n]] * 5 for n in range(8)} == found


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    """A model file that is not there fails with its name."""
    with pytest.raises(ModelError, match=r"none\.bin"):
        Tagger(tmp_path / "none.bin")


@pytest.mark.parametrize("size", [0, 4, 10, 500, 100_000, -64, -1])
def test_a_cut_off_model_is_refused(tmp_path: Path, size: int) -> None:
    """A part of a model file is refused, and the error says what to do."""
    path = tmp_path / "tagger.bin"
    path.write_bytes(MODEL.read_bytes()[:size])
    with pytest.raises(ModelError, match=r"tagger\.bin.*install again"):
        Tagger(path)


@pytest.mark.parametrize(
    "content", [b"not a model at all", MAGIC, MAGIC + b"\xff\xff\xff\xff{}", MAGIC + b"\2\0\0\0{}"]
)
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """What is no model, or has a header that says nothing, is refused."""
    path = tmp_path / "tagger.bin"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="install again"):
        Tagger(path)


def test_a_changed_byte_is_seen(tmp_path: Path) -> None:
    """One bit of the weights."""
    data = bytearray(MODEL.read_bytes())
    data[len(data) // 2] ^= 1
    path = tmp_path / "tagger.bin"
    path.write_bytes(data)
    with pytest.raises(ModelError, match="damaged or cut off"):
        read_model(path)


def test_another_version_is_named(tmp_path: Path) -> None:
    """A model of other features is refused by name."""
    path = tmp_path / "tagger.bin"
    path.write_bytes(MODEL.read_bytes().replace(b'"features":%d' % FEATURES, b'"features":9', 1))
    with pytest.raises(ModelError, match="has features 9"):
        read_model(path)


def test_the_model_is_small_and_its_card_names_it() -> None:
    """The file stays under 6 MB, and the card beside it carries its checksum."""
    assert MODEL.stat().st_size <= 6_000_000
    card = MODEL.with_suffix(".md").read_text(encoding="utf-8")
    assert f"`{load_tagger().checksum}" in card


@pytest.mark.data
def test_f1_holds_on_what_was_learned() -> None:
    """Exact-span F1 on worldwide-dev does not fall: tokens, features, both readings are those that it learned with."""
    assert score(load_tagger(), rows("ner/worldwide-dev"))["all"][2] >= SEEN_FLOOR


@pytest.mark.data
def test_f1_holds_on_other_domains() -> None:
    """Exact-span F1 of persons, organisations and locations over the three sets that nothing was learned from."""
    unseen = chain.from_iterable(rows(f"ner/{name}") for name in OTHER_DOMAINS)
    assert score(load_tagger(), unseen, MERGED)["all"][2] >= UNSEEN_FLOOR
