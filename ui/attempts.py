"""Attempts to log in: an address from which several fail has to wait before the next, longer each time."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network
from math import ceil

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOGIN = "/login"  # Gradio's
FREE = 5  # attempts that fail without a wait
LONGEST = 60.0  # seconds that the wait grows to, doubling from one on
FORGOTTEN = 900.0  # seconds after the last attempt from an address


@dataclass
class Failures:
    """How many there were, those that are still being looked at counted, and when the last one was made."""

    count: int = 0
    last: float = 0.0

    def wait(self, now: float) -> float:
        """The seconds until the next attempt may be made; none if 0 or less."""
        longer = min(LONGEST, 2.0 ** (self.count - FREE)) if self.count >= FREE else 0.0
        return self.last + longer - now


class Attempts:
    """ASGI middleware: refuses, with status 429, to log in anybody from an address that has to wait.

    Passwords are not even looked at then, so that guessing costs no more than that. ``clock`` tells the seconds.
    """

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._failures: dict[str, Failures] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"].rstrip("/") != LOGIN:
            return await self._app(scope, receive, send)
        now = self._clock()
        self._failures = {a: f for a, f in self._failures.items() if now - f.last < FORGOTTEN}
        failures = self._failures.setdefault(_network(scope), Failures())
        if (wait := failures.wait(now)) > 0:
            told = {"detail": f"Too many attempts: wait {ceil(wait)} seconds."}
            return await JSONResponse(told, 429, {"Retry-After": str(ceil(wait))})(scope, receive, send)
        failures.count, failures.last = failures.count + 1, now  # at once: others may be made meanwhile

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                failures.count -= 1
            await send(message)

        await self._app(scope, receive, sending)


def _network(scope: Scope) -> str:
    """The caller's address, or where it is of IPv6 its network: each has more addresses than can be counted."""
    address: str = (scope.get("client") or ("",))[0]
    return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
