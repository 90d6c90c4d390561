"""The commands ``rag ui`` and ``rag feedback``."""

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import UsageError
from rag.proxy import is_loopback

if TYPE_CHECKING:
    from collections.abc import Iterator

    import gradio as gr

    from ui.accounts import Accounts
    from ui.backend import Backend

SEEDS = Path("seeds")
CACHE = "page"  # in the library's folder: files on their way in
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
LOCAL = ["localhost", "127.0.0.1", "[::1]"]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=7860, show_default=True, type=click.IntRange(1, 65535), help="The port.")
@click.option("--auth-file", type=click.Path(path_type=Path), metavar="FILE", help="Lines user:password or user:hash.")
@click.option("--hash", "hashing", is_flag=True, help="Ask for a password, print its hash for --auth-file, and end.")
@click.option("--mcp", is_flag=True, help="Also be an MCP server (extra mcp).")
@click.pass_obj
def ui(options: dict[str, Any], host: str, port: int, auth_file: Path | None, hashing: bool, mcp: bool) -> None:
    """Open the page: chat with the articles, sources beside the answer.

    Everything stays on this machine. Without a library, the articles in seeds/ are indexed first; where there are
    none, the page takes what is dropped on it.

    \b
    rag ui
    rag ui --host 0.0.0.0 --auth-file users.txt     for others on the network
    rag ui --mcp                                    tools at http://127.0.0.1:7860/gradio_api/mcp/
    """
    from ui.accounts import Accounts, hashed

    if hashing:
        click.echo(hashed(click.prompt("Password", hide_input=True, confirmation_prompt=True)))
        return
    if mcp:
        _check_mcp(auth_file)
    accounts = Accounts(auth_file) if auth_file else None
    if not accounts and not is_loopback(host):
        click.echo("rag: anyone who reaches this address can read and change the library; see --auth-file.", err=True)
    with _backend(options) as (backend, first):
        page = launch(backend, host, port, accounts, mcp)
        backend.start(first)
        click.echo(f"The page is at http://{host}:{port}/ (Ctrl-C ends it).")
        backend.loaded.result()
        page.block_thread()


@click.group()
def feedback() -> None:
    """What visitors of the page said of answers."""


@feedback.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@click.pass_obj
def export(options: dict[str, Any], folder: Path) -> None:
    """Make the feedback an eval suite in FOLDER, with the articles that it is about.

    \b
    rag feedback export complaints/
    rag eval complaints/feedback.yaml
    """
    from index.open import opened
    from ui.suite import write

    with opened(options["library"], create=False) as library:
        for question in write(folder, library.feedback(), library.articles()):
            click.echo(f"left out, since nothing says what would be right: {question}", err=True)
    click.echo(f"{folder / 'feedback.yaml'}")


@contextmanager
def _backend(options: dict[str, Any]) -> "Iterator[tuple[Backend, list[Path]]]":
    """The backend on the library that --library names, and what it starts with: seeds/, where there was no library."""
    from index.embedder import Embedder
    from index.open import exists, folder, opened
    from ui.backend import Backend

    name = options["library"]
    fresh = not exists(name)
    names = (Embedder(options["embedder"]) if options["embedder"] else None for _ in range(2))
    reader, writer = (opened(name, embedder) for embedder in names)
    with reader, writer:
        backend = Backend(reader, writer, folder(name), options["model"])
        yield backend, [SEEDS] if fresh and SEEDS.is_dir() else []


def launch(backend: "Backend", host: str, port: int, accounts: "Accounts | None", mcp: bool = False) -> "gr.Blocks":
    """The page, served in threads of its own; raises UsageError for an address that can't be used."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("GRADIO_TEMP_DIR", str((backend.folder / CACHE).resolve()))  # /tmp is shared with others
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from ui.api import answer_in_json
    from ui.guard import Guard
    from ui.page import HEAD, HERE, THEME, build
    from ui.uploads import LARGEST

    page = build(backend)
    names = LOCAL if is_loopback(host) else ["*"]  # another site can't call itself 127.0.0.1 (DNS rebinding)
    try:
        with _without_proxies():
            page.launch(
                server_name=host,
                server_port=port,
                auth=accounts.know if accounts else None,
                share=False,
                quiet=True,
                prevent_thread_lock=True,
                footer_links=[],
                run_history=False,
                enable_monitoring=False,
                ssr_mode=False,
                pwa=False,
                mcp_server=mcp,
                max_file_size=LARGEST,
                theme=THEME,
                head=HEAD,
                favicon_path=HERE / "favicon.svg",
                app_kwargs={"middleware": [Middleware(TrustedHostMiddleware, allowed_hosts=names), Middleware(Guard)]},
            )
    except OSError as error:
        raise UsageError(f"{host}:{port} can't be listened at: name another --host or --port.") from error
    if mcp:
        answer_in_json(page.mcp_server_obj)
    return page


@contextmanager
def _without_proxies() -> "Iterator[None]":
    """Gradio asks its own page whether it is up: that must not go through a proxy."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.lower() in PROXIES}
    try:
        yield
    finally:
        os.environ.update(kept)


def _check_mcp(auth_file: Path | None) -> None:
    from importlib.util import find_spec

    if auth_file:
        raise UsageError("--mcp and --auth-file exclude each other: an MCP client can't give a password.")

    if not find_spec("mcp"):
        raise UsageError("rag ui --mcp needs mcp: pip install 'footnote[mcp]'.")
