"""Training material: what becomes an example, what a question without an answer, and what the rows hold of it."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch

from rag.language_model import LanguageModel
from rag.models import packaged_model
from rag.prompt import Line
from rag.training.adapter_file import matrices, write
from rag.training.build import language
from rag.training.examples import groups, without
from rag.training.group import Example, Group
from rag.training.hops import gold_only
from rag.training.row import load, row, save
from rag.training.soup import average
from rag.training.squad import Paragraph, read
from rag.training.train import batches, stacked, tensors
from rag.training.transformer import Transformer

TEXTS = [
    "The lighthouse of Oss was painted by Mara Quill in 1931. The harbour was opened in 1962. It cost 4 million.",
    "The mill of Brindle was built by Ada Thorne in 1870. The river Lem drives it. Nobody lives there.",
]


@pytest.fixture
def paragraphs(tmp_path: Path) -> list[Paragraph]:
    def question(text: str, asked: str, answer: str) -> dict[str, object]:
        return {"question": asked, "answers": [{"text": answer, "answer_start": text.index(answer)}]}

    human = {"question": "Who sold the lighthouse of Oss?", "answers": [], "is_impossible": True}
    paragraphs = [
        {"context": TEXTS[0], "qas": [question(TEXTS[0], "Who painted the lighthouse of Oss?", "Mara Quill"), human,
                                      question(TEXTS[0], "When was the harbour opened?", "1962")]},
        {"context": TEXTS[1], "qas": [question(TEXTS[1], "Who built the mill of Brindle?", "Ada Thorne"),
                                      question(TEXTS[1], "What drives the mill?", "it. Nobody")]},
    ]  # fmt: skip
    path = tmp_path / "squad.json"
    path.write_text(json.dumps({"data": [{"title": "Places_%26_people", "paragraphs": paragraphs}]}), encoding="utf-8")
    return read(path)


def test_a_question_knows_the_sentence_that_answers_it(paragraphs: list[Paragraph]) -> None:
    first, second = paragraphs
    assert [(q.sentence, q.answer) for q in first.questions] == [(0, "Mara Quill"), (1, "1962")]
    assert first.unanswerable == ["Who sold the lighthouse of Oss?"] and first.title == "Places & people"
    assert [q.text for q in second.questions] == ["Who built the mill of Brindle?"]  # the other crosses sentences


def test_an_answered_example_is_answered_by_its_own_sentence_and_no_other(paragraphs: list[Paragraph]) -> None:
    seen = set()
    gold = {q.text: q.answer for p in paragraphs for q in p.questions}
    for seed in range(40):
        for group in groups(paragraphs, {"paint", "build", "open"}, random.Random(seed)):
            joined = " ".join(line.text for line in group.evidence)
            for example in group.examples:
                seen.add(example.kind)
                if example.kind in ("answered", "guest"):
                    assert example.answer in group.evidence[example.label - 1].text
                if example.kind in ("removed", "sibling"):
                    assert example.label == 0 and gold[example.question] not in joined
                if example.kind == "human":
                    assert example.label == 0 and example.question == "Who sold the lighthouse of Oss?"
    assert {"answered", "human", "removed"} <= seen


def test_a_kind_can_be_left_out(paragraphs: list[Paragraph]) -> None:
    drawn = list(without(["human"], groups(paragraphs, set(), random.Random(1))))
    assert drawn and all(example.kind != "human" for group in drawn for example in group.examples)


def test_a_question_over_two_articles_is_not_answered_by_one(tmp_path: Path) -> None:
    proof = ["Mill | The mill was built by Ada Thorne.", "Ada Thorne | She was born in 1840."]
    record = {"question": "When was the builder of the mill born?", "answer": "1840", "evidence": proof}
    file = tmp_path / "hops.jsonl"
    file.write_text("\n".join([json.dumps(record)] * 8), encoding="utf-8")
    made = list(gold_only(file, random.Random(0)))
    for group in made:
        (example,) = group.examples
        titles = {line.context for line in group.evidence}
        assert (example.label > 0) == ({"Mill", "Ada Thorne"} <= titles)
        assert example.label == 0 or "1840" in group.evidence[example.label - 1].text
    assert {group.examples[0].kind for group in made} == {"hops", "hop"}


def test_a_row_reads_the_evidence_once_and_each_question_apart(model: LanguageModel, tmp_path: Path) -> None:
    group = Group(
        [Line(f"Sentence number {n}.", "Numbers") for n in range(12)],
        [Example("Which is the last?", 12, "number 11", "answered"), Example("Which is red?", 0, "", "human")],
    )
    made = row(group, language(model))
    shared = made.part.count(0)
    starts = [made.part.index(part) for part in (1, 2)]
    assert [made.positions()[start] for start in starts] == [shared, shared]
    labels = [made.tokens[a.predicts + 1] for a in made.asked]
    assert [model.piece(token) for token in labels] == [b"1", b"0"]
    save([made, made], tmp_path / "rows.npz")
    again = load(tmp_path / "rows.npz")
    assert len(again) == 2 and again[1].tokens == made.tokens and again[1].asked == made.asked


def test_a_question_sees_nothing_of_the_others(model: LanguageModel) -> None:
    spoken = language(model)
    lines = [Line("The mill was built by Ada Thorne.")]
    one, other = Example("Who built it?", 1, "Ada Thorne", "a"), Example("Is it a mill?", 1, "Yes", "b")
    alone, both = row(Group(lines, [one]), spoken), row(Group(lines, [other, one]), spoken)
    network = Transformer(packaged_model(), "cpu", torch.float32)
    with torch.no_grad():
        found = []
        for made in (alone, both):
            tokens, positions, part, _ = stacked([tensors(made)], torch.device("cpu"))
            found.append(network.logits(network(tokens, positions, part)[0, made.asked[-1].predicts]))
    assert torch.allclose(*found, atol=1e-2)
    ours = found[0].log_softmax(-1)
    packaged = LanguageModel(packaged_model(), "packaged")
    theirs = torch.tensor(packaged.next(alone.tokens[: alone.asked[0].predicts + 1]))
    packaged.close()
    assert ours.argmax() == theirs.argmax() and (ours.exp() - theirs.exp()).abs().max() < 0.05


def test_batches_hold_every_row_once_and_keep_to_their_size() -> None:
    sizes = [10, 500, 20, 30, 480, 15]
    made = list(batches(sizes, 520, random.Random(0)))
    assert sorted(i for batch in made for i in batch) == list(range(6))
    assert all(len(batch) == 1 or len(batch) * max(sizes[i] for i in batch) <= 520 for batch in made)


def test_an_adapter_is_read_as_it_was_written_and_averaged(tmp_path: Path) -> None:
    trained = {"blk.0.attn_q.weight.lora_a": torch.ones(2, 4), "blk.0.attn_q.weight.lora_b": torch.full((4, 2), 3.0)}
    write(trained, packaged_model(), tmp_path / "one.gguf", 64, "llama")
    write({name: value * 3 for name, value in trained.items()}, packaged_model(), tmp_path / "other.gguf", 64, "llama")
    again = matrices(tmp_path / "one.gguf")
    assert all(np.array_equal(again[name], trained[name]) for name in trained)
    mean = average([tmp_path / "one.gguf", tmp_path / "other.gguf"])
    assert float(mean["blk.0.attn_q.weight.lora_b"][0, 0]) == 6.0
