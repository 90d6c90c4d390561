"""Encodings: what every editor opens is read, and what is in doubt is refused with what may help."""

import pytest

from index.document import UnreadableFile
from index.readers.encoding import decode, decode_page

CHINESE = "码头在一九三一年由工程师建造，高四十二米。看守人每天晚上六点点灯，港口的渔民靠它回家。"
TAIWAN = "碼頭在一九三一年由工程師建造，高四十二公尺。看守人每天晚上六點點燈，港口的漁民靠它回家。"
KOREAN = "부두는 기사 박영호가 세웠으며 해마다 이만 명이 찾는다. 등대지기는 저녁마다 불을 켠다."
JAPANESE = "埠頭は技師の山本によって建てられ、毎年二万人が訪れます。毎晩六時に灯がともります。"
RUSSIAN = "Причал построил инженер Волков в 1931 году. Каждый вечер смотритель зажигает фонарь на берегу."
GERMAN = "Der Wärter zündet täglich um sechs Uhr die Lampe an, und die Fischer der Stadt kehren über die Brücke zurück."
CZECH = "Přístav postavil inženýr Dvořák v roce 1931. Každý večer zažíhá strážce světlo a lodě plují domů."
TURKISH = "İskele 1931 yılında mühendis Şükrü Işık tarafından yapıldı ve her akşam ışık verir."
ENGLISH = "The pier was built by the engineer Ada Thorne.\nIt is lit at six.\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gb18030"),
        (CHINESE, "gbk"),
        (TAIWAN, "big5"),
        (KOREAN, "euc_kr"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp1251"),
        (GERMAN, "cp1252"),
        (CZECH, "cp1250"),
        (CZECH, "iso8859_2"),
        (TURKISH, "cp1254"),
        (GERMAN, "mac_roman"),
        (GERMAN, "cp850"),
        ("Ein Café für Jörg Süß.", "cp1252"),
        ("It’s “late”, said Ada – at 5 °C.", "cp1252"),
        ("It’s late.", "mac_roman"),
        ("The keeper of the naïve little light at Østerby, in the far north, was fond of his café.", "cp1252"),
        ("The light at Ústí was built by an engineer of the name of Dvořák, who lived there all his life.", "cp1250"),
        (CHINESE, "utf-16-le"),
        (JAPANESE, "utf-16-be"),
        (RUSSIAN, "utf-16-le"),
        (GERMAN, "utf-32-le"),
        (ENGLISH, "utf-16-le"),
        (ENGLISH, "utf-16-be"),
        (ENGLISH, "utf-16"),
        (ENGLISH, "utf-32"),
        (CHINESE, "utf-16"),
        (ENGLISH, "utf-8-sig"),
        (CHINESE, "utf-8"),
    ],
)
def test_an_encoding_is_told_from_the_text(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_stray_byte_is_mapped_and_the_rest_stays_utf_8() -> None:
    lines = [f"Das Café Nummer {n} öffnet um neun.".encode() for n in range(20)]
    lines[7] = b"Ren\xe9 kommt."
    text = decode(b"\n".join(lines))
    assert text.split("\n")[7] == "René kommt."
    assert text.split("\n")[8] == "Das Café Nummer 8 öffnet um neun."


def test_lines_of_another_program_in_a_log_are_mapped() -> None:
    ours, theirs = "Zugriff von Käthe Süß.\n", "Zugriff von Jörg Weiß.\n"
    assert decode(ours.encode() * 4 + theirs.encode("cp1252") * 3) == ours * 4 + theirs * 3


def test_a_character_that_is_cut_off_at_the_end_costs_no_others() -> None:
    assert decode((CHINESE * 3).encode()[:-1]).startswith(CHINESE * 2)

    assert decode("Die Brücke ist groß.".encode()[:-3]) == "Die Brücke ist gro"
    assert decode("\ufeffThe keeper is Tove.".encode("utf-16-le") + b"\x20") == "The keeper is Tove."
    assert decode("The keeper is Tove.\n".encode("utf-16-le")[:-1]) == "The keeper is Tove."


def test_signs_that_are_written_in_halves_are_whole() -> None:
    assert decode("Löwe \ud83d\ude00.".encode("utf-8", "surrogatepass")) == "Löwe 😀."


def test_a_nul_in_a_log_is_dropped() -> None:
    assert decode(b"09:00 pump started\n" * 50 + b"\0 10:00 pump stopped\n").endswith("started\n 10:00 pump stopped\n")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "iso2022_jp"])
def test_no_text_holds_a_nul_whatever_it_is_in(encoding: str) -> None:
    text = JAPANESE * 60
    assert decode(f"{text}\0{text}".encode(encoding)) == text * 2


@pytest.mark.parametrize("data", [bytes(range(256)) * 4, b"\x7fELF\2\1\1\0" + b"\0\1\2" * 50, b"\x89PNG\r\n\x1a\nabc"])
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="binary"):
        decode(data)


def test_what_is_in_doubt_is_refused_with_what_may_help() -> None:
    with pytest.raises(UnreadableFile, match=r"perhaps .*save it as UTF-8, for example with iconv -f \S+ -t utf-8"):
        decode(b"The \xa4\xd0\xaa\x93\xfe\x8d of the \xde\xf0\xa6 house.")


@pytest.mark.parametrize("text", ["ΛΙΜΑΝΙ ΤΟΥ ΠΕΙΡΑΙΑ", "Ο φάρος.", "Ä Ö Ü ß"])
def test_letters_that_may_be_of_two_alphabets_are_refused(text: str) -> None:
    with pytest.raises(UnreadableFile, match="no encoding that we can be sure of"):
        decode(text.encode("cp1253" if "Ο" in text else "cp1252"))


@pytest.mark.parametrize("label", ["gb2312", "iso-8859-1", "utf-8", "nonsense", "koi8-r"])
def test_a_page_is_read_as_browsers_read_it(label: str) -> None:
    words = {"gb2312": CHINESE, "koi8-r": RUSSIAN}.get(label, "Das Café Löwen – ein „Haus“ für €3.")
    encoding = {"gb2312": "gb18030", "koi8-r": "koi8-r"}.get(label, "cp1252")
    page = f'<html><head><meta charset="{label}"></head><body><p>{words}</p></body></html>'
    assert words in decode_page(page.encode(encoding))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("名前,役職\nアンナ,灯台守\nオーレ,船長\n", "shift_jis"),
        ("09:00 INFO the pump started again\n" * 40 + "灯塔由安娜建造，看守人是奥勒，他在港口的工作。\n", "gbk"),
        ("Le phare coûte 40 € par mois, payé par les Œuvres.", "iso8859-15"),
        ("Το λιμάνι χτίστηκε το 1931.", "cp1253"),
        ("Ενοίκιο: 450 ευρώ τον μήνα. Άδεια: όχι.", "iso8859-7"),
        ("Маяк збудував інженер Їжакевич у 1931 році.", "koi8-u"),
        ("המגדלור נבנה בשנת 1931 על ידי המהנדס כהן.", "cp1255"),
        ("بنى المهندس أحمد المنارة سنة 1931.", "cp1256"),
        ("ประภาคารสร้างในปี 1931 โดยวิศวกรสมชาย", "cp874"),
        ("燈塔由林先生建造", "utf-16-le"),
        ("守塔人是王芳。", "utf-16-be"),
    ],
)
def test_a_short_text_or_one_line_of_another_script_is_told(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_nuls_that_end_records_or_fill_a_block_are_no_binary_data() -> None:
    assert decode(b"The keeper was Ada.\0She left.\0\0\0\nIt burnt.\0") == "The keeper was Ada.\nShe left.\nIt burnt."


def test_a_page_in_utf_16_that_says_nothing_of_it_is_read() -> None:
    page = "<html><body><p>The keeper was Ada Thorne of Oss.</p></body></html>"
    assert decode_page(page.encode("utf-16-le")) == page
