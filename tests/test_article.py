"""Reading articles from files."""

import os
from pathlib import Path

import pytest

from index.article import UnreadableFile, find, read, slug
from index.errors import UsageError

ARTICLES = Path(__file__).parent / "data" / "articles"
FRENCH = "Le café était fermé à Noël. Où êtes-vous allés ? Nous étions très déçus par la façon d'agir. " * 4


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_folders_are_read_to_the_bottom_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "deep/er/c.TXT", ".secret.txt", ".git/d.txt", "picture.psd", "deep/.e.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text")
    found = [path.relative_to(tmp_path).as_posix() for path in find([tmp_path])]
    assert found == ["a.md", "b.txt", "deep/er/c.TXT"]


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        find([tmp_path / "nowhere"])


def test_line_ends_and_characters_are_kept_and_the_byte_order_mark_is_not_text(tmp_path: Path) -> None:
    text = "First line\r\nsecond 🐝 line\n\r\nthird\u2028line\r"
    path = written(tmp_path, "a.txt", b"\xef\xbb\xbf" + text.encode())
    assert read(path).text == text
    assert read(path).sha256 == read(written(tmp_path, "b.txt", text.encode())).sha256


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        (FRENCH, "utf-16"),
        ("Die Größe der Straße überrascht. Müller fährt täglich über die Brücke nach Köln.", "latin-1"),
        ("The “deal” was worth €1.5 billion — Microsoft’s share fell. It was café society.", "cp1252"),
        ("Zażółć gęślą jaźń. Wczoraj byliśmy w Łodzi, gdzie spotkaliśmy się z przyjaciółmi.", "cp1250"),
        ("Компания объявила о новом соглашении с партнёрами. Это важный шаг для рынка.", "cp1251"),
    ],
)
def test_other_encodings_are_detected(tmp_path: Path, text: str, encoding: str) -> None:
    assert read(written(tmp_path, "a.txt", text.encode(encoding))).text == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "binary"),
        (b"words, then \0\0\0\1\2\3 zeros", "binary"),
        (bytes(range(128, 256)) * 4, "encoding"),
        ("Компания объявила о новом соглашении.".encode("koi8-r"), "encoding"),  # Japanese in Shift JIS?
        (b"", "empty"),
        (b" \r\n\t ", "empty"),
    ],
)
def test_what_is_not_surely_text_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read(written(tmp_path, "a.txt", data))


def test_other_kinds_of_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"\.txt .*\.md"):
        read(written(tmp_path, "a.psd", b"words"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", b"words")
    path.chmod(0)
    with pytest.raises(UnreadableFile, match="permission denied"):
        read(path)


def test_a_broken_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    with pytest.raises(UnreadableFile, match="no such file"):
        read(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "---\ntitle: 'It''s: here'\n---\n# Other", "It's: here"),
        ("a.txt", "---\r\ndate: 2020\r\ntitle: Windows\r\n---\r\nBody", "Windows"),
        ("a.md", "---\ntitle: 1984\n---\n", "1984"),
        ("a-b.md", "---\n: [broken\n---\nBody", "A b"),
        ("a.md", "Intro\n\n# The heading #\n", "The heading"),
        ("a-b.md", "```\n# a comment\n```\n## Second level\n", "A b"),
        ("the_old-harbour.txt", "# not markdown", "The old harbour"),
        ("---.txt", "words", "---"),
    ],
)
def test_titles(tmp_path: Path, name: str, text: str, title: str) -> None:
    assert read(written(tmp_path, name, text.encode())).title == title


def test_front_matter_stays_in_the_text_and_outside_the_body() -> None:
    article = read(ARTICLES / "bees.md")
    assert article.text.startswith("---\ntitle:")
    assert article.text[article.body :].lstrip().startswith("# Bees")
    assert read(ARTICLES / "harbour.txt").body == 0


def test_ids_are_readable() -> None:
    assert slug("OpenAI, Stargate & Microsoft (2)") == "openai-stargate-microsoft-2"
    assert slug("東京の歴史") == "東京の歴史"
    assert slug("दीप की कथा") == "दीप-की-कथा" and slug("☎\ufe0f list") == "list"
    assert slug("!!!") == "article"
