"""The command ``rag forget``: takes an article out of the library and leaves nothing of it behind."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rag.commands.opened import opened_library
from rag.commands.output import say

if TYPE_CHECKING:
    from index.article import Article
    from index.open import AnyLibrary

MILVUS = "Not promised on Milvus: its server keeps what was removed until it compacts, and ratings that quote it stay."


@click.command()
@click.argument("article")
@click.pass_obj
def forget(options: dict[str, Any], article: str) -> None:
    """Erase every trace of ARTICLE from the library.

    ARTICLE is its id, source or title. Its text, vectors and words go, ratings and conversations that quote it, and
    free pages of files. The conversation of rag chat is deleted as a whole.

    The article's own file stays, unless it was uploaded in the page, and rag index would bring it back. If this is
    interrupted, rag library --rebuild finishes it. Copies of the library elsewhere are not touched.

    \b
    rag forget articles/letter.txt && rm articles/letter.txt
    """
    from index.open import folder
    from rag.terminal import printable

    with opened_library(options, seeds=False, create=False) as library:
        found = library.article(article)
        conversations = _conversations(folder(options["library"]), found)
        files, promise = _from(library, found)
    quoting = f" and {conversations} conversation{'s'[: conversations != 1]} that quote it" if conversations else ""
    again = f" Its file is still there and would be indexed again, unless you remove it: {', '.join(files)}."
    say(options, printable(f"forgot {found.id}{quoting}.{again if files else ''}{promise}"))


def _conversations(folder: Path, article: "Article") -> int:
    """How many conversations of the page are gone; that of ``rag chat`` is, whatever was said in it."""
    from rag.conversation import NAME as CHAT
    from ui.conversations import NAME, Conversations

    (folder / CHAT).unlink(missing_ok=True)
    if not (folder / NAME).exists():
        return 0
    kept = Conversations(folder)
    try:
        return kept.forget(article)
    finally:
        kept.close()


def _from(library: "AnyLibrary", article: "Article") -> tuple[list[str], str]:
    """The files that still hold the article, and what is not promised."""
    from index.library import Library

    if isinstance(library, Library):
        _, files = library.forget(article.id)
        return [str(file) for file in files], ""
    library.remove(article.id)
    return [article.source], f" {MILVUS}"
