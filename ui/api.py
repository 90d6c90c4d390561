"""The same functions for programs: named endpoints for gradio_client, and tools for an MCP client."""

import json
from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, TypeVar

import gradio as gr
from gradio.events import api
from pydantic import ValidationError, validate_call

from index.errors import FootnoteError
from index.search import CANDIDATES
from rag.answer import hit_as_json
from ui.backend import Backend

Result = TypeVar("Result")


def endpoints(backend: Backend, model_queue: dict[str, Any]) -> None:
    """Add the endpoints to the page that is being built; those that ask the model stand in ``model_queue``."""

    def ask(question: str, history: list[str] | None = None, quick: bool = False) -> dict[str, Any]:
        """Answer a question from the articles, each statement with the citations that prove it, or abstain.

        Args:
            question: The question.
            history: The questions before it, oldest first, for one that refers to them.
            quick: Whether a sentence of the articles as it stands will do, which is sooner there.
        """
        return backend.assistant.result().ask(question, history or [], quick=quick).as_json()

    def search(question: str, k: int = 10) -> list[dict[str, Any]]:
        """The passages of the articles that fit a question best, with their text.

        Args:
            question: The question, or words to search for.
            k: How many passages.
        """
        found = backend.reader.search(question, max(1, min(k, CANDIDATES)))
        return [hit_as_json(hit) | {"text": hit.passage.text} for hit in found]

    def articles() -> list[dict[str, Any]]:
        """The articles in the library: id, title, source and length in characters."""
        return [
            {"id": a.id, "title": a.title, "source": a.source, "characters": a.characters}
            for a in backend.reader.entries()
        ]

    def article(key: str) -> dict[str, Any]:
        """One article with its whole text, in which the offsets of citations count.

        Args:
            key: The article's id, source or title.
        """
        found = backend.reader.article(key)
        return {"id": found.id, "title": found.title, "source": found.source, "text": found.text}

    api(_explained(ask), api_name="ask", **model_queue)
    for function in (search, articles, article):
        api(_explained(function), api_name=function.__name__, concurrency_limit=None)


def answer_in_json(server: Any) -> None:
    """Let Gradio's MCP ``server`` give its tools' results as JSON; by itself it gives Python's reprs."""
    from mcp.types import TextContent

    def content(data: list[Any], _: str) -> list[TextContent]:
        return [TextContent(type="text", text=json.dumps(result, ensure_ascii=False)) for result in data]

    server.postprocess_output_data = content


def _explained(function: Callable[..., Result]) -> Callable[..., Result]:
    """``function`` for whoever calls it with anything: what is wrong with that reaches the program as one line."""
    called, names = validate_call(function), list(signature(function).parameters)

    @wraps(function)
    def explained(*given: Any, **named: Any) -> Result:
        try:
            return called(*given, **named)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            place, *_ = first["loc"]
            name = names[place] if isinstance(place, int) and place < len(names) else place
            raise gr.Error(f"{name}: {first['msg']}.", print_exception=False) from None
        except FootnoteError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return explained
