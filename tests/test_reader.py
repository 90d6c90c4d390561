"""Readers: the text of each kind of file, and what is said of those that hold none."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from docx import Document as DocxFile
from pypdf import PdfWriter
from pypdf.constants import PageLabelStyle
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from index.article import Article, UnreadableFile, read

PAGE = """<html><head><title>The Harbour</title>
<meta property="article:published_time" content="2024-03-05T10:00:00Z"></head><body>
<nav><a href="/">Home</a> <a href="/about">About us</a></nav>
<article><h1>The Harbour</h1>
<p>The harbour of Brindle was built in 1742 by the engineer Anna Thorsen, who came from Bergen with four ships.</p>
<p>It cost 3,400 crowns, which the town paid back over thirty years. <script>alert("no text")</script></p>
</article><footer>All rights reserved</footer></body></html>"""
MENU = '<html><body><ul><li><a href="/">Home</a></li><li><a href="/about">About us</a></li></ul></body></html>'


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def pdf(*pages: str, title: str = "", password: str = "", preface: int = 0) -> bytes:
    """A PDF with a line of text on each page; the first ``preface`` pages are called i, ii and so on."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject(k): NameObject(v)
            for k, v in {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}.items()
        }
    )
    for text in pages:
        page = writer.add_blank_page(612, 792)
        content = DecodedStreamObject()
        content.set_data(f"BT /F 12 Tf 72 700 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
        )
    if title:
        writer.add_metadata({"/Title": title, "/CreationDate": "D:20210304050607Z"})
    if preface:
        writer.set_page_label(0, preface - 1, PageLabelStyle.LOWERCASE_ROMAN)
        writer.set_page_label(preface, len(pages) - 1, PageLabelStyle.DECIMAL)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def docx() -> bytes:
    file = DocxFile()
    file.core_properties.title = "The Lighthouse"
    file.add_paragraph("The lighthouse was lit in 1820.")
    table = file.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Keeper", "Ada Thorne"
    file.add_paragraph("It went dark in 1999.")
    stream = io.BytesIO()
    file.save(stream)
    return stream.getvalue()


def paragraphs(article: Article) -> list[str]:
    return article.text.split("\n\n")


def test_a_page_gives_its_main_text_title_and_date(tmp_path: Path) -> None:
    article = read(written(tmp_path, "saved.html", PAGE.encode()))
    assert paragraphs(article)[-2].endswith("who came from Bergen with four ships.")
    assert paragraphs(article)[-1] == "It cost 3,400 crowns, which the town paid back over thirty years."
    assert (article.title, article.date) == ("The Harbour", "2024-03-05")
    assert "About us" not in article.text and "alert" not in article.text


def test_a_page_is_read_in_the_encoding_that_it_declares(tmp_path: Path) -> None:
    page = PAGE.replace("<head>", '<head><meta charset="koi8-r">').replace("Brindle", "Бриндле")
    assert "Бриндле" in read(written(tmp_path, "a.htm", page.encode("koi8-r"))).text


def test_the_pages_of_a_pdf_are_known(tmp_path: Path) -> None:
    article = read(written(tmp_path, "a.pdf", pdf("The dam was built.", "", "It broke in 1953.", title="The Dam")))
    assert paragraphs(article) == ["The dam was built.", "It broke in 1953."]
    assert (article.title, article.date) == ("The Dam", "2021-03-04")
    assert article.page(article.text.index("dam")) == 1
    assert article.page(article.text.index("It broke")) == 3
    assert article.page(len(article.text) - 1) == 3


def test_paragraphs_and_tables_of_a_docx_stay_in_order(tmp_path: Path) -> None:
    article = read(written(tmp_path, "a.docx", docx()))
    assert paragraphs(article) == ["The lighthouse was lit in 1820.", "Keeper\tAda Thorne", "It went dark in 1999."]
    assert article.title == "The Lighthouse" and article.page(0) is None


def test_a_pdf_without_metadata_has_its_name_for_a_title(tmp_path: Path) -> None:
    assert read(written(tmp_path, "the_old-dam.pdf", pdf("Words."))).title == "The old dam"


def test_front_matter_gives_the_date(tmp_path: Path) -> None:
    assert read(written(tmp_path, "a.md", b"---\ndate: 2024-03-05\n---\nWords.")).date == "2024-03-05"
    assert read(written(tmp_path, "b.md", b"---\ndate: some day\n---\nWords.")).date is None


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("date: May 6, 2024", "2024-05-06"), ("date: Monday, 6 May 2024", "2024-05-06"),
        ("date: 6.5.2024", "2024-05-06"),
        ("date: 20240506", "2024-05-06"), ("publishDate: 2024-05-06T10:00", "2024-05-06"), ("date: 31.2.2024", None),
        ("date: May 2024", None),
    ],
)  # fmt: skip
def test_a_day_is_known_in_any_usual_form(tmp_path: Path, said: str, day: str | None) -> None:
    article = read(written(tmp_path, "a.md", f"---\n{said}\n---\nWords.".encode()))
    assert (article.date, article.title) == (day, "A")


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.html", PAGE.encode()), ("a.pdf", pdf("Words on a page.", "And more.")), ("a.docx", docx())],
)
def test_the_same_file_always_gives_the_same_text(tmp_path: Path, name: str, data: bytes) -> None:
    assert read(written(tmp_path, name, data)) == read(written(tmp_path, name, data))


def torn_archive() -> bytes:
    """A DOCX of which a part is missing."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("menu.html", MENU.encode(), "no main text"),
        ("nothing.html", b"<html></html>", "no main text"),
        ("empty.html", b"", "is empty"),
        ("scanned.pdf", pdf("", ""), "2 of 2 pages are blank"),
        ("locked.pdf", pdf("Words.", password="secret"), "encrypted"),
        ("cut.pdf", b"%PDF-1.4\n1 0 obj", "no valid PDF"),
        ("words.pdf", b"These are words.", "no valid PDF"),
        ("empty.pdf", b"", "is empty"),
        ("cut.docx", docx()[:2000], "no valid Word"),
        ("torn.docx", torn_archive(), "no valid Word"),
        ("empty.docx", b"", "is empty"),
    ],
)
def test_a_file_without_text_is_named(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason) as raised:
        read(written(tmp_path, name, data))
    assert "\n" not in str(raised.value)


def test_any_bytes_are_read_or_refused(tmp_path: Path) -> None:
    """A whole file with bytes changed at random is text or an UnreadableFile, never another error."""
    import random

    chance = random.Random(1)
    for name, whole in (("a.pdf", pdf("Words.", "More.")), ("a.docx", docx()), ("a.html", PAGE.encode())):
        for _ in range(40):
            data = bytearray(whole)
            for _ in range(8):
                data[chance.randrange(len(data))] = chance.randrange(256)
            try:
                assert read(written(tmp_path, name, bytes(data))).text.strip()
            except UnreadableFile as error:
                assert "\n" not in str(error)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a.pdf", pdf("Words."))
    path.chmod(0)
    with pytest.raises(UnreadableFile, match="permission"):
        read(path)
