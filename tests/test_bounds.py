"""Files that cost time and memory out of all proportion, made so or not: each is read in a moment, or refused."""

import io
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from openpyxl import Workbook
from reportlab.pdfgen.canvas import Canvas

from index.article import UnreadableFile, read
from index.readers import stream

PATIENCE = 5  # seconds of the processor; each of these once took minutes
CONTAINER = '<container><rootfile full-path="book.opf"/></container>'


def packed(path: Path, parts: dict[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("page", "ending"),
    [
        ("<ol>" + "<li>A step of the way.</li>" * 20_000 + "</ol>", "20000. A step of the way."),
        ("<p>" + "A line of the song.<br>" * 60_000 + "</p>", "A line of the song."),
        ("<p>" + "<span>word </span>" * 60_000 + "</p>", "word word"),
    ],
    ids=["list", "lines", "words"],
)
def test_a_long_page_takes_a_moment(tmp_path: Path, page: str, ending: str) -> None:
    (tmp_path / "a.html").write_text(f"<html><body>{page}</body></html>", encoding="utf-8")
    began = time.process_time()
    assert read(tmp_path / "a.html").text.endswith(ending)
    assert time.process_time() - began < PATIENCE


def test_a_letter_to_thousands_takes_a_moment(tmp_path: Path) -> None:
    to = ", ".join(f"Person {number} <p{number}@example.org>" for number in range(20_000))
    subject = "=?utf-8?q?Fl=C3=B3d=20?= " * 50_000
    (tmp_path / "a.eml").write_text(
        f"From: =?utf-8?q?J=C3=B8rn?= <a@b.c>\nTo: {to}\nSubject: {subject}\n\nThe quay is shut."
    )
    began = time.process_time()
    text = read(tmp_path / "a.eml").text
    assert "From: Jørn <a@b.c>" in text and "Person 19999 <p19999@example.org>" in text
    assert text.endswith("The quay is shut.") and time.process_time() - began < PATIENCE


def test_a_file_that_no_library_can_hold_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.log").open("wb") as stream:
        stream.truncate(4 * 10**9)  # takes no room on the disk
    began = time.process_time()
    with pytest.raises(UnreadableFile, match="larger than a gigabyte: split it"):
        read(tmp_path / "a.log")
    assert time.process_time() - began < 1


def test_a_chapter_that_a_book_names_again_and_again_is_read_once(tmp_path: Path) -> None:
    items = "".join(f'<item id="c{n}" href="{"./" * (n % 3)}c.xhtml"/>' for n in range(1000))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(1000))
    parts = {"META-INF/container.xml": CONTAINER, "c.xhtml": "<p>Jens Torp was the pilot.</p>"}
    book = f"<package><manifest>{items}</manifest><spine>{spine}</spine></package>"
    article = read(packed(tmp_path / "a.epub", {**parts, "book.opf": book}))
    assert article.text == "Jens Torp was the pilot." and len(article.pages) == 1


def test_a_part_that_is_packed_as_no_text_is_refused(tmp_path: Path) -> None:
    words = "<w:p><w:r><w:t>word</w:t></w:r></w:p>" * 300_000
    body = f'<w:document xmlns:w="http://a/wordprocessingml/main"><w:body>{words}</w:body></w:document>'
    with pytest.raises(UnreadableFile, match=r"unpacks to \d+ times its size"):
        read(packed(tmp_path / "a.docx", {"word/document.xml": body}))


@pytest.mark.parametrize("place", ["999999999", "9999999"])
def test_a_sheet_with_a_row_far_away_is_refused(tmp_path: Path, place: str) -> None:
    file = io.BytesIO()
    Workbook().save(file)
    with zipfile.ZipFile(file) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    row = f'<row r="1"><c><v>1</v></c></row><row r="{place}"><c><v>1</v></c></row>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{space}"><sheetData>{row}</sheetData></worksheet>'
    began = time.process_time()
    with pytest.raises(UnreadableFile, match="cells"):
        read(packed(tmp_path / "a.xlsx", parts))
    assert time.process_time() - began < PATIENCE


@pytest.mark.parametrize("times", [1, 2])
def test_a_page_that_unpacks_to_more_than_there_is_memory_for_is_refused(
    tmp_path: Path, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LARGEST", 2**20)
    data = b"BT (word) Tj ET" + b" " * 2**21
    for _ in range(times):
        data = zlib.compress(data)
    filters = b"/FlateDecode " * times
    (tmp_path / "a.pdf").write_bytes(
        b"%%PDF-1.7\n1 0 obj\n<</Length %d/Filter[%s]>>\nstream\n%s\nendstream\nendobj\n" % (len(data), filters, data)
    )
    with pytest.raises(UnreadableFile, match="unpacks"):
        read(tmp_path / "a.pdf")


def test_a_page_of_a_usual_size_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LARGEST", 2**20)
    canvas = Canvas(str(tmp_path / "a.pdf"), pageCompression=1)
    canvas.drawString(70, 700, "The pilot was Jens Torp.")
    canvas.save()
    assert read(tmp_path / "a.pdf").text == "The pilot was Jens Torp."
