import pytest

from rag.span import boundaries


def spans(sentence: str) -> set[str]:
    edges = boundaries(sentence)
    return {sentence[s:e] for s in edges.starts for e in edges.ends if s < e}


@pytest.mark.parametrize(
    ("sentence", "span"),
    [
        ("It paid $1.5 billion (in cash).", "$1.5 billion"),
        ("It paid $1.5 billion (in cash).", "in cash"),
        ("Microsoft’s “right of first refusal” ends.", "right of first refusal"),
        ("Microsoft’s “right of first refusal” ends.", "Microsoft"),
        ("The years 1368–1644 were long.", "1368"),
        ("The years 1368–1644 were long.", "1368–1644"),
        ("He lived in the U.S., then left.", "the U.S."),
        ("A 5% rise, or 10,000 people.", "10,000 people"),
    ],
)
def test_what_a_reader_would_mark_is_a_span(sentence: str, span: str) -> None:
    assert span in spans(sentence)


def test_a_span_never_cuts_a_word() -> None:
    assert all(word in {"Ships", "sank", "Ships sank"} for word in spans("Ships sank."))


def test_punctuation_alone_is_no_span() -> None:
    assert spans("— … !") == set()
