"""The probe: what the writer's hidden state tells of a sentence."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.errors import UsageError
from rag import probe
from rag.adapter import ADAPTER, merged
from rag.hidden_state import Tap
from rag.language_model import LanguageModel
from rag.local_writer import LocalWriter
from rag.models import packaged_model, writer
from rag.probe import Probe
from rag.prompt import Line

LAYER, WIDTH = 12, 576  # of the smallest model
LINES = [
    Line("Sanna Rask painted the lighthouse red in 1912.", "The lighthouse of Oss"),
    Line("The harbour was closed for two winters.", "The lighthouse of Oss"),
]


@pytest.fixture(scope="module")
def tapped() -> Iterator[LanguageModel]:
    model = LanguageModel(packaged_model(), "small", threads=1, tap=Tap(LAYER))
    yield model
    model.close()


def test_states_are_of_each_branch_by_itself_and_the_same_again(tapped: LanguageModel) -> None:
    tapped.next(tapped.tokens("The harbour"))
    branches = [tapped.tokens(" was closed in winter."), tapped.tokens(" is red.")]
    states = tapped.states(branches, [1, 1])
    assert states is not None and states.shape == (2, WIDTH)
    again = tapped.states(branches, [1, 1])
    assert again is not None and np.array_equal(states, again)
    alone = tapped.states(branches[1:], [1])
    assert alone is not None
    own, other = (float(np.linalg.norm(alone[0] - state)) for state in (states[1], states[0]))
    assert own < other / 3, "the branches don't see each other"


def test_a_state_is_that_of_the_last_token_and_the_mean_of_the_last_few(tapped: LanguageModel) -> None:
    tapped.next(tapped.tokens("The harbour"))
    branch = tapped.tokens(" was closed in winter.")
    lasts = [tapped.states([branch[:end]], [1]) for end in range(1, len(branch) + 1)]  # what is before does not see it
    tokens = [last[0] / 2 for last in lasts if last is not None]
    for count in (2, len(branch)):
        pooled = tapped.states([branch], [count])
        assert pooled is not None
        wanted = tokens[-1] + np.mean(tokens[-count:], axis=0)
        assert np.linalg.norm(pooled[0] - wanted) < 0.05 * np.linalg.norm(wanted)


def test_reading_states_changes_nothing_of_what_the_model_says(tapped: LanguageModel) -> None:
    prompt, branch = tapped.tokens("The harbour"), tapped.tokens(" was closed.")
    tapped.next(prompt)
    before = tapped.continuations([branch])[0]
    tapped.states([branch], [1])
    tapped.next(prompt)
    assert np.array_equal(tapped.continuations([branch])[0], before)


def test_an_adapter_counts_in_the_states_alone(tapped: LanguageModel) -> None:
    adapted = LanguageModel(packaged_model(), "small", threads=1, tap=Tap(LAYER), adapter=ADAPTER)
    whole = LanguageModel(merged(packaged_model()), "merged", threads=1, tap=Tap(LAYER))
    branch = tapped.tokens("The harbour was closed in winter.")
    plain, own, wanted = (model.token_states([branch])[0] for model in (tapped, adapted, whole))
    assert np.linalg.norm(own - wanted) < 0.2 * np.linalg.norm(plain - wanted), "as if it were merged in"
    assert np.array_equal(adapted.next(branch), tapped.next(branch)), "and what the model says stays as it was"
    adapted.close()
    whole.close()


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.gguf").write_bytes(b"GGUF")
    with pytest.raises(UsageError, match="is no adapter of"):
        LanguageModel(packaged_model(), "small", threads=1, tap=Tap(LAYER), adapter=tmp_path / "none.gguf")


def test_a_model_that_is_not_tapped_shows_no_states() -> None:
    model = LanguageModel(packaged_model(), "small", threads=1)
    assert model.states([model.tokens("The harbour")], [1]) is None
    model.close()


def test_a_layer_that_the_model_lacks_gives_no_verdicts() -> None:
    model = LanguageModel(packaged_model(), "small", threads=1, tap=Tap(99))
    held = LocalWriter(model, Probe(99, np.zeros(WIDTH, np.float32), 0.0))
    assert held.verdicts("Who painted the lighthouse?", LINES) is None
    model.close()


def test_a_probe_is_kept_in_a_file_and_belongs_to_one_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "FOLDER", tmp_path)
    Probe(3, np.array([1.0, -2.0], np.float32), 0.5).save(tmp_path / "0123456789ab.npz")
    found = Probe.of(Path("cache") / "a-model-0123456789ab.gguf")
    assert found is not None and found.layer == 3 and found.adapter is None
    assert found.logodds(np.array([[1.0, 0.0], [1.0, 1.0]], np.float32)) == [1.5, -0.5]
    (tmp_path / "0123456789ab.gguf").write_bytes(b"GGUF")
    adapted = Probe.of(Path("cache") / "a-model-0123456789ab.gguf")
    assert adapted is not None and adapted.adapter == tmp_path / "0123456789ab.gguf"
    assert Probe.of(Path("cache") / "another-ffffffffffff.gguf") is None


def test_the_writer_tells_the_sentence_that_answers_from_near_misses() -> None:
    model = writer()
    assert isinstance(model, LocalWriter)
    answered = model.verdicts("Who painted the lighthouse red?", LINES)
    assert answered is not None and answered[0] > 0 > answered[1]
    for near in ("Who built the lighthouse?", "Who painted the harbour?", "Where was Sanna Rask born?"):
        verdicts = model.verdicts(near, LINES)
        assert verdicts is not None and max(verdicts) < answered[0] - 1, near
