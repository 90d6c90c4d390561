"""What a command costs, in what can be counted: modules imported, tokens evaluated, SQL statements."""

import subprocess
import sys
from pathlib import Path

import pytest

from index.library import Library
from rag.assistant import FEW, Assistant
from rag.evidence import select
from rag.generation import BEGINNINGS, LABELS, REACH
from rag.language_model import TILE
from rag.prompt import ANSWER, evidence_block, question_block

SEEDS = Path(__file__).parent.parent / "seeds"
HEAVY = {"torch", "transformers", "sentence_transformers", "sklearn", "scipy", "pandas", "gradio", "matplotlib"}
MODELS = {"llama_cpp", "faiss", "tokenizers", "numpy", "gguf", "rich", "yaml", "huggingface_hub"}
STATEMENTS = 12  # of SQL, for one search


@pytest.fixture(scope="module")
def library_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    with Library.open(folder) as library:
        library.sync([SEEDS])
    return folder


def imported(folder: Path, *arguments: str) -> set[str]:
    """The packages that a fresh process imports for a command."""
    command = [sys.executable, "-X", "importtime", "-m", "rag.cli", "--library", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    modules = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {module.partition(".")[0] for module in modules}


def test_help_imports_neither_models_nor_the_library(library_folder: Path) -> None:
    packages = imported(library_folder, "--help")
    assert "click" in packages
    assert not packages & (HEAVY | MODELS | {"sqlite3"})


def test_articles_imports_no_model_library(library_folder: Path) -> None:
    packages = imported(library_folder, "articles")
    assert "sqlite3" in packages
    assert not packages & (HEAVY | MODELS)


def test_a_cold_question_imports_no_torch(library_folder: Path) -> None:
    packages = imported(
        library_folder, "ask", "--quick", "Which company did OpenAI sign a deal with earlier this year?"
    )
    assert {"llama_cpp", "faiss", "tokenizers"} <= packages
    assert not packages & (HEAVY | {"gguf", "rich", "langchain_text_splitters", "charset_normalizer"})


def test_a_quick_answer_evaluates_its_prompt_and_a_few_branches(assistant: Assistant) -> None:
    question = "How much profit would AGI have to generate?"
    model = assistant.models.reader.model
    before = model.evaluated
    answer = assistant.ask(question, quick=True)
    assert answer.tokens == model.evaluated - before
    lines = [e.line for e in select(question, answer.hits, FEW, assistant.library.article)]
    whole = len(model.tokens(evidence_block(lines) + question_block(question) + ANSWER)) + 2
    branches = 2 * LABELS + BEGINNINGS * (2 + REACH + 4 * REACH)
    assert 0 < answer.tokens <= whole + branches


def test_a_second_question_about_the_same_evidence_evaluates_only_what_is_new(assistant: Assistant) -> None:
    forced = Assistant(assistant.library, assistant.models, 0.0)
    first = forced.ask("Until what year are the key elements of the agreement intact?", quick=True)
    again = "Until what year, then, are the key elements of the agreement intact?"
    second = forced.ask(again, quick=True)
    assert [c.quote for c in first.citations] == [c.quote for c in second.citations]
    asked = question_block(again) + ANSWER
    new = len(assistant.models.reader.model.tokens(asked)) + 2
    assert second.tokens <= new + 2 * LABELS + max(TILE, BEGINNINGS * (2 + REACH + 4 * REACH))


@pytest.mark.parametrize("k", [1, 10])
def test_a_search_takes_a_fixed_number_of_sql_statements(library_folder: Path, k: int) -> None:
    with Library.open(library_folder) as library:
        library.search("warm up")
        statements: list[str] = []
        library._database.connection.set_trace_callback(statements.append)
        assert library.search("Who can exercise the right of first refusal?", k)
        library._database.connection.set_trace_callback(None)
    asked = [statement for statement in statements if not statement.startswith("--")]  # FTS5's own reads
    assert 0 < len(asked) <= STATEMENTS
