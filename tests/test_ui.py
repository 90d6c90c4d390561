"""The parts of the page that need no browser."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fake_server import Endless, Request, fake
from gradio_client import Client
from gradio_client.exceptions import AppError

from evals import suite as suites
from index.article import Article, find, read
from index.errors import UsageError
from index.feedback import Feedback
from index.library import Library
from rag.answer import Answer
from rag.assistant import Assistant
from rag.models import Models
from ui import suite, uploads
from ui.accounts import Accounts, hashed
from ui.address import Address
from ui.backend import Backend
from ui.command import launch
from ui.conversation import as_html
from ui.conversations import Conversations
from ui.export import markdown
from ui.picker import Picker
from ui.question_queue import QuestionQueue
from ui.quote import Quote, citation
from ui.record import record
from ui.source import panel
from ui.suggestions import examples
from ui.turn import Turn

QUESTION = "Until what year are the key elements of the agreement intact?"
DATA = Path(__file__).parent / "data" / "articles"


def article(text: str, title: str = "A title") -> Article:
    return Article("a", title, "a.txt", text, "")


def plain(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def test_quotes_that_overlap_are_all_marked() -> None:
    quotes = [Quote("a", 0, 5, "01234", 1), Quote("a", 3, 8, "34567", 2)]
    html = panel(article("0123456789"), quotes, 2)
    marks = re.findall(r'<mark( class="chosen")? data-notes="([\d ]+)">(\d+)</mark>', html)
    chosen = ' class="chosen"'
    assert marks == [("", "1", "012"), (chosen, "1 2", "34"), (chosen, "2", "567")]
    assert plain(html).endswith("0123456789")


def test_a_quote_that_no_longer_stands_there_is_not_marked() -> None:
    html = panel(article("The article was rewritten."), [Quote("a", 4, 11, "harbour", 1)], 1)
    assert "<mark" not in html and "has changed since" in html


def test_nothing_of_an_article_becomes_markup() -> None:
    html = panel(article("<b onclick='x'>&amp;\x00\x1b[31m", "<i>"))
    assert "<b " not in html and "<i>" not in html and "\x1b" not in html and "&amp;amp;" in html


def test_a_long_article_is_shown_around_the_quote() -> None:
    text = "x" * 10**6 + "here it is" + "y" * 10**6
    html = panel(article(text), [Quote("a", 10**6, 10**6 + 10, "here it is", 1)], 1)
    assert ">here it is</mark>" in html and len(html) < 250_000 and "begins before" in html and "goes on" in html


def answered(assistant: Assistant, question: str, shown: str | None = None) -> Turn:
    return Turn(shown or question, record=record(assistant.ask(question), (), assistant.library))


def test_the_conversation_as_markdown_has_numbered_footnotes_and_no_live_markup(assistant: Assistant) -> None:
    first, second = answered(assistant, QUESTION), Turn("![x](http://h/i.png) <b>", trouble="Stopped.")
    asked = answered(assistant, "Who is the pope?", "![x](http://h/i.png) <b>")
    text = markdown("<b>", [first, second, asked, first])
    assert text.count("[^1]") == 2 and text.count("[^2]") == 2 and "intact through 2030" in text
    assert "![" not in text and "<b>" not in text


def test_questions_are_shown_as_text(assistant: Assistant) -> None:
    html = as_html("c", [answered(assistant, "<img src=x onerror=alert(1)> who?")], {})
    assert "<img" not in html and "&lt;img" in html


def test_related_passages_share_a_word_with_the_question_and_show_no_markdown(tmp_path: Path) -> None:
    (tmp_path / "ferry.md").write_text("# The ferry\n\nThe **ferry** of Oxholm sails at [noon](n.html).\n")
    (tmp_path / "loaf.md").write_text("# Bread\n\nA loaf is baked with rye.\n")
    with Library.open(tmp_path / "library") as library:
        library.sync([tmp_path])
        declined = Answer("Who owns the ferry?", (), "The articles do not say.", tuple(library.search("ferry")), "none")
        turn = Turn(declined.question, record=record(declined, (), library))
    assert len(declined.hits) == 2 and [quote.title for quote in turn.quotes] == ["The ferry"]
    shown = unescape(plain(as_html("c", [turn], {})))
    assert "The ferry The ferry of Oxholm sails at noon." in shown


@pytest.mark.parametrize(
    ("said", "short", "marked"),
    [
        ("It is called Ada, and Ada it stays.", "Ada", ["Ada", "Ada"]),
        ("It was in 2030.", "1930", []),
        ("It was in 12030.", "2030", []),
        (
            "Both Ada <b>Thorne</b> and Eve built it.",
            "Eve and Ada <b>Thorne</b>",
            ["Ada &lt;b&gt;Thorne&lt;/b&gt;", "Eve"],
        ),
        ("2030", "2030", []),
    ],
)
def test_key_words_are_marked_where_they_stand(said: str, short: str, marked: list[str]) -> None:
    cited = {"article": "a", "title": "A", "source": "a.txt", "start": 0, "end": 1, "quote": "x", "page": None}
    turn = Turn("Who?", stage="Writing", record={"statements": [{"text": said, "citations": [cited]}], "short": short})
    html = as_html("c", [turn], {})
    assert re.findall(r'<b class="key">(.*?)</b>', html) == marked and said in unescape(plain(html))


def test_a_citation_to_paste_has_quote_title_page_and_file() -> None:
    quote = Quote("a", 0, 1, "It was\n lit.", 1, "The Light", "/home/ada/light.pdf", "page 3")
    assert citation(quote) == "“It was lit.” — The Light, page 3 (light.pdf)"


def test_examples_are_about_what_is_indexed_and_answered(assistant: Assistant) -> None:
    made = examples(assistant.library.articles())
    assert len(made) > 1 and not [question for question in made if assistant.ask(question).abstained]
    assert examples([]) == []


def test_one_short_article_is_enough_for_questions() -> None:
    text = (
        "Ada Thorne built it. In 1801 it was sold to Oss, and Oss let it fall. It was Danish. Monday is when the mill "
    )
    text += "rests, said Olav Skar. They meet every Monday, and a Monday, they say, is long. In 1850 Olav Skar left."
    made = examples([article(text, "Mill")])
    assert made == [
        "Summarize “Mill”",
        "Tell me about Olav Skar.",
        "What happened in 1801?",
        "Tell me about Oss.",
        "What happened in 1850?",
    ]


@pytest.mark.parametrize(
    "line", ["ada:secret: with colon", "\ufeffada:secret: with colon", f"ada:{hashed('secret: with colon')}"]
)
def test_accounts_know_their_passwords(tmp_path: Path, line: str) -> None:
    file = tmp_path / "users.txt"
    line = line.format("secret: with colon")
    file.write_text(f"{line}\n# who may see the page\n", encoding="utf-8")
    accounts = Accounts(file)
    assert accounts.verify("ada", "secret: with colon") and asyncio.run(accounts.admit("ada", "secret: with colon"))
    assert not accounts.verify("ada", "secret") and not accounts.verify("bob", "secret: with colon")
    assert not accounts.verify("ada", line.partition(":")[2] + " ") and not accounts.verify("bob", "")


def test_a_hash_of_another_cost_is_understood(tmp_path: Path) -> None:
    key = (  # RFC 7914, section 12
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    )
    (tmp_path / "users.txt").write_text(f"ada:scrypt:1024:8:16$NaCl${key}", encoding="utf-8")
    accounts = Accounts(tmp_path / "users.txt")
    assert accounts.verify("ada", "password") and not accounts.verify("ada", "Password")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_accounts_are_read_in_whatever_encoding_an_editor_saved_them(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "users.txt").write_bytes("ada:secret\r\njérôme:très secret\r\n".encode(encoding))
    accounts = Accounts(tmp_path / "users.txt")
    assert accounts.verify("ada", "secret") and accounts.verify("jérôme", "très secret")


@pytest.mark.parametrize("content", ["", "# nobody\n", "ada", "ada:", ":secret"])
def test_an_auth_file_that_names_nobody_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "users.txt").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"users\.txt"):
        Accounts(tmp_path / "users.txt")


def rated(assistant: Assistant, question: str, good: bool, comment: str = "") -> Feedback:
    return Feedback(question, good, comment, (), assistant.ask(question).as_json())


def test_feedback_is_kept_and_the_last_word_counts(tmp_path: Path, assistant: Assistant) -> None:
    with Library.open(tmp_path) as library:
        library.rate(rated(assistant, QUESTION, True))
        library.rate(rated(assistant, QUESTION, False, "It says 2031."))
        (kept,) = library.feedback()
    assert (kept.good, kept.comment) == (False, "It says 2031.") and kept.answer["question"] == QUESTION


def test_feedback_becomes_a_suite_that_rag_eval_takes(tmp_path: Path, assistant: Assistant) -> None:
    ratings = [
        rated(assistant, QUESTION, good=True),
        rated(assistant, "Who is the chief executive of SoftBank?", good=True),
        rated(assistant, "Who can host OpenAI's workloads first?", good=False, comment="right of first refusal"),
        rated(assistant, "What is the colour of the sky on Mars?", good=False),
    ]
    left_out = suite.write(tmp_path / "complaints", ratings, assistant.library.articles())
    assert left_out == ["What is the colour of the sky on Mars?"]
    right, silent, corrected = suites.load(str(tmp_path / "complaints" / "feedback.yaml")).cases
    assert right.answerable and right.contains == [["2030"]]
    assert not silent.answerable
    assert corrected.contains == [["right of first refusal"]] and "first refusal" in corrected.proof[0]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("notes/a.txt", "notes/a.txt"),
        ("../../etc/passwd.txt", "etc/passwd.txt"),
        (".hidden/..x.txt", "hidden/x.txt"),
        ("C:\\Windows\\a.txt", "C__Windows_a.txt"),
        ("C:a.txt", "C_a.txt"),
        ("When? “Now”.txt", "When_ “Now”.txt"),
        ("/", "file"),
    ],
)
def test_a_visitors_file_stays_below_the_uploads_on_every_system(sent: str, kept: str) -> None:
    assert uploads.name_below(sent) == kept


def test_without_feedback_there_is_no_suite(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="rate answers"):
        suite.write(tmp_path / "suite", [], [read(file) for file in find([DATA])])
    assert not (tmp_path / "suite").exists()


def test_a_rating_is_not_lost_on_odd_words(tmp_path: Path) -> None:
    answer: dict[str, Any] = {"question": "“Who?” — 🐝\n", "abstained": True, "statements": []}
    with Library.open(tmp_path) as library:
        library.rate(Feedback("1", True, "it's: [fine] #1", ("前?",), answer))
        assert library.feedback() == [Feedback("1", True, "it's: [fine] #1", ("前?",), answer)]


@contextmanager
def page(library: Library, folder: Path, model: str) -> Iterator[Client]:
    """A client of the page on ``library`` with ``model``, launched and loaded."""
    backend = Backend(library, library, folder, model)
    backend.start()
    backend.loaded.result(120)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    launched = launch(backend, Address(port=port), None)
    try:
        yield Client(launched.local_url, verbose=False, analytics_enabled=False)
    finally:
        launched.close()


def test_the_page_outlives_its_model_server_and_says_so(seed_library: Library, tmp_path: Path) -> None:
    with fake(lambda request: request.said("It is so [1].")) as address:
        port = urlsplit(address).port
    with page(seed_library, tmp_path, address) as client:
        with pytest.raises(AppError, match="can't be reached"):
            client.predict(QUESTION, [], api_name="/ask")
        assert client.predict("agreement", 1, api_name="/search")
        assert "2030" in client.predict(QUESTION, [], True, api_name="/ask")["answer"]  # quick: the server is not asked
        with fake(lambda request: request.said("It is so [1]."), int(port or 0)):
            assert "2030" in client.predict(QUESTION, [], api_name="/ask")["answer"]


def test_with_a_server_visitors_are_answered_at_once(seed_library: Library, tmp_path: Path) -> None:
    together = threading.Barrier(3, timeout=120)

    def waits_for_two_others(request: Request) -> None:
        together.wait()
        request.said("It is so [1].")

    with fake(waits_for_two_others) as address, page(seed_library, tmp_path, address) as client:
        jobs = [client.submit(QUESTION, [], api_name="/ask") for _ in range(3)]
        assert all("2030" in job.result(240)["answer"] for job in jobs)


@contextmanager
def queue(library: Library, folder: Path, address: str) -> Iterator[tuple[QuestionQueue, Conversations]]:
    """The queue of a page whose model is served at ``address``, and what it keeps."""
    backend = Backend(library, library, folder)
    backend.loading = ""
    backend.assistant.set_result(Assistant(library, Models(address)))
    conversations = Conversations(folder)
    yield QuestionQueue(backend, conversations), conversations
    conversations.close()


def outcome(queue: QuestionQueue, turn: Turn) -> Turn:
    """What comes of ``turn``."""
    while queue.now(turn)[0].stage:
        time.sleep(0.01)
    return queue.now(turn)[0]


def asked(queue: QuestionQueue, conversations: Conversations) -> Turn:
    turn = Turn(QUESTION, stage="Waiting")
    conversations.add("ada", conversations.begin("ada", QUESTION), turn)
    queue.ask(turn, [])
    return turn


def test_the_page_says_what_is_wrong_with_the_server_and_goes_on(seed_library: Library, tmp_path: Path) -> None:
    with fake(lambda request: request.status(401)) as address, queue(seed_library, tmp_path, address) as waiting:
        for _ in range(2):
            came = outcome(waiting[0], asked(*waiting))
            assert "OPENAI_API_KEY" in came.trouble and not came.answered and not came.stage


def test_stopping_ends_the_request_to_the_server(seed_library: Library, tmp_path: Path) -> None:
    endless = Endless(QUESTION)
    with fake(endless) as address, queue(seed_library, tmp_path, address) as waiting:
        turn = asked(*waiting)
        while "tokens" not in waiting[0].now(turn)[0].stage:
            time.sleep(0.01)
        assert waiting[0].stop(turn).trouble == "Stopped."
        assert endless.gone.wait(5) and waiting[0].now(turn)[0].trouble == "Stopped."


def test_a_model_that_cant_be_loaded_leaves_the_one_before(seed_library: Library, tmp_path: Path) -> None:
    backend = Backend(seed_library, seed_library, tmp_path, "none")
    backend.loading = ""
    backend.assistant.set_result(Assistant(seed_library, Models("none")))
    picker = Picker(backend)
    backend.use("no-such-model")
    while backend.loading:
        time.sleep(0.01)
    html = picker.html()
    assert "no-such-model can’t be loaded" in html and 'value="none" checked' in html
    assert not backend.assistant.result().ask(QUESTION).abstained


def test_a_model_of_ones_own_can_be_chosen_again_and_its_place_stays_unsaid(
    seed_library: Library, tmp_path: Path
) -> None:
    html = Picker(Backend(seed_library, seed_library, tmp_path, "/home/ada/mine.gguf")).html()
    assert "<b>mine.gguf</b>" in html and "/home/ada" not in plain(html)
