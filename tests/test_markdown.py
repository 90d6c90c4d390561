"""Markdown: what its reader does not see is not read, and its tables of HTML are rows."""

from pathlib import Path

import pytest
from reach import out_of_reach

from index.article import read

PICTURE = "data:image/png;base64," + "iVBORw0KGgoA/+" * 200 + "=="


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("It is lit.<!-- The code\nis 4711. --> By Ada.", "It is lit. By Ada."),
        ("[//]: # (By Zeno.)\nIt is lit.", "\nIt is lit."),
        ("It is lit.{/* By Zeno. */}", "It is lit."),
        (f"![Quay]({PICTURE}) It is lit.\n\n[a]: <{PICTURE}>", "![Quay]() It is lit.\n\n[a]: <>"),
        (
            "Fees.\n\n<table>\n<tr><th>Boat<th>Fee</tr>\n<tr><td><b>Gull</b>\n<td>450</tr>\n</table>\n\nIt ends.",
            "Fees.\n\n\nBoat\tFee\nGull\t450\n\n\nIt ends.",
        ),
    ],
)
def test_what_is_seen_is_read(tmp_path: Path, source: str, said: str) -> None:
    (tmp_path / "a.md").write_text(source)
    text = read(tmp_path / "a.md").text
    assert text == said
    assert not out_of_reach(text)


@pytest.mark.parametrize(
    "source",
    [
        "Write `<!-- so -->` for a remark.",
        "```\n<!-- so -->\n<table><tr><td>a</table>\n```\n\nIt is lit.",
        "A <table> and <!-- that never end. `" + "<!-- `" * 1000,
        "2 < 3, and <b>bold</b> stays.",
    ],
)
def test_code_and_what_never_ends_stay(tmp_path: Path, source: str) -> None:
    (tmp_path / "a.md").write_text(source)
    assert read(tmp_path / "a.md").text == source
