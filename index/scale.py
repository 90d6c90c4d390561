"""Measure the library as it grows: ``python -m index.scale FILE --out DIR [--sizes 10000 100000 1000000] [--fts5]``.

The passages of FILE (questions in SQuAD's layout), really embedded, are the needles; the rest is made up: words drawn
by Zipf's law from theirs and 200,000 more, vectors around centres among theirs, spread as theirs are. Each size is
measured in a process of its own: opening, hybrid search with and without the embedding of the question, dense
recall@10 against exact search, recall@5 of the needles, an edit of one article, resident memory, bytes a passage.
"""

import argparse
import hashlib
import json
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import lexical, vectors
from index.database import Database
from index.embedder import Embedder
from index.library import Library
from index.recall import Question, unpack
from index.search import CANDIDATES
from index.term import terms

SIZES = (10_000, 100_000, 1_000_000)
PER_ARTICLE = 50  # passages
LENGTH = 110  # words of a passage, on average
VOCABULARY = 200_000
EXPONENT = 1.05  # of Zipf's law
CENTRES = 5_000
SPREAD = 0.7  # of the vectors around a centre, against the needles' own
ASKED = 300  # questions
RESULTS = "scale.json"
KIBIBYTE = 1024 if sys.platform == "linux" else 1  # what ru_maxrss counts in


def grow(directory: Path, size: int) -> float:
    """Let the library hold ``size`` passages; returns the seconds that both rankings took."""
    with Library.open(directory) as library:
        database = library._database
        (held,) = database.connection.execute("SELECT count(*) FROM passages").fetchone()
        needles = database.connection.execute(
            "SELECT vector, title, text FROM embeddings JOIN passages ON passages.id = passage "
            "JOIN articles ON number = article WHERE articles.id NOT LIKE 'made-up-%'"
        ).fetchall()
        real = np.array([np.frombuffer(vector, dtype="<f4") for vector, _, _ in needles])
        words = Counter(word for text in {text for _, _, text in needles} for word in text.lower().split())
        _fill(database, held, size, real, [word for word, _ in words.most_common()])
        began = time.perf_counter()
        library._follow()
        return time.perf_counter() - began


def _fill(database: Database, held: int, size: int, real: NDArray[np.float32], words: list[str]) -> None:
    chance = np.random.default_rng(held)
    vocabulary = np.array([*words, *(f"word{number}" for number in range(VOCABULARY))])
    weights = 1 / np.arange(1, len(vocabulary) + 1) ** EXPONENT
    spread = (real - real.mean(axis=0)) / np.sqrt(len(real))  # random sums of these vary as the needles do
    shape = np.random.default_rng(0)
    centres = real[shape.integers(0, len(real), CENTRES)] + shape.standard_normal((CENTRES, len(real))) @ spread
    with database.writing() as connection:
        generation = database.next_generation()
        for first in range(held, size, PER_ARTICLE):
            count = min(PER_ARTICLE, size - first)
            text, spans = _text(chance, vocabulary, weights / weights.sum(), count)
            rows = centres[chance.integers(0, CENTRES, count)]
            rows = rows + SPREAD * chance.standard_normal((count, len(real))) @ spread
            rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("<f4")
            sha256 = hashlib.sha256(text.encode()).hexdigest()
            number = connection.execute(
                "INSERT INTO articles (id, title, sha256, pages, generation, text) VALUES (?, ?, ?, '[]', ?, ?)",
                [f"made-up-{first}", f"Made up {first}", sha256, generation, text],
            ).lastrowid
            connection.execute("INSERT INTO files VALUES (?, ?, ?, NULL)", [f"{first}.txt", f"{first}.txt", number])
            for (start, end), row in zip(spans, rows, strict=True):
                insert = "INSERT INTO passages (article, start, end) VALUES (?, ?, ?)"
                id = connection.execute(insert, [number, start, end]).lastrowid
                connection.execute("INSERT INTO embeddings VALUES (?, ?)", [id, row.tobytes()])


def _text(
    chance: np.random.Generator, vocabulary: NDArray[np.str_], weights: NDArray[np.float64], count: int
) -> tuple[str, list[tuple[int, int]]]:
    lengths = chance.poisson(LENGTH, count) + 5
    drawn = iter(vocabulary[chance.choice(len(vocabulary), lengths.sum(), p=weights)].tolist())
    text, spans = "", []
    for length in lengths:
        passage = " ".join(next(drawn) for _ in range(length))
        spans.append((len(text), len(text) + len(passage)))
        text += f"{passage}\n\n"
    return text, spans


def measure(directory: Path, questions: list[Question]) -> dict[str, float]:
    """The figures of the library as it is, in a process that has just begun."""
    import resource  # Windows has none

    texts = [question.text for question in questions]
    embedder = Embedder()
    queries = embedder.encode(texts)
    began = time.perf_counter()
    with Library.open(directory) as library:
        database = library._database
        words, dense = lexical.current(database, None), vectors.current(database, None)
        opened = time.perf_counter() - began
        library._words, library._vectors, library._embedder = words, dense, embedder
        library.search(texts[0])
        asked = [_timed(lambda text=text: library.search(text)) for text in texts]
        embedded = [_timed(lambda text=text: embedder.encode([text])) for text in texts]
        found = library.search_all(texts, 5)
        figures = {
            "open_s": opened,
            "p50_ms": 1000 * float(np.percentile(asked, 50)),
            "p95_ms": 1000 * float(np.percentile(asked, 95)),
            "embedding_p50_ms": 1000 * float(np.percentile(embedded, 50)),
            "memory_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIBIBYTE / 2**30,
            "needles_recall@5": float(
                np.mean([any(map(q.answered_by, f)) for q, f in zip(questions, found, strict=True)])
            ),
            "dense_recall@10": _dense_recall(database, dense, queries),
            "edit_ms": 1000 * _edit(library, embedder, directory.parent),
        }
        sizes, passages = library.status().sizes, library.status().passages
        return figures | {f"{name}_bytes": size / passages for name, size in sizes.items()}


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _dense_recall(database: Database, dense: vectors.Vectors, queries: NDArray[np.float32]) -> float:
    """The share of each query's ten nearest passages, by exact search, among the first ten candidates."""
    best: list[list[tuple[float, int]]] = [[] for _ in queries]
    cursor = database.connection.execute("SELECT passage, vector FROM embeddings")
    while rows := cursor.fetchmany(20_000):
        ids = np.array([id for id, _ in rows])
        scores = queries @ np.frombuffer(b"".join(vector for _, vector in rows), "<f4").reshape(len(rows), -1).T
        top = np.argsort(-scores, axis=1)[:, :10]
        for row, (held, chosen) in enumerate(zip(best, top, strict=True)):
            held += zip(scores[row, chosen].tolist(), ids[chosen].tolist(), strict=True)
            held[:] = sorted(held, reverse=True)[:10]
    shares = []
    for query, near, exact in zip(queries, dense.nearest(queries, CANDIDATES), best, strict=True):
        cosine = vectors.scores(database.connection, query, near)
        first = sorted(near, key=lambda id: -cosine[id])[:10]
        shares.append(len({*first} & {id for _, id in exact}) / len(exact))
    return float(np.mean(shares))


def _edit(library: Library, embedder: Embedder, folder: Path) -> float:
    """Seconds that a change of one article takes, beside the embedding of its passages."""
    file = next((folder / "articles").iterdir())
    file.write_text(f"{file.read_text(encoding='utf-8')}\n\nOne more line, at {time.time()}.", encoding="utf-8")
    embedding, encode = [0.0], embedder.encode

    def timed(texts: Any, progress: bool = False) -> Any:
        began = time.perf_counter()
        rows = encode(texts, progress)
        embedding[0] += time.perf_counter() - began
        return rows

    embedder.encode = timed  # type: ignore[method-assign]
    return _timed(lambda: library.sync([file])) - embedding[0]


def fts5(directory: Path, questions: list[Question]) -> dict[str, float]:
    """What the same words cost in SQLite's FTS5, ranked by its own bm25()."""
    connection = sqlite3.connect(directory / "fts5.db")
    connection.execute(
        "CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'porter unicode61 remove_diacritics 2')"
    )
    with closing(Database(directory)) as database:
        rows = ((id, text) for id, _, text in lexical.texts(database.connection, 0))
        connection.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", rows)
    connection.commit()
    select = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words) LIMIT 50"
    asked = []
    for question in questions:
        match = " OR ".join(f'"{term}"' for term in dict.fromkeys(terms(question.text)))
        asked.append(_timed(lambda match=match: connection.execute(select, [match]).fetchall()))
    with Library.open(directory) as library:
        words = lexical.current(library._database, None)
        tantivy = [_timed(lambda q=q: words.best(q.text, CANDIDATES)) for q in questions]
    (directory / "fts5.db").unlink()
    return {
        f"{name}_p{share}_ms": 1000 * float(np.percentile(times, share))
        for name, times in (("fts5", asked), ("tantivy", tantivy))
        for share in (50, 95)
    }


def plot(results: list[dict[str, float]], file: Path) -> None:
    """Cost against size: milliseconds a search, gibibytes of memory, bytes a passage."""
    from matplotlib import pyplot

    sizes = [result["passages"] for result in results]
    figure, axes = pyplot.subplots(1, 3, figsize=(12, 3.5), layout="constrained")
    for axis, (title, names) in zip(
        axes,
        {
            "milliseconds a search": ["p50_ms", "p95_ms"],
            "resident memory, GiB": ["memory_gib"],
            "bytes a passage on disk": [name for name in results[0] if name.endswith("_bytes")],
        }.items(),
        strict=True,
    ):
        for name in names:
            axis.plot(sizes, [result[name] for result in results], marker="o", label=name)
        axis.set(xscale="log", xlabel="passages", title=title, ylim=(0, None))
        axis.legend()
    figure.savefig(file)


def main() -> None:
    """Grow, measure, print and plot."""
    parser = argparse.ArgumentParser(prog="python -m index.scale", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="questions in SQuAD's JSON layout")
    parser.add_argument("--out", type=Path, required=True, help="a folder with room for 4 kB a passage")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="passages")
    parser.add_argument("--fts5", action="store_true", help="time SQLite's FTS5 beside tantivy")
    parser.add_argument("--only", choices=["measure", "fts5"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    articles = options.out / "articles"
    articles.mkdir(parents=True, exist_ok=True)
    questions = unpack(options.file, articles)
    questions = questions[:: max(1, len(questions) // ASKED)]
    directory = options.out / "library"
    if options.only:
        print(json.dumps(globals()[options.only](directory, questions)))
        return
    with Library.open(directory) as library:
        library.sync([articles], progress=True)
    results = []
    for size in sorted(options.sizes):
        built = grow(directory, size)
        result = {"passages": size, "build_s": built}
        for part in ("measure", *(["fts5"] if options.fts5 else [])):
            command = [sys.executable, "-m", "index.scale", options.file, "--out", options.out, "--only", part]
            result |= json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        print("  ".join(f"{name} {figure:,.3g}" for name, figure in result.items()), flush=True)
        results.append(result)
    (options.out / RESULTS).write_text(json.dumps(results, indent=1), encoding="utf-8")
    plot(results, options.out / "scale.svg")


if __name__ == "__main__":
    main()
