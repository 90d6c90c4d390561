"""The articles: added, chosen, listed and removed in a browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

LetIn = Callable[..., Any]

FILES = "input[type=file][multiple]"
FOLDER = "input[type=file][webkitdirectory]"
QUESTION = "Until what year are the key elements of the agreement intact?"


def test_uploaded_is_asked_about_and_removed(visitors: LetIn, tmp_path: Path) -> None:
    (tmp_path / "selene.txt").write_text("The moon base Selene was founded in 2041 by Mira Okafor.", encoding="utf-8")
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 8)
    visitor = visitors()
    page: Page = visitor.page
    visitor.go("Articles")
    page.locator(FILES).set_input_files([tmp_path / "selene.txt", tmp_path / "noise.txt"])
    expect(page.locator(".results .added")).to_have_text("selene.txt is added", timeout=60_000)
    expect(page.locator(".results .left-out")).to_contain_text("noise.txt is skipped", timeout=60_000)
    page.get_by_role("button", name="Selene", exact=True).click()
    expect(page.locator("#source .text")).to_contain_text("Mira Okafor")
    visitor.go("Ask")
    assert "Mira Okafor" in visitor.ask("Who founded the moon base Selene?")
    expect(page.locator("#source mark.chosen")).to_contain_text("Mira Okafor")
    visitor.go("Articles")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Remove Selene").click()
    expect(page.get_by_role("button", name="Selene", exact=True)).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove Selene").click()
    expect(page.get_by_role("button", name="Selene", exact=True)).to_have_count(0)
    expect(page.locator("#source mark")).to_have_count(0)  # the old quote is gone
    expect(page.locator("#source")).to_contain_text("no longer in the library")
    visitor.go("Ask")
    expect(page.locator(".said")).to_contain_text("Mira Okafor")  # what was said stays
    assert "Mira Okafor" not in visitor.ask("Who founded the moon base Selene?")


def test_a_changed_file_replaces_the_one_before_or_stands_beside_it(visitors: LetIn, tmp_path: Path) -> None:
    file = tmp_path / "tide.txt"
    visitor = visitors()
    page: Page = visitor.page
    visitor.go("Articles")
    for text, choice, count in (("3", None, 1), ("4", "Replace it", 1), ("5", "Keep both", 2)):
        file.write_text(f"The tide mill of Oss grinds {text} sacks a day.", encoding="utf-8")
        page.locator(FILES).set_input_files(file)
        if choice:
            expect(page.locator(".results .asks")).to_contain_text("is there already, with another text")
            page.get_by_role("button", name=choice).click()
        expect(page.locator(".results li").first).to_contain_text("is added", timeout=60_000)
        expect(page.get_by_role("button", name="Tide", exact=True)).to_have_count(1)
        expect(page.get_by_role("button", name="Tide 2", exact=True)).to_have_count(count - 1)
    page.get_by_role("button", name="Tide", exact=True).click()
    expect(page.locator("#source .text")).to_contain_text("4 sacks")
    for name in ("Remove Tide 2", "Remove Tide"):
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)


def test_a_folder_is_added_and_asked_alone(visitors: LetIn, tmp_path: Path) -> None:
    folder = tmp_path / "Clockmakers"
    folder.mkdir()
    (folder / "arne.txt").write_text("The clock of Arne was made by Lise Holt in 1790.", encoding="utf-8")
    (folder / "bodil.txt").write_text("The clock of Bodil was made by Olav Skar in 1801.", encoding="utf-8")
    (folder / "left.exe").write_bytes(b"MZ")
    visitor = visitors()
    page: Page = visitor.page
    visitor.go("Articles")
    page.locator(FOLDER).set_input_files(folder)
    expect(page.locator(".results .added")).to_have_count(2, timeout=60_000)
    expect(page.locator(".results li")).to_have_count(2)
    page.locator("select[name=folder]").select_option(label="Added in the page/Clockmakers (2)")
    expect(page.locator("#articles tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Ask only this folder").click()
    expect(page.locator("#chosen")).to_contain_text("Asking only the folder Added in the page/Clockmakers")
    assert "Olav Skar" in visitor.ask("Who made the clock of Bodil?")
    expect(page.locator(".scope")).to_have_text("Asked only the folder Added in the page/Clockmakers")
    assert "2030" not in visitor.ask(QUESTION)
    page.get_by_role("button", name="Ask all articles").click()
    expect(page.locator("#chosen")).to_have_text("")
    assert "2030" in visitor.ask(QUESTION)
    visitor.go("Articles")
    page.locator("select[name=folder]").select_option(index=0)
    page.get_by_label("Find").fill("ARNE clock")
    expect(page.locator("#articles tbody tr")).to_have_count(1)
    page.get_by_label("Choose Arne").check()
    page.get_by_label("Find").fill("")
    expect(page.get_by_label("Choose Arne")).to_be_checked()
    page.get_by_role("button", name="Ask only the 1 chosen").click()
    expect(page.locator("#chosen")).to_contain_text("Asking only “Arne”")
    assert "Olav Skar" not in visitor.ask("Who made the clock of Bodil?")
    expect(page.locator(".scope").last).to_have_text("Asked only “Arne”")


def test_a_folder_that_is_dropped_is_chosen_by_its_tag_and_by_a_search(visitors: LetIn, tmp_path: Path) -> None:
    folder = tmp_path / "Ferries"
    (folder / "old").mkdir(parents=True)
    for name, captain, tag in (
        ("juno", "Kai Dahl", "steam"),
        ("old/hero", "Siv Moe", "steam"),
        ("old/zeta", "Ib Ry", "sail"),
    ):
        text = f"---\ntags: [{tag}]\n---\nThe captain of the {name[-4:]} was {captain}."
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    visitor = visitors()
    page: Page = visitor.page
    visitor.go("Articles")
    drop(page, folder)
    expect(page.locator(".results .added")).to_have_count(3, timeout=60_000)
    page.locator("select[name=folder]").select_option(label="#steam (2)")
    expect(page.locator("#articles tbody tr")).to_have_count(2)
    expect(page.locator("#articles .path").first).to_have_text("hero.md #steam")
    page.get_by_role("button", name="Ask only this tag").click()
    expect(page.locator("#chosen")).to_contain_text("Asking only the tag #steam")
    visitor.reload()
    expect(page.locator("#chosen")).to_contain_text("Asking only the tag #steam")
    assert "Siv Moe" in visitor.ask("Who was the captain of the hero?")
    expect(page.locator(".scope")).to_have_text("Asked only the tag #steam")
    assert "Ib Ry" not in visitor.ask("Who was the captain of the zeta?")
    visitor.go("Articles")
    page.get_by_label("Find").fill("ferries/old")
    page.get_by_role("button", name="Ask only the 2 found").click()
    expect(page.locator("#chosen")).to_contain_text("Asking only “Hero” and “Zeta”")
    assert "Ib Ry" in visitor.ask("Who was the captain of the zeta?")


def drop(page: Page, path: Path) -> None:
    """Let go of a file or a folder over the place for them, as the system does it."""
    box = page.locator(".drop").bounding_box()
    assert box
    there = {"x": box["x"] + 40, "y": box["y"] + 20}
    hand = page.context.new_cdp_session(page)
    for type in ("dragEnter", "dragOver", "drop"):
        data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
        hand.send("Input.dispatchDragEvent", {"type": type, **there, "data": data})


def test_a_large_file_says_how_far_it_is_and_can_be_cancelled(visitors: LetIn, tmp_path: Path) -> None:
    lines = (
        f"The keeper of light {n} is called Ada number {n}, and it burns oil of kind {n % 7}.\n\n"
        for n in range(60_000)
    )
    (tmp_path / "lights.txt").write_text("".join(lines), encoding="utf-8")
    visitor = visitors()
    page: Page = visitor.page
    visitor.go("Articles")
    page.locator(FILES).set_input_files(tmp_path / "lights.txt")
    expect(page.locator(".results .reading")).to_contain_text("lights.txt is being read", timeout=30_000)
    expect(page.get_by_role("progressbar", name="lights.txt")).to_be_visible()
    visitor.reload()
    visitor.go("Articles")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".results .left-out")).to_contain_text("you cancelled it")
    expect(page.get_by_role("button", name="Lights", exact=True)).to_have_count(0)
