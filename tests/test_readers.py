"""The readers of smaller kinds: what each calls its parts, its titles and dates, and what it shows of its values."""

import datetime
import re
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from corpus import book, content, mail, opendocument, sheet, slides, word
from indexer import CheapEmbedder
from openpyxl import Workbook
from openpyxl.chart import BarChart
from openpyxl.styles import Font, PatternFill
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.shapes import MSO_SHAPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.slide import Slide
from pptx.util import Inches
from reach import out_of_reach
from xlsxwriter import Workbook as Workbook2

from index.article import Article, UnreadableFile, pages_from_json, read
from index.library import Library


def written(path: Path, text: str) -> Article:
    path.write_text(text, encoding="utf-8", newline="")
    return read(path)


def test_the_sheets_of_a_workbook(tmp_path: Path) -> None:
    workbook = Workbook()
    prices = workbook.active
    prices.title = "Prices"
    prices.append(["Drink", "Price", "Since", "Share"])
    prices.append(["Coffee", 3.5, datetime.date(2024, 1, 2), 0.25])
    prices["D2"].number_format = "0%"
    prices.append(["Tea", 2, None, None])
    staff = workbook.create_sheet("Staff")
    staff.append(["Mara Quill", "Cook", True])
    workbook.create_sheet("Hidden").sheet_state = "hidden"
    workbook["Hidden"].append(["Not seen"])
    workbook.properties.title = "Café"
    workbook.properties.created = datetime.datetime(2023, 4, 5)
    workbook.save(tmp_path / "a.xlsx")
    article = read(tmp_path / "a.xlsx")
    assert article.text == (
        "Prices\n\nDrink\tPrice\tSince\tShare\nCoffee\t3.5\t2024-01-02\t25%\nTea\t2\n\nStaff\n\nMara Quill\tCook\tTRUE"
    )
    assert (article.title, article.date) == ("Café", "2023-04-05")
    assert [article.place(article.text.index(word)) for word in ("Tea", "Mara")] == ["sheet Prices", "sheet Staff"]
    assert article.page(3) is None


def test_merged_cells_stand_in_each_row_and_formulas_without_a_result_are_told(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for line in (["Pump", "Price"], ["Type 1", 9], [None, 7], ["Sum", "=SUM(B2:B3)"]):
        book.active.append(line)
    book.active.merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    article = read(tmp_path / "a.xlsx")
    assert article.text == "Pump\tPrice\nType 1\t9\nType 1\t7\nSum"
    assert article.lost == ("sheet Sheet has formulas without a result (1): open it in a spreadsheet and save it",)


def test_numbers_of_a_workbook_are_read_as_they_are_shown(tmp_path: Path) -> None:
    book = Workbook()
    shapes = {'#,##0.00 "kr"': "1,200.50 kr", '_("$"* #,##0_)': "$1,200", "0.0%": "120050.0%",
              "[$€-407] 0.##": "€ 1200.5", "00000.0": "01200.5", "General": "1200.5", "0.00E+00": "1200.5"}  # fmt: skip
    for row, shape in enumerate(shapes, 1):
        book.active.cell(row, 1, 1200.5).number_format = shape
    book.active.append([10**30])
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx").text.split("\n") == [*shapes.values(), "1e+30"]


def test_a_sheet_is_read_as_it_is_shown(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for line in (["Boat", "Fee", "Secret"], ["Gull", -5, "not seen"], ["Not seen", 1, 2], ["Tern", 0, "nor this"]):
        sheet.append(line)
    sheet.append(["Folded", datetime.time(14, 30)])
    sheet.append(["Trip", datetime.timedelta(hours=30, minutes=15)])
    for place in ("B2", "B4"):
        sheet[place].number_format = '0;(0);"none"'
    sheet["B6"].number_format = "[h]:mm"
    sheet.column_dimensions["C"].hidden = sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions.group(5, 5, hidden=True)
    book.save(tmp_path / "a.xlsx")
    lines = ["Boat\tFee", "Gull\t(5)", "Tern\tnone", "Folded\t14:30", "Trip\t30:15"]
    assert read(tmp_path / "a.xlsx").text.split("\n") == lines


def test_a_workbook_with_a_chart_for_a_sheet_is_read(tmp_path: Path) -> None:
    with Workbook2(str(tmp_path / "a.xlsx")) as book:
        book.add_worksheet("Fees").write_row(0, 0, ["Boat", 9])
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Fees!$B$1:$B$1"})
        book.add_chartsheet("Drawn").set_chart(chart)
    assert read(tmp_path / "a.xlsx").text == "Boat\t9"


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_table_below_another_has_its_own_columns(tmp_path: Path, name: str) -> None:
    lines = [["Name", "Fee"], ["Ada", 9], [], ["Bo", "none"], [], ["The fleet"], ["Boat", "Length"], ["Gull", 7], [],
             ["Port", "Depth"], ["Oss", 4]]  # fmt: skip
    book = Workbook()
    for line in lines:
        book.active.append(line)
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "a.csv").write_text("".join(",".join(map(str, line)) + "\n" for line in lines))
    text = read(tmp_path / name).text
    assert text == "Name\tFee\nAda\t9\nBo\tnone\n\nThe fleet\n\nBoat\tLength\nGull\t7\n\nPort\tDepth\nOss\t4"


def test_what_is_written_in_white_or_in_no_format_on_a_sheet_is_not_read(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Boat", "no", "Fee", "no", 7])
    book.active["B1"].font = book.active["C1"].font = Font(color="FFFFFFFF")
    book.active["C1"].fill = PatternFill("solid", fgColor="FF003366")
    book.active["D1"].number_format = book.active["E1"].number_format = ";;;"
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx").text == "Boat\t\tFee"


def changed(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Rewrite the package at ``path``."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, change(name, part))


@pytest.mark.parametrize("name", ["a.xlsx", "a.pptx", "a.docx"])
def test_strict_office_files_are_read(tmp_path: Path, name: str) -> None:
    {".xlsx": sheet, ".pptx": slides, ".docx": word}[name[1:]](tmp_path / name, content(3))
    before = read(tmp_path / name).text
    usual = re.compile(rb"http://schemas.openxmlformats.org/((?:spread|presentation|drawing|wordprocessing)\w+|"
                       rb"officeDocument)/2006/(main|relationships)")  # fmt: skip
    changed(tmp_path / name, lambda _, part: usual.sub(rb"http://purl.oclc.org/ooxml/\1/\2", part))
    assert read(tmp_path / name).text == before


def test_a_stylesheet_or_a_date_that_openpyxl_refuses_costs_no_rows(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Gull", 1450.5])
    book.active["B1"].number_format = '#,##0.00 "kr"'
    book.save(tmp_path / "a.xlsx")

    def damaged(name: str, part: bytes) -> bytes:
        part = part.replace(b'<patternFill patternType="gray125"', b'<patternFill patternType="odd"')
        return re.sub(rb"(<dcterms:created.*?>)[^<]*", rb"\1yesterday", part) if "core" in name else part

    changed(tmp_path / "a.xlsx", damaged)
    assert read(tmp_path / "a.xlsx").text == "Gull\t1,450.50 kr"


def test_the_text_boxes_of_a_sheet_are_read(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Boat", "Fee"])
    book.active.add_chart(BarChart(), "D4")
    book.save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    runs = "".join(f"<a:r><a:t>{words}</a:t></a:r>" for words in ("Paid by ", "Runa Dahl"))
    box = f"<d {nsdecls('a')}><a:sp><a:txBody><a:p>{runs}</a:p></a:txBody></a:sp></d>"
    parts["xl/drawings/drawing1.xml"] = box.encode()
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    assert read(tmp_path / "a.xlsx").text == "Boat\tFee\n\nPaid by Runa Dahl"


def test_charts_diagrams_and_alternatives_of_slides_are_read(tmp_path: Path) -> None:
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["2022", "2023"]
    data.add_series("Boats", (40, 55))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(4), Inches(3), data)
    hidden = slide.shapes.add_textbox(0, 0, Inches(1), Inches(1))
    hidden.text_frame.text = "Not seen."
    hidden._element.nvSpPr.cNvPr.set("hidden", "1")
    power = slide.shapes.add_textbox(0, Inches(4), Inches(1), Inches(1)).text_frame.paragraphs[0]
    power.add_run().text = "40 m"
    power.add_run().text = "2"
    power.runs[1].font._element.set("baseline", "30000")
    power._p.append(parse_xml(f'<a:fld {nsdecls("a")} id="{{1}}" type="slidenum"><a:t>9</a:t></a:fld>'))
    box = slide.shapes.add_textbox(0, Inches(6), Inches(1), Inches(1))
    box.text_frame.text = "By newer programs."
    newer = parse_xml("<mc:AlternateContent xmlns:mc='mc'><mc:Choice/><mc:Fallback/></mc:AlternateContent>")
    box._element.addprevious(newer)
    newer[0].append(box._element)
    part = Part(PackURI("/ppt/diagrams/data1.xml"), "application/xml", show.part.package,
                f"<d {nsdecls('a')}><a:p><a:r><a:t>Director Runa Dahl</a:t></a:r></a:p></d>".encode())  # fmt: skip
    frame = slide.shapes.add_table(1, 1, 0, Inches(7), Inches(1), Inches(1))._element
    frame.graphic.graphicData.set("uri", "http://schemas.openxmlformats.org/drawingml/2006/diagram")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    reference = parse_xml(f"<i:relIds xmlns:i='i' xmlns:r='{kind}' r:dm='{slide.part.relate_to(part, kind)}'/>")
    frame.graphic.graphicData[:] = [reference]
    show.save(str(tmp_path / "a.pptx"))
    assert read(tmp_path / "a.pptx").text.split("\n\n") == [
        "\t2022\t2023\nBoats\t40\t55", "40 m²", "By newer programs.", "Director Runa Dahl",
    ]  # fmt: skip


def test_the_slides_of_a_show(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        show = Presentation()
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.shapes.title.text = "The Mill"
        slide.placeholders[1].text = "Built in 1870\nBurnt in 1901"
        slide.notes_slide.notes_text_frame.text = "Ask Anna."
        second = show.slides.add_slide(show.slide_layouts[5])
        second.shapes.title.text = "Owners"
        right = second.shapes.add_textbox(Inches(5), Inches(2), Inches(3), Inches(1))
        right.text_frame.text = "On the right."
        second.shapes.add_textbox(Inches(1), Inches(2), Inches(3), Inches(1)).text_frame.text = "On the left."
        show.save(str(tmp_path / "a.pptx"))
    article = read(tmp_path / "a.pptx")
    first, other = article.text[: article.pages[1]].strip(), article.text[article.pages[1] :]
    assert first == "The Mill\n\n- Built in 1870\n- Burnt in 1901\n\nAsk Anna."
    assert other == "Owners\n\nOn the left.\n\nOn the right."
    assert (article.title, article.place(len(article.text) - 1)) == ("The Mill", "slide 2")


def test_lists_of_a_slide_have_their_numbers_and_what_is_beside_it_is_not_read(tmp_path: Path) -> None:
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[6])
    slide.shapes.add_textbox(Inches(-9), 0, Inches(2), Inches(1)).text_frame.text = "Not seen."
    frame = slide.shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame
    frame.text = "Open.\nWith a key.\nClose.\nDone"
    for paragraph, kind in zip(frame.paragraphs, ("arabicPeriod", "alphaLcParenR", "arabicPeriod"), strict=False):
        paragraph._p.get_or_add_pPr().append(parse_xml(f'<a:buAutoNum {nsdecls("a")} type="{kind}"/>'))
    frame.paragraphs[1].level = 1
    show.save(str(tmp_path / "a.pptx"))
    assert read(tmp_path / "a.pptx").text == "1. Open.\na) With a key.\n2. Close.\n- Done"


def test_white_on_the_paper_of_a_slide_is_not_read_and_white_on_a_colour_is(tmp_path: Path) -> None:
    def write(slide: Slide, words: str, left: int, filled: bool = False, colour: str = "FFFFFF") -> None:
        box = slide.shapes.add_textbox(Inches(left), 0, Inches(1), Inches(1))
        box.text_frame.text = words
        box.text_frame.paragraphs[0].runs[0].font.color.rgb = RGBColor.from_string(colour)
        if filled:
            box.fill.solid()
            box.fill.fore_color.rgb = RGBColor(0, 0, 90)

    show = Presentation()
    white, dark = (show.slides.add_slide(show.slide_layouts[6]) for _ in range(2))
    write(white, "Unseen.", 0)
    write(white, "Grey.", 2, colour="888888")
    write(white, "On a box.", 4, filled=True)
    write(white, "On a bar.", 6)
    bar = white.shapes.add_shape(MSO_SHAPE.RECTANGLE, Inches(6), 0, Inches(2), Inches(2))
    white.shapes._spTree.insert(2, bar._element)
    dark.background.fill.solid()
    dark.background.fill.fore_color.rgb = RGBColor(0, 0, 90)
    write(dark, "On a dark slide.", 0)
    show.save(str(tmp_path / "a.pptx"))
    assert read(tmp_path / "a.pptx").text == "Grey.\n\nOn a box.\n\nOn a bar.\n\nOn a dark slide."


def test_the_messages_of_a_mailbox_and_the_chapters_of_a_book(tmp_path: Path) -> None:
    letters = "".join(
        f"From a@b Tue Mar  5 10:00:0{n} 2024\nSubject: Letter {n}\n\nText of letter {n}.\n\n" for n in range(3)
    )
    article = written(tmp_path / "a.mbox", letters)
    assert article.place(article.text.index("Text of letter 1")) == "message 2"
    book(tmp_path / "a.epub", content(3))
    assert read(tmp_path / "a.epub").place(0) == f"chapter {content(3).heading}"


def test_a_mail_has_its_subject_and_its_day(tmp_path: Path) -> None:
    mail(tmp_path / "a.eml", content(1))
    text = (tmp_path / "a.eml").read_text()
    article = written(tmp_path / "b.eml", f"Date: Tue, 05 Mar 2024 10:00:00 +0100\nFrom: Ada <a@b>\n{text}")
    assert (article.title, article.date) == (content(1).heading, "2024-03-05")
    assert article.text.startswith("From: Ada <a@b>\nDate: Tue, 05 Mar 2024 10:00:00 +0100\nSubject: The harbour")


def test_a_mail_is_read_in_any_encoding(tmp_path: Path) -> None:
    head = "From: Bjørn <b@x>\r\nSubject: Møte\r\nDate: 2024-05-06\r\n"
    (tmp_path / "a.eml").write_bytes(head.encode("cp1252") + "\r\nPå brygga.".encode("cp1252"))
    article = read(tmp_path / "a.eml")
    assert (article.title, article.date) == ("Møte", "2024-05-06")
    assert article.text == "From: Bjørn <b@x>\nDate: 2024-05-06\nSubject: Møte\n\nPå brygga."
    page = "Content-Type: text/html; charset=windows-1251\n\n<p>Маяк".encode("cp1251")
    (tmp_path / "a.mht").write_bytes(b"Subject: Light\n" + page)
    assert (read(tmp_path / "a.mht").title, read(tmp_path / "a.mht").text) == ("Light", "Маяк")
    (tmp_path / "b.eml").write_bytes(b"\xef\xbb\xbfSubject: Light\n" + page)
    assert read(tmp_path / "b.eml").text == "Subject: Light\n\nМаяк"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", '{"title": "Stock", "items": [{"lamp": 1, "shelf": "A"}, {"lamp": 2, "shelf": "B"}]}',
         "title: Stock\n\nitems\n\nlamp\tshelf\n1\tA\n2\tB"),
        ("a.json", '{"owner": {"name": "Ida", "tags": ["x", "y"]}}', "owner\nname: Ida\n\nowner › tags:\n- x\n- y"),
        ("a.jsonl", '{"lamp": 1}\n\n{"lamp": 2}', "lamp\n1\n2"),
        ("a.jsonl", '{"lamp": 1}\r{"lamp": 2}\r', "lamp\n1\n2"),
        ("a.json", '{"lamp": 1}\n{"lamp": 2}\n', "lamp\n1\n2"),
        ("a.json", '[{"boat": "Gull", "crew": ["Ada", "Bo"]}, {"boat": "Tern", "crew": []}]',
         "boat\tcrew\nGull\tAda; Bo\nTern"),
        ("a.json", '{"fees": [["Boat", "Fee"], ["Gull", 9.50]]}', "fees\n\nBoat\tFee\nGull\t9.50"),
        ("a.mbox", "From a@b Tue Mar  5 10:00:00 2024\rSubject: One\r\rFirst.\r", "Subject: One\n\nFirst."),
        ("a.eml", "Subject: Two\nContent-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/plain\n\n"
         "See the page.\n--B\nContent-Type: text/html\n\n<table><tr><td>Gull<td>9</table>\n--B--\n",
         "Subject: Two\n\nGull\t9"),
        ("a.eml", "Subject: Two\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/html\n"
         "Content-Disposition: attachment; filename=a.html\n\n<p>By Siv.\n--B--\n",
         "Subject: Two\n\nAttached: a.html\n\nBy Siv."),
        ("a.log", "\x1b(B\x1b=Pum\x08mp 3.\n", "Pump 3.\n"),
        ("a.jsonl", '{"lamp": 1, "at": {"x": 2, "y": 3}}\n{"lamp": 2, "at": null}\n', "lamp\tat x\tat y\n1\t2\t3\n2"),
        ("a.csv", 'name, fee\nAda, "9, net"\n', "name\tfee\nAda\t9, net"),
        ("a.csv", "a;b\n1,5;2\n", "a\tb\n1,5\t2"),
        ("a.csv", 'name,note\nAda,"two\nlines"\n', "name\tnote\nAda\ttwo lines"),
        ("a.tsv", "a\tb\n1\t\n", "a\tb\n1"),
        ("a.tsv", 'name\tnote\nAda\t"5 inch\nBo\t"ok"\n', 'name\tnote\nAda\t"5 inch\nBo\t"ok"'),
        ("a.rtf", "{\\rtf1 See {\\field{\\*\\fldinst{HYPERLINK \"https://x.y\"}}{\\fldrslt the plan}} of Bo.}",
         "See the plan of Bo."),
        ("a.rtf", "{\\rtf1\\ansi The caf\\'e9 is Vera\\u8217?s.\\par Second.}", "The café is Vera’s.\n\nSecond."),
        ("a.rtf", "{\\rtf1 End{\\footnote By Bo.} of it.{\\deleted gone}\\par Next.{\\header Head.}}",
         "End of it.\n\nBy Bo.\n\nNext.\n\nHead."),
        ("a.rtf", "{\\rtf1{\\fonttbl{\\f0 Arial;}{\\f1\\fcharset204 Arial;}}{\\f1 "
         "\\'cc\\'e0\\'ff\\'ea} caf\\'e9 \\u-10179?\\u-8704?",
         "Маяк café 😀"),
        ("a.rtf", "{\\rtf1\\mac\\ansicpg10000 Caf\\'8e | 40 m{\\super 2} | "
         "{\\i\\v no}\\v nor \\u233?\\v0 {\\b\\deleted gone}yes",
         "Café | 40 m² | yes"),
        ("a.rtf", "{\\rtf1{\\colortbl;\\red0\\green0\\blue0;\\red255\\green255\\blue255;}\\cf2 No. \\u233?\\cf1 Seen."
         "{\\cf2\\highlight1  On black.}\\par\\pard\\cbpat1\\cf2 On a bar.\\par\\pard Nor this.\\par\\trowd"
         "\\pard\\intbl Boat\\cell\\row\\pard No.{\\shp{\\shptxt\\pard\\cf2 In a box.\\par}}\\plain It ends.",
         "Seen. On black.\n\nOn a bar.\n\nBoat\n\nIt ends.\n\nIn a box."),
        ("a.rtf", "{\\rtf1 {\\pntext 2.\\tab}Rope\\column Lamp {\\object{\\*\\objdata 00}{\\result of Bo}}.",
         "2. Rope\n\nLamp of Bo."),
        ("a.rtf", "{\\rtf1 One{\\shp{\\*\\shpinst{\\sp{\\sn a}{\\sv 2}}{\\shptxt In a box.\\par}}}.\\par Two.",
         "One.\n\nIn a box.\n\nTwo."),
        ("a.json", '{"price": 12.50, "sum": 1e3, "of": 12345678901234567890.5, "none": NaN}',
         "price: 12.50\nsum: 1e3\nof: 12345678901234567890.5\nnone: NaN"),
        ("a.csv", 'name,note\nAda,"open\nBo,fine\n', 'name\tnote\nAda\t"open\nBo\tfine'),
        ("a.log", "Started.\n" + "\0" * 500, "Started.\n"),
        ("a.log", "\x1b]0;not seen\x07Started.", "Started."),
        ("a.eml", "Subject: Two\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: message/rfc822\n\n"
         "Subject: Inner\n\nBy Ove Lund.\n--B\nContent-Type: text/plain\nContent-Disposition: attachment; "
         "filename=a.txt\n\nBy Siv.\n--B--\n",
         "Subject: Two\n\nSubject: Inner\n\nBy Ove Lund.\n\nAttached: a.txt\n\nBy Siv."),
        ("a.mbox", "From a@b Tue Mar  5 10:00:00 2024\nSubject: One\n\nIn 1990.\nFrom the year 1990 to 2020\n"
         ">From now.\n",
         "Subject: One\n\nIn 1990.\nFrom the year 1990 to 2020\nFrom now."),
        ("a.mbox", "From a@b Tue Mar  5 10:00:00 2024\nSubject: One\n\nAt sea.\nFrom noon, 12:30, of 1990 on.\nBye.\n",
         "Subject: One\n\nAt sea.\nFrom noon, 12:30, of 1990 on.\nBye."),
        ("a.eml", "Subject: Two\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: "
         "multipart/alternative; boundary=C\n\n--C\nContent-Type: text/plain\n\n \n--C\n"
         "Content-Type: text/html\n\n<p>By Siv.\n--C--\n--B\n"
         "Content-Type: image/png; name=a.png\n\n-\n--B\nContent-Type: text/plain\n\nBy Ove.\n--B--\n",
         "Subject: Two\n\nBy Siv.\n\nAttached: a.png\n\nBy Ove."),
        ("a.eml", "Subject: Two\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/calendar\n\n"
         "SUMMARY:Board\n--B\nContent-Type: text/csv; name=a.csv\n\nlamp,2\n--B--\n",
         "Subject: Two\n\nSUMMARY:Board\n\nAttached: a.csv\n\nlamp,2"),
        ("a.eml", "Subject: Two\nContent-Type: multipart/mixed\n\nBy Siv.", "Subject: Two\n\nBy Siv."),
        ("a.mhtml", "Subject: Two\nContent-Type: multipart/related; boundary=B\n\n--B\nContent-Type: text/html\n\n"
         "<frameset><frame src='cid:x'></frameset>\n--B\nContent-Type: text/html\n\n<p>In a frame.\n--B--\n",
         "In a frame."),
        ("a.html", "<meta charset=iso-2022-jp><p>\x1b$BEtBf\x1b(B 1931", "灯台 1931"),
        ("a.log", "\x1b[32mINFO\x1b[0m started\r\r\nby Ole\n", "INFO started\r\nby Ole\n"),
        ("a.txt", "The mill\r\rIt was sold.\rTo Bo.\r\n", "The mill\n\nIt was sold.\nTo Bo.\r\n"),
        ("a.rtf", "No rich text at all.", "No rich text at all."),
        ("a.rst", "Title\n=====\n\nWords.", "Title\n=====\n\nWords."),
        ("a.txt", "{\\rtf1 The caf\\'e9 is Vera\\u8217?s.}", "The café is Vera’s."),
        ("a.eml", "Subject: Two\nContent-Type: text/plain; format=flowed\n\nThe key is \nhere.\n> And \n> there.\n"
         "-- \nBo",
         "Subject: Two\n\nThe key is here.\n> And \n> there.\n-- \nBo"),
        ("a.eml", "Subject: Two\nContent-Type: text/plain; format=flowed; delsp=yes\n\nThe har \nbour.\n",
         "Subject: Two\n\nThe harbour."),
        ("a.mbox", "From - Tue Mar  5 10:00:00 2024\nX-Mozilla-Status: 0001\nSubject: One\n\nKept.\n\n"
         "From - Tue Mar  5 10:00:00 2024\nX-Mozilla-Status: 0009\nSubject: Two\n\nDeleted.\n",
         "Subject: One\n\nKept."),
        ("a.mhtml", "Subject: Two\nContent-Type: multipart/related; boundary=B\n\n--B\nContent-Type: text/html\n\n"
         "<p class=x>No.<p>Seen.<div><template shadowmode=open><p>Within.</template></div>\n--B\n"
         "Content-Type: text/css\n\n@charset \"utf-8\";\n.x { display: none }\n--B--\n",
         "Seen.\n\nWithin."),
        ("a.json", '{"at": [{"name": "Oss", "place": {"kind": "Point", "at": [10.5, 59.9]}}, {"name": "Brindle", '
         '"place": {"kind": "Point", "at": [10, 60]}}]}',
         "at\n\nname\tplace kind\tplace at\nOss\tPoint\t10.5; 59.9\nBrindle\tPoint\t10; 60"),
    ],
)  # fmt: skip
def test_what_is_read(tmp_path: Path, name: str, text: str, said: str) -> None:
    article = written(tmp_path / name, text)
    assert article.text == said and not out_of_reach(article.text)


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a-1.rst", "=======\nThe Weir\n=======\n\nIt leaks.", "The Weir"),
        ("a-1.rst", "The Weir\n--------\n\nIt leaks.", "The Weir"),
        ("a-1.md", "The Weir\n===\n\nIt leaks.", "The Weir"),
        ("a-1.md", "  # The *old* `weir` of [Oss](http://x) #\n\nIt leaks.", "The old weir of Oss"),
        ("a-1.md", "<h1 align='center'>The <b>weir</b></h1>\n\nIt leaks.", "The weir"),
        ("a-1.md", "# file_name_of_it and 2 * 3 * 4\n\nIt leaks.", "file_name_of_it and 2 * 3 * 4"),
        (
            "a-1.rtf",
            "{\\rtf1{\\stylesheet{\\s0 Normal;}{\\s1\\b heading 1;}}\\pard\\s0 By Ada.\\par\\pard\\s1\\b The "
            "weir\\par}",
            "The weir",
        ),
        ("a-1.rtf", "{\\rtf1{\\info{\\title The {\\b weir}}}It leaks.}", "The weir"),
        ("a-1.md", "## The weir ##\n\nIt leaks.", "The weir"),
        ("a-1.md", "It leaks.\n\n## More\n\nStill.", "A 1"),
        ("a-1.html", "<h1>The weir</h1><p>It leaks, says Ada.</p><h1>More</h1><p>It still does.</p>", "The weir"),
        ("a-1.html", "<h2>The weir</h2><p>It leaks, says Ada.</p>", "The weir"),
        ("a-1.txt", "---\n\nIt leaks.\n\n---\n\nStill.", "A 1"),
        ("a-1.md", "---\nNote: it leaks.\n---\nStill.", "A 1"),
        ("a-1.txt", "It leaks.\n\nMore\n====\n\nStill.", "A 1"),
    ],
)
def test_an_underlined_heading_that_a_text_begins_with_is_its_title(
    tmp_path: Path, name: str, text: str, title: str
) -> None:
    assert written(tmp_path / name, text).title == title


def test_a_document_without_a_title_is_called_by_its_first_heading(tmp_path: Path) -> None:
    opendocument(tmp_path / "final-v2.odt", content(1))
    assert read(tmp_path / "final-v2.odt").title == content(1).heading


@pytest.mark.parametrize("spaces", ["", " xmlns:epub='http://www.idpf.org/2007/ops'"])
def test_the_numbers_of_notes_are_no_part_of_a_book(tmp_path: Path, spaces: str) -> None:
    link = "<a epub:type='noteref' href='notes.xhtml#n1'>1</a>"
    with zipfile.ZipFile(tmp_path / "a.epub", "w") as archive:
        archive.writestr("a.opf", "<package><item id='a' href='a.xhtml'/><itemref idref='a'/></package>")
        archive.writestr(
            "a.xhtml", f"<html{spaces}><body><p>The bell was cast in 1712{link} by Leon Faber.</p></body></html>"
        )
    assert read(tmp_path / "a.epub").text == "The bell was cast in 1712 by Leon Faber."


@pytest.mark.parametrize("kind", ["ncx", "nav"])
def test_chapters_are_called_as_the_table_of_contents_has_it(tmp_path: Path, kind: str) -> None:
    point = "<navPoint><navLabel><text>{1}</text></navLabel><content src='t/{0}'/></navPoint>"
    entry, about = {
        "ncx": (point, 'href="toc" media-type="application/x-dtbncx+xml"'),
        "nav": ("<li><a href='t/{0}'>{1}</a></li>", 'href="toc" properties="nav"'),
    }[kind]
    toc = "".join(entry.format(*chapter) for chapter in (("a%20b.xhtml#x", "The  Weir"), ("a%20b.xhtml#y", "Later on")))
    parts = {
        "in/a.opf": f"<package><item id='t' {about}/><item id='a' href='t/a%20b.xhtml'/><item id='b' href='t/c.xhtml'/>"
        "<itemref idref='a'/><itemref idref='b'/></package>",
        "in/toc": f"<toc>{toc}</toc>",
        "in/t/a b.xhtml": "<html><head><title>All of it</title></head><body><p>Ada kept the weir.</p></body></html>",
        "in/t/c.xhtml": "<html><body><h2>The Mill</h2><p>Bo kept the mill.</p></body></html>",
    }
    with zipfile.ZipFile(tmp_path / "a.epub", "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    assert read(tmp_path / "a.epub").labels == ("chapter The Weir", "chapter The Mill")


def test_a_book_that_is_locked_or_has_only_pictures_says_so(tmp_path: Path) -> None:
    book(tmp_path / "a.epub", content(3))
    with zipfile.ZipFile(tmp_path / "a.epub", "a") as archive:
        archive.writestr(
            "META-INF/encryption.xml",
            "<encryption><CipherData><CipherReference URI='in/c0.xhtml'/></CipherData></encryption>",
        )
    with pytest.raises(UnreadableFile, match="encrypted"):
        read(tmp_path / "a.epub")
    show = Presentation()
    show.slides.add_slide(show.slide_layouts[6])
    show.save(str(tmp_path / "a.pptx"))
    with pytest.raises(UnreadableFile, match="holds no text, at most pictures"):
        read(tmp_path / "a.pptx")


def test_a_mail_that_is_encrypted_says_so(tmp_path: Path) -> None:
    source = "Subject: Keys\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nMIIB\n"
    article = written(tmp_path / "a.eml", source)
    assert (article.title, article.lost) == ("Keys", ("is encrypted: what it says can't be read",))


def test_notes_of_a_book_are_read_and_the_numbers_of_its_pages_are_not(tmp_path: Path) -> None:
    body = (
        '<p>The keeper <span epub:type="pagebreak">12</span>went.</p><aside epub:type="footnote"><p>By Bo.</p></aside>'
    )
    page = f"<html xmlns='http://www.w3.org/1999/xhtml' xmlns:epub='http://www.idpf.org/2007/ops'><body>{body}</body></html>"
    assert written(tmp_path / "a.xhtml", page).text == "The keeper went.\n\nBy Bo."


def test_lines_that_are_no_json_are_named(tmp_path: Path) -> None:
    assert written(tmp_path / "a.jsonl", '{"a": 1}\nbad\n{"a": 2}').lost == ("line 2 is no JSON",)
    assert written(tmp_path / "a.jsonl", '{"a": 1}\n' + "bad\n" * 9).lost == ("9 lines are no JSON, the first is 2",)


def test_numbered_lists_and_notes_of_opendocument(tmp_path: Path) -> None:
    opendocument(tmp_path / "a.odt", content(1))
    with zipfile.ZipFile(tmp_path / "a.odt") as archive:
        text = archive.read("content.xml").decode()
    note = "<x:note><x:note-citation>1</x:note-citation><x:note-body><x:p>The note.</x:p></x:note-body></x:note>"
    items = "".join(f"<x:list-item><x:p>Item {n}</x:p></x:list-item>" for n in (1, 2))
    with zipfile.ZipFile(tmp_path / "b.odt", "w") as archive:
        added = f"<x:p>Noted.{note}</x:p><x:list>{items}</x:list></o:text>"
        archive.writestr("content.xml", text.replace("</o:text>", added))
    assert read(tmp_path / "b.odt").text.endswith("Noted.\n\nThe note.\n\n- Item 1\n- Item 2")


def test_lists_headings_and_hidden_parts_of_opendocument_are_as_shown(tmp_path: Path) -> None:
    odf = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(
        f'xmlns:{short}="{odf}:{name}:1.0"'
        for short, name in zip("oxstdg", ("office", "text", "style", "table", "drawing", "svg-compatible"), strict=True)
    )
    numbers = "".join(
        f"<x:list-level-style-number x:level='{n}' s:num-format='{form}' s:num-suffix='{after}'/>"
        for n, (form, after) in enumerate(zip("1a", ".)", strict=True), 1)
    )
    styles = (
        f"<x:list-style s:name='L'>{numbers}</x:list-style>"
        "<x:outline-style><x:outline-level-style x:level='1' s:num-format='I' s:num-suffix='.'/></x:outline-style>"
        "<s:style s:name='up'><s:text-properties s:text-position='super 58%'/></s:style>"
        "<s:style s:name='no'><s:text-properties x:display='none'/></s:style>"
    )
    inner = "<x:list><x:list-item><x:p>Rope</x:p></x:list-item></x:list>"
    cells = [["Ida Lie", "Bo Ek"], ["Pilots"]]
    line = "".join("<t:table-cell>" + "".join(f"<x:p>{p}</x:p>" for p in cell) + "</t:table-cell>" for cell in cells)
    body = (
        "<x:h x:outline-level='1'>The\n  weir</x:h>"
        f"<x:list x:style-name='L'><x:list-item><x:p>Buoy</x:p>{inner}</x:list-item></x:list><x:p>Also:</x:p>"
        "<x:list x:style-name='L' x:continue-numbering='true'><x:list-header><x:p>More</x:p></x:list-header>"
        "<x:list-item><x:p>Lamp</x:p></x:list-item>"
        "<x:list-item x:start-value='7'><x:p>Bell</x:p></x:list-item></x:list>"
        "<x:p>40 m<x:span x:style-name='up'>2</x:span><x:span x:style-name='no'> not seen</x:span></x:p>"
        "<x:section x:display='none'><x:p>Nor this.</x:p></x:section>"
        "<x:p><d:custom-shape><x:p>In a shape.</x:p></d:custom-shape>"
        "<d:frame><g:desc>A picture.</g:desc></d:frame>Ends.</x:p>"
        f"<t:table><t:table-row>{line}</t:table-row></t:table>"
    )
    with zipfile.ZipFile(tmp_path / "a.odt", "w") as archive:
        archive.writestr("styles.xml", f"<o:document-styles {spaces}>{styles}</o:document-styles>")
        text = f"<o:body><o:text>{body}</o:text></o:body>"
        archive.writestr("content.xml", f"<o:document-content {spaces}>{text}</o:document-content>")
    article = read(tmp_path / "a.odt")
    assert article.title == "The weir"
    assert article.text.split("\n\n") == [
        "I. The weir", "1. Buoy\na) Rope", "Also:", "More\n2. Lamp\n7. Bell", "40 m²", "Ends.", "In a shape.",
        "Ida Lie; Bo Ek\tPilots",
    ]  # fmt: skip


def test_white_on_white_of_opendocument_is_not_read_and_white_on_a_colour_is(tmp_path: Path) -> None:
    styles = "".join(
        f"<s:style s:name='{name}'{parent}><s:text-properties {look}/></s:style>"
        for name, parent, look in (
            ("white", "", "f:color='#FFFFFF'"), ("white2", " s:parent-style-name='white'", "f:font-size='9pt'"),
            ("black", "", "f:color='#000000'"), ("bar", "", "f:color='#ffffff' f:background-color='#003366'"),
        )
    )  # fmt: skip
    line = "<t:table-row><t:table-cell><x:p x:style-name='white'>Boat</x:p></t:table-cell></t:table-row>"
    body = (
        "<x:p>Seen.<x:span x:style-name='white'> No.</x:span><x:span x:style-name='bar'> On blue.</x:span></x:p>"
        "<x:p x:style-name='white2'>Nor this. <x:span x:style-name='black'>Black.</x:span> No.</x:p>"
        f"<t:table>{line}</t:table>"
    )
    odf = "urn:oasis:names:tc:opendocument:xmlns"
    names = {"o": "office", "x": "text", "s": "style", "t": "table", "f": "xsl-fo-compatible"}
    spaces = " ".join(f'xmlns:{short}="{odf}:{name}:1.0"' for short, name in names.items())
    text = f"<o:body><o:text>{body}</o:text></o:body>"
    with zipfile.ZipFile(tmp_path / "a.odt", "w") as archive:
        archive.writestr("content.xml", f"<o:document-content {spaces}>{styles}{text}</o:document-content>")
    assert read(tmp_path / "a.odt").text == "Seen. On blue.\n\nBlack.\n\nBoat"


def test_a_text_of_opendocument_is_called_by_its_title_and_all_its_headers_are_read(tmp_path: Path) -> None:
    odf = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = f"xmlns:o='{odf}:office:1.0' xmlns:x='{odf}:text:1.0' xmlns:s='{odf}:style:1.0'"
    style = "<s:style s:name='P1' s:parent-style-name='Title'/>"
    items = "<x:list><x:list-item><x:p>Rope</x:p></x:list-item></x:list>"
    body = f"<x:p>Oss, in May</x:p><x:p x:style-name='P1'>The weir</x:p>{items}"
    with zipfile.ZipFile(tmp_path / "a.odt", "w") as archive:
        archive.writestr("content.xml", f"<a {spaces}>{style}<o:body><o:text>{body}</o:text></o:body></a>")
        archive.writestr("styles.xml", f"<a {spaces}><s:header-first><x:p>Contract 4471</x:p></s:header-first></a>")
    article = read(tmp_path / "a.odt")
    assert article.title == "The weir" and article.text.startswith("Contract 4471\n\nOss, in May")


def written_in(path: Path, body: str, styles: str = "") -> Article:
    """A file of OpenDocument with that body."""
    names = {"o": "office", "x": "text", "s": "style", "t": "table", "d": "drawing", "p": "presentation"}
    odf = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{short}="{odf}:{name}:1.0"' for short, name in names.items())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", f"<a {spaces}>{styles}<o:body>{body}</o:body></a>")
    return read(path)


def test_sheets_of_opendocument(tmp_path: Path) -> None:
    def cells(*texts: str) -> str:
        return "".join(
            f"<t:table-cell><x:p>{text}</x:p></t:table-cell>" if text else "<t:table-cell/>" for text in texts
        )

    styles = "<s:style s:name='off'><s:table-properties t:display='false'/></s:style>"
    body = (
        "<o:spreadsheet><t:table t:name='Boats'><t:table-column/>"
        f"<t:table-row>{cells('All boats')}</t:table-row>"
        f"<t:table-row t:number-rows-repeated='2'>{cells('')}</t:table-row>"
        f"<t:table-row>{cells('Boat', 'Tons', 'Since')}</t:table-row><t:table-row>{cells('Gull', '1,50', '3 May 2021')}"
        f"</t:table-row><t:table-row t:number-rows-repeated='2'>{cells('Tern', '', '2')}</t:table-row>"
        f"<t:table-row t:visibility='collapse'>{cells('Auk')}</t:table-row>"
        "<t:table-row t:number-rows-repeated='1048000'><t:table-cell t:number-columns-repeated='16384'/></t:table-row>"
        f"</t:table><t:table t:name='Secret' t:style-name='off'><t:table-row>{cells('No')}</t:table-row></t:table>"
        f"<t:table t:name='Crew'><t:table-row>{cells('Ada')}</t:table-row></t:table></o:spreadsheet>"
    )
    article = written_in(tmp_path / "a.ods", body, styles)
    assert article.labels == ("sheet Boats", "sheet Crew")
    table = "Boat\tTons\tSince\nGull\t1,50\t3 May 2021\nTern\t\t2\nTern\t\t2"
    assert article.text == f"Boats\n\nAll boats\n\n{table}\n\nCrew\n\nAda"


def test_slides_of_opendocument(tmp_path: Path) -> None:
    styles = "<s:style s:name='off'><s:drawing-page-properties p:visibility='hidden'/></s:style>"

    def frame(text: str, kind: str) -> str:
        return f"<d:frame p:class='{kind}'><d:text-box><x:p>{text}</x:p></d:text-box></d:frame>"

    body = (
        "<o:presentation><p:footer-decl>Foot</p:footer-decl>"
        f"<d:page>{frame('It is long.', 'outline')}{frame('The quay', 'title')}"
        f"<p:notes>{frame('Say who built it.', 'notes')}</p:notes></d:page>"
        f"<d:page d:style-name='off'>{frame('No', 'title')}</d:page>"
        f"<d:page><d:custom-shape><x:p>The end</x:p></d:custom-shape></d:page></o:presentation>"
    )
    article = written_in(tmp_path / "a.odp", body, styles)
    assert article.labels == ("slide 1", "slide 3")
    assert article.text == "The quay\n\nIt is long.\n\nSay who built it.\n\nThe end"


def test_words_in_several_looks_are_one_text_in_records(tmp_path: Path) -> None:
    said = '["The boat is ", {"type": "bold", "text": "Grey Petrel"}, "."]'
    assert written(tmp_path / "a.json", f'{{"from": "Bo", "text": {said}}}').text == (
        "from: Bo\n\ntext: The boat is Grey Petrel."
    )


def test_places_are_kept_by_the_library(tmp_path: Path) -> None:
    article = written(tmp_path / "a.txt", "One.\fTwo.")
    assert pages_from_json(article.pages_as_json()) == ((0, 5), ("page 1", "page 2"))
    assert pages_from_json("[0, 7]") == ((0, 7), ()) and pages_from_json("[]") == pages_from_json("") == ((), ())
    with Library.open(tmp_path / "library", CheapEmbedder()) as library:
        library.sync([tmp_path / "a.txt"])
        assert library.article("a").place(6) == "page 2" and library.article("a").page(6) == 2


def test_what_a_reader_needs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypdfium2", None)
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(UnreadableFile, match=r"needs pypdfium2: pip install 'footnote-qa\[documents\]'"):
        read(tmp_path / "a.pdf")
