"""PDFs of many makers, and their faults: what a reader of them sees is what is read."""

import io
import re
from pathlib import Path

import pytest
from pdf_makers import HEADING, PARAGRAPHS, ROWS, TITLE
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject, TextStringObject
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, FrameBreak, PageTemplate, Paragraph

from index.article import UnreadableFile, read
from index.readers import ocr

PDFS = Path(__file__).parent / "data" / "pdf"
MADE = sorted(path for path in PDFS.glob("*.pdf") if path.stem not in ("scan", "tesseract"))

LOOSE = {  # rows that are taken for lines: a page ends there, or no more is free between columns than between words
    "libreoffice-small": 1, "reportlab-landscape": 1, "qt": 3, "weasyprint-plain": 3, "weasyprint-running": 3,
}  # fmt: skip


def drawn(path: Path, *pages: list[tuple[float, float, str]], size: tuple[float, float] = A5) -> Path:
    """A PDF with words at places."""
    canvas = Canvas(str(path), pagesize=size, invariant=1)
    for page in pages:
        canvas.setFont("Helvetica", 10)
        for left, bottom, words in page:
            canvas.drawString(left, bottom, words)
        canvas.showPage()
    canvas.save()
    return path


def sentences(paragraph: str) -> list[str]:
    return re.split(r"(?<=\.) ", paragraph)


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.stem)
def test_the_text_of_a_pdf_is_what_a_reader_sees(path: Path) -> None:
    """Whole sentences in whole paragraphs, rows of the table on lines of their own, and nothing twice."""
    article = read(path)
    assert article.title == TITLE
    letters = re.sub(r"\s+", "", article.text.replace("\t", ""))
    gold = (PDFS / "letters.txt").read_text(encoding="utf-8").strip()
    assert sum(a == b for a, b in zip(letters, gold, strict=False)) >= 0.995 * len(gold)
    for sentence in (s for words in PARAGRAPHS for s in sentences(words)):
        assert sentence in article.text
    lines = [line.split("\t") for line in article.text.split("\n")]
    assert [list(row) in lines for row in ROWS[1:]].count(False) <= LOOSE.get(path.stem, 0)
    assert HEADING in article.text.split("\n")


@pytest.mark.skipif(not ocr.available(), reason="tesseract is not installed")
def test_a_scan_is_read_by_ocr_and_its_label_says_so() -> None:
    article = read(PDFS / "scan.pdf")
    assert "Frida Offersen found a spring" in " ".join(article.text.split())
    assert article.place(0) == "page 1, by OCR"


def test_a_scan_without_ocr_says_what_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_OCR", "0")
    with pytest.raises(UnreadableFile, match=r"holds no text, and may be scanned: run character recognition \(OCR\)"):
        read(PDFS / "scan.pdf")


def test_pages_without_text_are_counted_and_the_others_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_OCR", "0")
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A5)
    canvas.drawString(50, 500, "The cover of the minutes of Brannfjord.")
    for _ in range(4):
        canvas.showPage()
        canvas.rect(20, 20, 200, 300, fill=1)
    canvas.save()
    article = read(tmp_path / "a.pdf")
    assert article.text == "The cover of the minutes of Brannfjord."
    assert article.lost[0].startswith("4 of 5 pages hold no text (2–5): run character recognition (OCR) on them")


def test_columns_drawn_row_by_row_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = ["The lighthouse of Cape Oss was", "built by the engineer Dagny", "Thorne in 1931, and stands on", "a rock."]
    right = [
        "The museum at Cape Oss opened",
        "in 1979 in the old stable; its",
        "director is Pavel Lie, and the",
        "entry is free.",
    ]
    words = [(x, 500 - 14 * row, line) for row in range(4) for x, line in ((40, left[row]), (220, right[row]))]
    text = read(drawn(tmp_path / "a.pdf", words)).text
    assert text.split("\n\n") == [" ".join(left), " ".join(right)]
    below = [(40, 90, "1 By A. Rask"), (40, 76, "2 Ibid."), (205, 30, "7")]  # notes, and the number of the page
    text = read(drawn(tmp_path / "b.pdf", words + below)).text
    assert " ".join(left) in text and " ".join(right) in text


def test_narrow_columns_with_wide_blanks_are_no_tables_and_a_heading_above_them_is_whole(tmp_path: Path) -> None:
    """As a newspaper sets them: all blanks of a line are as wide, whatever its words leave."""
    left = (
        "The drainage board of Oldermoor was founded in 1767 by the miller Klaas Vinke, whose polder had been flooded "
        "three times within a decade and who had refused to pay the neighbouring parish."
    )
    right = (
        "In 1893 the steam pump was replaced by two engines built in Fenstead by the manufacturer Ulrika Sand. They "
        "lifted 340 cubic metres a minute and were in daily service until the great storm of 1953."
    )
    head, below = "The pumps of the little town of Oldermoor", "Stations"
    text = "The station at Stenmo is the oldest of them."
    text_style = ParagraphStyle("text", fontName="Courier", fontSize=10, leading=12, alignment=TA_JUSTIFY)
    head_style = ParagraphStyle("head", fontName="Times-Bold", fontSize=20, leading=24)
    boxes = [(40, 500, 260, 60), (40, 200, 124, 300), (176, 200, 124, 300), (40, 100, 260, 90)]
    document = BaseDocTemplate(str(tmp_path / "a.pdf"), pagesize=(340, 600), invariant=1)
    document.addPageTemplates(PageTemplate(frames=[Frame(*box, 0, 0, 0, 0) for box in boxes]))
    parts = [[Paragraph(head, head_style)], [Paragraph(left, text_style)], [Paragraph(right, text_style)]]
    last = [Paragraph(below, head_style), Paragraph(text, text_style)]
    document.build([flow for part in parts for flow in (*part, FrameBreak())] + last)
    assert read(tmp_path / "a.pdf").text.split("\n\n") == [head, left, right, below, text]


def test_a_page_that_is_turned_is_read_in_order(tmp_path: Path) -> None:
    plain = drawn(tmp_path / "a.pdf", [(50, 500, "The boathouse burned down in"), (50, 486, "1966, said the fisher.")])
    for angle in (90, 180, 270):
        canvas = Canvas(str(tmp_path / "b.pdf"), pagesize=(600, 600))
        canvas.translate(300, 300)
        canvas.rotate(angle)
        canvas.drawString(-200, 20, "The boathouse burned down in")
        canvas.drawString(-200, 6, "1966, said the fisher.")
        canvas.save()
        assert (
            read(tmp_path / "b.pdf").text == read(plain).text == "The boathouse burned down in 1966, said the fisher."
        )


def test_a_sentence_goes_on_over_the_end_of_a_page_and_a_broken_word_is_whole(tmp_path: Path) -> None:
    first = [
        (40, 500, "The quay was lengthened by the builder Egon Thal, who had"),
        (40, 486, "learnt his trade in the neigh-"),
    ]
    second = [(40, 500, "bouring town. It is well-"), (40, 486, "known for its lamps.")]
    article = read(drawn(tmp_path / "a.pdf", first, second))
    assert article.text == (
        "The quay was lengthened by the builder Egon Thal, who had learnt his trade in the neighbouring town. "
        "It is well-known for its lamps."
    )
    assert [article.page(article.text.index(words)) for words in ("quay", "known")] == [1, 2]


def test_a_sentence_goes_on_with_a_name_or_a_figure_over_the_end_of_a_page(tmp_path: Path) -> None:
    said = "The quay of Oss was lengthened in the spring, and this was done"
    for end, begins in (("by", "Egon Thal, a builder."), ("for", "1,150 crowns a month."), ("by Egon,", "Bo and Ada.")):
        text = read(drawn(tmp_path / "a.pdf", [(40, 500, f"{said} {end}")], [(40, 500, begins)])).text
        assert text == f"{said} {end} {begins}"
    for end, begins in (
        ("in May", "Chapter Two"),
        ("at last.", "Chapter Two"),
        ("by Bo,", "(b) Ada"),
        ("and", "• Ada"),
    ):
        text = read(drawn(tmp_path / "a.pdf", [(40, 500, f"{said} {end}")], [(40, 500, begins)])).text
        assert text == f"{said} {end}\n\n{begins}"


def test_a_sentence_goes_on_under_a_running_head(tmp_path: Path) -> None:
    heads = [(40, 570, "Larkhaven Council")]
    starts = [(40, 400, f"In the year {n} the council lengthened the quay and then also") for n in (1990, 1991, 1992)]
    pages = [[*heads, *([(40, 500, "the bridge.")] if n else []), start] for n, start in enumerate(starts)]
    assert read(drawn(tmp_path / "a.pdf", *pages)).text.count("and then also the bridge.") == 2


def test_a_hyphen_between_figures_and_names_stays(tmp_path: Path) -> None:
    lines = [
        (40, 500, "She was a member of it from 1990-"),
        (40, 486, "1995 and wrote the Anglo-"),
        (40, 472, "Saxon charter."),
    ]
    assert read(drawn(tmp_path / "a.pdf", lines)).text == (
        "She was a member of it from 1990-1995 and wrote the Anglo-Saxon charter."
    )


def test_the_number_of_a_note_is_no_figure_of_the_text(tmp_path: Path) -> None:

    canvas = Canvas(str(tmp_path / "a.pdf"))
    at = 40.0
    for size, up, words in [
        (11, 0, "It ended in 1810"),
        (7, 4, "1"),
        (11, 0, " and held 31 km"),
        (7, 4, "2"),
        (11, 0, " of land."),
    ]:
        canvas.setFont("Helvetica", size)
        canvas.drawString(at, 500 + up, words)
        at += canvas.stringWidth(words, "Helvetica", size)
    canvas.save()
    assert read(tmp_path / "a.pdf").text == "It ended in 1810 and held 31 km² of land."


def test_running_heads_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    items = [f"Item {n} was put off by {name}." for n, name in enumerate(("Ada", "Bo", "Cato", "Dora"), 1)]
    pages = [
        [(40, 570, "Larkhaven Council"), (40, 400, item), (200, 30, f"Page {n} of 4")]
        for n, item in enumerate(items, 1)
    ]
    article = read(drawn(tmp_path / "a.pdf", *pages))
    assert article.text.split("\n\n") == [
        f"Item {n} was put off by {x}." for n, x in enumerate(("Ada", "Bo", "Cato", "Dora"), 1)
    ]
    assert [article.place(offset) for offset in article.pages] == [f"page {n}" for n in range(1, 5)]


def test_the_number_of_the_only_page_and_what_is_beyond_its_edges_are_left_out(tmp_path: Path) -> None:
    words = [
        (50, 400, "The keeper of the weir is Ada Thorne."),
        (200, 20, "1"),
        (50, -40, "Below."),
        (600, 400, "Beside."),
    ]
    assert read(drawn(tmp_path / "a.pdf", words)).text == "The keeper of the weir is Ada Thorne."


def test_what_nobody_sees_is_not_read(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A5)
    canvas.drawString(50, 550, "The keeper of the mill was Tove Lind.")
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(50, 500, "White on white.")
    canvas.setFillColorRGB(0, 0, 0, alpha=0)
    canvas.drawString(50, 450, "Clear as glass.")
    canvas.setFillColorRGB(0, 0, 0, alpha=1)
    canvas.drawString(50, 400, "Below a bar.")
    canvas.rect(45, 395, 200, 18, fill=1)
    canvas.rect(45, 345, 200, 18, fill=1)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(50, 350, "White on a bar, by 1-2.")
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawString(50, 300, "Marked in yellow.")
    canvas.setFillColorRGB(1, 1, 0, alpha=0.4)
    canvas.rect(45, 295, 200, 18, fill=1, stroke=0)
    unseen = canvas.beginText(50, 250)
    unseen.setTextRenderMode(3)
    unseen.textLine("Without ink.")
    canvas.drawText(unseen)
    canvas.save()
    assert read(tmp_path / "a.pdf").text.split("\n\n") == [
        "The keeper of the mill was Tove Lind.", "White on a bar, by 1-2.", "Marked in yellow.",
    ]  # fmt: skip


@pytest.mark.parametrize("state", ["ON", "OFF"])
def test_a_layer_is_read_where_it_is_on(tmp_path: Path, state: str) -> None:
    writer = PdfWriter(clone_from=drawn(tmp_path / "a.pdf", [(50, 500, "The lamp was lit by Ada.")]))
    layer = {"/Type": NameObject("/OCG"), "/Name": TextStringObject("Notes")}
    group = writer._add_object(DictionaryObject({NameObject(name): value for name, value in layer.items()}))
    page = writer.pages[0]
    page["/Resources"][NameObject("/Properties")] = DictionaryObject({NameObject("/Notes"): group})
    content = DecodedStreamObject()
    content.set_data(page.get_contents().get_data() + b" /OC /Notes BDC BT /F1 12 Tf 50 450 Td (Or by Bo.) Tj ET EMC")
    page[NameObject("/Contents")] = writer._add_object(content)
    shown = DictionaryObject({NameObject(f"/{state}"): ArrayObject([group])})
    layers = {"/OCGs": ArrayObject([group]), "/D": shown}
    writer._root_object[NameObject("/OCProperties")] = DictionaryObject({NameObject(n): v for n, v in layers.items()})
    writer.write(tmp_path / "a.pdf")
    assert ("Or by Bo." in read(tmp_path / "a.pdf").text) == (state == "ON")


def test_the_text_of_a_scan_is_read(tmp_path: Path) -> None:
    """Written without ink over the picture, or below it, as programs for OCR do."""
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A5)
    picture = ImageReader(Image.new("L", (40, 60), 255))
    canvas.drawString(50, 500, "The pilot was Jens Torp.")
    canvas.drawImage(picture, 0, 0, *A5)
    above = canvas.beginText(50, 450)
    above.setTextRenderMode(3)
    above.textLine("He knew the sound.")
    canvas.drawText(above)
    canvas.save()
    assert read(tmp_path / "a.pdf").text == "The pilot was Jens Torp.\n\nHe knew the sound."


def test_pages_are_called_as_they_are_printed(tmp_path: Path) -> None:
    path = drawn(tmp_path / "a.pdf", *[[(50, 500, f"Words of sheet {n}.")] for n in range(1, 6)])
    writer = PdfWriter(clone_from=path)
    writer.set_page_label(0, 2, style="/r")
    writer.set_page_label(3, 4, style="/D", start=1)
    writer.write(path)
    article = read(path)
    places = [article.place(article.text.index(f"sheet {n}")) for n in (2, 5)]
    assert places == ["page ii, sheet 2", "page 2, sheet 5"]
    assert article.page(article.text.index("sheet 5")) == 2


def test_the_values_of_a_form_stand_beside_their_labels(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A5)
    for row, (label, value) in enumerate((("Name of the boat:", "Grey Petrel"), ("Length in metres:", "9.4"))):
        canvas.drawString(50, 500 - 40 * row, label)
        canvas.acroForm.textfield(name=label, value=value, x=180, y=494 - 40 * row, width=150, height=20)
    canvas.drawString(50, 420, "Winter berth")
    canvas.acroForm.checkbox(name="berth", checked=True, x=180, y=416, size=15)
    canvas.save()
    assert read(tmp_path / "a.pdf").text.split() == (
        ["Name", "of", "the", "boat:", "Grey", "Petrel", "Length", "in", "metres:", "9.4", "Winter", "berth", "☒"]
    )


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_a_password_that_only_keeps_from_printing_is_no_hindrance(tmp_path: Path, algorithm: str) -> None:
    path = drawn(tmp_path / "a.pdf", [(50, 500, "The captain is Hanne Birk.")])
    writer = PdfWriter(clone_from=path)
    writer.encrypt("", "owner", algorithm=algorithm)
    writer.write(path)
    assert read(path).text == "The captain is Hanne Birk."
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(path.read_bytes()), password=""))
    writer.encrypt("secret", "owner", algorithm=algorithm)
    writer.write(path)
    with pytest.raises(UnreadableFile, match="is encrypted: save it without a password"):
        read(path)


def damaged(path: Path, fault: str) -> Path:
    """Six pages, of which the third is broken."""
    pages = drawn(path, *[[(50, 500, f"On day {n} the helmsman was number {n * 7}.")] for n in range(1, 7)])
    writer = PdfWriter(clone_from=pages)
    page = writer.pages[2]
    stream = DecodedStreamObject()
    stream.set_data(b"\xff\x00 these are no instructions")
    if fault == "filter":
        stream[NameObject("/Filter")] = NameObject("/Unheard")
    if fault == "flate":
        stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    if fault == "box":
        page[NameObject("/MediaBox")] = ArrayObject([NumberObject(0)] * 2)
    if fault == "none":
        page[NameObject("/Contents")] = TextStringObject("nothing")
    elif fault != "box":
        page[NameObject("/Contents")] = writer._add_object(stream)
    if fault == "resources":
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): NumberObject(3)})
    writer.write(path)
    return path


@pytest.mark.parametrize("fault", ["filter", "flate", "none", "resources", "box"])
def test_a_damaged_page_is_named_and_the_others_are_read(tmp_path: Path, fault: str) -> None:
    article = read(damaged(tmp_path / "a.pdf", fault))
    for n in (1, 2, 4, 5, 6):
        assert article.page(article.text.index(f"On day {n} the helmsman was number {n * 7}.")) == n
    assert fault == "box" or article.lost == ("page 3 of 6 is blank, or damaged",)


def test_a_font_that_gives_no_letters_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_OCR", "0")
    font = {"/Type": "/Font", "/Subtype": "/Type0", "/BaseFont": "/ABCDEF+Own", "/Encoding": "/Identity-H"}
    below = {"/Type": "/Font", "/Subtype": "/CIDFontType2", "/BaseFont": "/ABCDEF+Own"}
    writer = PdfWriter()
    page = writer.add_blank_page(400, 400)
    inner = DictionaryObject({NameObject(k): NameObject(v) for k, v in below.items()})
    system = {
        "/Registry": TextStringObject("Adobe"),
        "/Ordering": TextStringObject("Identity"),
        "/Supplement": NumberObject(0),
    }
    inner[NameObject("/CIDSystemInfo")] = DictionaryObject({NameObject(k): v for k, v in system.items()})
    outer = DictionaryObject({NameObject(k): NameObject(v) for k, v in font.items()})
    outer[NameObject("/DescendantFonts")] = ArrayObject([writer._add_object(inner)])
    content = DecodedStreamObject()
    content.set_data(b"BT /F 12 Tf 50 300 Td <0037004B00480003005400580044005500550051> Tj ET")
    page[NameObject("/Contents")] = writer._add_object(content)
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F"): outer})}
    )
    writer.write(tmp_path / "a.pdf")
    with pytest.raises(UnreadableFile, match=r"font that gives no text: run character recognition \(OCR\)"):
        read(tmp_path / "a.pdf")


def test_a_title_that_a_program_put_there_is_none(tmp_path: Path) -> None:
    for name in ("Microsoft Word - minutes.doc", "untitled", "(anonymous)", "report.pdf", "Document1"):
        canvas = Canvas(str(tmp_path / "the-minutes.pdf"), pagesize=A5)
        canvas.setTitle(name)
        canvas.drawString(50, 500, "The board met in May.")
        canvas.save()
        assert read(tmp_path / "the-minutes.pdf").title == "The minutes"


def test_a_box_beside_prose_is_read_apart(tmp_path: Path) -> None:
    prose = (
        "The harbour of Larkhaven was built by",
        "the engineer Leon Faber, who came from",
        "Oss with forty masons and their sons in",
        "the spring of that year, and who left",
        "it again when the last stone was laid.",
    )
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A5)
    canvas.setFillGray(0.9)
    canvas.rect(285, 456, 120, 46, stroke=0, fill=1)
    canvas.setFillGray(0)
    for place, line in enumerate(prose):
        canvas.drawString(40, 490 - 14 * place, line)
    for place, line in enumerate(("In short", "The fee is 450.")):
        canvas.drawString(291, 486 - 17 * place, line)
    canvas.drawString(40, 400, "Nobody knows where he went after that, nor why he left.")
    canvas.save()
    text = read(tmp_path / "a.pdf").text
    assert " ".join(prose) in text and "\t" not in text
    assert "The fee is 450." in text


def test_what_stands_beside_a_title_is_no_part_of_it(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A5)
    canvas.setFont("Helvetica-Bold", 18)
    canvas.drawString(40, 520, "Invoice 117")
    canvas.setFont("Helvetica", 10)
    for place, (name, value) in enumerate((("Invoice no.", "2024-117"), ("Date", "5 March 2024"))):
        canvas.drawString(240, 520 - 14 * place, name)
        canvas.drawRightString(390, 520 - 14 * place, value)
    canvas.drawString(40, 440, "Please pay within 14 days to the account of the harbour.")
    canvas.save()
    assert read(tmp_path / "a.pdf").title == "Invoice 117"


def test_an_initial_is_the_first_letter_of_its_text(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A5)
    for size, left, height, words in (
        (40, 50, 480, "T"),
        (11, 78, 500, "he mill of Oss was built in the year of the great flood by"),
        (11, 78, 486, "Ole Aker, who had come from the north with his sons and a"),
        (11, 50, 470, "cart of grain. It burnt in 1901."),
    ):
        canvas.setFont("Times-Roman", size)
        canvas.drawString(left, height, words)
    canvas.save()
    assert read(tmp_path / "a.pdf").text == (
        "The mill of Oss was built in the year of the great flood by Ole Aker, who had come from the north with his "
        "sons and a cart of grain. It burnt in 1901."
    )


def test_letters_that_are_spaced_out_are_words(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A5)
    text = canvas.beginText(50, 500)
    text.setFont("Helvetica", 11)
    text.setCharSpace(3)
    text.textLine("ANNUAL REPORT")
    text.setCharSpace(0)
    text.textLine("")
    text.textLine("")
    text.textLine("A B C D E F are the six piers.")
    canvas.drawText(text)
    canvas.save()
    assert read(tmp_path / "a.pdf").text == "ANNUAL REPORT\n\nA B C D E F are the six piers."


def test_a_soft_hyphen_within_a_line_is_no_part_of_its_word(tmp_path: Path) -> None:
    registerFont(TTFont("Vera", "Vera.ttf"))
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A5)
    canvas.setFont("Vera", 10)
    canvas.drawString(50, 500, "The light\u00adkeeper of Oss came in 1901.")
    canvas.save()
    assert read(tmp_path / "a.pdf").text == "The lightkeeper of Oss came in 1901."


def test_a_watermark_is_left_out_and_is_no_title(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a-1.pdf"), pagesize=A5)
    canvas.setFont("Helvetica", 60)
    canvas.rotate(45)
    canvas.drawString(200, 100, "DRAFT")
    canvas.rotate(-45)
    canvas.setFont("Helvetica", 11)
    canvas.drawString(50, 500, "The rent of the boathouse is 1,150 crowns a month.")
    canvas.drawString(50, 486, "It is paid to the harbour master of Oss.")
    canvas.save()
    article = read(tmp_path / "a-1.pdf")
    assert article.title == "A 1"
    assert article.text == "The rent of the boathouse is 1,150 crowns a month. It is paid to the harbour master of Oss."


def test_the_lines_of_a_table_of_contents_are_apart(tmp_path: Path) -> None:
    lines = [f"{words} {'.' * 60} {page}" for words, page in (("Preface", "iv"), ("The weir", "7"), ("The mill", "12"))]
    path = drawn(tmp_path / "a.pdf", [(50, 500 - 13 * n, line) for n, line in enumerate(lines)])
    assert read(path).text.split("\n\n") == lines


def test_a_power_is_one_however_large_its_digit(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=A5)
    text = canvas.beginText(50, 500)
    for size, rise, words in (
        (10, 0, "It measures 40 m"),
        (8.3, 4, "2"),
        (10, 0, " and holds H"),
        (8.3, -2, "2"),
        (10, 0, "O."),
    ):
        text.setFont("Helvetica", size)
        text.setRise(rise)
        text.textOut(words)
    canvas.drawText(text)
    canvas.save()
    assert read(tmp_path / "a.pdf").text == "It measures 40 m² and holds H2O."
