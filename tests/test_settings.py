"""Settings: as options before or after the command, from the environment, from the user's file, in this order."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rag import settings
from rag.cli import main


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of settings, which is not there yet; nothing is set elsewhere."""
    for option in settings.options():
        monkeypatch.setenv(f"FOOTNOTE_{str(option.name).upper()}", "")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(settings, "file", lambda: tmp_path / "config.toml")
    return tmp_path / "config.toml"


def rag(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def library_of(*arguments: str) -> str:
    """The library that a command looked for in vain."""
    done = rag(*arguments)
    assert done.exit_code == 2 and "There is no library in " in done.output, done.output
    return done.output.partition("There is no library in ")[2].partition(":")[0]


def test_the_option_outranks_the_environment_and_that_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert library_of("library") == ".rag"
    file.write_text('library = "of-the-file"\nquiet = true\nthreads = 3\n', encoding="utf-8")
    assert library_of("library") == "of-the-file"
    assert os.environ["FOOTNOTE_THREADS"] == "3"
    monkeypatch.setenv("FOOTNOTE_LIBRARY", "of-the-environment")
    assert library_of("library") == "of-the-environment"
    assert library_of("--library", "option", "library") == "option"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--library", "mine", "library", "--check"],
        ["library", "--library", "mine", "--check"],
        ["library", "--check", "--library=mine"],
        ["--library", "other", "library", "--library", "mine"],
        ["search", "Who?", "-k", "3", "--library", "mine"],
        ["feedback", "export", "folder", "--library", "mine"],
        ["Who signed it", "--quick", "--library", "mine"],
        ["--library", "mine", "Who?"],
    ],
)
def test_an_option_stands_before_the_command_or_after_it(arguments: list[str]) -> None:
    assert library_of(*arguments) == "mine"


def test_what_belongs_to_the_home_folder_is_found_there(file: Path) -> None:
    file.write_text("library = '~/nowhere'", encoding="utf-8")
    assert library_of("library") == str(Path.home() / "nowhere")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("librari = 'x'", "no setting librari: did you mean library?"),
        ("port = 1", "no setting port: there are library"),
        ("threads = 'two'", "threads takes a whole number"),
        ("threads = 0", "threads takes a whole number"),
        ("threads = true", "threads takes a whole number"),
        ("quick = 1", "quick takes true or false"),
        ("library = ", "is not TOML"),
    ],
)
def test_a_file_that_is_wrong_is_named_in_one_line_and_help_goes_without(file: Path, text: str, says: str) -> None:
    file.write_text(text, encoding="utf-8")
    done = rag("articles")
    assert done.exit_code == 2 and done.output.count("\n") == 1
    assert "config.toml" in done.output and says in done.output
    assert rag("--help").exit_code == 0


def test_threads_that_are_no_number_are_refused_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_THREADS", "many")
    done = rag("articles")
    assert done.exit_code == 2 and "FOOTNOTE_THREADS" in done.output


def test_a_mistyped_command_is_no_question() -> None:
    done = rag("serch", "exclusivity")
    assert (done.exit_code, done.output) == (2, "rag: There is no command serch: did you mean rag search?\n")
    assert "goes in quotes" in rag("Who", "signed", "it").output


def completed(typed: str, shell: str = "bash") -> str:
    """What a shell offers for the last word of what was typed."""
    words = typed.split(" ")
    asked = {
        "_RAG_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": typed,
        "COMP_CWORD": words[-1] if shell == "fish" else str(len(words) - 1),
    }
    return CliRunner().invoke(main, [], prog_name="rag", env=asked).output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_options(shell: str) -> None:
    assert "_RAG_COMPLETE" in rag("completion", shell).output
    assert "search" in completed("rag se", shell)
    for typed in ("rag --li", "rag ask --li", "rag library copy --li"):
        assert "--library" in completed(typed, shell), typed


@pytest.mark.parametrize(
    ("typed", "offers"),
    [
        ("rag index arti", "file,arti"),
        ("rag verify ans", "file,ans"),
        ("rag ask --batch que", "file,que"),
        ("rag library copy .r", "file,.r"),
        ("rag --library not", "dir,not"),
        ("rag ask --model qwen3-4", "plain,qwen3-4b"),
        ("rag --model mine", "file,mine"),
    ],
)
def test_shells_complete_files_folders_and_models(typed: str, offers: str) -> None:
    assert completed(typed) == f"{offers}\n"


def test_help_lists_the_settings_once() -> None:
    assert "--library" in rag("--help").output
    for command in (["ask"], ["library"], ["library", "copy"]):
        assert "--library " not in rag(*command, "--help").output.partition("Options:")[2]
