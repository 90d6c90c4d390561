"""The commands ``rag ui``, ``rag serve`` and ``rag feedback``."""

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from index.errors import UsageError
from rag.catalog import READER_ALONE
from rag.seeds import SEEDS
from ui.address import Address, address

if TYPE_CHECKING:
    from collections.abc import Iterator

    import gradio as gr
    import uvicorn

    from rag.assistant import Assistant
    from ui.accounts import Accounts
    from ui.backend import Backend

CACHE = "page"  # in the library's folder: files on their way in
PROXIES = ("http_proxy", "https_proxy", "all_proxy")
SHUTDOWN = 1  # seconds that answers on their way are given when the server is ended


@click.command()
@address(7860)
@click.option(
    "--auth-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A file with a line user:password or user:hash for each visitor.",
)
@click.option("--hash", "hashing", is_flag=True, help="Ask for a password, print its hash for --auth-file, and exit.")
@click.option("--mcp", is_flag=True, help="Also serve tools to MCP clients (extra mcp).")
@click.pass_obj
def ui(options: dict[str, Any], at: Address, auth_file: Path | None, hashing: bool, mcp: bool) -> None:
    """Serve the page, with sources beside the answer.

    Everything stays on this machine. Without a library, the articles in seeds/ are indexed first; if there are none,
    drop files on the page. Programs are answered at /v1, as by rag serve.

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
    if not accounts and not at.is_local:
        click.echo("rag: anyone who reaches this address can read and change the library; see --auth-file.", err=True)
    with _backend(options) as (backend, first):
        page = launch(backend, at, accounts, mcp)
        backend.start(first)
        click.echo(f"The page is at {at}/ (Ctrl-C ends it).")
        backend.loaded.result()
        page.block_thread()


@click.command()
@address(7861)
@click.pass_obj
def serve(options: dict[str, Any], at: Address) -> None:
    """Answer programs that speak OpenAI's protocol.

    POST /v1/chat/completions, GET /v1/models. The model footnote writes whole answers; footnote-quick quotes one
    sentence of the articles. Callers from another machine need a token.

    \b
    rag serve
    rag serve --host 0.0.0.0 --token-file token.txt
    rag serve --url https://example.org/articles --token-file token.txt
    """
    if not (at.is_local or at.token):
        raise UsageError("Others can reach this address: give a token, by --token-file or in FOOTNOTE_TOKEN.")
    from rag.commands.opened import opened_assistant

    with at.listen() as listening, opened_assistant(options) as assistant:
        assistant.warm_up()
        click.echo(f"The endpoint is at {at}/v1 (Ctrl-C ends it).")
        with suppress(KeyboardInterrupt):
            server(assistant, at).run([listening])


@click.group()
def feedback() -> None:
    """Ratings and comments that visitors of the page gave."""


@feedback.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")
@click.pass_obj
def export(options: dict[str, Any], folder: Path) -> None:
    """Write the feedback as an eval suite to FOLDER, with the articles that it is about.

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
        backend = Backend(reader, writer, folder(name), READER_ALONE if options["quick"] else options["model"])
        yield backend, [SEEDS] if fresh and SEEDS.is_dir() else []


def server(assistant: "Assistant", at: Address) -> "uvicorn.Server":
    """The server of the endpoint alone, not running yet."""
    import uvicorn
    from starlette.applications import Starlette

    from ui.endpoint import Endpoint
    from ui.guard import guarded

    route = Endpoint(lambda _: assistant, assistant.models.at_once, at.token, at.url).route
    app = Starlette(routes=[route], middleware=guarded(at.hosts, at.root_path))
    return uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=SHUTDOWN))


def launch(backend: "Backend", at: Address, accounts: "Accounts | None", mcp: bool = False) -> "gr.Blocks":
    """The page, served in threads of its own; raises UsageError for an address that can't be used.

    The endpoint is there, too, unless others can reach it and there is no token.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("GRADIO_TEMP_DIR", str((backend.folder / CACHE).resolve()))  # /tmp is shared with others
    with _without_proxies():  # a client is made when Gradio is imported, too, which a SOCKS proxy would end
        from ui.api import answer_in_json
        from ui.endpoint import Endpoint
        from ui.guard import guarded
        from ui.page import HEAD, HERE, THEME, build
        from ui.uploads import LARGEST

        page = build(backend)
    served = at.token or (at.is_local and not accounts)
    routes = [Endpoint(backend.ready, backend.at_once, at.token, at.url).route] if served else []
    try:
        with _without_proxies():
            page.launch(
                server_name=at.host,
                server_port=at.port,
                root_path=at.url and str(at),
                auth=accounts.admit if accounts else None,  # type: ignore[arg-type]  # which it awaits
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
                app_kwargs={"middleware": guarded(at.hosts, at.root_path), "routes": routes},
            )
    except OSError as error:
        raise at.taken from error
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
        raise UsageError("rag ui --mcp needs mcp: pip install 'footnote-qa[mcp]'.")
