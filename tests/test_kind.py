"""Kinds: a file under a wrong name is read as what it is."""

import re
import time
from pathlib import Path

import pytest
from corpus import book, content, html, opendocument, pdf, rtf, sheet, slides, word, words

from index.article import read
from index.document import UnreadableFile
from index.kind import kind
from index.reader import READERS

WRITERS = {
    ".docx": word, ".xlsx": sheet, ".pptx": slides, ".odt": opendocument, ".epub": book, ".pdf": pdf, ".rtf": rtf,
}  # fmt: skip


@pytest.mark.parametrize("ending", WRITERS)
def test_what_it_begins_with_says_which_reader_reads_it(tmp_path: Path, ending: str) -> None:
    right = tmp_path / f"a{ending}"
    WRITERS[ending](right, content(3))
    text = read(right).text
    assert "Ada Thorne" in text
    for wrong in (".txt", ".csv", ".docx", ".xlsx", ".pdf", ".epub", ".odt"):
        path = tmp_path / f"wrong{wrong}"
        path.write_bytes(right.read_bytes())
        assert kind(path) == ending and read(path).text == text


def test_web_pages_are_told_where_no_source_can_be_meant(tmp_path: Path) -> None:
    for ending in (".docx", ".xlsx", ".pdf", ".mhtml", ".htm"):
        html(tmp_path / f"a{ending}", content(4))
        assert read(tmp_path / f"a{ending}").text.split() == words(content(4)), ending
    for ending in (".txt", ".md", ".csv"):
        html(tmp_path / f"a{ending}", content(4))
        assert kind(tmp_path / f"a{ending}") == ending


def test_all_others_are_what_they_are_called(tmp_path: Path) -> None:
    for data in (b"Words.", b"", b"PK\x03\x04 and no archive", b"<note>xml</note>", bytes(range(256))):
        for ending in READERS:
            (tmp_path / f"a{ending}").write_bytes(data)
            assert kind(tmp_path / f"a{ending}") == ending


def test_an_archive_of_a_later_version_is_left_to_its_reader_to_refuse(tmp_path: Path) -> None:
    book(tmp_path / "a.docx", content(5))
    data = bytearray((tmp_path / "a.docx").read_bytes())
    for entry in re.finditer(b"PK\x01\x02", bytes(data)):
        data[entry.start() + 6] = 99  # the version of zip that it takes to unpack the part
    (tmp_path / "a.docx").write_bytes(data)
    assert kind(tmp_path / "a.docx") == ".docx"
    with pytest.raises(UnreadableFile, match="Word"):
        read(tmp_path / "a.docx")


def test_remarks_before_a_page_take_no_time(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_text("<!-- x -->" * 200)
    began = time.perf_counter()
    assert kind(tmp_path / "a.docx") == ".docx" and time.perf_counter() - began < 1
