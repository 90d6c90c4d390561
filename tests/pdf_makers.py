"""Write the PDFs in tests/data/pdf again, each by another program: ``python tests/pdf_makers.py``.

Needs LibreOffice, AbiWord, Chromium, LaTeX, groff, FOP, Ghostscript and tesseract, and from Python reportlab, fpdf2,
typst, weasyprint, matplotlib and PySide6; a program that is missing is passed over. What a reader sees in all of them
is ``letters.txt`` (letters one after the other), but for running heads and the numbers of pages.
"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent / "data" / "pdf"
TITLE = "The Waterworks of Larkhaven"
PARAGRAPHS = [
    "The waterworks of Larkhaven were opened in 1884, after an outbreak of cholera had shown how insufficient the "
    "wells of the old town were. The engineer Frida Offersen found a spring in the hills, five kilometres to the "
    "north, and laid the first pipes of cast iron in a single summer.",
    "Her successor, the well-known hydrologist Caspar Efflund, built the reservoir at Stenmo. It holds 42,000 cubic "
    "metres and has never been empty, not even in the drought of 1976, when the neighbouring municipalities had to be "
    "supplied by lorry. The difficult task of cleaning it falls to the fire brigade.",
    "Since 2011 the pressure in the network has been controlled by a computer. The first one was installed by the "
    "electrician Mats Orre; the present one, of 2022, measures the flow at sixty-four places and finds a leak within "
    "the hour.",
]
HEADING = "The wardens of the reservoir"
ROWS = [("Warden", "From", "Lives in"), ("Signe Moe", "1902", "Harbour Street"), ("Arne Lid", "1931", "Old Town"),
        ("Tiril Voss", "1979", "Mill Hill")]  # fmt: skip
LAST = "Nobody has been warden since the house was sold in 2004."


def letters() -> str:
    """What a reader sees, without blanks and line ends."""
    cells = " ".join(" ".join(row) for row in ROWS)
    return re.sub(r"\s+", "", " ".join([TITLE, *PARAGRAPHS, HEADING, cells, LAST]))


def run(*command: str, cwd: Path) -> None:
    environment = os.environ | {"HOME": str(cwd), "SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run(command, cwd=cwd, env=environment, check=True, capture_output=True, timeout=180)


def page(style: str, columns: bool = False) -> str:
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    body = f"<div style='column-count:2'>{body}</div>" if columns else body
    tag = iter(["th"] + ["td"] * 9)
    table = "".join("<tr>" + "".join(f"<{t}>{c}</{t}>" for c in row) + "</tr>" for row in ROWS for t in [next(tag)])
    return (f"<html lang=en><head><meta charset=utf-8><title>{TITLE}</title><style>{style}</style></head><body>"
            f"<h1>{TITLE}</h1>{body}<h2>{HEADING}</h2><table>{table}</table><p>{LAST}</p></body></html>")  # fmt: skip


def chromium(folder: Path) -> None:
    styles = {
        "plain": ("", False),
        "columns": ("p{text-align:justify;hyphens:auto}", True),
        "narrow": ("@page{size:9cm 14cm} p{hyphens:auto;text-align:justify}", False),
        "grid": ("table{border-collapse:collapse} td,th{border:1px solid;padding:2px 4px}", False),
    }
    for name, (style, columns) in styles.items():
        (folder / "a.html").write_text(page(style, columns), encoding="utf-8")
        print_page(folder, "a.html", HERE / f"chromium-{name}.pdf")


def right_to_left(folder: Path) -> None:
    """Two pages of words that run so: beside the folder, for what they say is not what the others do."""
    arabic = (
        "<h1>المنارة القديمة</h1><p>بنى المهندس خالد المنارة في عام 1931 على صخرة في البحر. ارتفاعها 42 مترا، "
        "وحارسها اليوم هو سامي.</p><p>تضاء المنارة كل مساء في الساعة السادسة (GMT+3) حسب النظام.</p><table border=1>"
        "<tr><th>الاسم<th>السنة<th>المدينة</tr><tr><td>سامي<td>1990<td>حلب</tr><tr><td>ليلى<td>2004<td>عدن</tr></table>"
    )
    hebrew = (
        "<h1>המגדלור הישן</h1><p>המהנדס דוד כהן בנה את המגדלור בשנת 1931 על סלע בים. גובהו 42 מטרים, והשומר היום הוא "
        "יוסי לוי. הוא קורא את Footnote 2.0 כל ערב.</p>"
    )
    for name, body in (("arabic", arabic), ("hebrew", hebrew)):
        style = "<meta charset=utf-8><style>body{font-family:DejaVu Sans}</style>"
        (folder / "e.html").write_text(f"<html dir=rtl>{style}{body}</html>", encoding="utf-8")
        print_page(folder, "e.html", HERE.parent / f"{name}.pdf")


def print_page(folder: Path, page: str, target: Path) -> None:
    run("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
        f"--user-data-dir={folder}", f"--print-to-pdf={target}", page, cwd=folder)  # fmt: skip


def libreoffice(folder: Path) -> None:
    for name, style in {
        "plain": "",
        "small": "@page{size:10cm 14cm} p{text-align:justify}",
        "serif": "body{font-family:serif}",
    }.items():
        (folder / "b.html").write_text(page(style), encoding="utf-8")
        run(
            "soffice",
            "--headless",
            "--infilter=HTML (StarWriter)",
            "--convert-to",
            "pdf:writer_pdf_Export",
            "b.html",
            cwd=folder,
        )
        (folder / "b.pdf").rename(HERE / f"libreoffice-{name}.pdf")


def latex(folder: Path) -> None:
    rows = "\\\\".join(" & ".join(row) for row in ROWS)
    body = "\n\n".join(PARAGRAPHS).replace("%", "\\%")
    for name, (options, geometry) in {
        "article": ("11pt", ""), "twocolumn": ("10pt,twocolumn", ""), "a5": ("10pt,a5paper", ""),
        "narrow": ("10pt,a5paper", "\\setlength{\\textwidth}{6cm}\\setlength{\\textheight}{7cm}"),
    }.items():  # fmt: skip
        source = (f"\\documentclass[{options}]{{article}}{geometry}\\begin{{document}}\\begin{{center}}\\Large {TITLE}"
                  f"\\end{{center}}\n{body}\n\n\\section*{{{HEADING}}}\n\n\\begin{{tabular}}{{lll}}{rows}\\end{{tabular}}"
                  f"\n\n\\bigskip {LAST}\\end{{document}}")  # fmt: skip
        (folder / "c.tex").write_text(source, encoding="utf-8")
        run("pdflatex", "-interaction=batchmode", "c.tex", cwd=folder)
        (folder / "c.pdf").rename(HERE / f"latex-{name}.pdf")


def groff(folder: Path) -> None:
    table = "\n".join("\t".join(row) for row in ROWS)
    body = "\n.sp\n".join(p.replace("'", "\\(aq") for p in PARAGRAPHS)
    source = (f".ps 18\n{TITLE}\n.br\n.ps 10\n.sp\n{body}\n.sp\n.ps 13\n{HEADING}\n.br\n.ps 10\n.sp\n"
              f".TS\nl l l.\n{table}\n.TE\n.sp\n{LAST}\n")  # fmt: skip
    (folder / "d.roff").write_text(source, encoding="utf-8")
    with (folder / "d.ps").open("wb") as stream:
        subprocess.run(["groff", "-t", "-Tps", "d.roff"], cwd=folder, stdout=stream, check=True)
    run(
        "gs",
        "-q",
        "-dNOPAUSE",
        "-dBATCH",
        "-sDEVICE=pdfwrite",
        f"-sOutputFile={HERE / 'groff.pdf'}",
        "d.ps",
        cwd=folder,
    )


def ghostscript(folder: Path) -> None:
    for name in ("latex-twocolumn", "libreoffice-plain", "chromium-columns"):
        run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfwrite", f"-sOutputFile={HERE / f'ghostscript-{name}.pdf'}",
            str(HERE / f"{name}.pdf"), cwd=folder)  # fmt: skip


def reportlab(folder: Path) -> None:
    from reportlab.lib.pagesizes import A4, A5, landscape
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, SimpleDocTemplate, Spacer, Table

    styles = getSampleStyleSheet()

    def story() -> list[object]:
        table = Table(ROWS)
        table.setStyle([("GRID", (0, 0), (-1, -1), 0.5, "black")])
        body = [Paragraph(p, styles["BodyText"]) for p in PARAGRAPHS]
        return [Paragraph(TITLE, styles["Title"]), *body, Paragraph(HEADING, styles["Heading2"]), table, Spacer(1, 12),
                Paragraph(LAST, styles["BodyText"])]  # fmt: skip

    for name, size in {"a4": A4, "a5": A5, "landscape": landscape(A5)}.items():
        SimpleDocTemplate(str(HERE / f"reportlab-{name}.pdf"), pagesize=size, invariant=1).build(story())

    def furniture(canvas: object, document: object) -> None:
        canvas.drawString(60, 560, "Larkhaven Council — Reports")
        canvas.drawCentredString(210, 30, f"Page {document.page}")

    running = BaseDocTemplate(str(HERE / "reportlab-running.pdf"), pagesize=A5, invariant=1)
    running.addPageTemplates(PageTemplate(frames=[Frame(60, 280, 290, 240)], onPage=furniture))
    running.build(story())
    columns = BaseDocTemplate(str(HERE / "reportlab-columns.pdf"), pagesize=A4, invariant=1)
    columns.addPageTemplates(PageTemplate(frames=[Frame(50, 50, 240, 740), Frame(310, 50, 240, 740)]))
    columns.build(story())


def fpdf(folder: Path) -> None:
    from fpdf import FPDF

    for name, font in {"helvetica": "helvetica", "times": "times", "courier": "courier"}.items():
        file = FPDF(format="A5")
        file.add_page()
        file.set_font(font, size=18 if font != "courier" else 14)
        file.multi_cell(0, 10, TITLE, new_x="LMARGIN", new_y="NEXT")
        file.set_font(font, size=10)
        for words in PARAGRAPHS:
            file.multi_cell(0, 5, words, new_x="LMARGIN", new_y="NEXT")
            file.ln(3)
        file.set_font(font, size=13)
        file.cell(0, 10, HEADING, new_x="LMARGIN", new_y="NEXT")
        file.set_font(font, size=10)
        with file.table() as table:
            for row in ROWS:
                table.row(row)
        file.ln(5)
        file.multi_cell(0, 5, LAST)
        file.output(str(HERE / f"fpdf-{name}.pdf"))


def typst(folder: Path) -> None:
    import typst

    body = "\n\n".join(PARAGRAPHS)
    table = f"#table(columns: 3, {', '.join(f'[{cell}]' for row in ROWS for cell in row)})"
    for name, style in {"plain": "", "columns": "#set page(columns: 2)\n#set par(justify: true)\n"}.items():
        source = f"{style}#align(center)[#text(20pt)[{TITLE}]]\n\n{body}\n\n== {HEADING}\n\n{table}\n\n{LAST}\n"
        (folder / "e.typ").write_text(source, encoding="utf-8")
        typst.compile(folder / "e.typ", output=HERE / f"typst-{name}.pdf")


def weasyprint(folder: Path) -> None:
    from weasyprint import HTML

    running = "@page{size:A5; @top-center{content:'Larkhaven Council'} @bottom-right{content:counter(page)}}"
    for name, style in {"plain": "", "running": running + "p{text-align:justify;hyphens:auto}"}.items():
        HTML(string=page(style)).write_pdf(HERE / f"weasyprint-{name}.pdf")


def qt(folder: Path) -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication, QPageSize, QPdfWriter, QTextDocument

    application = QGuiApplication([])
    writer = QPdfWriter(str(HERE / "qt.pdf"))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A5))
    writer.setTitle(TITLE)
    writer.setResolution(150)
    document = QTextDocument()
    document.setHtml(page(""))
    document.print_(writer)
    del writer, application


def fop(folder: Path) -> None:
    """What a formatter of XML makes, as many offices print their notices."""
    cell = "<fo:table-cell><fo:block>{}</fo:block></fo:table-cell>"
    rows = "".join(f"<fo:table-row>{''.join(map(cell.format, row))}</fo:table-row>" for row in ROWS)
    body = "".join(f"<fo:block space-after='8pt' text-align='justify'>{words}</fo:block>" for words in PARAGRAPHS)
    (folder / "f.fo").write_text(
        "<fo:root xmlns:fo='http://www.w3.org/1999/XSL/Format'><fo:layout-master-set><fo:simple-page-master "
        "master-name='a' page-width='148mm' page-height='210mm' margin='15mm'><fo:region-body/></fo:simple-page-master>"
        "</fo:layout-master-set><fo:page-sequence master-reference='a'><fo:flow flow-name='xsl-region-body'>"
        f"<fo:block font-size='18pt' space-after='9pt'>{TITLE}</fo:block>{body}<fo:block font-size='14pt'>{HEADING}"
        f"</fo:block><fo:table space-after='9pt'><fo:table-body>{rows}</fo:table-body></fo:table><fo:block>{LAST}"
        "</fo:block></fo:flow></fo:page-sequence></fo:root>",
        encoding="utf-8",
    )
    run("fop", "f.fo", str(HERE / "fop.pdf"), cwd=folder)


def abiword(folder: Path) -> None:
    (folder / "g.html").write_text(page(""), encoding="utf-8")
    run("abiword", f"--to={HERE / 'abiword.pdf'}", "g.html", cwd=folder)


def matplotlib(folder: Path) -> None:
    """Letters that are drawn: a font of Type 3, and no table but words at places."""
    import textwrap

    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.3, 11.7))
    height = 0.93

    def say(words: str, size: int, step: float, left: float = 0.1) -> None:
        nonlocal height
        figure.text(left, height, words, size=size)
        height -= step

    say(TITLE, 18, 0.05)
    for words in PARAGRAPHS:
        for line in textwrap.wrap(words, 80):
            say(line, 10, 0.018)
        height -= 0.018
    say(HEADING, 14, 0.03)
    for row in ROWS:
        for place, cell in enumerate(row):
            say(cell, 10, 0.0, 0.1 + 0.2 * place)
        height -= 0.018
    height -= 0.018
    say(LAST, 10, 0.018)
    figure.savefig(HERE / "matplotlib.pdf", metadata={"CreationDate": None})


def scanned(folder: Path) -> None:
    run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pngmono", "-r150", "-sOutputFile=scan-%d.png",
        str(HERE / "libreoffice-plain.pdf"), cwd=folder)  # fmt: skip
    run("tesseract", "scan-1.png", "scan", "pdf", cwd=folder)  # with the words behind the picture
    (folder / "scan.pdf").rename(HERE / "tesseract.pdf")
    run("gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pdfimage8", "-r110", f"-sOutputFile={HERE / 'scan.pdf'}",
        str(HERE / "libreoffice-plain.pdf"), cwd=folder)  # fmt: skip


if __name__ == "__main__":
    (HERE / "letters.txt").write_text(letters() + "\n", encoding="utf-8")
    printers = (reportlab, fpdf, libreoffice, abiword, chromium, right_to_left, latex, groff, fop)
    for make in (*printers, typst, weasyprint, qt, matplotlib, ghostscript, scanned):
        with tempfile.TemporaryDirectory() as folder:
            try:
                make(Path(folder))
            except (OSError, ImportError, subprocess.SubprocessError) as error:
                print(f"{make.__name__} failed: {error}", (getattr(error, "stderr", None) or b"")[-300:])
