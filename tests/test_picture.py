"""Pictures of text: what tesseract finds in them, and what is said without it."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from index.article import read
from index.document import UnreadableFile
from index.folder import scan
from index.readers import ocr
from index.readers.picture import picture

SAID = "The ferry to Oss leaves at nine."
needs_tesseract = pytest.mark.skipif(not ocr.available(), reason="tesseract is not installed")


def drawn(words: str = SAID) -> Image.Image:
    image = Image.new("RGB", (1200, 200), "white")
    ImageDraw.Draw(image).text((40, 60), words, "black", ImageFont.load_default(48))
    return image


@needs_tesseract
@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "webp", "bmp"])
def test_a_picture_of_text_is_read_and_its_place_says_how(tmp_path: Path, ending: str) -> None:
    drawn().save(tmp_path / f"notice.{ending}")
    article = read(tmp_path / f"notice.{ending}")
    assert SAID in article.text and article.place(0) == "page 1, by OCR" and article.title == "Notice"


@needs_tesseract
def test_a_photograph_is_turned_as_its_camera_says(tmp_path: Path) -> None:
    turned = drawn().rotate(90, expand=True)
    exif = turned.getexif()
    exif[0x0112] = 6  # to be turned to the right
    turned.save(tmp_path / "photo.jpg", exif=exif)
    assert SAID in picture(tmp_path / "photo.jpg").text


@needs_tesseract
def test_each_page_of_a_fax_is_a_place(tmp_path: Path) -> None:
    drawn().save(tmp_path / "fax.tif", save_all=True, append_images=[drawn("It stops in winter.")])
    article = read(tmp_path / "fax.tif")
    assert article.place(article.text.index("It stops")) == "page 2, by OCR"


@needs_tesseract
def test_a_picture_that_cannot_be_read_is_named_with_its_reason(tmp_path: Path) -> None:
    Image.new("L", (200, 200), 255).save(tmp_path / "blank.png")
    (tmp_path / "torn.png").write_bytes((tmp_path / "blank.png").read_bytes()[:40])
    Image.new("1", (30_000, 30_000)).save(tmp_path / "bomb.png")
    Image.new("1", (10_000, 10_000)).save(tmp_path / "wide.png")
    for name, reason in (
        ("blank", "no words were found"),
        ("torn", "no valid picture"),
        ("bomb", "bomb"),
        ("wide", "dots, and"),
    ):
        with pytest.raises(UnreadableFile, match=reason):
            picture(tmp_path / f"{name}.png")


def test_without_tesseract_one_line_says_what_would_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn().save(tmp_path / "notice.png")
    monkeypatch.setenv("FOOTNOTE_OCR", "0")
    with pytest.raises(UnreadableFile, match=r"run character recognition \(OCR\) on it"):
        picture(tmp_path / "notice.png")
    monkeypatch.setattr("index.folder.READERS", {})
    assert scan([tmp_path]).left_out().endswith(".png (1); pictures are read where tesseract is installed")


@needs_tesseract
def test_a_language_without_data_is_named_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_OCR", "eng+tlh_old")
    drawn().save(tmp_path / "notice.png")
    drawn().save(tmp_path / "scan.pdf")
    for name in ("notice.png", "scan.pdf"):
        with pytest.raises(UnreadableFile, match="no data for tlh_old: install it, in Debian as tesseract-ocr-tlh-old"):
            read(tmp_path / name)
