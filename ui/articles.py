"""The articles' tab: where files are dropped, and the list with its search, folders and pages."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import gradio as gr
from gradio.utils import get_upload_folder

from index.entry import Entry
from index.errors import FootnoteError
from index.reader import READERS
from ui.article_list import SORTS, ArticleList, ListPage, ListQuery
from ui.backend import Backend
from ui.chat import owner
from ui.scope import Scope
from ui.source import text
from ui.uploads import Uploads

KINDS = "text, Markdown, web pages, PDF, Word, spreadsheets, slides, e-books and mail"
NAMES = {"title": "Title", "newest": "Newest first", "longest": "Longest first"}
CHOSEN = 1000  # articles at most that a search chooses
MINUTE = 1000  # characters that are read in a minute: what a length means to a reader


class Articles:
    """The handlers of the tab's events."""

    def __init__(self, backend: Backend, uploads: Uploads) -> None:
        self._backend = backend
        self._uploads = uploads

    def loading(self) -> Iterator[str]:
        """How far loading is, until all is there."""
        while loading := self._backend.loading:
            yield f'<p role="status">{text(loading)}…</p>'
            time.sleep(0.2)
        self._backend.refresh()
        yield ""

    def refresh(self, key: str, query: ListQuery, request: gr.Request) -> tuple[str, str]:
        """What has become of the visitor's files, and the list as it is by now."""
        return self._uploads.html(owner(key, request)), listing(self._backend.article_list, query)

    def add(self, key: str, query: ListQuery, request: gr.Request, event: gr.EventData) -> tuple[str, str]:
        """Take in a file that the browser has sent."""
        file = Path(str(event.path)).resolve()
        if file.is_relative_to(Path(get_upload_folder()).resolve()) and file.is_file():  # and no other of this machine
            self._uploads.add(owner(key, request), file, str(event.name))
        return self.refresh(key, query, request)

    def cancel(self, key: str, query: ListQuery, request: gr.Request) -> tuple[str, str]:
        """Give up the visitor's files that are not read yet."""
        self._uploads.cancel(owner(key, request))
        return self.refresh(key, query, request)

    def resolve(self, key: str, query: ListQuery, request: gr.Request, event: gr.EventData) -> tuple[str, str]:
        """Do what the visitor wants with a file whose name is taken."""
        self._uploads.resolve(owner(key, request), int(event.id), str(event.how))
        return self.refresh(key, query, request)

    def listed(self, event: gr.EventData) -> tuple[ListQuery, str]:
        """Another page of the list, or another list."""
        sort = event.sort if event.sort in SORTS else SORTS[0]
        query = ListQuery(str(event.words), str(event.folder), sort, int(event.page))
        return query, listing(self._backend.article_list, query)

    def remove(self, query: ListQuery, event: gr.EventData) -> tuple[str, str]:
        """Take an article out of the library."""
        says = remove(self._backend, str(event.article))
        return f'<p role="status">{text(says)}</p>', listing(self._backend.article_list, query)

    def choose(self, event: gr.EventData) -> str:
        """Put the next questions to some articles: those that were chosen, a folder, or all that a search has found."""
        article_list, ids, words = self._backend.article_list, event.articles, str(getattr(event, "words", ""))
        if words:
            ids = [entry.id for entry in article_list.fitting(ListQuery(words, str(event.folder)))]
        return Scope.of({"articles": ids, "folder": event.folder, "titles": article_list.titles(ids)}).dumps()

    def chosen(self, scope: str) -> str:
        """What the next question is put to."""
        wanted = Scope.loads(scope)
        everything = '<button class="tool" data-do="all">Ask all articles</button>'
        return f"<p>Asking only {wanted.as_html()} {everything}</p>" if wanted else ""


def dropzone(largest: int) -> str:
    """Where files and folders are dropped or chosen; ``largest`` is in bytes."""
    accept = ",".join(READERS)
    return (
        f'<div class="drop" data-largest="{largest}" data-accept="{accept}"><p><b>Drop files or a folder here</b> '
        f"to ask about them: {KINDS}, up to {largest // 2**20} MB each. They stay on this machine.</p>"
        f'<label class="tool">Choose files<input type="file" multiple accept="{accept}"></label>'
        '<label class="tool">Choose a folder<input type="file" webkitdirectory></label></div>'
        '<div class="sending" role="status"></div>'
    )


def listing(article_list: ArticleList, query: ListQuery) -> str:
    """The page of the list that ``query`` asks for, with what narrows it, as HTML."""
    if not article_list.entries():
        return '<p class="empty">There are no articles yet. Drop some files above.</p>'
    listing, folders = article_list.listing(query), article_list.folders()
    rows = "".join(_row(entry, article_list.tags(entry.id)) for entry in listing.entries)
    table = (
        '<table><thead><tr><th scope="col"><span class="unseen">Chosen</span></th><th scope="col">Article</th>'
        '<th scope="col">Length</th><th scope="col">Added</th><th scope="col"><span class="unseen">Actions</span></th>'
        f"</tr></thead><tbody>{rows}</tbody></table>"
    )
    return (
        f'<form class="finder" role="search"><label>Find <input type="search" name="words" value="{text(query.words)}" '
        f'autocomplete="off"></label>{_select("Folder or tag", "folder", {"": "All"} | _names(folders), query.folder)}'
        f"{_select('Sort', 'sort', {s: NAMES[s] for s in SORTS}, query.sort)}</form>"
        f'<p class="count" role="status">{_count(listing)}</p>'
        f'<div class="choice"><button class="tool" data-do="choose">Ask only the chosen ones</button>'
        f"{_found(listing, query) or _folder(query.folder)}</div>{table if listing.entries else ''}{_pager(listing)}"
    )


def _folder(name: str) -> str:
    label = f"Ask only this {'tag' if name.startswith('#') else 'folder'}"
    return f'<button class="tool" data-do="choose-folder" data-folder="{text(name)}">{label}</button>' if name else ""


def _found(listing: ListPage, query: ListQuery) -> str:
    """The button to ask what the search has found, where that is not too much to be named one by one."""
    if not query.words.strip() or not 1 < listing.count <= CHOSEN:
        return ""
    where = f'data-words="{text(query.words)}" data-folder="{text(query.folder)}"'
    return f'<button class="tool" data-do="choose-found" {where}>Ask only the {listing.count:,} found</button>'


def _names(folders: dict[str, list[Entry]]) -> dict[str, str]:
    """Folders, then tags."""
    ordered = sorted(folders, key=lambda name: (name.startswith("#"), name.casefold()))
    return {name: f"{name} ({len(folders[name]):,})" for name in ordered}


def _select(label: str, name: str, options: dict[str, str], chosen: str) -> str:
    parts = "".join(
        f'<option value="{text(value)}"{" selected" if value == chosen else ""}>{text(says)}</option>'
        for value, says in options.items()
    )
    return f'<label>{label} <select name="{name}">{parts}</select></label>'


def _count(listing: ListPage) -> str:
    return "No article fits." if not listing.count else f"{listing.count:,} article{'s' * (listing.count > 1)}"


def _row(entry: Entry, tags: Sequence[str]) -> str:
    title, under = text(entry.title), " ".join([Path(entry.source).name, *tags])
    return (
        f'<tr data-article="{text(entry.id)}" data-title="{title}">'
        f'<td><input type="checkbox" aria-label="Choose {title}"></td>'
        f'<td><button class="title" data-do="read" dir="auto">{title}</button>'
        f'<span class="path"><bdi>{text(under)}</bdi></span></td>'
        f'<td class="number">{_length(entry.characters)}</td>'
        f'<td><time datetime="{entry.added:%Y-%m-%dT%H:%MZ}">{entry.added:%Y-%m-%d}</time></td>'
        f'<td><button class="tool" data-do="remove" aria-label="Remove {title}">Remove</button></td></tr>'
    )


def _length(characters: int) -> str:
    minutes = -(-characters // MINUTE)
    return f"{minutes:,} min read"


def _pager(listing: ListPage) -> str:
    if listing.pages == 1:
        return ""
    before, after = (
        f'<button class="tool" data-do="page" data-page="{page}"'
        f"{'' if 1 <= page <= listing.pages else ' disabled'}>{label}</button>"
        for page, label in ((listing.page - 1, "‹ Previous"), (listing.page + 1, "Next ›"))
    )
    place = f"<span>Page {listing.page} of {listing.pages}</span>"
    return f'<nav class="pager" aria-label="Pages">{before}{place}{after}</nav>'


def remove(backend: Backend, id: str) -> str:
    """Take the article out of the library, an uploaded file with it; says so in a line."""
    try:
        article = backend.writer.remove(id)
    except FootnoteError:
        return "This article is not there any more."
    file = Path(article.source)
    if file.resolve().is_relative_to(backend.uploads.resolve()):
        file.unlink(missing_ok=True)
        return f"“{article.title}” is removed."
    return f"“{article.title}” is removed from the library; its file stays."
