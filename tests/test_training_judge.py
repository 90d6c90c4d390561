"""Training of the judge: what is trained on, and that blocks in torch see what llama.cpp computes below them."""

import json
from pathlib import Path

import torch

from rag.hidden_state import Tap
from rag.language_model import LanguageModel
from rag.models import packaged_model
from rag.training.build import HELD_OUT, HUMAN
from rag.training.judged import twins
from rag.training.transformer import Transformer

FIRST, LAST = 10, 12
PREFIX, BRANCH = (
    "Is it said? Answer yes or no.\n",
    "[1] Sanna Rask painted the lighthouse red.\n\nQuestion: Who painted it?\n",
)


def states(layer: int) -> list[torch.Tensor]:
    """Those of PREFIX and of BRANCH after it that leave ``layer``, in llama.cpp."""
    model = LanguageModel(packaged_model(), "small", threads=1, tap=Tap(layer))
    (before,) = model.token_states([model.tokens(PREFIX)])
    model.next(model.tokens(PREFIX))
    (after,) = model.token_states([model.tokens(BRANCH)])
    model.close()
    return [torch.from_numpy(one)[None] for one in (before, after)]


def test_blocks_continue_after_a_prefix_as_llama_does() -> None:
    (prefix, entering), (_, wanted) = states(FIRST - 1), states(LAST)
    blocks = Transformer(packaged_model(), "cpu", torch.float32, range(FIRST, LAST + 1))
    with torch.no_grad():
        left = blocks.continued(entering, blocks.keys(prefix))
        alone = blocks.continued(entering)
    assert (left - wanted).norm() < 0.05 * wanted.norm()
    assert (alone - wanted).norm() > 2 * (left - wanted).norm(), "the prefix counts"


def test_twins_are_a_sentence_with_a_question_that_it_answers_and_one_that_it_almost_does(tmp_path: Path) -> None:
    text = "The lighthouse was painted by Mara Quill. The harbour is deep."
    place = text.index("Mara")
    painted = {"id": "1", "question": "Who painted it?", "answers": [{"text": "Mara Quill", "answer_start": place}]}
    built = {
        "id": "2", "question": "Who built it?", "answers": [], "is_impossible": True,
        "plausible_answers": [{"text": "Mara Quill", "answer_start": place}],
    }  # fmt: skip
    data = [
        {"title": f"Light_{n}", "paragraphs": [{"context": text, "qas": [painted, built]}]} for n in range(HELD_OUT + 1)
    ]
    (tmp_path / HUMAN).write_text(json.dumps({"data": data}), encoding="utf-8")
    answering, near = twins(tmp_path, 0)  # of one article: the others are kept back
    assert (answering.question, answering.answers) == ("Who painted it?", True)
    assert (near.question, near.answers) == ("Who built it?", False)
    assert answering.line == near.line and near.line.text == "The lighthouse was painted by Mara Quill."
