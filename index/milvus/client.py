"""The client: rows in and out of Milvus, and what goes wrong with it in one line.

A library is two collections. ``NAME`` holds passages: span, words, vector. ``NAME_records`` holds all else, by kind:
the state, texts in parts, articles, files, feedback. Milvus has no transactions: what readers see is decided by one
row, the state with its generation (`publication.py`).
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any

from index.errors import FootnoteError, MissingLibrary, UsageError
from index.milvus.address import TOKEN, Address

if TYPE_CHECKING:
    from pymilvus import CollectionSchema, MilvusClient
    from pymilvus.milvus_client.index import IndexParams

ROWS = 500  # written at once; a server takes 64 MB a message
PAGE = 200  # rows read at once
MOST = 16_384  # rows that Milvus returns at once
KEYS = 500  # ids in a filter
CALM = {"grpc.keepalive_time_ms": 300_000}  # milvus-lite's server hangs up on who asks more often whether it is there
TIMEOUT = 10  # seconds to wait for a connection
TRIES, PAUSE = 20, 0.1  # at something that another process may be about to do, in seconds
LONGEST = 65_535  # bytes of a VARCHAR
FOREVER = 2**62  # the generation in which a row goes that stays
BM25 = {"bm25_k1": 1.2, "bm25_b": 0.75}  # as tantivy has them
RECORDS = {"id", "kind", "article", "name", "title", "born", "gone", "data", "unused"}

_lite = threading.RLock()  # milvus-lite takes one write at a time

Row = dict[str, Any]


class Client:
    """A connection to the two collections of a library."""

    def __init__(self, address: Address, create: bool = True) -> None:
        """Connect, and make the records' collection with ``create``.

        Raises UsageError where the library is missing and may not be made or pymilvus is, and FootnoteError for a
        server that can't be reached, refuses the token, or holds something else under that name.
        """
        self.address = address
        self.passages = address.name
        self.records = f"{address.name}_records"
        if address.file and not address.file.exists() and not create:
            raise MissingLibrary(f"There is no library {address.text}: index a folder of articles first.")
        self._client = _connect(address)
        with self._explained():
            if not self._client.has_collection(self.records):
                if not create:
                    raise MissingLibrary(f"There is no library {address.text}: index a folder of articles first.")
                self._create(self.records, _records())
            for collection in filter(self._client.has_collection, (self.records, self.passages)):
                self._load(collection)
            fields = {field["name"] for field in self._client.describe_collection(self.records)["fields"]}
        if fields != RECORDS:
            raise FootnoteError(f"{address.text} holds something that is no Footnote library: name another one.")

    def close(self) -> None:
        """Let go of the connection; milvus-lite's file is closed when the process ends."""
        self._client.close()

    def has_passages(self) -> bool:
        """Whether any passages were ever stored."""
        with self._explained():
            return bool(self._client.has_collection(self.passages))

    def make_passages(self, dimensions: int) -> None:
        """Make the passages' collection, where there is none."""
        if not self.has_passages():
            with self._explained():
                self._create(self.passages, _passages(dimensions))

    def write(self, collection: str, rows: Sequence[Row]) -> None:
        """Write ``rows`` in the place of those with the same ids."""
        for first in range(0, len(rows), ROWS):
            with self._writing():
                self._client.upsert(collection, list(rows[first : first + ROWS]))

    def delete(self, collection: str, condition: str) -> None:
        """Delete the rows that fit."""
        with self._writing():
            self._client.delete(collection, filter=condition)

    def get(self, collection: str, ids: Sequence[str], *fields: str) -> list[Row]:
        """The rows with these ids, as far as there are any."""
        found: list[Row] = []
        for first in range(0, len(ids), KEYS):
            keys = list(ids[first : first + KEYS])
            with self._explained():
                found += self._client.query(collection, ids=keys, output_fields=list(fields))
        return found

    def find(self, collection: str, condition: str, *fields: str) -> list[Row]:
        """The rows that fit, where they are few."""
        with self._explained():
            return list(self._client.query(collection, filter=condition, output_fields=list(fields), limit=MOST))

    def each(self, collection: str, condition: str, *fields: str, page: int = PAGE) -> Iterator[Row]:
        """The rows that fit, by id, a page at a time."""
        with self._explained():
            pages = self._client.query_iterator(
                collection, filter=condition, output_fields=list(fields), batch_size=page
            )
        try:
            while True:
                with self._explained():
                    found = pages.next()
                if not found:
                    return
                yield from found
        finally:
            pages.close()

    def count(self, collection: str, condition: str) -> int:
        """How many rows fit."""
        with self._explained():
            ((row),) = self._client.query(collection, filter=condition, output_fields=["count(*)"])
        return int(row["count(*)"])

    def search(
        self, field: str, queries: Sequence[Any], condition: str, limit: int, *fields: str
    ) -> list[dict[str, tuple[float, Row]]]:
        """For each of ``queries`` the ``limit`` passages that ``field`` finds best, best first: score and row by id."""
        with self._explained():
            found = self._client.search(
                self.passages,
                list(queries),
                filter=condition,
                limit=limit,
                output_fields=list(fields),
                anns_field=field,
                search_params={"params": {"ef": 4 * limit}} if field == "vector" else {},
            )
        # BM25: milvus-lite gives it with a minus before it
        return [
            {hit["id"]: (abs(hit["distance"]) if field == "sparse" else hit["distance"], hit["entity"]) for hit in hits}
            for hits in found
        ]

    def flush(self) -> None:
        """Have Milvus index what was written; it does so by itself, too, only later."""
        from pymilvus import MilvusException

        for collection in (self.passages, self.records):
            with suppress(MilvusException):  # a cluster refuses more than one in ten seconds
                self._client.flush(collection)

    def _create(self, name: str, layout: tuple[CollectionSchema, IndexParams]) -> None:
        from pymilvus import MilvusException

        schema, indexes = layout
        try:
            self._client.create_collection(name, schema=schema, consistency_level="Strong")
            self._client.create_index(name, indexes, sync=False)
        except MilvusException:
            if not self._client.has_collection(name):  # else another process was quicker
                raise
        self._load(name)

    def _load(self, collection: str) -> None:
        """Have it ready to be read; another process may be about to make its indexes."""
        from pymilvus import MilvusException

        for again in range(TRIES, -1, -1):
            try:
                self._client.load_collection(collection)
                return
            except MilvusException:
                if not again:
                    raise
                time.sleep(PAUSE)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with _explained(self.address), _lite if self.address.file else nullcontext():
            yield

    def _explained(self) -> AbstractContextManager[None]:
        return _explained(self.address)


def literal(value: str | Sequence[str]) -> str:
    """``value`` as it is written in a condition."""
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def _explained(address: Address) -> Iterator[None]:
    """Say in one line what Milvus means."""
    from grpc import RpcError
    from pymilvus import MilvusException

    try:
        yield
    except (MilvusException, RpcError) as error:
        raise FootnoteError(_explanation(error, address)) from error


def _connect(address: Address) -> MilvusClient:
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # what goes wrong is raised, too
    try:
        from pymilvus import MilvusClient

        if address.file:
            import milvus_lite  # noqa: F401
    except ImportError as error:
        raise UsageError(f"{address.text} needs {error.name}: pip install 'footnote-qa[milvus]'.") from error
    for name in ("pymilvus", "milvus_lite"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # they log what they raise
    if address.file:
        try:
            address.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise FootnoteError(f"No library can be made at {address.text} ({reason}): name another folder.") from error
    secure = {"server_pem_path": address.certificate} if address.certificate else {}
    with _explained(address):
        return MilvusClient(address.uri, token=address.token, timeout=TIMEOUT, grpc_options=CALM, **secure)


def _explanation(error: Exception, address: Address) -> str:
    said = " ".join(str(getattr(error, "message", "") or getattr(error, "details", str)() or error).split())
    if address.file and "local milvus" in said.lower():
        return f"{address.text} is open in another process, or can't be written: milvus-lite's server takes several."
    if any(word in said.lower() for word in ("auth", "permission", "privilege")):
        return f"Milvus at {address.uri} refuses the token in {TOKEN}: set it to user:password or a key that may."
    if any(word in said.lower() for word in ("connect", "unavailable", "deadline", "timeout")):
        return f"Milvus at {address.uri} can't be reached: is it running there, and is that the right port?"
    return f"Milvus at {address.uri} says: {said[:300]}"


def _passages(dimensions: int) -> tuple[CollectionSchema, IndexParams]:
    from pymilvus import DataType, Function, FunctionType, MilvusClient

    schema = MilvusClient.create_schema(description="Passages of a Footnote library")
    schema.add_field("id", DataType.VARCHAR, max_length=100, is_primary=True)  # sha256:start:end
    schema.add_field("article", DataType.VARCHAR, max_length=64)
    schema.add_field("start", DataType.INT64)
    schema.add_field("end", DataType.INT64)
    schema.add_field("born", DataType.INT64)  # the first generation that may hold it
    # Stems of the title and the passage: made here, so that they are the embedded library's on every Milvus.
    schema.add_field(
        "words", DataType.VARCHAR, max_length=LONGEST, enable_analyzer=True, analyzer_params={"tokenizer": "standard"}
    )
    schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimensions)
    schema.add_function(Function("bm25", FunctionType.BM25, ["words"], ["sparse"]))
    indexes = MilvusClient.prepare_index_params()
    indexes.add_index("vector", index_type="HNSW", metric_type="IP", params={"M": 32, "efConstruction": 200})
    indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params=BM25)
    indexes.add_index("article", index_type="INVERTED")
    return schema, indexes


def _records() -> tuple[CollectionSchema, IndexParams]:
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(description="Records of a Footnote library")
    schema.add_field("id", DataType.VARCHAR, max_length=200, is_primary=True)
    schema.add_field("kind", DataType.VARCHAR, max_length=20)
    schema.add_field("article", DataType.VARCHAR, max_length=64)  # the sha256 of its text
    schema.add_field("name", DataType.VARCHAR, max_length=LONGEST)  # an article's id, or a file's source
    schema.add_field("title", DataType.VARCHAR, max_length=LONGEST)  # in lower case
    schema.add_field("born", DataType.INT64)  # it is there from this generation on
    schema.add_field("gone", DataType.INT64)  # and no longer from this one on
    schema.add_field("data", DataType.VARCHAR, max_length=LONGEST)  # JSON, or a part of a text
    schema.add_field("unused", DataType.FLOAT_VECTOR, dim=2)  # Milvus wants one in each collection
    indexes = MilvusClient.prepare_index_params()
    indexes.add_index("unused", index_type="FLAT", metric_type="IP")
    for field in ("article", "name", "title"):
        indexes.add_index(field, index_type="INVERTED")
    return schema, indexes
