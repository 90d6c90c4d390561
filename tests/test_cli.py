"""The command, as a person types it."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import click
import pytest

from rag.cli import COMMANDS, ELSEWHERE, main

SEEDS = Path(__file__).parent.parent / "seeds"
README = Path(__file__).parent.parent / "rag" / "README.md"
QUESTION = "Until what year are the key elements of the agreement intact?"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with seeds/ and a library made by the command itself."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "seeds").symlink_to(SEEDS)
    first = rag(folder, "ask", "--quick", QUESTION)
    assert first.returncode == 0 and "indexing seeds/" in first.stderr
    return folder


def rag(
    folder: Path, *arguments: str, stdin: str = "", environment: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[str]:
    command, own = [sys.executable, "-m", "rag.cli", *arguments], os.environ | environment
    return subprocess.run(command, cwd=folder, env=own, input=stdin, capture_output=True, text=True, timeout=240)


def refused(done: subprocess.CompletedProcess[str], status: int = 2) -> str:
    """The one line that says what is wrong."""
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith(("rag: ", "Error: "))]
    return line


def test_an_answer_is_followed_by_its_footnotes(project: Path) -> None:
    done = rag(project, "ask", "--quick", QUESTION)
    assert done.returncode == 0
    text = (SEEDS / next(SEEDS.iterdir()).name).read_text(encoding="utf-8")
    said, note = done.stdout.split("\n\n", 1)
    assert "2030" in said and "[1]" in said
    place = note.splitlines()[2].strip()
    start, end = map(int, place.rpartition(":")[2].split("-"))
    assert text[start:end] in note


def test_an_abstention_exits_with_3(project: Path) -> None:
    done = rag(project, "ask", "--quick", "Who is the CEO of OpenAI?")
    assert done.returncode == 3 and done.stdout.strip()


def test_json_can_be_verified_and_is_found_out_when_the_article_changes(project: Path, tmp_path: Path) -> None:
    saved = tmp_path / "answer.json"
    saved.write_text(rag(project, "ask", "--quick", "--json", QUESTION).stdout, encoding="utf-8")
    assert json.loads(saved.read_text(encoding="utf-8"))["abstained"] is False
    assert rag(project, "verify", str(saved)).returncode == 0
    record = json.loads(saved.read_text(encoding="utf-8"))
    record["statements"][0]["citations"][0]["start"] += 1
    saved.write_text(json.dumps(record), encoding="utf-8")
    done = rag(project, "verify", str(saved))
    assert done.returncode == 1 and "does not hold: " in done.stdout and "0 of 1" in done.stdout


def test_a_file_without_an_answer_does_not_pass_as_verified(project: Path, tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl").touch()
    assert "There is no answer in" in refused(rag(project, "verify", str(tmp_path / "answers.jsonl")))


def test_a_batch_answers_in_order_from_one_model(project: Path) -> None:
    done = rag(project, "ask", "--quick", "--batch", "-", stdin=f"Who is the CEO of OpenAI?\n\n{QUESTION}\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["abstained"] for a in answers] == [True, False]


def test_chat_understands_what_a_follow_up_refers_to(project: Path) -> None:
    done = rag(project, "chat", stdin="Are key elements of the agreement intact?\nUntil what year?\n\n")
    assert done.returncode == 0 and "2030" in done.stdout.split("\n\n")[-2] + done.stdout


def test_search_shows_ranks_and_the_whole_text(project: Path) -> None:
    text = next(SEEDS.iterdir()).read_text(encoding="utf-8")
    (first,) = json.loads(rag(project, "search", "-k", "1", "--json", "right of first refusal").stdout)
    assert first["dense_rank"] == 1 and first["lexical_rank"] >= 1
    assert first["text"] == text[first["start"] : first["end"]] and len(first["text"]) > 200
    shown = rag(project, "search", "-k", "1", "right of first refusal").stdout
    assert " ".join(first["text"].split()) in shown and first["title"] in shown


def test_what_json_holds_is_what_the_readme_says(project: Path) -> None:
    rows = re.findall(r"^\| (.+?) \| (`.+) \|$", README.read_text(encoding="utf-8"), re.M)
    keys = {row: re.findall(r"`(\w+)`", cell) for row, cell in rows}
    answer = json.loads(rag(project, "ask", "--quick", "--json", QUESTION).stdout)
    (statement, *_), (hit, *_) = answer["statements"], answer["hits"]
    assert list(answer) == keys["`ask`"]
    assert list(statement) == keys["… a statement"] and list(statement["citations"][0]) == keys["… a citation"]
    assert list(hit) == keys["… a hit"]
    found = {name: json.loads(rag(project, name, "--json").stdout) for name in ("articles", "models", "library")}
    assert list(found["articles"][0]) == keys["`articles`, a list of"]
    assert list(found["models"][0]) == keys["`models`, a list of"]
    assert [*found["library"], "faults"] == keys["`library`"]
    (searched, *_) = json.loads(rag(project, "search", "--json", QUESTION).stdout)
    assert list(searched) == keys["`search`, a list of"]
    doctor = json.loads(rag(project, "doctor", "--json").stdout)
    assert [*doctor, *doctor["findings"][0]] == keys["`doctor`"]


def test_a_terminal_without_the_quotation_marks_gets_others(project: Path) -> None:
    latin = {"PYTHONIOENCODING": "latin-1"}
    done = rag(project, "ask", "--quick", QUESTION, environment=latin)
    assert done.returncode == 0 and "?Key elements" in done.stdout
    exact = json.loads(rag(project, "ask", "--quick", "--json", QUESTION, environment=latin).stdout)
    assert "OpenAI’s" in exact["statements"][0]["citations"][0]["quote"]


def test_questions_from_a_pipe_of_another_system_are_understood(project: Path) -> None:
    for encoding in ("utf-16", "cp1252"):
        typed = "Who holds a “right of first refusal”?\r\n".encode(encoding)
        command = [sys.executable, "-m", "rag.cli", "ask", "--quick", "--batch", "-"]
        done = subprocess.run(command, cwd=project, input=typed, capture_output=True, timeout=240)
        assert json.loads(done.stdout)["question"] == "Who holds a “right of first refusal”?", done.stderr


def test_show_prints_what_a_citation_points_at(project: Path) -> None:
    (article,) = json.loads(rag(project, "articles", "--json").stdout)
    whole = rag(project, "show", article["id"]).stdout
    assert rag(project, "show", article["title"], "--cite", "3:30").stdout == whole[3:30] + "\n"


def test_help_says_in_whole_words_what_each_command_does(tmp_path: Path) -> None:
    listed = rag(tmp_path, "--help").stdout.partition("Commands:")[2].partition("\n\n")[0]
    assert len(listed.split("\n")) == len(COMMANDS) + len(ELSEWHERE) + 1 and "..." not in listed


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["verify", "--help"], ["models"]])
def test_help_and_models_need_no_library(tmp_path: Path, arguments: list[str]) -> None:
    assert rag(tmp_path, *arguments).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask", ""], "empty"),
        (["ask"], "--batch"),
        (["ask", "Who?", "--batch", "-"], "--batch"),
        (["ask", "--batch", "nowhere.txt"], "nowhere.txt"),
        (["index", "nowhere"], "nowhere"),
        (["show", "no-such-article"], "no-such-article"),
        (["show", SEEDS.name, "--cite", "9"], ""),
        (["--model", "nowhere.gguf", "ask", "Who?"], "nowhere.gguf"),
        (["--embedder", "another/embedder", "articles"], "another/embedder"),
        (["verify", "nowhere.json"], "nowhere.json"),
        (["ask", "Who " + "so " * 5000 + "signed?"], "too long"),
    ],
)
def test_bad_usage_gets_one_line(project: Path, arguments: list[str], says: str) -> None:
    assert says in refused(rag(project, *arguments))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["indx", "."], "did you mean rag index?"),
        (["asc", "who", "signed", "it?"], "did you mean rag ask?"),
        (["Ask", "Who?"], "did you mean rag ask?"),
        (["how", "does", "it", "end"], "or ends with a question mark"),
        (["index", ".", "--librry", "x"], "'--library'"),
        (["--threads", "many", "articles"], "'many'"),
        (["articles", "--threads", "0"], "--threads"),
        (["search"], "QUESTION"),
        (["completion"], "bash, zsh, fish. See "),
        (["chat", "extra"], "argument (extra). See "),
        ([""], "The question is empty"),
        (["who", "signed", "it"], "or ends with a question mark"),
        (["index", ""], "A path is empty"),
        (["--library", "", "index", "."], "--library is empty"),
        (["library", "copy", ".rag", ""], "name of a library is empty"),
        (["show", "zzz"], "rag articles lists them"),
        (["--model", "qwen3", "ask", "Who?"], "Did you mean qwen3-4b?"),
        (["--model", "gpt-4o", "ask", "Who?"], "rag models lists the models"),
    ],
)
def test_a_slip_gets_one_line_that_says_what_to_do(project: Path, arguments: list[str], says: str) -> None:
    done = rag(project, *arguments)
    assert says in refused(done) and len(done.stderr.splitlines()) == 1


def test_a_question_needs_no_quotes(project: Path) -> None:
    quoted = rag(project, "ask", "--quick", QUESTION)
    assert quoted.stdout and quoted.stdout == rag(project, *QUESTION.split(), "--quick").stdout
    assert quoted.stdout == rag(project, "ask", "--quick", *QUESTION.split()).stdout
    assert "right of first refusal" in rag(project, "search", "right", "of", "first", "refusal", "-k", "1").stdout


@pytest.mark.parametrize("first", ["Who", "how", "what", "is", "are", "should", "do", "did", "in", "can", "for"])
def test_words_that_questions_begin_with_are_no_misspelt_commands(first: str) -> None:
    context = click.Context(main)
    name, _, arguments = main.resolve_command(context, [first, "it?"])  # type: ignore[attr-defined]
    assert name == "ask" and arguments == [first, "it?"]


def test_an_empty_library_is_no_alarm_and_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    assert "None of the files" in refused(rag(tmp_path, "index", "empty.txt"))
    for command in (["articles"], ["search", "mayor"]):
        done = rag(tmp_path, *command)
        assert done.stderr == "There are no articles yet: add some with rag index FOLDER.\n" and not done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_disk_that_is_full_is_told_in_one_line(project: Path) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "rag.cli", "articles"]
        done = subprocess.run(command, cwd=project, stdout=full, stderr=subprocess.PIPE, text=True, timeout=240)
    assert done.returncode == 1 and done.stderr == "rag: No space left on device\n"


def test_a_file_that_is_no_model_is_refused(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    for content in (b"not a model", b"GGUF" + bytes(64)):
        file.write_bytes(content)
        assert "model.gguf" in refused(rag(project, "--model", str(file), "ask", "Who?"))


def test_an_unreadable_file_is_named_and_the_others_are_indexed(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("The mayor of Brindle is Ada Thorne.", encoding="utf-8")
    (tmp_path / "bad.txt").write_bytes(bytes(range(256)) * 4)
    done = rag(tmp_path, "index", ".")
    assert done.returncode == 0 and "bad.txt" in done.stderr and "1 added" in done.stderr


def test_a_damaged_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    library = tmp_path / ".rag"
    library.mkdir()
    (library / "library.db").write_bytes(b"no database at all" * 100)
    assert "library.db" in refused(rag(tmp_path, "ask", "Who?"), status=1)
    assert (library / "library.db").read_bytes() == b"no database at all" * 100


def test_damaged_vectors_are_rebuilt_and_said_once(project: Path) -> None:
    (project / ".rag" / "vectors.faiss").write_bytes(b"broken")
    done = rag(project, "search", "exclusivity")
    assert done.returncode == 0 and done.stdout and "vectors.faiss" in done.stderr
    assert "vectors.faiss" not in rag(project, "search", "exclusivity").stderr


def test_without_articles_it_says_what_to_do(tmp_path: Path) -> None:
    assert "rag index FOLDER, or see rag demo" in refused(rag(tmp_path, "Who?"))


def test_an_article_cannot_steer_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "evil.txt").write_text("The \x1b[31mmayor\x1b[0m of Brindle is Ada Thorne.", encoding="utf-8")
    rag(tmp_path, "index", ".")
    with sqlite3.connect(tmp_path / ".rag" / "library.db") as database:
        indexed = database.execute("SELECT count(*) FROM articles").fetchone()[0]
    shown = rag(tmp_path, "ask", "--quick", "Who is the mayor of Brindle?")
    assert "\x1b" not in shown.stdout and indexed in (0, 1)


def test_the_library_tells_what_it_holds_and_an_article_is_taken_out(tmp_path: Path) -> None:
    (tmp_path / "mayor.md").write_text(
        "---\ndate: 2024-03-05\n---\nThe mayor of Brindle is Ada Thorne.", encoding="utf-8"
    )
    (tmp_path / "dam.txt").write_text("The dam was built in 1911.", encoding="utf-8")
    rag(tmp_path, "index", ".")
    dates = {a["id"]: a["date"] for a in json.loads(rag(tmp_path, "articles", "--json").stdout)}
    assert dates == {"mayor": "2024-03-05", "dam": None}
    done = rag(tmp_path, "remove", "dam")
    assert done.returncode == 0 and "dam.txt" in done.stderr
    status = json.loads(rag(tmp_path, "library", "--json", "--check").stdout)
    assert (status["articles"], status["faults"]) == (1, [])
    (tmp_path / ".rag" / "vectors.faiss").write_bytes(b"broken")
    harmed = rag(tmp_path, "library", "--check")
    assert harmed.returncode == 1 and "vectors.faiss is damaged" in harmed.stdout
    mended = rag(tmp_path, "library", "--check", "--rebuild")
    assert mended.returncode == 0 and "no faults" in mended.stdout


@pytest.mark.parametrize("arguments", [["library"], ["remove", "dam"]])
def test_what_needs_a_library_makes_none(tmp_path: Path, arguments: list[str]) -> None:
    assert "no library" in refused(rag(tmp_path, *arguments))
    assert not (tmp_path / ".rag").exists()


def test_a_path_that_does_not_exist_leaves_no_library_behind(tmp_path: Path) -> None:
    assert "no file or folder articels" in refused(rag(tmp_path, "index", "articels"))
    assert not (tmp_path / ".rag").exists()


@pytest.mark.parametrize("command", [["index", "."], ["ui", "--port", "7999"]])
def test_a_misspelt_embedder_leaves_no_library_behind(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "dam.txt").write_text("The dam was built in 1911.", encoding="utf-8")
    nowhere = {"HF_ENDPOINT": "http://127.0.0.1:9"}  # where nothing listens
    said = refused(rag(tmp_path, "--embedder", "nobody/no-such-model", *command, environment=nowhere))
    assert "nobody/no-such-model" in said
    assert not (tmp_path / ".rag").exists()
