"""Tables in PDFs: whatever draws them, a row is a line, with its cells whole and its columns named."""

from pathlib import Path

import pytest
from reportlab.lib.colors import lightgrey, whitesmoke
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, SimpleDocTemplate, Spacer, Table
from reportlab.platypus import Paragraph as Words

from index.article import read
from index.unit import units

DATA = Path(__file__).parent / "data"
BODY = getSampleStyleSheet()["BodyText"]
BEFORE = "The council of Larkhaven appoints four officers, each for a term of six years, and pays them from the dues."
AFTER = "Nobody may hold two of these posts at the same time, except in a year of war."
POSTS = [
    ["Post", "Holder", "Duties", "Since"],
    [
        "Harbour master",
        "Einar Vik",
        "Keeps the register of all vessels, collects the dues and reports each storm",
        "1998",
    ],
    ["Librarian", "Mats Orre", "Lends the books", "2004"],
    ["Keeper of the lamp", "Tiril Voss of Mill Hill", "Lights the lamp at dusk and trims the wick every hour", "2011"],
]
GRID = ("GRID", (0, 0), (-1, -1), 0.5, "black")
MIDDLE, TOP = ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("VALIGN", (0, 0), (-1, -1), "TOP")
STYLES = {
    "grid": [GRID, MIDDLE],
    "open at the sides": [("INNERGRID", (0, 0), (-1, -1), 0.5, "black"), MIDDLE],
    "lines below": [("LINEBELOW", (0, 0), (-1, -1), 0.5, "grey"), MIDDLE],
    "a line under the names": [("LINEBELOW", (0, 0), (-1, 0), 0.5, "black"), TOP],
    "stripes": [("ROWBACKGROUNDS", (0, 0), (-1, -1), [lightgrey, whitesmoke]), MIDDLE],
    "no lines": [TOP],
    "no lines, in the middle": [MIDDLE],
}


def written(path: Path, *parts: Flowable) -> list[str]:
    """The lines of a PDF with these parts."""
    SimpleDocTemplate(str(path), pagesize=A5, invariant=1).build(list(parts))
    return read(path).text.split("\n")


def table(rows: list[list[str]], style: list[tuple[object, ...]], widths: tuple[int, ...], **more: object) -> Table:
    return Table([[Words(cell, BODY) for cell in row] for row in rows], colWidths=widths, style=style, **more)


def lined(rows: list[list[str]]) -> list[str]:
    return ["\t".join(row).rstrip() for row in rows]


@pytest.mark.parametrize("style", STYLES)
def test_cells_that_wrap_are_whole(tmp_path: Path, style: str) -> None:
    words = [Words(BEFORE, BODY), Spacer(1, 8)], [Spacer(1, 8), Words(AFTER, BODY)]
    lines = written(tmp_path / "a.pdf", *words[0], table(POSTS, STYLES[style], (80, 80, 150, 50)), *words[1])
    assert lines == [BEFORE, "", *lined(POSTS), "", AFTER]


def test_a_cell_that_spans_rows_is_in_each_and_names_above_names_are_one(tmp_path: Path) -> None:
    docks = [["Dock", "Berth", "Boat"], ["North dock", "N1", "Petrel"], ["", "N2", "Tern"], ["South dock", "S1", "Auk"]]
    lines = written(tmp_path / "a.pdf", table(docks, [GRID, MIDDLE, ("SPAN", (0, 1), (0, 2))], (70, 60, 90)))
    assert lines[2:] == ["North dock\tN2\tTern", "South dock\tS1\tAuk"]
    boats = [["Route", "Summer", "", "Winter"], ["", "First", "Last", "First"], ["Oss", "06:10", "22:40", "07:15"]]
    spans = [("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0))]
    lines = written(tmp_path / "a.pdf", table(boats, [GRID, *spans], (60, 60, 60, 60)))
    assert lines == ["Route\tSummer First\tSummer Last\tWinter First", "Oss\t06:10\t22:40\t07:15"]


@pytest.mark.parametrize("style", [[GRID], [TOP]], ids=["grid", "no lines"])
def test_an_empty_cell_stays_one(tmp_path: Path, style: list[tuple[object, ...]]) -> None:
    rows = [
        ["Name", "Phone", "Room", "Note"],
        ["Ada", "", "12", "on leave"],
        ["Bo", "4411", "", ""],
        ["Cy", "", "", "x"],
    ]
    assert written(tmp_path / "a.pdf", Table(rows, colWidths=80, style=style)) == lined(rows)


@pytest.mark.parametrize("repeated", [0, 1])
@pytest.mark.parametrize("style", [[GRID], [TOP]], ids=["grid", "no lines"])
def test_a_table_goes_on_over_pages(tmp_path: Path, style: list[tuple[object, ...]], repeated: int) -> None:
    lamps = [[f"Item {n}", f"Lamp number {n} with a brass foot and a green shade", f"{n * 3}.50"] for n in range(1, 50)]
    rows = [["Item", "Description", "Price"], *lamps]
    lines = written(tmp_path / "a.pdf", table(rows, style, (60, 130, 90), repeatRows=repeated))
    assert lines == lined(rows)
    article = read(tmp_path / "a.pdf")
    (unit,) = [unit for unit in units(article.text) if unit.text.startswith("Item 42")]
    assert "Item | Description | Price" in unit.context and article.page(unit.start) > 1


def test_a_row_that_the_end_of_a_page_tears_is_whole(tmp_path: Path) -> None:
    duties = "keeps the register, collects the dues, reads the gauge, feeds the cat and reports each storm; " * 4
    rows = [["Post", "Duties"], *([f"Officer {n}", f"Number {n} {duties.strip()}"] for n in range(1, 9))]
    lines = written(tmp_path / "a.pdf", table(rows, [GRID, TOP], (70, 180), repeatRows=1, splitInRow=1))
    assert len(read(tmp_path / "a.pdf").pages) > 1 and lines == lined(rows)


def test_a_title_and_sections_within_a_table_are_lines_of_their_own(tmp_path: Path) -> None:
    rows = [["Prices of 2024", ""], ["Item", "Price"], ["Ropes", ""], ["Hemp rope", "12.00"], ["Wire", "9.00"]]
    spans = [("SPAN", (0, 0), (-1, 0)), ("SPAN", (0, 2), (-1, 2))]
    assert written(tmp_path / "a.pdf", Table(rows, style=[GRID, *spans])) == lined(rows)


def drawn(path: Path, words: list[tuple[float, float, str]], rules: list[tuple[float, float, float, float]]) -> str:
    canvas = Canvas(str(path), pagesize=A5)
    canvas.setFont("Helvetica", 10)
    for left, bottom, text in words:
        canvas.drawString(left, bottom, text)
    for rule in rules:
        canvas.line(*rule)
    canvas.save()
    return read(path).text


@pytest.mark.parametrize("ruled", [True, False])
def test_a_table_beside_running_text_is_apart_from_it(tmp_path: Path, ruled: bool) -> None:
    text = [
        "The herring came back to the bay",
        "in the year of the great flood, and",
        "the boats that had been laid up for",
        "a decade were tarred and put out",
        "again, some with the sons of those",
        "who had sailed them before, who now",
        "sat on the quay and gave advice.",
    ]
    words = [(40, 500 - 13 * n, line) for n, line in enumerate(text)]
    rows = [["Year", "Boats"], ["1990", "14"], ["1991", "17"], ["1992", "21"]]
    words += [(250 + 60 * c, 497 - 18 * r, cell) for r, row in enumerate(rows) for c, cell in enumerate(row)]
    across = [(245, 510 - 18 * n, 360, 510 - 18 * n) for n in range(5)]
    down = [(left, 510, left, 438) for left in (245, 305, 360)]
    found = drawn(tmp_path / "a.pdf", words, [*across, *down] if ruled else [])
    assert sorted(found.split("\n\n")) == sorted([" ".join(text), "\n".join(lined(rows))])


def test_rules_that_draw_no_table_change_nothing(tmp_path: Path) -> None:
    """A frame around the page, a box around a warning, and a chart whose lines hold no words."""
    words = [(40, 520, "The ferry was built in 1911 by Anders Krog."), (50, 440, "Warning: the boiler is hot.")]
    box = [(40, 460, 300, 460), (40, 430, 300, 430), (40, 430, 40, 460), (300, 430, 300, 460)]
    frame = [(20, 20, 400, 20), (20, 570, 400, 570), (20, 20, 20, 570), (400, 20, 400, 570)]
    chart = [(60, 100 + 30 * n, 300, 100 + 30 * n) for n in range(5)] + [
        (60 + 60 * n, 100, 60 + 60 * n, 220) for n in range(5)
    ]
    found = drawn(tmp_path / "a.pdf", words, [*box, *frame, *chart])
    assert found == "The ferry was built in 1911 by Anders Krog.\n\nWarning: the boiler is hot."


def test_an_address_beside_another_keeps_its_lines(tmp_path: Path) -> None:
    left = ["Larkhaven Chandlery", "14 Quay Street", "4021 Larkhaven"]
    right = ["Invoice number: LC-2024-0187", "Date: 14 March 2024", "Due date: 13 April 2024", "Terms: 30 days"]
    words = [(40, 500 - 13 * n, line) for n, line in enumerate(left)] + [
        (260, 505 - 12 * n, line) for n, line in enumerate(right)
    ]
    found = drawn(tmp_path / "a.pdf", words, [])
    assert sorted(found.split("\n\n")) == sorted(["\n".join(left), "\n".join(right)])


@pytest.mark.parametrize(
    ("name", "sentence", "row"),
    [
        ("arabic", "تضاء المنارة كل مساء في الساعة السادسة (GMT+3) حسب النظام.", "ليلى\t2004\tعدن"),
        ("hebrew", "הוא קורא את Footnote 2.0 כל ערב.", ""),
        ("hebrew", "המהנדס דוד כהן בנה את המגדלור בשנת 1931 על סלע בים. גובהו 42 מטרים, והשומר היום הוא יוסי לוי.", ""),
    ],
)
def test_what_is_written_from_right_to_left_is_read_so(name: str, sentence: str, row: str) -> None:
    text = read(DATA / f"{name}.pdf").text
    assert sentence in text and row in text.split("\n")


def test_a_sum_below_a_column_is_a_row_of_its_own(tmp_path: Path) -> None:
    lines = [["Item", "Boats", "Price", "Total"], ["Rope", "2", "12.50", "25.00"], ["Lamp", "1", "30.00", "30.00"],
             ["", "", "Sum", "55.00"]]  # fmt: skip
    words = [(50 + 90 * c, 500 - 16 * r, cell) for r, line in enumerate(lines) for c, cell in enumerate(line)]
    assert drawn(tmp_path / "a.pdf", words, []).split("\n")[2:] == ["Lamp\t1\t30.00\t30.00", "\t\tSum\t55.00"]


STATIONS = [["Station", "Opened", "Capacity"], ["Oldermoor", "1893", "340 m3"], ["Suffield", "1911", "120 m3"]]


def test_names_in_the_middle_of_wide_columns_are_those_of_what_is_below(tmp_path: Path) -> None:
    """As browsers print them: none stands above what it names."""
    style = [("ALIGN", (0, 0), (-1, 0), "CENTER"), ("ALIGN", (0, 1), (-1, -1), "LEFT")]
    assert written(tmp_path / "a.pdf", Table(STATIONS, colWidths=120, style=style)) == lined(STATIONS)
    sums = [["Item", "2030"], ["Wages", "412,000"], ["Dikes and embankments", "1,204,000"], ["Total", "1,616,000"]]
    style = [("ALIGN", (0, 0), (-1, 0), "CENTER"), ("ALIGN", (1, 1), (1, -1), "RIGHT")]
    assert written(tmp_path / "b.pdf", Table(sums, colWidths=140, style=style)) == lined(sums)


def test_names_above_the_rules_of_a_table_are_its_first_row(tmp_path: Path) -> None:
    ruled = Table(STATIONS, colWidths=100, style=[("GRID", (0, 1), (-1, -1), 0.5, "black")])
    assert written(tmp_path / "a.pdf", ruled) == lined(STATIONS)


def test_rows_with_no_more_than_blanks_between_their_cells_are_lines(tmp_path: Path) -> None:
    rows = [f"Year {year} {year * 3} yes" for year in range(1900, 1906)]
    words = [(40, 500 - 12 * n, row) for n, row in enumerate(rows)]
    assert drawn(tmp_path / "a.pdf", [(40, 540, BEFORE[:80]), *words], []).split("\n")[-6:] == rows
