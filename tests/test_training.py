"""Training material: what becomes an example, and what becomes a question without an answer."""

import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from rag.training.fluency import fluency
from rag.training.negatives import Neighbours, exchanges, mentions, replaced
from transformers import AttentionInterface, LlamaConfig, LlamaForCausalLM

from rag.training.adapter_file import matrices, write
from rag.training.examples import groups, without
from rag.training.row import packed_attention
from rag.training.soup import average
from rag.training.squad import Paragraph, read

TEXTS = [
    "The lighthouse of Oss was painted by Mara Quill in 1931. The harbour was opened in 1962. It cost 4 million.",
    "The mill of Brindle was built by Ada Thorne in 1870. The river Lem drives it. Nobody lives there.",
]


def file(folder: Path) -> Path:
    def question(text: str, asked: str, answer: str) -> dict[str, object]:
        return {"question": asked, "answers": [{"text": answer, "answer_start": text.index(answer)}]}

    paragraphs = [
        {"context": TEXTS[0], "qas": [question(TEXTS[0], "Who painted the lighthouse of Oss?", "Mara Quill"),
                                      question(TEXTS[0], "When was the harbour opened?", "1962")]},
        {"context": TEXTS[1], "qas": [question(TEXTS[1], "Who built the mill of Brindle?", "Ada Thorne"),
                                      question(TEXTS[1], "What drives the mill?", "it. Nobody")]},
    ]  # fmt: skip
    path = folder / "squad.json"
    path.write_text(json.dumps({"data": [{"title": "Places", "paragraphs": paragraphs}]}), encoding="utf-8")
    return path


@pytest.fixture
def near() -> Neighbours:
    words = [f"{letter * 5}" for letter in "bcdfghjklmnpqrstvwxz"] * 4
    return Neighbours(words, np.random.default_rng(0).normal(size=(len(words), 8)).astype(np.float32))


def shorter(texts: Sequence[str]) -> list[float]:
    """A fluency that finds every text as good as its length."""
    return [-float(len(text)) / 10 for text in texts]


@pytest.fixture
def paragraphs(tmp_path: Path) -> list[Paragraph]:
    return read(file(tmp_path))


def test_a_question_knows_the_sentence_that_answers_it(paragraphs: list[Paragraph]) -> None:
    first, second = paragraphs
    assert [(q.sentence, q.answer) for q in first.questions] == [(0, "Mara Quill"), (1, "1962")]
    assert [q.text for q in second.questions] == [
        "Who built the mill of Brindle?"
    ]  # the other answer crosses sentences


def test_an_answered_example_is_answered_by_its_own_sentence(paragraphs: list[Paragraph], near: Neighbours) -> None:
    seen = set()
    for seed in range(40):
        for group in groups(paragraphs, near, shorter, random.Random(seed)):
            joined = " ".join(group.evidence)
            for example in group.examples:
                seen.add(example.kind)
                if example.kind in ("answered", "guest", "consistent"):
                    assert example.answer in group.evidence[example.label - 1]
                if example.kind == "altered":
                    assert example.label == 0
                if example.kind in ("removed", "sibling"):
                    assert example.label == 0
                    gold = {q.text: q.answer for p in paragraphs for q in p.questions}[example.question]
                    assert gold not in joined
    assert {"answered", "guest", "removed", "sibling", "exchanged", "altered", "consistent", "follow-up"} <= seen


def test_a_kind_of_question_can_be_left_out(paragraphs: list[Paragraph], near: Neighbours) -> None:
    drawn = [group for seed in range(20) for group in groups(paragraphs, near, shorter, random.Random(seed))]
    kept = list(without(["sibling", "removed"], drawn))
    kinds = {example.kind for group in kept for example in group.examples}
    assert kinds == {example.kind for group in drawn for example in group.examples} - {"sibling", "removed"}
    assert all(group.examples for group in kept), "what has no question left is no group"


def test_a_contrast_set_tells_its_questions_apart_by_the_evidence_alone(
    paragraphs: list[Paragraph], near: Neighbours
) -> None:
    asked = {q.text: q.answer for p in paragraphs for q in p.questions}
    met = False
    for seed in range(60):
        for group in groups(paragraphs, near, shorter, random.Random(seed)):
            joined = " ".join(group.evidence)
            for altered in (e for e in group.examples if e.kind == "altered"):
                met = True
                (consistent,) = (
                    e for e in group.examples if e.kind == "consistent" and e.answer == asked[altered.question]
                )
                new = set(consistent.question.strip("?").split()) - set(altered.question.strip("?").split())
                old = set(altered.question.strip("?").split()) - set(consistent.question.strip("?").split())
                assert new and all(mentions(joined, word) for word in new)
                assert old and not all(mentions(joined, word) for word in old)
    assert met


def test_a_number_inside_a_longer_one_is_not_exchanged() -> None:
    assert (
        replaced("It cost 1,500 in 500 days, 500.5 at most.", "500", "7") == "It cost 1,500 in 7 days, 500.5 at most."
    )


def test_the_same_seed_gives_the_same_examples(paragraphs: list[Paragraph], near: Neighbours) -> None:
    one, other = (list(groups(paragraphs, near, shorter, random.Random(7))) for _ in range(2))
    assert one == other


def test_an_exchanged_detail_is_not_in_the_gold_sentence(near: Neighbours) -> None:
    question = "When did Mara Quill paint the lighthouse of Oss?"
    gold = TEXTS[0].split(".")[0]
    for seed in range(30):
        made = exchanges(question, gold, " ".join(TEXTS), near, random.Random(seed))
        assert made and question not in made
        for changed in made:
            new = set(changed.split()) - set(question.split())
            assert not any(word.strip("?") in gold.split() for word in new)


def test_of_the_exchanges_one_that_reads_well_is_kept(paragraphs: list[Paragraph], near: Neighbours) -> None:
    def strange(texts: Sequence[str]) -> list[float]:
        asked = {q.text for p in paragraphs for q in p.questions}
        return [0.0 if text in asked or "not" in text.split() else -100.0 for text in texts]

    kept = {
        example.question
        for seed in range(40)
        for group in groups(paragraphs, near, strange, random.Random(seed))
        for example in group.examples
        if example.kind == "exchanged"
    }
    assert kept == {"When was not the harbour opened?"}


def test_an_exported_adapter_is_trained_further_from_what_it_was(tmp_path: Path) -> None:
    trained = {
        f"3.{part}.{which}": torch.randn(shape, generator=torch.Generator().manual_seed(1))
        for part in ("self_attn.q_proj", "self_attn.k_proj", "mlp.up_proj")
        for which, shape in (("a", (4, 32)), ("b", (128, 4)))
    }
    write(trained, tmp_path / "adapter.gguf", alpha=8)
    restored = matrices(tmp_path / "adapter.gguf")
    assert restored.keys() == trained.keys()
    assert all(torch.allclose(restored[name], trained[name], atol=2e-3) for name in trained)


def test_a_soup_is_the_mean_of_its_adapters(tmp_path: Path) -> None:
    name = "0.self_attn.k_proj.b"
    for number in (1.0, 4.0):
        write({name: number * torch.arange(256.0).view(128, 2)}, tmp_path / f"{number}.gguf", alpha=8)
    made = average([tmp_path / "1.0.gguf", tmp_path / "4.0.gguf"])
    assert torch.equal(made[name], 2.5 * torch.arange(256.0).view(128, 2))


def test_a_text_is_as_fluent_alone_as_among_others() -> None:
    AttentionInterface.register("packed", packed_attention)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, attn_implementation="packed",
    )  # fmt: skip
    model = LlamaForCausalLM(config).eval()
    score = fluency(model, lambda text: [3 + ord(c) % 60 for c in text], "cpu", torch.float32)
    texts = ["When was it built?", "By whom?", "How long did that take?"]
    alone = [score([text])[0] for text in texts]
    assert score(texts) == pytest.approx(alone, abs=1e-3)
    model.config._attn_implementation = "eager"
    tokens = torch.tensor([[1, *[3 + ord(c) % 60 for c in texts[1]]]])
    logits = model(input_ids=tokens).logits[0, :-1].log_softmax(-1)
    assert alone[1] == pytest.approx(float(logits.detach().gather(1, tokens[0, 1:, None]).sum()), abs=1e-3)
