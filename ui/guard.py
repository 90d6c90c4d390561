"""The guard in front of page and endpoint: who may call them, and from where anything is fetched: from nowhere else."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.attempts import Attempts

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: blob: data:; form-action 'self'; "
    "base-uri 'self'; object-src 'none'; frame-ancestors 'self'"
)
ANY = "*"
CLOSED = ("/gradio_api/proxy=", "/gradio_api/file=http", "/gradio_api/vibe-", "/gradio_api/process_recording")


def guarded(hosts: Sequence[str], path: str = "") -> list[Middleware]:
    """What stands in front of an application that is called by the names ``hosts``, or by ANY.

    Another site can neither call itself by one of them (DNS rebinding), nor have a browser send anything here.
    ``path`` is where a reverse proxy shows it; some proxies leave it away, others leave it on.
    """
    below = [Middleware(StripPath, path)] if path else []  # first: the guard looks at the path, too
    return [
        Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts)),
        *below,
        Middleware(Guard, hosts),
        Middleware(Attempts),
    ]


class StripPath:
    """ASGI middleware: takes ``path`` away from the beginning of what is called, where it stands there."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        called = scope.get("path", "")
        if called == self._path:  # what the page loads is named from its folder on
            return await RedirectResponse(f"{self._path}/")(scope, receive, send)
        if called.startswith(f"{self._path}/"):
            scope = {**scope, "path": called.removeprefix(self._path)}
        await self._app(scope, receive, send)


class Guard:
    """ASGI middleware: refuses what pages of other sites send, shuts Gradio's routes that reach out, and tells browsers
    to load from here alone."""

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        self._app = app
        self._hosts = {host.strip("[]").lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].lower().startswith(CLOSED):
            await PlainTextResponse("Nothing is fetched from elsewhere.", 403)(scope, receive, send)
        elif self._is_foreign(Headers(scope=scope).get("origin")):
            await PlainTextResponse("Nothing is taken from the pages of other sites.", 403)(scope, receive, send)
        else:
            await self._app(scope, receive, _with_policy(send))

    def _is_foreign(self, origin: str | None) -> bool:
        if origin is None or ANY in self._hosts:
            return False
        try:
            return urlsplit(origin).hostname not in self._hosts
        except ValueError:
            return True


def _with_policy(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = POLICY
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "no-referrer"
        await send(message)

    return sending
