"""The address that a server listens at, and who may call it from elsewhere, as the options of a command."""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from index.errors import UsageError
from rag.proxy import is_loopback
from ui.token import token

LOCAL = ("localhost", "127.0.0.1", "[::1]")
ANY = ("*",)


@dataclass(frozen=True)
class Address:
    """``url`` is where a reverse proxy shows it, with its path; ``token`` is what programs have to show."""

    host: str = "127.0.0.1"
    port: int = 0
    url: str | None = None
    token: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether this machine alone can reach it."""
        return is_loopback(self.host) and not self.url

    @property
    def hosts(self) -> tuple[str, ...]:
        """What it may be called by: anything, where it listens to the network."""
        if not is_loopback(self.host):
            return ANY
        return (*LOCAL, *filter(None, [urlsplit(self.url or "").hostname]))

    @property
    def root_path(self) -> str:
        """The path of ``url``."""
        return urlsplit(self.url or "").path.rstrip("/")

    def listen(self) -> socket.socket:
        """A socket that listens there; raises UsageError where that can't be."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            return socket.create_server((self.host, self.port), family=family)
        except OSError as error:
            raise self.taken from error

    @property
    def taken(self) -> UsageError:
        return UsageError(f"Nothing can be served at {self.host}:{self.port}: name another --host or --port.")

    def __str__(self) -> str:
        """Where it is found, without a slash at the end."""
        return (self.url or f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}").rstrip("/")


def address(port: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of an address, by default at ``port``; the command takes it as ``at``."""

    def with_options(command: Callable[..., None]) -> Callable[..., None]:
        @click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
        @click.option("--port", default=port, show_default=True, type=click.IntRange(1, 65535), help="The port.")
        @click.option(
            "--url", metavar="URL", help="Behind a reverse proxy: the address that visitors see, with its path."
        )
        @click.option(
            "--token-file",
            type=click.Path(path_type=Path),
            metavar="FILE",
            help="A file with the token that programs must send (Authorization: Bearer); or set FOOTNOTE_TOKEN.",
        )
        @wraps(command)
        def called(*given: Any, host: str, port: int, url: str | None, token_file: Path | None, **options: Any) -> None:
            if url is not None and not (re.match("https?://", url) and urlsplit(url).hostname):
                raise UsageError(f"--url takes an address as https://example.org/articles, not {url}.")
            command(*given, at=Address(host, port, url, token(token_file)), **options)

        return called

    return with_options
