"""The signs that shapes ask for first change no answer: each is compared with its bare pattern on lines made for it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.enrich.clean import phrases, rights, shapes, words
from pipeline.enrich.clean.features import scan

# Letters whose case is not simple, digits of other scripts, brackets of full width, and what stands in the patterns.
_ODD = [
    "ſ",
    "ı",
    "İ",
    "K",
    "é",
    "É",
    "ß",
    "Å",
    "µ",
    "_",
    "٣",
    "３",
    "（",
    "）",
    "］",
    "\u200b",
    "–",
    "’",
    "↩",
    "写",
    "写真",
    "摄",
    "記者",
    "记者",
    "reporter,",
    "\xa0",
    "\t",
]
_SIGNS = [*" .,:;/|•·»›-–()[]©+@#'", " ", " ", " | ", " / ", ": ", "(c) ", "[email", "http://", "www."]
_NUMBERS = ["1", "12", "2024", "10115", "3/12", "5 pm", "10:30", "12.10.2026", "12 October 2026", "+49 30 123456"]
_NAMES = [
    "photo",
    "image",
    "foto",
    "picture",
    "photograph",
    "bild",
    "credit",
    "crédit",
    "fot",
    "getty",
    "images",
    "shutterstock",
    "istock",
    "unsplash",
    "imago",
    "ap",
    "afp",
    "epa",
    "dpa",
    "apa",
    "efe",
    "ansa",
    "keystone",
    "reuters",
    "picture-alliance",
    "press",
    "commons",
    "copyright",
    "all",
    "rights",
    "reserved",
    "alle",
    "rechte",
    "vorbehalten",
    "tous",
    "droits",
    "réservés",
    "todos",
    "los",
    "derechos",
    "reservados",
    "this",
    "the",
    "full",
    "article",
    "is",
    "for",
    "subscribers",
    "only",
    "facebook",
    "x",
    "twitter",
    "email",
    "share",
    "reply",
    "antworten",
    "by",
    "von",
    "nora",
    "Nora",
    "Testmann",
    "Westmark",
    "IBAN",
    "tel",
    "fax",
    "phone",
    "téléphone",
    "teléfono",
    "telefax",
    "iban",
    "mk",
    "dpa",
    "D-10115",
    "CH",
    "leave",
    "a",
    "comment",
    "related",
    "tags",
    "advertisement",
    "follow",
    "us",
    "on",
]
PIECES = st.sampled_from([*_ODD, *_SIGNS, *_SIGNS, *_NUMBERS, *_NAMES, *_NAMES])
CASED = st.builds(lambda piece, change: change(piece), PIECES, st.sampled_from([str, str.upper, str.title, str.lower]))
LINES = st.builds(
    lambda pieces, between: between.join(pieces).strip(), st.lists(CASED, min_size=1, max_size=9), st.sampled_from(" ")
) | st.lists(CASED, min_size=1, max_size=9).map(lambda pieces: "".join(pieces).strip())


def searched(pattern: re.Pattern[str], most: int) -> Callable[[str], bool]:
    return lambda text: len(text) <= most and pattern.search(text) is not None


def matched(pattern: re.Pattern[str], most: int) -> Callable[[str], bool]:
    return lambda text: pattern.match(text[:most]) is not None


def is_copyright(text: str) -> bool:
    is_one = (" " in text or "©" in text) and words.units(text[:400]) <= 45
    return is_one and rights._COPYRIGHT.search(text[:200]) is not None


def is_contact(text: str) -> bool:
    has_digit = re.search(r"\d", text) is not None
    return len(text) <= 80 and has_digit and not shapes._DATE.search(text) and bool(shapes._CONTACT.search(text))


def is_menu(text: str) -> bool:
    marks = len(shapes._MENU.findall(text[:200]))
    return marks >= 2 and words.units(text[:200]) <= 6 * (marks + 1)


def is_joined_byline(text: str) -> bool:
    parts = shapes._SEGMENT.split(text)
    return len(text) <= 200 and len(parts) > 1 and shapes.is_byline(parts[0])


def is_share_bar(text: str) -> bool:
    found = tokens(text)
    count = sum(token in shapes._SERVICES for token in found)
    return len(text) <= 200 and count >= 2 and 2 * count >= len(found)


def is_reply_button(text: str) -> bool:
    found = tokens(text[:24])
    return 0 < len(found) <= 3 and found[0] in shapes._REPLY


def tokens(text: str) -> list[str]:
    return words._TOKEN.findall(text.casefold())


BARE: dict[Callable[[str], object], Callable[[str], object]] = {
    rights.is_copyright: is_copyright,
    rights.begins_with_copyright: lambda text: words.units(text[:400]) <= 45 and rights._COPYRIGHT.match(text[:200]),
    rights.is_credit: searched(rights._CREDIT, 400),
    rights.has_bracketed_credit: searched(rights._BRACKETED, 400),
    shapes.is_initials: lambda text: shapes._INITIALS.fullmatch(text[:24]),
    shapes.is_for_subscribers: matched(shapes._SUBSCRIBERS, 200),
    shapes.is_picture_number: lambda text: shapes._PLACE.fullmatch(text[:12]),
    shapes.is_named_address: matched(shapes._NAMED_ADDRESS, 200),
    shapes.has_digit: lambda text: re.search(r"\d", text),
    shapes.is_contact: is_contact,
    shapes.is_menu: is_menu,
    shapes.is_joined_byline: is_joined_byline,
    shapes.is_share_bar: is_share_bar,
    shapes.is_reply_button: is_reply_button,
}


PATTERNS = {
    rights.is_copyright: rights._COPYRIGHT,
    rights.begins_with_copyright: rights._COPYRIGHT,
    rights.is_credit: rights._CREDIT,
    rights.has_bracketed_credit: rights._BRACKETED,
    shapes.is_initials: shapes._INITIALS,
    shapes.is_for_subscribers: shapes._SUBSCRIBERS,
    shapes.is_picture_number: shapes._PLACE,
    shapes.is_named_address: shapes._NAMED_ADDRESS,
    shapes.is_contact: shapes._CONTACT,
}


@pytest.mark.parametrize("gated", BARE, ids=[function.__name__ for function in BARE])
@settings(max_examples=200)
@given(text=LINES.filter(bool))
def test_a_sign_asked_for_first_changes_no_answer(gated: Callable[[str], object], text: str) -> None:
    """A line in which a pattern matches has the sign that is asked for before the pattern is run."""
    assert bool(BARE[gated](text)) == bool(gated(text))


@pytest.mark.parametrize("gated", PATTERNS, ids=[function.__name__ for function in PATTERNS])
@settings(max_examples=200)
@given(data=st.data(), around=LINES)
def test_what_matches_has_the_sign(gated: Callable[[str], object], data: st.DataObject, around: str) -> None:
    """The same of lines that are made from the pattern, so that nearly all match, alone and behind other words."""
    found = data.draw(st.from_regex(PATTERNS[gated])).strip()
    for text in (found, f"{around} {found}".strip()):
        assert not text or bool(BARE[gated](text)) == bool(gated(text))


_AGENCIES = [
    "getty images", "getty", "ap photo", "associated press", "shutterstock", "istock", "unsplash", "picture alliance",
    "imago images", "imago", "wikimedia commons", "afp via getty images", "/reuters", "/ afp", "/epa", "/dpa", "/ap",
    "/apa", "/efe", "/ansa", "/keystone", "/imago",
]  # fmt: skip
_PICTURED = ["photo", "image", "foto", "picture", "photograph", "bild", "credit", "crédit", "fot"]
_CREDITS = [
    *[f"Nora Testmann {name}{sign}" for name in _AGENCIES for sign in ("", ".", " )", "\u200b»")],
    *[f"{name}{sign}: Nora" for name in _PICTURED for sign in ("", ".")],
    *[f"The pier ({name} Nora)" for name in ("afp", "reuters")],
    *[f"The pier [{name} Nora]." for name in ("afp", "reuters")],
]


def odd(text: str) -> str:
    """The same letters where case does not count."""
    return text.replace("s", "ſ").replace("i", "ı").replace("k", "\u212a")


@pytest.mark.parametrize("text", _CREDITS)
def test_each_name_of_a_credit_is_found(text: str) -> None:
    """One line for each agency and each word for a picture that the pattern has, in any case, behind any letter."""
    for line in (text, text.upper(), text.title(), odd(text), text.upper().replace("I", "İ"), f"é{text}", f"é {text}"):
        assert bool(BARE[rights.is_credit](line)) == rights.is_credit(line)
    assert rights.is_credit(text)


def test_the_names_of_a_credit_are_those_of_its_pattern() -> None:
    """The lines above have a match for each alternative of the pattern, and no other."""
    parts = {part for found in re.findall(r"\(\?:([^()]+)", rights._CREDIT.pattern) for part in found.split("|")}
    named = {name.strip("/ ") for name in _AGENCIES} | set(_PICTURED)
    assert named == parts - {"/ ?"}


@given(text=LINES)
def test_tokens_of_simple_lines_are_those_of_any_line(text: str) -> None:
    """Words between spaces are the tokens of a line of ASCII letters; a script without spaces is looked for once."""
    assert tokens(text) == words.tokens(text)
    unspaced = re.findall(f"[{words.NO_SPACES}]", text)
    assert len(text.split()) + len(unspaced) // words.CHARS_A_WORD == words.units(text)


def test_scripts_without_spaces_are_those_of_the_pattern() -> None:
    """Two characters of such a script are a word, those of others none."""
    pattern = re.compile(f"[{words.NO_SPACES}]")
    characters = map(chr, range(0x110000))
    assert [c for c in characters if (pattern.match(c) is not None) != (words.unspaced(2 * c) == 1)] == []


@given(text=LINES | st.text(st.characters(), max_size=40))
def test_words_are_runs_of_letters_and_figures(text: str) -> None:
    """In lower case, with how many have capitals and how many are figures; separators are counted between them."""
    found = re.findall(r"[^\W_]+", text)
    low = [word.lower() for word in found]
    capitals = sum(word != lower for word, lower in zip(found, low, strict=True))
    digits = sum(word.isdigit() and word == word.lower() for word in found)
    separators = len(re.findall(r"[|»«›•·→←▼►✕×#/]", text))
    assert (low, capitals, digits, separators) == scan(text)


def listed(text: str) -> list[phrases.Phrase]:
    """What `matches` finds, by the key of the line alone."""
    whole, starts, _, _ = phrases._listed()
    key = phrases.key(text)
    while key and key[-1] == ":":
        key = key[:-1]
    if len(text) <= phrases.MAX_CHARS and key in whole:
        return list(whole[key])
    lengths = range(min(len(key), phrases.MAX_TOKENS), 0, -1)
    return next((list(starts[key[:length]]) for length in lengths if key[:length] in starts), [])


_LISTED = st.deferred(lambda: st.sampled_from(sorted(phrases._listed()[0])).map(" ".join))


@example(text="ＳＨＡＲＥ")
@given(text=st.builds("{}{}{}".format, _LISTED, st.sampled_from(["", " ", ":", " : x", " more"]), LINES | st.just("")))
def test_the_first_two_words_rule_out_no_phrase(text: str) -> None:
    """A line that is or begins with a phrase of the list is found by it, in any case and with any sign behind it."""
    assert listed(text) == list(phrases.matches(text, text.split()))
    assert listed(text.title()) == list(phrases.matches(text.title(), text.title().split()))
