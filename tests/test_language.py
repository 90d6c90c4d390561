"""Articles in any language: which one it is, and that their own words find them."""

from collections.abc import Iterator

import pytest

from index.language import detect
from index.library import Library

ARTICLES = {
    "de": "Der Leuchtturm von Brindle wurde 1931 von Karl Voss erbaut. Die Häuser der Wärter stehen noch heute.",
    "es": "El faro de la isla fue construido en 1931 por el arquitecto Julio Prieto. Los guardianes vivían allí.",
    "ru": "Маяк на острове построил в 1931 году инженер Пётр Зимин. Смотрители жили в маленьком доме.",
    "tr": "Deniz feneri 1931 yılında mühendis Orhan Şahin tarafından yapıldı. Bekçiler küçük evlerde yaşıyordu.",
    "el": "Ο φάρος του νησιού χτίστηκε το 1931 από τον μηχανικό Νίκο Βέργο. Οι φύλακες ζούσαν σε μικρά σπίτια.",
    "ar": "بنى المهندس سامي الحداد المنارة على الجزيرة في عام 1931. كان الحراس يعيشون في بيوت صغيرة.",
    "hi": "द्वीप पर दीपस्तंभ का निर्माण 1931 में अभियंता मोहन वर्मा ने किया था। रखवाले छोटे घरों में रहते थे।",
    "zh": "岛上的灯塔由工程师李文于1931年建造。看守人住在小房子里。",
    "ja": "島の灯台は1931年に技師の森田健によって建てられた。番人たちは小さな家に住んでいた。",
    "th": "ประภาคารบนเกาะสร้างขึ้นในปี 1931 โดยวิศวกรสมชาย ผู้ดูแลอาศัยอยู่ในบ้านหลังเล็ก",
    "en": "The granary of Thornfield holds barley and oats. It was painted red by the miller's daughter.",
}
QUESTIONS = [
    ("Wer hat den LEUCHTTURM erbaut?", "de"),
    ("In welchem Haus wohnte der Wärter?", "de"),
    ("¿Quién construyó los faros de las islas?", "es"),
    ("Где жил смотритель маяка?", "ru"),
    ("Deniz fenerini kim yaptı?", "tr"),
    ("Ποιος έχτισε τους φάρους;", "el"),
    ("من بنى المنارة؟", "ar"),
    ("दीप\u200dस्तंभ किसने बनाया?", "hi"),
    ("灯塔是谁建造的？", "zh"),
    ("灯台を建てたのは誰ですか？", "ja"),
    ("ใครสร้างประภาคาร", "th"),
    ("Who painted the granaries?", "en"),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("languages")
    for language, text in ARTICLES.items():
        (folder / f"{language}.txt").write_text(text, encoding="utf-8")
    with Library.open(folder / "library") as library:
        library.sync([folder])
        yield library


@pytest.mark.parametrize(("language", "text"), ARTICLES.items())
def test_the_language_of_an_article_is_told(language: str, text: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", "1 2 3", "Paris", "Carlos Ruiz\nMaria Gomez", "Wi-Fi password: tulip-42"])
def test_english_where_it_is_in_doubt(text: str) -> None:
    assert detect(text) == "en"


@pytest.mark.parametrize(("question", "article"), QUESTIONS)
def test_a_question_finds_the_article_in_its_language(library: Library, question: str, article: str) -> None:
    hit = library.search(question)[0]
    assert hit.passage.article_id == article
    assert hit.lexical_rank == 1, "by its words, whatever the embedder makes of it"


@pytest.mark.parametrize("question", ["Thorn\u00adfield", "ＴＨＯＲＮＦＩＥＬＤ", "Thorn\u200bfield", "thornfield’s"])
def test_what_looks_alike_is_alike(library: Library, question: str) -> None:
    assert library.search(question)[0].lexical_rank == 1
