"""reStructuredText: its tables are rows, as those of other kinds of files, and its text is what it says."""

from pathlib import Path

import pytest
from reach import out_of_reach

from index.article import read

GRID = """\
Fees follow.

+------------+---------+-----------+
| Keeper     | From    | Boats     |
+============+=========+===========+
| Ada Thorne | 1931    | three, or |
|            |         | four      |
+------------+---------+-----------+
| Rolf Aker  | 1940, and then on   |
+------------+---------+-----------+
| Both       | 1950    | none      |
|            +---------+-----------+
|            | 1951    | one       |
+------------+---------+-----------+

It ends.
"""
SIMPLE = """\
=====  =====  ======
Berth  Price  Owner
=====  =====  ======
A1     450    Mara
B2     500    Olav and
              family
=====  =====  ======

It ends.
"""
LISTED = """\
.. list-table:: Opening hours
   :header-rows: 1

   * - Day
     - Hours
   * - Monday
     - 9 to 5, and
       by appointment

.. csv-table:: Prices
   :header: "Item", "Price"

   "Tea, black", "18 kr"
   Coffee, 20 kr

It ends.
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            GRID,
            "Fees follow.\n\nKeeper\tFrom\tBoats\nAda Thorne\t1931\tthree, or four\nRolf Aker\t1940, and then on\n"
            "Both\t1950\tnone\nBoth\t1951\tone\n\nIt ends.\n",
        ),
        (SIMPLE, "Berth\tPrice\tOwner\nA1\t450\tMara\nB2\t500\tOlav and family\n\nIt ends.\n"),
        (
            LISTED,
            "Opening hours\n\nDay\tHours\nMonday\t9 to 5, and by appointment\n\n"
            "Prices\n\nItem\tPrice\nTea, black\t18 kr\nCoffee\t20 kr\n\nIt ends.\n",
        ),
    ],
)
def test_tables_are_rows(tmp_path: Path, source: str, said: str, end: str) -> None:
    (tmp_path / "a.rst").write_text(source, newline=end)
    text = read(tmp_path / "a.rst").text
    assert text.replace("\r\n", "\n") == said
    assert not out_of_reach(text)


def test_what_only_looks_like_a_table_stays(tmp_path: Path) -> None:
    source = "====\nFees\n====\n\n:Date: 2024-03-05\n\n=== ===\nis no table\n\n+--+ is a sign."
    (tmp_path / "a.rst").write_text(source)
    article = read(tmp_path / "a.rst")
    assert (article.text, article.title, article.date) == (source, "Fees", "2024-03-05")
