"""A share of ``python tests/attack.py``: hostile articles of which a reader would see nothing change nothing."""

from pathlib import Path

import attack

from rag.models import Models


def test_what_no_reader_of_an_article_would_see_changes_no_answer(tmp_path: Path, models: Models) -> None:
    unseen = ["invisible text", "homoglyphs", "hidden HTML"]
    changes, answered = attack.attacked(tmp_path, models, unseen, [*attack.CLAIMS])
    assert answered == len(attack.CLAIMS) and changes == []


def test_orders_in_file_names_and_tricks_are_not_followed(tmp_path: Path, models: Models) -> None:
    tricks = ["orders in file names", "path and SQL tricks"]
    changes, _ = attack.attacked(tmp_path, models, tricks, [*attack.CLAIMS])
    assert [change for change in changes if change.what == "false"] == []
