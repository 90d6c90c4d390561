"""The settings: another model, chosen while the page runs."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from rag.catalog import CHOICES, here, way

LetIn = Callable[..., Any]
Serve = Callable[..., AbstractContextManager[str]]

QUESTION = "Who founded the moon base Selene?"
HERE = [choice.name for choice in CHOICES if here(choice)]


@pytest.mark.skipif(not HERE, reason="no writer here: make test installs one")
def test_another_model_writes_the_next_answer(enter: LetIn, serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "selene.md").write_text("The moon base Selene was founded by Mira Okafor in 2041.", encoding="utf-8")
    subprocess.run([sys.executable, "-m", "rag.cli", "index", "selene.md"], cwd=tmp_path, check=True)
    with serve(tmp_path) as address:
        visitor = enter(address)
        page = visitor.page
        visitor.go("Settings")
        expect(page.get_by_role("radio", name="No writer")).to_be_checked()
        page.get_by_role("radio", name=HERE[0]).check()
        expect(page.get_by_role("status").filter(has_text=f"Loading {HERE[0]}")).to_be_visible()
        visitor.go("Ask")
        assert "Mira Okafor" in visitor.ask(QUESTION)
        page.locator("summary").click()
        expect(page.locator("details")).to_contain_text(HERE[0])
        visitor.go("Settings")
        expect(page.get_by_role("radio", name=HERE[0])).to_be_checked()


def test_what_is_not_here_says_how_it_gets_here(visitors: LetIn) -> None:
    visitor = visitors()
    visitor.go("Settings")
    for choice in CHOICES:
        if not here(choice):
            row = visitor.page.locator("#model p").filter(has_text=choice.name)
            expect(row).to_contain_text("not here yet")
            expect(row.locator("code")).to_have_text(way(choice))
