"""Two rows of column names, one above the other, are one line of names in every kind of file that has merged cells."""

from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook

from index.article import read

ROWS = (["Boat", "Herring", ""], ["", "spring", "autumn"], ["Alma", "14", "19"], ["Berit", "8", "11"])


def page(path: Path) -> None:
    first = '<tr><td rowspan="2">Boat</td><td colspan="2">Herring</td></tr>'
    others = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row if cell)}</tr>" for row in ROWS[1:])
    path.write_text(f"<h1>Landings</h1><p>In tonnes, by boat.</p><table>{first}{others}</table>", encoding="utf-8")


def sheet(path: Path) -> None:
    book = Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.merge_cells("A1:A2")
    book.active.merge_cells("B1:C1")
    book.save(path)


def document(path: Path) -> None:
    made = Document()
    table = made.add_table(len(ROWS), len(ROWS[0]))
    for place, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            table.cell(place, column).text = cell
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    made.save(str(path))


@pytest.mark.parametrize(("write", "name"), [(page, "a.html"), (sheet, "a.xlsx"), (document, "a.docx")])
def test_two_rows_of_column_names_are_one(tmp_path: Path, write: Callable[[Path], None], name: str) -> None:
    write(tmp_path / name)
    text = read(tmp_path / name).text
    assert "Boat\tHerring spring\tHerring autumn\nAlma\t14\t19\nBerit\t8\t11" in text
