"""A library's life as a state machine, held against a model of it: ``python tests/states.py 200``.

Where something is wrong, hypothesis finds the fewest commands that lead there, and prints them as a test.
"""

import argparse
import os
import shutil
import tempfile
from pathlib import Path

from disk import MEMORY
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from indexer import TOWNS, CheapEmbedder

from index.feedback import Feedback
from index.library import Library
from index.transfer import transfer

STEPS = 25  # commands in a life
NAMES = st.sampled_from(["a.txt", "b.txt", "c.md", "below/d.txt"])
TEXTS = st.builds(
    lambda town, year, times: (f"The harbour of {town} was built in {year} by Anna Thorsen. " * times).strip(),
    st.sampled_from(TOWNS[:3]),
    st.integers(1700, 1701),
    st.sampled_from([1, 9]),
)


class Life(RuleBasedStateMachine):
    """``files`` is what stands in the folder, ``known`` what was indexed from there: texts by name."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(dir=MEMORY))
        self.folder = self.place / "articles"
        self.folder.mkdir()
        self.files: dict[str, str] = {}
        self.known: dict[str, str] = {}
        self.ratings: list[str] = []
        self.clock = 1_600_000_000
        self.library = Library.open(self.place / "library", CheapEmbedder())

    def teardown(self) -> None:
        self.library.close()
        shutil.rmtree(self.place)

    @rule(name=NAMES, text=TEXTS)
    def write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.clock += 10  # long ago: so a file that did not change is known by its time, and not read
        os.utime(file, (self.clock, self.clock))
        self.files[name] = text

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)))
        (self.folder / name).unlink()
        del self.files[name]

    @precondition(lambda self: self.files)
    @rule(data=st.data(), name=NAMES)
    def rename(self, data: st.DataObject, name: str) -> None:
        before = data.draw(st.sampled_from(sorted(self.files)))
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / before).replace(self.folder / name)
        self.files[name] = self.files.pop(before)

    @precondition(lambda self: self.files or self.known)
    @rule()
    def sync(self) -> None:
        before, changes = set(self.known.values()), self.library.sync([self.folder], allow_empty=True)
        assert len(changes.added) + len(changes.changed) == len(set(self.files.values()) - before)
        self.known = dict(self.files)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def sync_one(self, data: st.DataObject) -> None:
        """The others stay as they were, but for a file that is gone and had the same text: it has moved."""
        name = data.draw(st.sampled_from(sorted(self.files)))
        text = self.files[name]
        self.library.sync([self.folder / name])
        moved = [other for other, held in self.known.items() if held == text and other not in self.files]
        self.known = {other: held for other, held in self.known.items() if other not in moved} | {name: text}

    @precondition(lambda self: self.known)
    @rule(data=st.data(), forget=st.booleans())
    def remove(self, data: st.DataObject, forget: bool) -> None:
        text = data.draw(st.sampled_from(sorted(self.known.values())))
        (id,) = [article.id for article in self.library.articles() if article.text == text]
        (self.library.forget if forget else self.library.remove)(id)
        self.known = {name: held for name, held in self.known.items() if held != text}

    @rule()
    def rate(self) -> None:
        self.ratings.append(f"{len(self.ratings):03}")
        self.library.rate(Feedback(self.ratings[-1], True, "well", (), {}))

    @rule()
    def rebuild(self) -> None:
        self.library.rebuild()

    @rule()
    def reopen(self) -> None:
        self.library.close()
        self.library = Library.open(self.place / "library", CheapEmbedder(), create=False)

    @rule(name=st.sampled_from(["vectors.faiss", "words"]), share=st.floats(0, 1))
    def damage(self, name: str, share: float) -> None:
        """A ranking is cut off, all of it or a part of each of its files, while nobody holds it in memory."""
        ranking = self.place / "library" / name
        files = [ranking] if ranking.is_file() else [file for file in ranking.rglob("*") if file.is_file()]
        for file in files:
            os.truncate(file, int(share * file.stat().st_size))
        self.reopen()

    @rule()
    def copy(self) -> None:
        with tempfile.TemporaryDirectory(dir=MEMORY) as other, Library.open(other, CheapEmbedder()) as copied:
            transfer(self.library, copied)
            assert {a.id: a.text for a in copied.articles()} == {a.id: a.text for a in self.library.articles()}
            assert len(copied.feedback()) == len(self.ratings)

    @invariant()
    def it_is_as_it_should_be(self) -> None:
        held = {article.id: article.text for article in self.library.articles()}
        assert sorted(held.values()) == sorted(set(self.known.values()))
        assert [rating.id for rating in self.library.feedback()] == self.ratings
        for id, text in held.items():
            found = self.library.search(text.partition(" was")[0])
            assert found and {hit.passage.article_id for hit in found} <= held.keys(), id
        assert self.library.check() == []


def live(lives: int) -> None:
    """So many lives; raises what goes wrong, with the fewest commands that lead there."""
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Life,
        settings=settings(
            max_examples=lives,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lives", nargs="?", type=int, default=200)
    live(parser.parse_args().lives)
    print("nothing was wrong")
