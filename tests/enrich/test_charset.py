"""The encoding of a page: marks, declarations, proof, and that no bytes make it raise."""

from __future__ import annotations

import codecs
from typing import Any

import charset_normalizer
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.enrich.charset import _CODECS, decode_html

TEXTS = {
    "cp1251": "Сегодня в городе прошло заседание совета, на котором обсуждали ремонт дорог и мостов. ",
    "koi8-r": "Сегодня в городе прошло заседание совета, на котором обсуждали ремонт дорог и мостов. ",
    "cp1252": "Le maire a déclaré que l’été à Genève serait très agréable pour les élèves. ",
    "cp1253": "Το δημοτικό συμβούλιο συζήτησε σήμερα τους δρόμους. ",
    "cp1256": "ناقش مجلس المدينة اليوم إصلاح الطرق والجسور. ",
    "gb18030": "今天城市召开会议讨论道路和桥梁的维修问题。",
    "big5": "今天城市召開會議討論道路和橋樑的維修問題。",
    "cp932": "今日、市議会は道路と橋の修理について話し合いました。",
    "cp949": "오늘 시의회는 도로와 다리 수리를 논의했다. ",
}
LABELS = {"cp932": "Shift_JIS", "cp949": "EUC-KR", "gb18030": "gb2312"}


@settings(deadline=None)
@given(st.binary(), st.none() | st.text() | st.sampled_from(sorted(_CODECS)))
@example(b"\xff", "zip")
@example(b"\x1b$B\xff", "iso-2022-jp")
@example(b"<meta charset=utf-7>+ADw-", "hex")
@example(b"\x00\x00\x00", None)
def test_any_bytes_are_decoded(data: bytes, charset: str | None) -> None:
    """No bytes and no label raise; the result holds no surrogates and is the same again."""
    text = decode_html(data, charset)
    assert text == decode_html(data, charset)
    assert text.encode().decode() == text


@settings(deadline=None)
@given(st.text())
def test_utf8_is_utf8(text: str) -> None:
    """Text in UTF-8 comes back whole when that is declared, by either side."""
    if text.startswith("\ufeff") or "\x00" in text:
        return
    page = f'<meta charset="utf-8">{text}'
    assert decode_html(page.encode(), None) == decode_html(page.encode(), "utf-8") == page


def test_every_label_has_a_text_codec() -> None:
    """All labels name codecs of Python that decode bytes to text."""
    for codec in set(_CODECS.values()):
        assert b"a".decode(codec) == "a"
        assert codecs.lookup(codec)._is_text_encoding


@pytest.mark.parametrize("codec", TEXTS)
@pytest.mark.parametrize("declared", ["meta", "http-equiv", "http", "nothing"])
def test_legacy_encodings(codec: str, declared: str) -> None:
    """Pages in legacy encodings are read when `<meta>` or HTTP says so, and mostly when nothing does."""
    label = LABELS.get(codec, codec)
    meta = {
        "meta": f"<META CHARSET={label}>",
        "http-equiv": f"<meta http-equiv='Content-Type' content='text/html; charset={label}' />",
    }
    page = f"<html><head>{meta.get(declared, '')}</head><p>{TEXTS[codec] * 3}</p>"
    wrong = "utf-8" if declared != "http" else label
    assert page == decode_html(page.encode(codec), None if declared == "nothing" else wrong)


def test_meta_wins_over_http() -> None:
    """Where both are given and disagree, the page's own word counts if its bytes agree, else that of HTTP."""
    page = "<meta charset=windows-1251><p>Привет, мир"
    assert decode_html(page.encode("cp1251"), "iso-8859-1") == page
    page = "<meta charset=utf-8><p>Привет, мир"
    assert decode_html(page.encode("koi8-r"), "koi8-r") == page


def test_what_is_utf8_is_not_a_single_byte_code() -> None:
    """A page of UTF-8 that claims Latin-1 is read as UTF-8; one that claims GBK is believed."""
    page = "<meta charset=iso-8859-1><p>Größe"
    assert decode_html(page.encode(), "latin1") == page
    page = "<meta charset=gbk><p>联通"
    assert decode_html(page.encode("gbk"), None) == page


def test_declarations_that_do_not_count() -> None:
    """A declaration in a comment or after 4096 bytes, UTF-16 in ASCII, and unknown labels are passed over."""
    for head in ("<!-- <meta charset=koi8-r> -->", " " * 4096 + "<meta charset=koi8-r>", "<meta charset=rot13>"):
        page = f"{head}<p>Größe"
        assert decode_html(page.encode(), None) == page
    assert decode_html("<meta charset=utf-16><p>Größe".encode(), "ucs-2").endswith("Größe")


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_marks_and_zero_bytes(codec: str) -> None:
    """A byte order mark wins over every declaration; UTF-16 is known by its zero bytes without one."""
    page = "<meta charset=koi8-r><p>Größe</p>"
    assert decode_html(page.encode(codec), "koi8-r") == page


def test_a_few_broken_bytes_do_not_change_the_encoding() -> None:
    """UTF-8 that is cut in a character is still UTF-8, declared or not."""
    page = ("Größe und Straße, " * 20).encode()
    for data in (page + "ß".encode()[:1], b"<meta charset=utf-8>" + page + b"\xff"):
        assert decode_html(data, "latin-1").endswith("Straße, \ufffd")
    assert decode_html("Größe".encode("latin-1"), None) == "Größe"
    assert decode_html(b"\x81\x93Hi\x94", None) == "\ufffd“Hi”"


def test_guessing_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large page that declares nothing is guessed from a sample of 8 KiB."""
    seen: list[int] = []
    guess = charset_normalizer.from_bytes

    def listening(sample: bytes, **options: Any) -> charset_normalizer.CharsetMatches:
        seen.append(len(sample))
        return guess(sample, **options)

    monkeypatch.setattr(charset_normalizer, "from_bytes", listening)
    assert decode_html("привет мир ".encode("cp1251") * 400_000, None).startswith("привет мир")
    assert [size <= 8192 for size in seen] == [True]
