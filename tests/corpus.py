"""A folder with files of every kind that is read, and with every fault: what each says, or why it is left out.

Each writer takes the path of a file and what it should say; ``corpus`` writes them all, as does
``python tests/corpus.py FOLDER``.
"""

import csv
import email.message
import io
import json
import os
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from docx import Document as Word
from openpyxl import Workbook
from pptx import Presentation
from pptx.util import Inches
from pypdf import PdfWriter
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

TOWNS = ("Brindle", "Ostra", "Sorrel", "Quill", "Marsh", "Thorne", "Bergen")
ODF = "urn:oasis:names:tc:opendocument:xmlns"


@dataclass(frozen=True)
class Content:
    """What a file says: a heading, paragraphs, and a table of rows with its column names first."""

    heading: str
    paragraphs: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Made:
    """A file of the corpus: all ``words`` that it holds, in order, or the ``reason`` that it is refused."""

    path: Path
    words: list[str]
    reason: str = ""


def content(number: int) -> Content:
    """Something to say, different for each number."""
    town = TOWNS[number % len(TOWNS)]
    year = 1700 + number
    return Content(
        f"The harbour of {town}",
        [
            f"The harbour of {town} was built in {year} by the engineer Anna Thorsen, who came with {year + 3} stones.",
            f"It cost {number + 2},400 crowns, and a storm broke its north wall in January {year + 59}.",
        ],
        [["Keeper", "From", "Boats"], ["Ada Thorne", str(year), "three"], ["Rolf Aker", str(year + 9), "none"]],
    )


def words(said: Content) -> list[str]:
    """All words of it, in order."""
    table = [cell for row in said.rows for cell in row]
    return " ".join([said.heading, *said.paragraphs, *table]).split()


def plain(path: Path, said: Content) -> None:
    table = "\n".join("\t".join(row) for row in said.rows)
    path.write_text("\n\n".join([said.heading, *said.paragraphs, table]), encoding="utf-8")


def page(said: Content) -> str:
    table = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in said.rows)
    body = "".join(f"<p>{escape(words)}</p>" for words in said.paragraphs)
    head = f"<head><meta charset='utf-8'><title>{said.heading}</title></head>"
    return f"<html>{head}<body><h1>{said.heading}</h1>{body}<table>{table}</table></body></html>"


def html(path: Path, said: Content) -> None:
    path.write_text(page(said), encoding="utf-8")


def pdf(path: Path, said: Content) -> None:
    styles = getSampleStyleSheet()
    body = [Paragraph(escape(text), styles["BodyText"]) for text in said.paragraphs]
    file = SimpleDocTemplate(str(path), pagesize=A5, invariant=1)
    file.build([Paragraph(said.heading, styles["Title"]), *body, Table(said.rows)])


def word(path: Path, said: Content) -> None:
    file = Word()
    file.add_heading(said.heading, 1)
    for text in said.paragraphs:
        file.add_paragraph(text)
    table = file.add_table(0, 3)
    for row in said.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    file.save(str(path))


def sheet(path: Path, said: Content) -> None:
    book = Workbook()
    lines = [[said.heading], *[[text] for text in said.paragraphs], *said.rows]
    for line in lines:
        book.active.append(line)
    book.save(path)


def slides(path: Path, said: Content) -> None:
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = said.heading
    for place, text in enumerate(said.paragraphs):
        slide.shapes.add_textbox(Inches(1), Inches(2 + place), Inches(6), Inches(1)).text_frame.text = text
    table = slide.shapes.add_table(3, 3, Inches(1), Inches(5), Inches(6), Inches(1)).table
    for at, row in enumerate(said.rows):
        for column, text in enumerate(row):
            table.cell(at, column).text = text
    show.save(str(path))


def opendocument(path: Path, said: Content) -> None:
    body = f"<x:h>{said.heading}</x:h>" + "".join(f"<x:p>{escape(text)}</x:p>" for text in said.paragraphs)
    _written(path, "text", f"<o:text>{body}{_table(said.rows)}</o:text>")


def opendocument_sheet(path: Path, said: Content) -> None:
    lines = [[said.heading], *[[text] for text in said.paragraphs], *said.rows]
    _written(path, "spreadsheet", f"<o:spreadsheet>{_table(lines)}</o:spreadsheet>")


def opendocument_slides(path: Path, said: Content) -> None:
    texts = "".join(f"<d:frame><d:text-box><x:p>{escape(t)}</x:p></d:text-box></d:frame>" for t in said.paragraphs)
    title = f"<d:frame><d:text-box><x:p>{said.heading}</x:p></d:text-box></d:frame>"
    body = f"<d:page>{title}{texts}<d:frame>{_table(said.rows)}</d:frame></d:page>"
    _written(path, "presentation", f"<o:presentation>{body}</o:presentation>")


def _table(rows: list[list[str]]) -> str:
    cells = ["".join(f"<t:table-cell><x:p>{escape(c)}</x:p></t:table-cell>" for c in row) for row in rows]
    return "<t:table>" + "".join(f"<t:table-row>{row}</t:table-row>" for row in cells) + "</t:table>"


def _written(path: Path, kind: str, body: str) -> None:
    names = {"o": "office", "x": "text", "t": "table", "d": "drawing"}
    spaces = " ".join(f'xmlns:{short}="{ODF}:{name}:1.0"' for short, name in names.items())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", f"<o:document-content {spaces}><o:body>{body}</o:body></o:document-content>")


def book(path: Path, said: Content) -> None:
    chapters = [page(said)]
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml"/>' for n in range(len(chapters)))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/container.xml", '<container><rootfile full-path="in/book.opf"/></container>')
        archive.writestr("in/book.opf", f"<package><manifest>{items}</manifest><spine>{spine}</spine></package>")
        for number, chapter in enumerate(chapters):
            archive.writestr(f"in/c{number}.xhtml", chapter)


def mail(path: Path, said: Content) -> None:
    message = email.message.EmailMessage()
    message["Subject"] = said.heading
    table = "\n".join("\t".join(row) for row in said.rows)
    message.set_content("\n\n".join([*said.paragraphs, table]), cte="base64")
    path.write_bytes(message.as_bytes())


def rtf(path: Path, said: Content) -> None:
    cells = "".join("\\trowd" + "".join(f"\\intbl {cell}\\cell" for cell in row) + "\\row" for row in said.rows)
    lines = "".join(f"{text}\\par " for text in [said.heading, *said.paragraphs])
    path.write_text(f"{{\\rtf1\\ansi {lines}{cells}}}")


def records(path: Path, said: Content) -> None:
    names, *rows = said.rows
    table = [dict(zip(names, row, strict=True)) for row in rows]
    path.write_text(json.dumps([said.heading, *said.paragraphs, table]))


def table(path: Path, said: Content) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([[said.heading, "", ""], *[[text, "", ""] for text in said.paragraphs], *said.rows])
    path.write_text(stream.getvalue(), encoding="utf-8")


WRITERS: dict[str, Callable[[Path, Content], None]] = {
    ".txt": plain, ".text": plain, ".log": plain, ".rst": plain, ".md": plain, ".markdown": plain, ".mdx": plain,
    ".html": html, ".htm": html, ".xhtml": html, ".pdf": pdf, ".docx": word, ".xlsx": sheet, ".pptx": slides,
    ".odt": opendocument, ".ods": opendocument_sheet,
    ".odp": opendocument_slides, ".epub": book, ".eml": mail, ".rtf": rtf, ".csv": table,
}  # fmt: skip


def corpus(folder: Path) -> Iterator[Made]:
    """Seven files of each kind, and one for each fault."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for ending, write in WRITERS.items():
        for _ in range(7):
            number += 1
            path = folder / f"{number:03} {ending[1:]}{ending}"
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                write(path, content(number))
            said = words(content(number))
            yield Made(path, ["Subject:", *said] if ending == ".eml" else said)
    yield from kinds(folder)
    yield from _faults(folder)


def kinds(folder: Path) -> Iterator[Made]:
    """Kinds with a shape of their own."""
    texts: dict[str, tuple[str, str]] = {
        "a.tsv": ("Name\tRole\nMara\tCook\n", "Name Role Mara Cook"),
        "semicolons.csv": ("sep=;\nName;Price\nTea;1,50\n", "Name Price Tea 1,50"),
        "quoted.csv": ('Name,Says\n"Lie, Hans","two\nlines"\n', "Name Says Lie, Hans two lines"),
        "a.json": ('{"lamp": 1, "on": true, "off": null}', "lamp: 1 on: true"),
        "a.jsonl": ('{"lamp": 1}\n{"lamp": 2}\n', "lamp 1 2"),
        "broken.json": ('{"lamp": 1, // a comment', '{"lamp": 1, // a comment'),
        "a.mbox": (
            "From a Tue Mar  5 10:00:00 2024\nSubject: One\n\nFirst.\n\n"
            "From b Tue Mar  5 10:00:00 2024\nSubject: Two\n\nSecond.\n",
            "Subject: One First. Subject: Two Second.",
        ),
        "a.mhtml": (
            "MIME-Version: 1.0\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n"
            "<p>The quay is=20long.</p>",
            "The quay is long.",
        ),
        "a.srt": (
            "1\n00:00:01,000 --> 00:00:02,000\n<i>The ferry</i>\n\n2\n00:01:01,000 --> 00:01:02,000\nis long.\n",
            "The ferry is long.",
        ),
        "a.vtt": ("WEBVTT\n\nNOTE by Ada\n\n00:01.000 --> 00:02.000\nThe mole is long.\n", "The mole is long."),
        "page.docx": ("<!DOCTYPE html><p>The pier is long.</p>", "The pier is long."),
        "rich.pdf": ("{\\rtf1 The wharf is long.}", "The wharf is long."),
        "saved.html": (
            "From: x\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n"
            "<p>The dock is long.</p>\n--b--\n",
            "The dock is long.",
        ),
        "rule.md": ("---\n\nThe board met.\n\n---\n\nIt ended.", "--- The board met. --- It ended."),
        "date.md": ("---\ndate: 0000-00-00\n---\nWords.", "--- date: 0000-00-00 --- Words."),
        "cr.txt": ("One.\rTwo.\r", "One. Two."),
        "feed.txt": ("One.\fTwo.", "One. Two."),
    }
    for name, (text, said) in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
        yield Made(folder / name, said.split())
    for encoding in ("utf-16", "utf-16-le", "utf-8-sig", "utf-32"):
        (folder / f"{encoding}.txt").write_bytes(f"The lamp in {encoding} was lit by Ada.".encode(encoding))
        yield Made(folder / f"{encoding}.txt", f"The lamp in {encoding} was lit by Ada.".split())
    (folder / "nul.log").write_bytes(b"line one\n" * 200 + b"\0end")
    yield Made(folder / "nul.log", ["line", "one"] * 200 + ["end"])


def _faults(folder: Path) -> Iterator[Made]:
    """Files that are left out, each for its reason."""
    good = folder / "good.docx"
    word(good, content(500))
    whole = good.read_bytes()
    good.unlink()
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    blank = io.BytesIO()
    writer.write(blank)
    writer.encrypt("secret", algorithm="AES-256")
    locked = io.BytesIO()
    writer.write(locked)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("notes.txt", "The quay is long.")
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    faults = {
        "empty.txt": (b"", "is empty"),
        "blank.md": (b" \n\t\n", "is empty"),
        "binary.txt": (bytes(range(256)), "binary"),
        "picture.log": (b"\x89PNG\r\n\x1a\n" + bytes(90), "binary"),
        "doubt.txt": ("Компания объявила о новом соглашении.".encode("koi8-r"), "no encoding"),
        "menu.html": (b"<ul><li><a href=a>One</a></li><li><a href=b>Two</a></li></ul>", "menus"),
        "nothing.xhtml": (b"<html></html>", "menus"),
        "cut.docx": (whole[: len(whole) // 2], "no valid Word"),
        "cut.xlsx": (whole[:300], "no valid Excel"),
        "cut.pptx": (whole[:300], "no valid PowerPoint"),
        "other.xlsx": (archive.getvalue(), "no valid Excel"),
        "other.odt": (archive.getvalue(), "no valid OpenDocument"),
        "other.epub": (archive.getvalue(), "no valid EPUB"),
        "old.docx": (ole, "before 2007"),
        "old.xlsx": (ole, "before 2007"),
        "locked.pptx": (ole + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        "blank.pdf": (blank.getvalue(), "blank"),
        "locked.pdf": (locked.getvalue(), "encrypted"),
        "cut.pdf": (b"%PDF-1.7\n1 0 obj", "no valid PDF"),
        "words.pdf": (b"These are words.", "no valid PDF"),
        "empty.pdf": (b"", "is empty"),
        "empty.eml": (b"", "is empty"),
        "binary.json": (bytes(range(256)), "binary"),
    }
    for name, (data, reason) in faults.items():
        (folder / name).write_bytes(data)
        yield Made(folder / name, [], reason)
    (folder / "pipe.txt").unlink(missing_ok=True)
    os.mkfifo(folder / "pipe.txt")
    yield Made(folder / "pipe.txt", [], "no regular file")
    (folder / "dead.txt").unlink(missing_ok=True)
    (folder / "dead.txt").symlink_to(folder / "nowhere")
    yield Made(folder / "dead.txt", [], "no such file")


if __name__ == "__main__":
    print(len(list(corpus(Path(sys.argv[1])))), "files written")
