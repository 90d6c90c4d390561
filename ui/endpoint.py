"""The endpoint: OpenAI's chat completions, answered from the articles, for programs that know that protocol."""

import hmac
import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from contextlib import aclosing
from typing import Any
from uuid import uuid4

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.authentication import AuthCredentials, AuthenticationBackend, AuthenticationError, BaseUser
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from index.errors import FootnoteError, UsageError
from rag.assistant import Assistant
from rag.question import checked, short
from ui.completion import Piece, pieces
from ui.fault import log_text
from ui.messages import Messages
from ui.workers import Workers

WHOLE, QUICK = "footnote", "footnote-quick"
ROOT = "/v1"
LARGEST = 1_000_000  # bytes of a request
UNFORESEEN = "Something went wrong here; the terminal that runs the server says what."
QUIET = 5.0  # seconds after which a stream without news says how far the question is
UNBUFFERED = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}  # a proxy would hold pieces back

Usage = dict[str, int]
Made = AsyncGenerator[Piece | Usage | None, None]
log = logging.getLogger(__name__)


class Refusal(Exception):
    """What a client is told instead of an answer, in OpenAI's form."""

    def __init__(self, status: int, message: str, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        kind = "invalid_request_error" if status < 500 else "server_error"
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


class Endpoint:
    """Answers as many questions side by side as there are ``workers``; the others wait in line.

    ``ready`` waits for an assistant that can answer, in whole or (True) quickly; ``token`` is asked of everybody;
    ``url`` is where a reverse proxy shows what lies below.
    """

    def __init__(
        self, ready: Callable[[bool], Assistant], workers: int = 1, token: str | None = None, url: str | None = None
    ) -> None:
        self._ready = ready
        self._url = url
        self._workers = Workers[Piece | Usage](workers)
        self._began = int(time.time())
        app = Starlette(
            routes=[
                Route(f"{ROOT}/chat/completions", self._complete, methods=["POST"]),
                Route(f"{ROOT}/models", self._models),
                Route(f"{ROOT}/models/{{model:path}}", self._model),
                Route(f"{ROOT}/articles/{{article:path}}", self._article),
            ],
            middleware=[Middleware(AuthenticationMiddleware, backend=Bearer(token), on_error=_unknown)],
            exception_handlers=dict.fromkeys(
                (Refusal, HTTPException, ClientDisconnect, FootnoteError, Exception), _refused
            ),
        )
        self.route = Route(f"{ROOT}/{{path:path}}", app)

    async def _models(self, _: Request) -> Response:
        return JSONResponse({"object": "list", "data": [self._described(name) for name in (WHOLE, QUICK)]})

    async def _model(self, request: Request) -> Response:
        return JSONResponse(self._described(request.path_params["model"]))

    def _described(self, name: str) -> dict[str, Any]:
        if name not in (WHOLE, QUICK):
            raise Refusal(404, f"There is no model {name[:80]}: name {WHOLE} or {QUICK}.", "model_not_found", "model")
        return {"id": name, "object": "model", "created": self._began, "owned_by": "footnote"}

    def _article(self, request: Request) -> Response:
        """An article's text, in which the offsets of citations count."""
        try:
            return PlainTextResponse(self._ready(True).library.article(request.path_params["article"]).text)
        except UsageError as error:
            raise Refusal(404, str(error), "article_not_found") from error

    async def _complete(self, request: Request) -> Response:
        asked = _messages(await _body(request))
        self._described(asked.model)
        head = {"id": f"chatcmpl-{uuid4().hex}", "created": int(time.time()), "model": asked.model}
        articles = f"{(self._url or str(request.base_url)).rstrip('/')}{ROOT}/articles/"
        visitor = request.client.host if request.client else ""
        made = self._workers.stream(lambda: self._made(asked, articles), visitor)
        if asked.stream:
            events = _events(made, head, bool(asked.stream_options and asked.stream_options.include_usage))
            return StreamingResponse(events, media_type="text/event-stream", headers=UNBUFFERED)
        return await _whole(made, head, request)

    def _made(self, asked: Messages, articles: str) -> Generator[Piece | Usage, None, None]:
        """The pieces of the answer, then how many tokens of the reader's were read and written.

        Raises Refusal for what nobody foresaw.
        """
        assistant = self._ready(asked.model == QUICK)
        content = ""
        try:
            for piece in pieces(assistant.steps(asked.question, asked.history, asked.model == QUICK), articles):
                content += piece.content
                yield piece
        except FootnoteError:
            raise
        except Exception as error:
            log.error("A question could not be answered.\n%s", log_text(error))
            raise Refusal(500, UNFORESEEN) from None  # else the server logs it with all that it says
        tokens = assistant.models.reader.model.tokens
        read, written = sum(len(tokens(m.text)) for m in asked.messages), len(tokens(content))
        yield {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


class Bearer(AuthenticationBackend):
    """Lets pass who shows ``token``; everybody, where there is none."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser] | None:
        scheme, _, shown = conn.headers.get("authorization", "").partition(" ")
        known = scheme.lower() == "bearer" and hmac.compare_digest(shown.strip().encode(), (self._token or "").encode())
        if self._token and not known:
            raise AuthenticationError("Send the token that the server was started with, as Authorization: Bearer.")
        return None


async def _body(request: Request) -> bytes:
    """What was sent, read to its end: only then does a client hear that it was too much."""
    body = b""
    async for part in request.stream():
        body += part[: LARGEST + 1 - len(body)]
    if len(body) > LARGEST:
        raise Refusal(413, f"This request has more than {LARGEST:,} bytes: leave out older messages.")
    return body


def _messages(body: bytes) -> Messages:
    try:
        asked = Messages.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))
        says = first["msg"].removeprefix("Value error, ")
        raise Refusal(400, f"{place}: {says}" if place else says, param=place or None) from error
    try:
        short(checked(asked.question))
    except UsageError as error:
        raise Refusal(400, str(error), param="messages") from error
    return asked


async def _whole(made: Made, head: dict[str, Any], request: Request) -> Response:
    """The answer in one piece; nothing for a client that is gone."""
    content, usage = "", {}
    annotations: list[dict[str, Any]] = []
    async with aclosing(made):
        async for piece in made:
            if isinstance(piece, Piece):
                content += piece.content
                annotations += piece.annotations
            elif piece:
                usage = piece
            if await request.is_disconnected():
                return Response()
    message = {"role": "assistant", "content": content, "refusal": None, "annotations": annotations}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return JSONResponse({**head, "object": "chat.completion", "choices": [choice], "usage": usage})


async def _events(made: Made, head: dict[str, Any], with_usage: bool) -> AsyncIterator[str]:
    """The answer as server-sent events; while there is nothing to tell, comments keep the connection open."""
    head = {**head, "object": "chat.completion.chunk"} | ({"usage": None} if with_usage else {})

    def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event({**head, "choices": [choice]})

    yield chunk({"role": "assistant", "content": ""})
    stage, spoken, usage = "Waiting", time.monotonic(), {}
    try:
        async with aclosing(made):
            async for piece in made:
                if isinstance(piece, Piece):
                    stage = piece.stage or stage
                elif piece:
                    usage = piece
                if isinstance(piece, Piece) and piece.content:
                    annotations = {"annotations": piece.annotations} if piece.annotations else {}
                    yield chunk({"content": piece.content, **annotations})
                elif time.monotonic() - spoken > QUIET:
                    yield f": {stage}\n\n"
                else:
                    continue
                spoken = time.monotonic()
    except Exception as error:
        yield _event(_refusal(error).body)
        return
    yield chunk({}, "stop")
    if with_usage:
        yield _event({**head, "choices": [], "usage": usage})
    yield "data: [DONE]\n\n"


def _event(record: dict[str, Any]) -> str:
    return f"data: {json.dumps(record, ensure_ascii=False)}\n\n"


def _refused(_: Request, error: Exception) -> Response:
    refusal = _refusal(error)
    return JSONResponse(refusal.body, refusal.status)


def _refusal(error: Exception) -> Refusal:
    match error:
        case Refusal():
            return error
        case HTTPException():
            served = f"POST {ROOT}/chat/completions and GET {ROOT}/models are served"
            return Refusal(error.status_code, f"{error.detail}: {served}.")
        case UsageError():
            return Refusal(400, str(error))
        case FootnoteError():
            return Refusal(503, str(error))
    return Refusal(500, UNFORESEEN)


def _unknown(_: HTTPConnection, error: AuthenticationError) -> Response:
    refusal = Refusal(401, str(error), "invalid_api_key")
    return JSONResponse(refusal.body, refusal.status, {"WWW-Authenticate": "Bearer"})
