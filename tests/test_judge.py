"""The judge: the packaged model decides what answers, whatever model writes."""

from pathlib import Path

from fake_server import Request, fake

from index.library import Library
from rag.assistant import Assistant
from rag.models import Models

ARTICLE = """# The lighthouse of Oss

Sanna Rask painted the lighthouse of Oss red in 1912. Its lamp came from Lund. The keeper had three children."""


def test_beside_a_model_on_a_server_the_packaged_one_judges(tmp_path: Path) -> None:
    """A server that says of anybody who is asked for that she is Sanna Rask is believed where the article says so."""

    def write(request: Request) -> None:
        asked = request.asked["messages"][-1]["content"].rpartition("Question: ")[2].strip(" ?\n")
        request.said(f"Sanna Rask {asked.removeprefix('Who ')} [1].")

    (tmp_path / "lighthouse.md").write_text(ARTICLE, encoding="utf-8")
    with fake(write) as server, Library.open(tmp_path / "library") as library:
        library.sync([tmp_path / "lighthouse.md"])
        assistant = Assistant(library, Models(server))
        answer = assistant.ask("Who painted the lighthouse of Oss red?")
        assert "Sanna Rask" in (answer.text or "") and answer.model == server
        assert assistant.ask("How many children did Sanna Rask have?").abstained, "the keeper had three"


def test_quick_answers_need_no_judge() -> None:
    assert Models(quick=True).judge is None
    assert Models("http://127.0.0.1:9/v1#small", quick=True).judge is None
