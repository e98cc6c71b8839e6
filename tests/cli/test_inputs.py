"""Files as raw records: lines, pages, texts, compressed or not, and what cannot be read."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import orjson
import pytest

from pipeline.records import FileOrigin
from pipeline.sources import files
from pipeline.sources.files import PAGE_HEADERS, Sourced, SourceError, problem, read

PAGE = "<p>Über die Fähre</p>".encode("cp1252")


def test_lines_are_records_and_keep_their_numbers() -> None:
    """LF or CRLF ends a line, blank lines count and are no records, the last line needs no end; bytes stay bytes."""
    Path("a.jsonl").write_bytes(b'{"a": 1}\r\n\n  \n\xff\r \r\n{"b": 2}')
    expected = [(1, b'{"a": 1}'), (4, b"\xff\r "), (5, b'{"b": 2}')]
    assert expected == [(record.origin.line, record.value) for record in read(["a.jsonl"])]


@pytest.mark.parametrize("name", ["p.html", "p.HTM", "p.html.gz"])
def test_a_page_is_one_record(name: str) -> None:
    """The value is the page itself, with the header that says so."""
    Path(name).write_bytes(gzip.compress(PAGE) if name.endswith(".gz") else PAGE)
    assert [Sourced(PAGE, PAGE_HEADERS, FileOrigin(name, 1))] == list(read([name]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_one_record(encoding: str) -> None:
    """In the encodings that editors write."""
    text = "Die Fähre fährt.\n\nÜber den Fluß."
    Path("t.txt").write_bytes(text.encode(encoding))
    [record] = read(["t.txt"])
    assert (orjson.loads(record.value), record.headers) == ({"text": text}, ())


def test_a_file_name_that_is_no_text_is_still_an_origin() -> None:
    """File names are bytes; what is not UTF-8 in them is escaped in the record."""
    name = os.fsdecode(b"b\xff.jsonl")
    Path(name).write_bytes(b"{}\n")
    [record] = read([name])
    assert orjson.loads(orjson.dumps(record.origin)) == {"file": "b\\xff.jsonl", "line": 1}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("cut.jsonl.gz", gzip.compress(os.urandom(5000))[:-900], "cut.jsonl.gz is cut short"),
        ("bad.jsonl.gz", b"no gzip at all", "bad.jsonl.gz is not a whole gzip file"),
        ("torn.jsonl.gz", gzip.compress(b"{}\n" * 9)[:-8] + b"12345678", "torn.jsonl.gz is not a whole gzip file"),
        ("long.jsonl", b"{}\n" + b"x" * 200, "long.jsonl:2 is longer than 100 bytes"),
        ("long.html", b"x" * 200, "long.html is longer than 100 bytes"),
    ],
)
def test_what_cannot_be_read_is_named(name: str, content: bytes, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Damage and endless lines end the reading with one sentence that names the file."""
    if "long" in name:
        monkeypatch.setattr(files, "_LARGEST", 100)
    Path(name).write_bytes(content)
    with pytest.raises(SourceError, match=told.replace(".", r"\.")):
        list(read([name]))


def test_problems_are_known_before_reading() -> None:
    """A missing file and a folder are told at once; a pipe is opened by its reader alone."""
    Path("d.txt").mkdir()
    os.mkfifo("pipe")
    assert problem("none.jsonl") == "no such file: none.jsonl"
    assert problem("d.txt") == "d.txt is a directory; name the files in it"
    assert problem("pipe") is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_a_problem() -> None:
    """It is told before any work starts."""
    Path("secret.jsonl").touch(mode=0)
    assert problem("secret.jsonl") == "secret.jsonl cannot be read: permission denied"
