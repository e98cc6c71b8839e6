"""Repair: what is broken is mended, what is sound passes unchanged."""

from __future__ import annotations

import ftfy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.enrich.repair import MAX_LINE, one_line, repair, whole

CLEAN = (
    "Größe Straße MENÜ“ Spaß“ „Über“ «À l’été» É» garçon naïve São ÃO NÃO Ærø Øre Å… Łódź žluťoučký İstanbul “Curly” "
    "‘one’ don’t – — … £5 €7 20°C ½ × © Москва Россия в — “ю” РС Київ їжак Ελλάδα Σ’ שלום “עולם” سلام 日本語 "
    "新闻 한국어 ไทย हिन्दी 😀 🇺🇦 e\u0301 ﬁn ＡＢ &amp; &eacute; x\u200by √2 ‚low‘ ¿Qué? ¡Sí! №5 §7 ığdır"
)
WORDS = CLEAN.split(" ")


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS)), st.sampled_from([" ", "\n", "\t", "\u00a0", ", "]))
def test_clean_text_is_unchanged(words: list[str], between: str) -> None:
    """Text of many languages and signs, in any order, comes back as it is."""
    text = between.join(words)
    assert (text, False) == repair(text)


@settings(deadline=None)
@given(st.text())
@example("Ã©\x00\ud800")
def test_any_text_becomes_clean(text: str) -> None:
    """The result has no control characters but tab and line feed, no lone surrogates, and is the same again."""
    repaired, _ = repair(text)
    assert not any(ord(character) < 32 and character not in "\t\n" for character in repaired)
    assert not set(repaired) & set("\x7f\x80\x9f\u2028\u2029\r")
    assert repaired.encode().decode() == repaired == repair(text)[0]


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("latin-1", "Il a déjà été à Gênes, l’été’s “fin”"),
        ("latin-1", "привет всем"),
        ("cp1252", "Il a déjà été, l’été’s – Die Größe der Brücke"),
        ("cp1251", "привет всем — да"),
        ("mac-roman", "Il a déjà été, l’été’s – Die Größe der Brücke"),
    ],
)
def test_utf8_read_as_a_single_byte_code(codec: str, text: str) -> None:
    """The usual mojibake is undone and flagged, in one line among sound ones."""
    broken = text.encode().decode(codec)
    assert (f"Größe\n{text}\nпривет", True) == repair(f"Größe\n{broken}\nпривет")


@pytest.mark.parametrize(
    ("broken", "sound"),
    [
        ("Iâ€™m", "I’m"),
        ("Â£5", "£5"),
        ("Ã la carte", "à la carte"),
        ("ÃƒÂ©tÃƒÂ©", "été"),
        ("ðŸ˜€", "😀"),
        ("æ—¥æœ¬", "日本"),
        ("РїСЂРёРІРµС‚", "привет"),
        ("â€œHe said” it’s", "“He said” it’s"),
        ("\x93Hi\x94 \x80", "“Hi” €"),
    ],
)
def test_mojibake(broken: str, sound: str) -> None:
    """Each kind is undone; quotes stay curly and no entity is unescaped."""
    assert (f"{sound} “a” &amp; ﬁ", True) == repair(f"{broken} “a” &amp; ﬁ")


def test_line_ends_and_controls() -> None:
    """All line ends become a line feed; other control characters go; neither is an encoding error."""
    assert repair("\ufeffa\r\nb\rc\x0bd\x0ce\u2028f\u2029g\x00h\x1bi\x7fj\tk") == ("a\nb\nc\nd\ne\nf\nghij\tk", False)


def test_surrogates() -> None:
    """Pairs are joined, lone surrogates replaced, all else is left."""
    assert whole("a\ud83d\ude00\ud83d\ude00b\ude00\ud83d") == "a😀😀b\ufffd\ufffd"
    assert whole("a\ufeff\r") == "a\ufeff\r"


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (None, ""),
        ("", ""),
        (" \n\x00 ", ""),
        ("\tA title\r\n of\u2028two  lines\x07 ", "A title of two lines"),
        ("\n" * 600 + "A title", "A title"),
        ("A\x93B\x94", "A“B”"),
        ("x" * 600, "x" * MAX_LINE),
    ],
)
def test_one_line(said: str | None, line: str) -> None:
    """Titles and the like: one line, without controls, of bounded length."""
    assert one_line(said) == line


@pytest.mark.parametrize("unit", ["Ã©", "â€™x ", "Ã ", "â€", "\x01\x92", "\n", "é", "вЂ™", "Ã©\n"])
def test_the_library_is_given_a_bounded_part(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three million characters, whatever is repeated, it sees two in short pieces; the rest stays as it is."""
    seen: list[int] = []
    fix = ftfy.fix_encoding

    def listening(piece: str, rules: ftfy.TextFixerConfig) -> str:
        seen.append(len(piece))
        return fix(piece, rules)

    monkeypatch.setattr(ftfy, "fix_encoding", listening)
    repair(unit * (3_000_000 // len(unit)))
    assert max(seen, default=0) <= 1200
    assert sum(seen) <= 2_000_000 + 1200
