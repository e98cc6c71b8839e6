"""The bytes of a page to its source text: which encoding, by mark, declaration and proof. Never raises.

Labels mean what browsers take them to mean (WHATWG Encoding, 4.2): latin-1 is windows-1252, gb2312 is gb18030.
"""

from __future__ import annotations

import codecs
import re

_LABELS = """
utf-8: unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8 utf-16 utf-16le utf-16be ucs-2 unicode
cp866: 866 cp866 csibm866 ibm866
iso8859-2: csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 latin2 l2
iso8859-3: csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 latin3 l3
iso8859-4: csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 latin4 l4
iso8859-5: csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5
iso8859-6: arabic asmo-708 csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e iso-8859-6-i iso8859-6 iso_8859-6
iso8859-7: csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597 iso_8859-7
iso8859-8: csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-8859-8-i iso8859-8 iso88598 iso_8859-8 logical visual
iso8859-10: csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6
iso8859-13: iso-8859-13 iso8859-13 iso885913
iso8859-14: iso-8859-14 iso8859-14 iso885914
iso8859-15: csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9 latin9
iso8859-16: iso-8859-16
koi8-r: cskoi8r koi koi8 koi8-r koi8_r
koi8-u: koi8-ru koi8-u
mac-roman: csmacintosh mac macintosh x-mac-roman
mac-cyrillic: x-mac-cyrillic x-mac-ukrainian
cp874: dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874
cp1250: cp1250 windows-1250 x-cp1250
cp1251: cp1251 windows-1251 x-cp1251
cp1252: ansi_x3.4-1968 ascii us-ascii cp1252 cp819 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 l1 latin1
cp1252: latin-1 csisolatin1 windows-1252 x-cp1252
cp1253: cp1253 windows-1253 x-cp1253
cp1254: cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 l5 latin5 windows-1254 x-cp1254
cp1255: cp1255 windows-1255 x-cp1255
cp1256: cp1256 windows-1256 x-cp1256
cp1257: cp1257 windows-1257 x-cp1257
cp1258: cp1258 windows-1258 x-cp1258
gb18030: gb18030 chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk
big5hkscs: big5 big5-hkscs cn-big5 csbig5 x-x-big5
euc_jp: cseucpkdfmtjapanese euc-jp x-euc-jp
iso2022_jp: csiso2022jp iso-2022-jp
cp932: csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis
cp949: cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 windows-949
"""
_CODECS = {label: line.partition(":")[0] for line in _LABELS.split("\n") for label in line.partition(":")[2].split()}
_MANY_BYTES = frozenset({"gb18030", "big5hkscs", "euc_jp", "iso2022_jp", "cp932", "cp949"})
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEAD = 4096  # bytes that are looked through for a declaration
_META = re.compile(rb"(?i)<meta\b[^>]{0,1000}?\bcharset\s*=\s*[\"']?\s*([^\s\"'/>;]{1,40})")
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_BETWEEN_TAGS = re.compile(rb"[\n<>]")
_SAMPLE = 8192  # bytes that the guess is made from
_GUESSES = (  # not the other Latin codes: a guess between them and windows-1252 is mostly wrong
    *("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874"),
    *("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949"),
)
_CONTINUATION = bytes(range(0x80, 0xC0))
_NOT_ASCII = bytes(range(0x80, 0x100))
_PROOF = 16  # bytes beyond ASCII that a guess needs; with fewer the page is taken for windows-1252, the web's default


def decode_html(data: bytes, charset: str | None) -> str:
    """The source of a page; `charset` is the label that HTTP gave.

    In this order: byte order mark; zero bytes as in UTF-16; `<meta>`; `charset`; UTF-8; a guess; windows-1252. A
    declaration counts only when the bytes decode by it, and one of a single-byte code yields to text that is UTF-8.
    """
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(marked, "replace")
    if unmarked := _utf16(data[:_HEAD]):
        return data.decode(unmarked, "replace")
    utf8 = _utf8(data)
    for declared in (_declared(data[:_HEAD]), _codec(charset)):
        if declared is None or (utf8 is None and declared == "utf-8"):
            continue
        if utf8 is not None and declared not in _MANY_BYTES:
            return utf8
        text = _strict(data, declared)
        if text is not None:
            return text
    return utf8 if utf8 is not None else data.decode(_guess(data), "replace")


def _codec(label: str | None) -> str | None:
    return _CODECS.get(label.strip(" \t\r\n\"'").lower()) if label else None


def _declared(head: bytes) -> str | None:
    match = _META.search(_COMMENT.sub(b"", head))
    return _codec(match[1].decode("ascii", "replace")) if match else None


def _utf16(head: bytes) -> str | None:
    """UTF-16 without a mark: markup has a zero in every other byte, on one side only."""
    zeros_even, zeros_odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half < 2 or max(zeros_even, zeros_odd) < 0.4 * half or min(zeros_even, zeros_odd) > 0.05 * half:
        return None
    return "utf-16-be" if zeros_even > zeros_odd else "utf-16-le"


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeError:
        return None


def _utf8(data: bytes) -> str | None:
    """Text in UTF-8, with a few broken bytes at most, as a page cut short or pieced together has them."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return text if broken * 20 <= len(data) - len(data.translate(None, _CONTINUATION)) else None


def _guess(data: bytes) -> str:
    """The codec of a page that declares none: from a bounded sample of its lines beyond ASCII."""
    lines = [line for line in _BETWEEN_TAGS.split(data[: 32 * _SAMPLE]) if not line.isascii()]
    sample = b"\n".join(lines)[:_SAMPLE]
    sample = sample[: max(sample.rfind(b" "), sample.rfind(b"\n"))] if len(sample) == _SAMPLE else sample
    if len(sample) - len(sample.translate(None, _NOT_ASCII)) < _PROOF:
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=["cp1252", *_GUESSES], enable_fallback=False).best()
    return best.encoding if best and best.encoding in _GUESSES else "cp1252"
