"""Subtitles: what is said, in sentences, with the minutes in which they begin."""

import time
from pathlib import Path

from index.article import Article, read


def subtitles(folder: Path, name: str, text: str) -> Article:
    (folder / name).write_text(text, encoding="utf-8", newline="")
    return read(folder / name)


def test_sentences_are_joined_and_times_and_looks_left_out(tmp_path: Path) -> None:
    source = (
        "1\r\n00:00:01,000 --> 00:00:04,000\r\n<i>The lighthouse was</i>\r\nbuilt by Dagny\r\n\r\n"
        "2\r\n00:01:04,100 --> 00:01:06,000\r\n{\\an8}Rolfsen in 1931.\r\n\r\n"
        "3\r\n01:00:04,100 --> 01:00:06,000\r\n- Is it high?\r\n- 42 metres.\r\n"
    )
    article = subtitles(tmp_path, "a.srt", source)
    assert article.text == "The lighthouse was built by Dagny Rolfsen in 1931.\n\n- Is it high?\n\n- 42 metres."
    assert article.labels == ("minute 0", "minute 60")
    assert article.place(article.text.index("42")) == "minute 60"


def test_remarks_are_no_text_and_voices_are_named(tmp_path: Path) -> None:
    source = (
        "WEBVTT - The quay\nKind: captions\n\nNOTE by hand\n\nSTYLE\n::cue { color: red }\n\n"
        "intro\n00:01.000 --> 00:04.000 align:start\n<v.loud Anna Bo>The <c.x>quay</c> was &lt;40 m\n\n"
        "NOTE\nNo, 50.\n\n00:05.000 --> 00:06.000\nlong.\n\n00:07.000 --> 00:08.000\n<v Bo>Was it?\n"
    )
    article = subtitles(tmp_path, "a.vtt", source)
    assert (article.title, article.text) == ("The quay", "Anna Bo: The quay was <40 m long.\n\nBo: Was it?")


def test_lines_that_roll_are_said_once(tmp_path: Path) -> None:
    source = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\n \nso the<00:01.500><c> crane</c>\n\n"
        "00:02.000 --> 00:02.010\nso the crane\n \n\n"
        "00:02.010 --> 00:03.000\nso the crane\nwas<00:02.500><c> old</c>\n"
    )
    assert subtitles(tmp_path, "a.vtt", source).text == "so the crane was old"


def test_nothing_is_lost_where_lines_are_missing_or_too_many(tmp_path: Path) -> None:
    source = "1\n00:01:01.5 --> 00:01:02.5\nOne,\n\nand more\n2\n00:01:03,000 --> 00:01:04,000\ntwo\n3\n"
    source += "00:01:05,000 --> 00:01:06,000\n3\n"
    assert subtitles(tmp_path, "a.srt", source).text.startswith("One, and more")
    assert subtitles(tmp_path, "b.srt", source).text.endswith("two 3")
    assert subtitles(tmp_path, "c.srt", "No times at all.\n").text == "No times at all.\n"


def test_signs_that_open_and_never_close_take_no_time(tmp_path: Path) -> None:
    source = "WEBVTT\n\n00:01.000 --> 00:02.000\n" + "<v a" * 20_000 + "{\\" * 20_000 + "\n"
    began = time.perf_counter()
    assert subtitles(tmp_path, "a.vtt", source).text.startswith("<v a")
    assert time.perf_counter() - began < 5
