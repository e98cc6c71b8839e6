"""Dead letters: everything of the original, and why; and what is left out where it cannot be carried."""

from __future__ import annotations

from pipeline.reasons import DeadReason
from pipeline.stream.letters import Letters
from pipeline.stream.messages import Consumed, Output

LETTERS = Letters("dlq", 1000)
MESSAGE = "__connect.errors.exception.message"


def letter(record: Consumed, detail: str = "why") -> Output:
    """The letter of a record."""
    return LETTERS.write(record, DeadReason.INVALID_JSON, "decode", detail, "0" * 32, 3)


def test_key_value_and_headers_are_kept() -> None:
    """Also null ones, and two of one name; the new headers come after them, all ASCII."""
    headers = (("h", b"\xff"), ("h", None), ("traceparent", b"t"))
    written = letter(Consumed("raw", 2, 7, None, b"\xff", headers), "größer")
    assert (written.topic, written.key, written.value, written.source) == ("dlq", None, b"\xff", 3)
    assert tuple(written.headers[:3]) == headers
    assert dict(written.headers)["origin"] == b"raw/2/7"
    assert dict(written.headers)[MESSAGE] == rb"gr\xf6\xdfer"


def test_a_replay_counts() -> None:
    """The letter of a replayed letter has the next attempt, and one set of our headers."""
    first = letter(Consumed("raw", 2, 7, b"k", b"v", ()))
    second = letter(Consumed("raw", 3, 9, first.key, first.value, first.headers))
    assert dict(first.headers)["attempt"] == b"1"
    assert dict(second.headers)["attempt"] == b"2"
    assert len(second.headers) == len(first.headers)


def test_too_much_to_carry() -> None:
    """A record over the limit, headers included, is not carried: its letter says its size and where it lies."""
    fits, over = Consumed("raw", 0, 1, b"k" * 10, b"v" * 980, (("h", b"x" * 9),)), (("h", b"x" * 10),)
    assert letter(fits).value == b"v" * 980
    empty = letter(Consumed("raw", 0, 1, b"k" * 10, b"v" * 980, over))
    assert (empty.key, empty.value) == (None, None)
    assert "h" not in dict(empty.headers)
    assert b"its 1001 bytes are not in this letter, they lie at raw/0/1" in (dict(empty.headers)[MESSAGE] or b"")


def test_unreadable_headers_are_told() -> None:
    """Where the names could not be read the letter says that headers are missing."""
    written = letter(Consumed("raw", 0, 1, b"k", b"v", (), headers_unreadable=True))
    assert b"not UTF-8" in (dict(written.headers)[MESSAGE] or b"")
    assert written.value == b"v"


def test_a_long_detail_is_cut() -> None:
    """Our own headers stay small, whatever the detail."""
    assert len(dict(letter(Consumed("raw", 0, 1, None, b"", ()), "x" * 10**6).headers)[MESSAGE] or b"") == 2000
