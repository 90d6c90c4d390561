"""The lexical side of retrieval: BM25 over titles and passages, by tantivy.

https://docs.rs/tantivy gives the formula (k1 = 1.2, b = 0.75). Terms are those of each article's language
(`index/term.py`): a question is put to the articles of each language by that language's rules.
"""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from index.database import Database
from index.lock import lock
from index.table import is_row
from index.term import stems, terms, word_pairs

if TYPE_CHECKING:
    from tantivy import Query, Schema, TextAnalyzer

log = logging.getLogger(__name__)
NAME = "words"
NEAR = 3  # words that may stand between two neighbours of the question
NEAR_WEIGHT = 0.2  # against a word's 1; anything from 0.2 to 0.4 measures within a point
NAMES = 400  # characters of the names of a table's columns, at most
HEAP = 64_000_000  # bytes that tantivy collects before it writes
TERMS = "terms-3"  # names the way that terms are made: words that were made in another way are made again
LANGUAGES = {"languages": {"terms": {"field": "language", "size": 1000}}}
STAMP = 0  # the id of the document that names the generation; passages count from 1
MAGIC = (1337).to_bytes(4, "little")  # ends each of tantivy's files, after its checksum as JSON and that one's length


class UnusableWords(Exception):
    """A folder of words that is missing or damaged (the message is that word): rebuild it."""


class Words:
    """The words of each passage and of its article's title, in a folder, or in memory where there is none.

    ``generation`` names the state of the library that they are of; it is None while they are empty.
    """

    def __init__(self, folder: Path | None) -> None:
        """Open the words in ``folder``; raises UnusableWords."""
        import tantivy

        if folder is None:
            self._index = tantivy.Index(_schema())
        else:
            _check(folder)
            with _panics():
                self._index = tantivy.Index.open(str(folder))
        self._index.register_tokenizer(TERMS, _blanks())
        self._index.config_reader("manual")  # else a thread for each looks for changes, with a lock in the folder
        self.refresh()

    @classmethod
    def create(cls, folder: Path) -> Words:
        """Empty ones, in the place of whatever is in ``folder``."""
        import tantivy

        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(exist_ok=True)  # who still reads what was there may put a lock into it meanwhile
        tantivy.Index(_schema(), str(folder))
        return cls(folder)

    def __len__(self) -> int:
        """How many passages there are."""
        return int(self._searcher.num_docs) - (self.generation is not None)

    def ids(self) -> set[int]:
        """The ids of all passages."""
        from tantivy import Query

        return set(self._ranked(Query.all_query(), len(self) + 1))

    def refresh(self) -> None:
        """See what another process has written meanwhile; raises UnusableWords."""
        from tantivy import Query

        with _panics():
            self._index.reload()
            self._searcher = self._index.searcher()
            found = self._searcher.search(Query.term_query(_schema(), "id", STAMP), 1, count=False).hits
            self.generation = self._searcher.doc(found[0][1]).get_first("generation") if found else None
            counts = self._searcher.aggregate(Query.all_query(), LANGUAGES)["languages"]["buckets"]
            self._languages = [bucket["key"] for bucket in counts]

    def update(self, connection: sqlite3.Connection, since: int, generation: str) -> None:
        """Take over what has changed in ``library.db`` since the generation of that number, in one commit.

        From 0 on, that is everything. Raises OSError or ValueError when the folder can't be written.
        """
        from tantivy import Document, Query

        writer = self._index.writer(HEAP, 1)
        if since:
            gone = [id for (id,) in connection.execute("SELECT passage FROM forgotten WHERE generation > ?", [since])]
            known = "SELECT passages.id FROM articles CROSS JOIN passages ON number = article WHERE generation > ?"
            gone += [id for (id,) in connection.execute(known, [since])]
            writer.delete_documents_by_query(Query.term_set_query(_schema(), "id", [STAMP, *gone]))
        else:
            writer.delete_all_documents()
        for id, language, text in texts(connection, since):
            document = Document()
            document.add_unsigned("id", id)
            document.add_text("language", language)
            document.add_text("text", " ".join(stems(text, language)))
            writer.add_document(document)
        stamp = Document()
        stamp.add_unsigned("id", STAMP)
        stamp.add_text("generation", generation)
        writer.add_document(stamp)
        writer.commit()
        writer.wait_merging_threads()
        self.refresh()

    def best(self, question: str, k: int) -> list[int]:
        """The ids of the ``k`` passages with the highest BM25 score, best first."""
        return list(self._ranked(_said(question, self._languages), k))

    def scores(self, question: str, ids: Collection[int]) -> dict[int, float]:
        """The BM25 score of each passage in ``ids``: 0 where no word of ``question`` is in it.

        Neighbouring words of ``question`` count once more, a little, where they stand near each other.
        """
        from tantivy import Occur, Query

        among = Query.const_score_query(Query.term_set_query(_schema(), "id", list(ids)), 0.0)
        words = _either([_said(question, self._languages), _near(question, self._languages)])
        query = Query.boolean_query([(Occur.Must, words), (Occur.Must, among)])
        return dict.fromkeys(ids, 0.0) | self._ranked(query, len(ids))

    def _ranked(self, query: Query, k: int) -> dict[int, float]:
        hits = self._searcher.search(query, k, count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in hits])
        return {int(id): score for id, (score, _) in zip(ids, hits, strict=True) if id}


def current(database: Database, held: Words | None, announced: bool = True) -> Words:
    """``held``, or else what is in ``words``, brought up to date; rebuilt where that is missing or damaged.

    ``announced`` says the latter in the log. Where the folder can't be written, it is done in memory.
    """
    if held and held.generation == database.generation():
        return held
    folder = database.directory / NAME
    try:
        with lock(database.directory / f"{NAME}.lock"):
            try:
                words = held or Words(folder)
                words.refresh()
            except UnusableWords as error:
                if announced and database.fact("embedder"):  # else nothing was indexed yet
                    log.warning("%s was %s: it is rebuilt from library.db.", folder, error)
                words = Words.create(folder)
            _update(words, database)
    except (OSError, ValueError, UnusableWords):  # tantivy's own errors are ValueErrors
        words = Words(None)
        _update(words, database)
    return words


def _update(words: Words, database: Database) -> None:
    with database.reading() as connection:
        if words.generation != database.generation():
            words.update(connection, database.since(words.generation), database.generation())


def texts(connection: sqlite3.Connection, since: int) -> Iterator[tuple[int, str, str]]:
    """The id of each passage of the articles since that generation, its language and its words: the title's, those of
    the names of its columns, if it is of the rows of a table, and its own."""
    articles = connection.execute("SELECT number, title, text, language FROM articles WHERE generation > ?", [since])
    for number, title, text, language in articles:
        spans = connection.execute("SELECT id, start, end FROM passages WHERE article = ? ORDER BY start", [number])
        top = before = 0  # where the paragraph of the passage begins, and the passage before
        for id, start, end in spans:
            blank = text.rfind("\n\n", max(before - 1, 0), start)
            top, before = blank + 2 if blank >= 0 else top, start
            yield id, language, "\n".join([title, *_columns(text, top, start), text[start:end]])


def _columns(text: str, top: int, start: int) -> list[str]:
    """The first row of the table that goes on at ``start``, where it began at ``top``."""
    head, row = (text[at : at + NAMES].partition("\n")[0] for at in (top, start))
    return [head] if top < start and is_row(head) and is_row(row) else []


def _said(question: str, languages: Collection[str]) -> Query:
    """Any word of ``question``, by the rules of the language that each article is in."""
    return _either(
        [_in(one, [_term("text", term) for term in dict.fromkeys(terms(question, one))]) for one in languages]
    )


def _near(question: str, languages: Collection[str]) -> Query:
    """Each pair of neighbouring words, in either order, by the same rules."""
    found = []
    for one in languages:
        pairs = word_pairs(question, one)
        found.append(_in(one, [_phrase(words) for a, b in pairs for words in ((a, b), (b, a))]))
    return _either(found)


def _phrase(words: Sequence[str]) -> Query:
    from tantivy import Query

    return Query.boost_query(Query.phrase_query(_schema(), "text", list(words), NEAR), NEAR_WEIGHT)


def _term(name: str, value: str) -> Query:
    from tantivy import Query

    return Query.term_query(_schema(), name, value)


def _in(language: str, queries: Sequence[Query]) -> Query:
    """Any of ``queries``, in articles of ``language`` alone."""
    from tantivy import Occur, Query

    scope = Query.const_score_query(_term("language", language), 0.0)
    return Query.boolean_query([(Occur.Must, scope), (Occur.Must, _either(queries))])


def _either(queries: Sequence[Query]) -> Query:
    from tantivy import Occur, Query

    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _check(folder: Path) -> None:
    """Hold the files of ``folder`` against their checksums; raises UnusableWords."""
    try:
        meta = json.loads((folder / "meta.json").read_bytes())
        made = {field["options"].get("indexing", {}).get("tokenizer") for field in meta["schema"]}
        names = {segment["segment_id"].replace("-", "") for segment in meta["segments"]}
        sound = all(_is_sound(file.read_bytes()) for file in folder.iterdir() if file.name.partition(".")[0] in names)
    except FileNotFoundError as error:
        raise UnusableWords("missing") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableWords("damaged") from error
    if TERMS not in made:
        raise UnusableWords("of an earlier version")
    if not sound:
        raise UnusableWords("damaged")


def _is_sound(data: bytes) -> bool:
    end = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    return data.endswith(MAGIC) and end >= 0 and json.loads(data[end:-8])["crc"] == zlib.crc32(memoryview(data)[:end])


@contextmanager
def _panics() -> Iterator[None]:
    """Whatever damaged files make tantivy raise: its own panics are no Exceptions."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise UnusableWords("damaged") from error


@cache
def _schema() -> Schema:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder().add_unsigned_field("id", indexed=True, fast=True)
    builder = builder.add_text_field("language", tokenizer_name="raw", index_option="basic", fast=True)
    builder = builder.add_text_field("text", tokenizer_name=TERMS)
    return builder.add_text_field("generation", stored=True, tokenizer_name="raw", index_option="basic").build()


def _blanks() -> TextAnalyzer:
    """What takes apart terms that were joined by blanks."""
    from tantivy import TextAnalyzerBuilder, Tokenizer

    return TextAnalyzerBuilder(Tokenizer.whitespace()).build()
