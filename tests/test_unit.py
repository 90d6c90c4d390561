"""Units: everything that a text says can be cited, with what it takes to understand it."""

import random
from pathlib import Path

import pytest
import reach
from reach import out_of_reach

from index.article import read
from index.clause import LONG
from index.outline import CONTEXT
from index.table import named_cells
from index.unit import Unit, units

DATA = Path(__file__).parent / "data"
SEEDS = Path(__file__).parent.parent / "seeds"
TABLE = "# Wardens\n\n| Warden | District |\n|---|---|\n| Signe Moe | Harbour |\n| Tiril Voss | Mill Hill |\n"
LEASE = (
    "The tenant shall, for as long as this lease is in force, (a) pay to the landlord a rent of 1,150 crowns on the "
    "first working day of each month and without deduction or set-off of any kind whatsoever; (b) keep the roof, the "
    "slipway, the doors, the locks and the electrical installation in good and substantial repair, fair wear and tear "
    "excepted; (c) not assign, sublet or part with the possession of the boathouse without written consent; and (d) "
    "insure the boathouse against fire with the Norvik Mutual for not less than 600,000 crowns."
)
TOWNS = ("Ald", "Bran", "Col", "Dun", "Elm", "Fen", "Gor")
NAMES = [f"{a}{b}mere" for a in TOWNS for b in ("er", "al", "in", "os", "um")]
TEXTS = {
    "nothing": "",
    "blank": " \n\t\r\n",
    "prose": "The mill was built in 1870. It burnt down.\n\nNobody mourned it.",
    "table": TABLE,
    "tabs": "Wardens\n\nWarden\tDistrict\tDeputy\nSigne Moe\tHarbour\tRolf\nTiril Voss\tMill Hill\tPer",
    "pairs": "Keeper\tAda Thorne\nHeight\t42 m",
    "records": "\n".join(f"{n};pump type {n};{n * 13} crowns;rack {n}" for n in range(40)),
    "commas": "name,place,price\nanna,oslo,12\nbert,bergen,14\n",
    "long": LEASE,
    "transcript": "and then the man said that his name was anton and we went on to the ice house " * 40,
    "no blanks": "x" * 3000,
    "chinese": "灯塔由工程师陈明建造。\n\n灯塔高四十二米。看守人是林月，她每天晚上六点点灯。",
    "team": "# Team\n\nManaging director\nYngve Sand\n\nTreasurer\nLone Falk\n",
    "recipe": "Herring\n\nTwo eggs\nRye flour\nBrown butter\nA spoon of mustard seed\n\nFry slowly.",
    "byline": "The last ferry\n\nBy Mara Ellison\n\nThe ferry made its last crossing on a grey morning.",
    "list": "The board:\n\n- Ada Thorne\n- Rolf Aker\n\n1. first\n2. second",
    "setext": "Lighthouses\n===========\n\nThe lamp of Oss\n---------------\n\nIt was lit in 1820.",
    "code": "# Setup\n\n```\n# not a heading\nrun --fast\n```\n\nDone.",
    "headings": "# One\n\n## Two\n\n# Three",
    "crlf": "Title\r\n\r\nWarden\tPlace\r\nAda\tOss\r\n\r\nEnd of it.",
    "deep": "".join(f"{'#' * level} {' '.join(NAMES[level::6])}\n\n" for level in range(6)).lstrip() + "It was lit.",
    "wide": "\t".join(NAMES) + "\n" + "\t".join(["yes"] * len(NAMES)) + "\n" + "\t".join(["no"] * len(NAMES)),
    "caption": "Table 3: Officers of Oss\nPost\tHolder\tSince\nCook\tAda\t1999\n",
    "one word": "Oss",
    "one number": "1432",
    "numbers": "- 12\n- 13\n\n10) 14",
    "nested": "- Keys\n  - Ada has it\n    - 3 copies\n      and a spare\n",
    "joiners": "می‌گوید 👩‍💻 e\u0301 " * 120,
}


def check(text: str) -> None:
    """Units are in order, the characters at their spans, and leave nothing out that is in no context below."""
    end = 0
    for unit in units(text):
        assert text[unit.start : unit.end] == unit.text == unit.text.strip()
        assert unit.start >= end and len(unit.text) <= max(LONG, 2 * LONG * ("\t" in unit.text or "|" in unit.text))
        end = unit.end
    assert out_of_reach(text) == []


@pytest.mark.parametrize("name", TEXTS)
def test_no_letter_is_out_of_reach(name: str) -> None:
    check(TEXTS[name])


FIXTURES = sorted(
    path for folder in (DATA, SEEDS) for path in folder.rglob("*.*") if path.stem != "scan" and path.suffix != ".gz"
)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.name)
def test_no_letter_of_a_fixture_is_out_of_reach(path: Path) -> None:
    check(read(path).text)


def test_a_text_with_a_word_out_of_reach_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "units", lambda text: units(text)[1:])
    assert out_of_reach(TEXTS["prose"]) == ["The", "mill", "was", "built", "in", "1870"]


def test_any_mixture_of_lines_is_within_reach() -> None:
    chance = random.Random(4)
    lines = [line for text in TEXTS.values() for line in text.splitlines() if len(line) < 300 and "```" not in line]
    for _ in range(300):
        text = "".join(chance.choice(lines) + chance.choice(["\n", "\n\n"]) for _ in range(chance.randrange(1, 25)))
        check(text)


def said(text: str, words: str) -> Unit:
    (unit,) = [unit for unit in units(text) if words in unit.text]
    return unit


@pytest.mark.parametrize(
    ("text", "words", "unit", "context"),
    [
        (TABLE, "Tiril", "| Tiril Voss | Mill Hill |", "Wardens › Warden | District"),
        (TEXTS["tabs"], "Tiril", "Tiril Voss\tMill Hill\tPer", "Wardens › Warden | District | Deputy"),
        (TEXTS["pairs"], "Ada", "Keeper\tAda Thorne", ""),
        (TEXTS["records"], "type 5;", "5;pump type 5;65 crowns;rack 5", ""),
        (TEXTS["team"], "Lone Falk", "Treasurer\nLone Falk", "Team"),
        (TEXTS["recipe"], "Rye", "Two eggs\nRye flour\nBrown butter\nA spoon of mustard seed", "Herring"),
        (TEXTS["byline"], "Mara", "By Mara Ellison", "The last ferry"),
        (TEXTS["list"], "Rolf", "Rolf Aker", "The board:"),
        ("News\n\nNew cook\n\nIda Lie\n\n3 May\n\nSold\n\nThe barn, 900", "Ida Lie", "Ida Lie", "News › New cook"),
        ("a\tb\tc\nAda\nBo\t7\tx", "Ada", "Ada", "a | b | c"),
        ("a\tb\tc\nAda\tBo\tx\n\tCy\t7", "Cy", "Cy\t7", "b | c"),
        ("a\tb\tc\nAda\tBo\tx\nFrom 2024\nCy\t7\ty", "Cy", "Cy\t7\ty", "From 2024 › a | b | c"),
        ("a\tb\tc\nAda\tBo\tx\n\t\t7\nCy\t8\ty", "Cy", "Cy\t8\ty", "a | b | c"),
        ("Catch\t2022\t2023\nCod\t140\t150", "Cod", "Cod\t140\t150", "Catch | 2022 | 2023"),
        ("\t2022\t2023\nCod\t140\t150", "Cod", "Cod\t140\t150", " | 2022 | 2023"),
        ("In 2021\nYear\t\tNote\n1\t2\tDry", "Dry", "1\t2\tDry", "In 2021 › Year |  | Note"),
        ("date\tsaid\n2020-01-01\tAll; sold; says Bo", "Bo", "2020-01-01\tAll; sold; says Bo", "date | said"),
        ("Fees of 2025\nBoat\tFee\tDue\nTern\t9\tMay", "Tern", "Tern\t9\tMay", "Fees of 2025 › Boat | Fee | Due"),
        ("Paid in 2025.\n\nBoat\tFee\tDue\nTern\t9\tMay", "Tern", "Tern\t9\tMay", "Boat | Fee | Due"),
        ("Ship: Alcyon\nMaster: Jens Torp\nMate: Ole", "Jens", "Master: Jens Torp", "Ship: Alcyon"),
        ("Ship: Alcyon\nMaster: Jens\n\nMate: Ole", "Ole", "Mate: Ole", ""),
        ("Name | *Boat*\n--- | ---\n**Ada** | Tern", "Tern", "**Ada** | Tern", "Name | Boat"),
        (
            "Name      Boat     Length\nAda Lund  Tern     9\nBo        Skua     7",
            "Tern",
            "Ada Lund  Tern     9",
            "Name | Boat | Length",
        ),
        ("Ship: Alcyon\nMaster: Jens\n\n1. Sold.", "Sold", "Sold.", ""),
        ("**Who sails?**\n\nOle Vang.\n\nIda too.", "Ole", "Ole Vang.", "Who sails?"),
        ("**Who sails?**\n\nOle Vang.\n\nIda too.", "Ida", "Ida too.", ""),
        ("Who sails?\nOle Vang\n\nWho stays?\nIda", "Ole", "Ole Vang", "Who sails?"),
        ("Q: Who sails?\nA: Ole Vang.", "Ole", "A: Ole Vang.", "Q: Who sails?"),
        ("What does it cost?\n\n- Tern: 9\n- Skua: 7", "Skua", "Skua: 7", "What does it cost?"),
        ("Why did it fail? Because of rust. It leaked.", "leaked", "It leaked.", "Why did it fail?"),
        ("1. First by\n   Ole Vang\n2. Second", "Ole", "First by\n   Ole Vang", ""),
        (TEXTS["setext"], "1820", "It was lit in 1820.", "Lighthouses › The lamp of Oss"),
        (TEXTS["chinese"], "陈明", "灯塔由工程师陈明建造。", ""),
    ],
)
def test_a_fact_stands_with_what_explains_it(text: str, words: str, unit: str, context: str) -> None:
    found = said(text, words)
    assert (found.text, found.context) == (unit, context)


def test_a_heading_proves_nothing_unless_it_says_something() -> None:
    text = "# The Lamp\n\nWhy Oss Has a Lamp\n\nIt was built.\n\n## Lit in 1901\n\nIt is red."
    assert [unit.text for unit in units(text)] == ["It was built.", "Lit in 1901", "It is red."]
    assert [unit.context for unit in units(text)][-1] == "The Lamp › Lit in 1901"


def test_a_long_sentence_is_cut_where_a_clause_ends_and_its_parts_know_how_it_began() -> None:
    found = units(LEASE)
    assert len(found) == 2 and found[1].text.startswith("(") and found[1].text.endswith("600,000 crowns.")
    assert found[1].context == "The tenant shall, for as long as this lease is in force …"
    transcript = units(TEXTS["transcript"])
    assert all(unit.text.split()[0] in ("and", "that") for unit in transcript)


def test_a_passage_knows_the_headings_and_columns_before_it() -> None:
    rows = "".join(f"Lamp {n}\tShelf {n}\tRow {n}\n" for n in range(3000))
    text = f"# Stock\n\nLamp\tShelf\tRow\n{rows}\nEnd of the list."
    start = text.index("Lamp 2990\t")
    found = units(text, start, start + 40)
    assert found[0].text == "Lamp 2990\tShelf 2990\tRow 2990"
    assert found[0].context == "Lamp | Shelf | Row"
    start = text.index("Lamp 20\t")
    assert units(text, start, start + 20)[0].context == "Stock › Lamp | Shelf | Row"


def test_the_units_of_a_span_are_those_of_the_text_within_it() -> None:
    text = "\n\n".join(TEXTS[name] for name in ("team", "prose", "list"))
    start, end = text.index("The mill"), text.index("The board")
    assert units(text, start, end) == [unit for unit in units(text) if start <= unit.start < end]


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ("Roof\t\t120", [("Item", "Roof"), ("2025", "120")]),
        ("Roof\t90", [("Item", "Roof"), ("2024", "90")]),
        ("| Roof | | 120 |", [("Item", "Roof"), ("2025", "120")]),
        ("Roof      120", []),  # nobody can tell of which year
        ("Roof\t1\t2\t3", []),
    ],
)
def test_cells_are_told_with_the_names_of_their_columns(row: str, named: list[tuple[str, str]]) -> None:
    assert named_cells(row, "Costs › Item | 2024 | 2025") == named


@pytest.mark.parametrize(
    ("row", "context", "named"),
    [
        ("Cod\t140", " | 2022 | 2023", [("", "Cod"), ("2022", "140")]),
        ("Cod\t140", "Catch ›  | 2022 | 2023", [("", "Cod"), ("2022", "140")]),
        ("Tea\tgreen", "Item |  | Price", [("Item", "Tea"), ("", "green")]),
    ],
)
def test_a_cell_without_a_column_name_takes_no_other_one(row: str, context: str, named: list[tuple[str, str]]) -> None:
    assert named_cells(row, context) == named


def test_context_is_short() -> None:
    text = "".join(f"{'#' * level} {'Heading ' * 12}\n\n" for level in range(1, 7)) + "It was lit."
    assert len(units(text)[-1].context) <= CONTEXT
