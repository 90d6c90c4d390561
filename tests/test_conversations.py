"""Conversations, as they are kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import UsageError
from ui.conversations import Conversations
from ui.scope import Scope
from ui.turn import Turn


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Conversations]:
    conversations = Conversations(tmp_path)
    yield conversations
    conversations.close()


def asked(kept: Conversations, id: str, question: str, parent: Turn | None = None) -> Turn:
    turn = Turn(question, parent.id if parent else None)
    kept.add("ada", id, turn)
    return turn


def shown(kept: Conversations, id: str) -> list[str]:
    return [turn.question for turn in kept.path("ada", id)]


def test_a_question_in_the_place_of_another_is_a_branch(kept: Conversations) -> None:
    id = kept.begin("ada", "one")
    one = asked(kept, id, "one")
    asked(kept, id, "two", one)
    asked(kept, id, "three", one)
    other = asked(kept, id, "another one")
    assert shown(kept, id) == ["another one"]
    assert kept.places("ada", id)[other.id].ids == (one.id, other.id)
    kept.show("ada", id, one.id)
    assert shown(kept, id) == ["one", "three"]  # down to its last question
    kept.show("ada", id, "no such turn")
    assert shown(kept, id) == ["one", "three"]


def test_everybody_has_their_own(kept: Conversations) -> None:
    id = kept.begin("ada", "one")
    turn = asked(kept, id, "one")
    for forbidden in (
        lambda: kept.path("bob", id),
        lambda: kept.places("bob", id),
        lambda: kept.add("bob", id, Turn("x")),
        lambda: kept.show("bob", id, turn.id),
        lambda: kept.rename("bob", id, "x"),
        lambda: kept.delete("bob", id),
    ):
        with pytest.raises(UsageError, match="begin another"):
            forbidden()
    assert kept.listed("bob") == [] and [c.title for c in kept.listed("ada")] == ["one"]


def test_they_are_found_by_any_word_that_was_said(kept: Conversations) -> None:
    for question, said in (("Who built it?", "Anna Thorsen"), ("100%_'; DROP?", "Éire"), ("Who?", "")):
        id = kept.begin("ada", question)
        turn = asked(kept, id, question)
        kept.keep(Turn(question, id=turn.id, record={"statements": [{"text": said, "citations": []}]}))
    assert [c.title for c in kept.listed("ada", "THORSEN built")] == ["Who built it?"]
    assert [c.title for c in kept.listed("ada", "%_'")] == ["100%_'; DROP?"]
    assert [c.title for c in kept.listed("ada", "éire")] == ["100%_'; DROP?"]
    assert len(kept.listed("ada", "who")) == 2 and kept.listed("ada", "nobody") == []


def test_all_of_it_is_there_after_the_page_was_ended(tmp_path: Path) -> None:
    first = Conversations(tmp_path)
    id = first.begin("ada", "one")
    turn = Turn("one", scope=Scope(("a", "b")), good=True, next=("And then?",), record={"statements": [], "x": "é"})
    first.add("ada", id, turn)
    first.rename("ada", id, " A  name ")
    first.close()
    second = Conversations(tmp_path)
    assert second.path("ada", id) == (turn,) and second.title("ada", id) == "A name"
    second.delete("ada", id)
    second.keep(turn)  # an answer that comes late
    assert second.listed("ada") == []
    second.close()
