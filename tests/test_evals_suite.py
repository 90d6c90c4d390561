"""Suites: the ones that come with Footnote hold what they promise, and a bad file is refused in one clear line."""

import json
from pathlib import Path

import pytest

from evals import squad, suite
from evals.options import GATE_SAMPLE, Options
from index.errors import UsageError

CASE = """
- id: colour
  question: What colour is the door?
  category: what
  answerable: true
  contains: [[green]]
  proof: [The door is green.]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "door.txt").write_text("The house is old. The door is green.\n", encoding="utf-8")
    return tmp_path / "house.yaml"


def write(file: Path, cases: str = CASE) -> str:
    file.write_text(f"articles: door.txt\ncases:\n{cases}", encoding="utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("name", "cases", "unanswerable", "follow_ups"),
    [("deal", 80, 30, 8), ("fiction", 90, 30, 0), ("composed", 100, 30, 0)],
)
def test_our_suites_are_as_large_as_promised(name: str, cases: int, unanswerable: int, follow_ups: int) -> None:
    loaded = suite.load(name)
    assert len(loaded.cases) >= cases
    assert sum(not case.answerable for case in loaded.cases) >= unanswerable
    assert sum(bool(case.history) for case in loaded.cases) >= follow_ups


def test_a_proof_is_found_at_its_offsets(file: Path) -> None:
    (proof,) = suite.load(write(file)).proofs["colour"]
    assert (proof.article, proof.start, proof.end) == ("door", 18, 36)


def test_a_proof_may_go_over_the_end_of_a_line_and_a_bad_file_is_named(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (file.parent / "door.txt").write_bytes(b"The house is old. The door\r\nis green.\r\n")
    (file.parent / "bad.pdf").write_bytes(b"no PDF")
    file.write_bytes(f"\ufeffarticles: [door.txt, bad.pdf]\r\ncases:{CASE}".encode())
    (proof,) = suite.load(str(file)).proofs["colour"]
    assert (proof.start, proof.end) == (18, 37)
    assert "bad.pdf is no valid PDF file" in caplog.text and "left out" in caplog.text


def test_articles_may_lie_in_several_places(file: Path) -> None:
    (file.parent / "roof").mkdir()
    (file.parent / "roof" / "roof.md").write_text("The roof is flat.\n", encoding="utf-8")
    flat = CASE.replace("colour", "shape").replace("The door is green", "The roof is flat").replace("green", "flat")
    file.write_text(f"articles: [door.txt, roof]\ncases:\n{CASE}{flat}", encoding="utf-8")
    loaded = suite.load(str(file))
    assert [loaded.proofs[id][0].article for id in ("colour", "shape")] == ["door", "roof"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_suite_that_was_written_on_windows_loads(file: Path, encoding: str) -> None:
    (file.parent / "rooms" / "hall").mkdir(parents=True)
    (file.parent / "rooms" / "hall" / "door.txt").write_bytes("The door\r\nis green.\r\n".encode(encoding))
    text = f"articles:\n- rooms\\hall\\door.txt\n- .\\door.txt\ncases:\n{CASE}"
    (file.parent / "door.txt").write_bytes(b"The house is old.\r\n")
    file.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    loaded = suite.load(str(file))
    assert [place.name for place in loaded.articles] == ["door.txt", "door.txt"]
    assert loaded.proofs["colour"][0].start == 0


def test_a_proof_may_have_parts_with_alternatives(file: Path) -> None:
    parts = CASE.replace("[The door is green.]", "[[The house is old.], [door is green., The door]]")
    loaded = suite.load(write(file, parts))
    assert [(p.start, p.part) for p in loaded.proofs["colour"]] == [(0, 0), (22, 1), (18, 1)]
    assert loaded.cases[0].parts == [["The house is old."], ["door is green.", "The door"]]


def test_a_sample_holds_each_stratum_by_its_share() -> None:
    composed = suite.load("composed")
    whole, drawn = (
        [(c.category, c.answerable, c.unanswered) for c in s.cases] for s in (composed, composed.sample(50))
    )
    for stratum in set(whole):
        assert abs(drawn.count(stratum) - 50 * whole.count(stratum) / len(whole)) < 1


def test_a_sample_is_drawn_by_its_seed() -> None:
    fiction = suite.load("fiction")
    assert len(fiction.sample(20, 1).cases) == 20
    assert fiction.sample(20, 1) == fiction.sample(20, 1) != fiction.sample(20, 2)


@pytest.mark.parametrize(
    ("cases", "complaint"),
    [
        (CASE.replace("  question: What colour is the door?\n", ""), "case colour: question: field required"),
        (CASE.replace("What colour is the door?", "''"), "case colour: question: "),
        (CASE.replace("green.]", "blue.]"), "case colour: the proof “The door is blue.” stands in no article"),
        (CASE + CASE, "case colour: the id is used twice"),
        (CASE.replace("true", "false"), "case colour: a case without an answer has no contains"),
        (CASE + "  excludes: [door]\n", "case colour: it excludes “door”, which stands in its proof"),
        (CASE + "  unanswered: true\n", "case colour: a case that is answered in part excludes"),
        (CASE + "  colour: green\n", "case colour: colour: extra inputs are not permitted"),
        ("- [unclosed", "this is not YAML"),
        ("- id: 2024-02-30", "is not YAML (day is out of range"),
        ("- " + "[" * 5000, "is not YAML (maximum recursion depth"),
        ("- just words", "cases.0: "),
        ("", "cases: "),
    ],
)
def test_a_bad_suite_is_refused_by_file_and_case(file: Path, cases: str, complaint: str) -> None:
    with pytest.raises(UsageError) as error:
        suite.load(write(file, cases))
    assert str(error.value).startswith(str(file)) and complaint in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", ["", "- articles", "articles"])
def test_what_is_no_suite_says_what_one_needs(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"is no suite: it needs articles: and cases:"):
        suite.load(str(file))


def test_an_unknown_suite_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="There is no suite nonsense: there are composed, deal, fiction"):
        suite.load("nonsense")


def test_the_gate_judges_one_sample_only() -> None:
    assert Options(sample=GATE_SAMPLE).standard
    others = ({}, {"seed": 1}, {"quick": True}, {"model": "x.gguf"}, {"suites": ("deal",)}, {"threshold": 0.1})
    assert not any(Options(**({"sample": GATE_SAMPLE} if o else {}), **o).standard for o in others)


def test_squad_needs_a_file_and_a_file_needs_squad(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--data PLACE"):
        Options(suites=("squad",)).load(tmp_path)
    with pytest.raises(UsageError, match="belongs to one of the suites squad"):
        Options(suites=("deal",), data=tmp_path).load(tmp_path)


def dataset(*contexts: str) -> dict[str, object]:
    """A SQuAD-layout file: one title, a question about the last word of each context and one without an answer."""
    paragraphs = [
        {
            "context": context,
            "qas": [
                {
                    "id": f"q{number}",
                    "question": "What is it?",
                    "answers": [{"text": context.split()[-1], "answer_start": context.rindex(" ") + 1}],
                },
                {"id": f"n{number}", "question": "Who is it?", "answers": [], "is_impossible": True},
            ],
        }
        for number, context in enumerate(contexts)
    ]
    return {"version": "2.0", "data": [{"title": "A_title", "paragraphs": paragraphs}]}


def test_a_title_becomes_an_article_and_gold_answers_its_proofs(tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text(json.dumps(dataset("It is red", "It is blue")), encoding="utf-8")
    loaded = squad.load(file, tmp_path / "cache")
    text = (loaded.articles[0] / "A_title.txt").read_text(encoding="utf-8")
    assert text == "It is red\n\nIt is blue"
    (proof,) = loaded.proofs["q1"]
    assert proof.article == "a-title" and text[proof.start : proof.end] == "blue"
    assert [case.answerable for case in loaded.cases] == [True, False, True, False]


def test_squad_is_asked_twice_the_second_time_of_the_gold_paragraph(tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text(json.dumps(dataset("It is red", "It is blue")), encoding="utf-8")
    asked, read = squad.both(file, tmp_path / "cache")
    assert (asked.name, read.name, asked.paragraphs) == ("squad", "squad-paragraph", {})
    assert asked.cases == read.cases and asked.articles == read.articles
    text = (read.articles[0] / "A_title.txt").read_text(encoding="utf-8")
    assert {text[p.start : p.end] for p in (read.paragraphs["q1"], read.paragraphs["n1"])} == {"It is blue"}


def test_titles_that_share_an_id_stay_two_articles(tmp_path: Path) -> None:
    data = dataset("It is red")
    other = dataset("It is blue")["data"]
    assert isinstance(data["data"], list) and isinstance(other, list)
    other[0]["title"] = "a title"
    data["data"] += other
    file = tmp_path / "dev.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    assert len(list(squad.load(file, tmp_path / "cache").articles[0].iterdir())) == 2


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{}", "is not in SQuAD's layout: data: field required"),
        ("not JSON", "is not in SQuAD's layout"),
        ('{"data": []}', "is not in SQuAD's layout: data"),
        (json.dumps(dataset("It is red")).replace('answer_start": 6', 'answer_start": 2'), "does not stand at 2"),
    ],
)
def test_a_file_in_another_layout_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "dev.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=complaint):
        squad.load(file, tmp_path / "cache")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read: no such file"):
        squad.load(tmp_path / "dev.json", tmp_path)
