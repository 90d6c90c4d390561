"""The page's functions, as programs call them."""

import asyncio
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

EXAMPLES = re.findall(r"```python\n(.*?)```", (Path(__file__).parents[2] / "ui/README.md").read_text("utf-8"), re.S)
QUESTION = "Until what year are the key elements of the agreement intact?"


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False, analytics_enabled=False)


def test_ask_answers_with_citations_that_hold(client: Client) -> None:
    given = client.predict(QUESTION, [], api_name="/ask")
    assert "2030" in given["answer"]
    (citation,) = given["statements"][0]["citations"]
    article = client.predict(citation["article"], api_name="/article")
    assert article["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_ask_takes_the_questions_before(client: Client) -> None:
    given = client.predict("And until when?", ["Are key elements of their agreement intact?"], api_name="/ask")
    assert "2030" in given["answer"]


def test_search_and_articles(client: Client) -> None:
    (best, *_) = client.predict("harbour of Brindle", 3, api_name="/search")
    assert "1742" in best["text"] and best["lexical_rank"] == 1
    titles = [article["title"] for article in client.predict(api_name="/articles")]
    assert "The River Quill" in titles


def test_an_error_is_one_line(client: Client) -> None:
    with pytest.raises(AppError, match="no-such-article"):
        client.predict("no-such-article", api_name="/article")


def test_only_the_endpoints_are_shown(client: Client) -> None:
    shown = client.view_api(return_format="dict", print_info=False)
    assert set(shown["named_endpoints"]) == {"/ask", "/search", "/articles", "/article"}
    assert not shown["unnamed_endpoints"]


def test_an_mcp_client_asks(address: str) -> None:
    async def call() -> tuple[set[str], Any]:
        from mcp import ClientSession
        from mcp.client.streamable_http import streamable_http_client

        async with (
            streamable_http_client(f"{address}gradio_api/mcp/") as (reads, writes, _),
            ClientSession(reads, writes) as session,
        ):
            await session.initialize()
            tools = await session.list_tools()
            answer = await session.call_tool("ask", {"question": QUESTION})
            return {tool.name for tool in tools.tools}, answer

    with ThreadPoolExecutor(1) as apart:  # from playwright's event loop
        tools, answer = apart.submit(lambda: asyncio.run(call())).result()
    assert tools == {"ask", "search", "articles", "article"}
    assert json.loads(answer.content[0].text)["short"] == "2030"


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_run_as_they_are_printed(address: str, example: str) -> None:
    needed = re.findall(r"^ *from (\w+)", example, re.M)
    if missing := [name for name in needed if not find_spec(name)]:
        pytest.skip(f"{missing[0]} is not installed here")
    here = re.sub(r"http://127\.0\.0\.1:\d+/", address, example)
    asked = subprocess.run([sys.executable, "-c", here], capture_output=True, text=True, timeout=240)
    assert asked.returncode == 0, asked.stderr
    assert "2030" in asked.stdout


def test_ten_at_once_each_get_their_own_answer(address: str, client: Client) -> None:
    asked = [(QUESTION, "2030"), ("Who built the harbour of Brindle?", "Anna Thorsen")] * 5
    clients = [Client(address, verbose=False, analytics_enabled=False) for _ in asked]
    jobs = [client.submit(question, [], api_name="/ask") for client, (question, _) in zip(clients, asked, strict=True)]
    assert [job.result()["short"] for job in jobs] == [right for _, right in asked]


@pytest.mark.parametrize(
    "path", ["file=/etc/passwd", "file=..%2f..%2f..%2f..%2fetc/passwd", "file=.rag/library.db", "file=http://[::1]/x"]
)
def test_files_of_the_machine_and_of_others_are_not_handed_out(address: str, path: str) -> None:
    assert httpx.get(f"{address}gradio_api/{path}").status_code == 403


def test_a_site_that_calls_itself_this_machine_is_refused(address: str) -> None:
    assert httpx.get(address, headers={"Host": "evil.example"}).status_code == 400
    assert httpx.get(address.replace("127.0.0.1", "localhost")).status_code == 200
