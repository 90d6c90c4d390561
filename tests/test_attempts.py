"""Attempts to log in, against a made-up login and a clock that is set."""

import asyncio
from dataclasses import dataclass

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui.attempts import FORGOTTEN, FREE, LONGEST, Attempts


@dataclass
class Login:
    """Lets in who says "right"; counts how often a password was looked at."""

    now: float = 0.0
    looked_at: int = 0

    async def log_in(self, request: Request) -> Response:
        self.looked_at += 1
        await asyncio.sleep(0)
        return Response(status_code=200 if await request.body() == b"right" else 400)

    def __post_init__(self) -> None:
        routes = [Route("/login", self.log_in, methods=["POST"]), Route("/page", lambda _: Response())]
        self.app = Attempts(Starlette(routes=routes), lambda: self.now)

    def client(self, host: str = "10.0.0.1") -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app, client=(host, 1)), base_url="http://page")


@pytest.fixture
def login() -> Login:
    return Login()


async def tried(login: Login, password: str, host: str = "10.0.0.1") -> httpx.Response:
    async with login.client(host) as client:
        return await client.post("/login", content=password)


def statuses(login: Login, count: int, said: str = "wrong", host: str = "10.0.0.1") -> list[int]:
    async def at_once() -> list[int]:
        return [r.status_code for r in await asyncio.gather(*(tried(login, said, host) for _ in range(count)))]

    return asyncio.run(at_once())


def test_guessing_is_slowed_however_many_guess_at_once(login: Login) -> None:
    told = statuses(login, 1000)
    assert told.count(400) == FREE == login.looked_at and told.count(429) == 1000 - FREE
    before = login.looked_at
    for _ in range(360):
        login.now += 10
        statuses(login, 1)
    assert login.looked_at - before <= 3600 / LONGEST + 7, "one a minute, once the wait has grown"


def test_who_waits_is_told_how_long_and_then_let_in(login: Login) -> None:
    statuses(login, FREE)
    refused = asyncio.run(tried(login, "right"))
    assert refused.status_code == 429 and refused.headers["Retry-After"] == "1" and "1 second" in refused.text
    login.now += 1
    assert statuses(login, 1, "right") == [200]


def test_others_are_not_held_up(login: Login) -> None:
    statuses(login, 50)
    assert statuses(login, 1, "right", host="10.0.0.2") == [200]
    for _ in range(100):
        assert statuses(login, 1, "right", host="10.0.0.2") == [200]


def test_one_network_of_ipv6_is_one_caller(login: Login) -> None:
    told = [statuses(login, 1, host=f"2001:db8:0:1::{n:x}") for n in range(1, 30)]
    assert told.count([400]) == FREE
    assert statuses(login, 1, "right", host="2001:db8:0:2::1") == [200]


def test_after_a_while_it_is_forgotten(login: Login) -> None:
    statuses(login, 50)
    login.now += FORGOTTEN
    assert statuses(login, 50).count(400) == FREE


def test_the_rest_of_the_page_is_not_slowed(login: Login) -> None:
    statuses(login, 50)

    async def seen() -> int:
        async with login.client() as client:
            return (await client.get("/page")).status_code

    assert asyncio.run(seen()) == 200
