"""Encodings: bytes as text, where it is sure which text they are."""

import codecs
import re
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from contextlib import suppress

from index.document import UnreadableFile
from index.readers.alphabet import latin, other

DOUBT = 0.05  # of charset-normalizer's chaos and coherence, both from 0 to 1
SAMPLE = 100_000  # bytes that the encoding of a file is told by
MARKS = ((BOM_UTF32_LE, "utf-32"), (BOM_UTF32_BE, "utf-32"), (BOM_UTF16_LE, "utf-16"), (BOM_UTF16_BE, "utf-16"))
STRAY = 0.001  # the share of NULs, or other bytes that no text holds, up to which a file is text all the same
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
ODD = ("Cn", "Co", "Cs", "Cc")  # categories of characters that hardly any text holds
PARTED = 0.1  # of a text, the runs of NULs in it at most, where nothing else is odd
NULS = re.compile(rb"\0+")
ENDING = re.compile(rb"(?<=[.!?:;,)])\0+(?=[^\s\0])")  # NULs that stand for the end of a line
CONTROL = bytes([*range(1, 7), *range(14, 27), *range(28, 32), 127])
JAPANESE = b"\x1b$"  # how ISO-2022-JP, which is all ASCII, begins its signs
KANA = "".join(map(chr, [*range(0x3041, 0x3094), *range(0x30A1, 0x30F7)])) + "ー、。"
FREQUENT = {  # the most frequent characters of texts in each encoding, which decoding by another one rarely gives
    "gb18030": "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用"
    "道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实，。、；：？！",
    "big5": "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行"
    "所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實，。、；：？！由",
    "euc_kr": "이다는을의에가고하지은를한기로사서도인들어리자해나시라대니있으정과부아여게만구장수일스제그전것주원"
    "보상동관비국안유소성신우조마위거경용공물무오면화실연산때교내세바생식등방개적년",
    "shift_jis": KANA,
    "euc_jp": KANA,
}
FREQUENT["utf_16_le"] = FREQUENT["utf_16_be"] = "".join(FREQUENT.values())  # without a mark, a blank or a line end
SURE = 0.15  # the share of frequent characters that makes one of these encodings sure, if it is RIVAL times the next
RIVAL = 1.5


UNLIKELY = [  # what hardly anybody wrote texts in since 1995, and the encodings of FREQUENT
    "big5", "big5hkscs", "cp037", "cp1006", "cp1026", "cp1125", "cp1140", "cp273", "cp424", "cp437", "cp500",
    "cp720", "cp737", "cp775", "cp850", "cp852", "cp855", "cp857", "cp858", "cp860", "cp861", "cp862", "cp863",
    "cp864", "cp865", "cp869", "cp875", "cp932", "cp949", "cp950", "euc_jis_2004", "euc_jisx0213", "euc_jp",
    "euc_kr", "gb18030", "gb2312", "gbk", "hp_roman8", "hz", "johab", "kz1048", "mac_cyrillic", "mac_greek",
    "mac_iceland", "mac_latin2", "mac_roman", "mac_turkish", "ptcp154", "shift_jis", "shift_jis_2004",
    "shift_jisx0213",
]  # fmt: skip


def decode(data: bytes) -> str:
    """``data`` as text, without a byte order mark; a few NULs are dropped, a few bytes that break UTF-8 are mapped.
    It never holds a NUL or one half of a pair of characters.

    Raises UnreadableFile for binary data, and where the encoding is in doubt.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace")
            if text.count("\ufffd") <= max(1, STRAY * len(text)):  # it may end within a character
                return text.rstrip("\ufffd").replace("\0", "")
    sample = data[:SAMPLE]
    control = len(sample) - len(sample.translate(None, CONTROL))
    odd = control + (data.count(b"\0") if b"\0" in data else 0)  # to count takes ten times as long
    if odd and (wide := _wide(data)) is not None:
        return wide
    if data.endswith(b"\0"):  # as a crash leaves what was being written
        data = data.rstrip(b"\0")
        return decode(data) if data else ""
    parted = odd and not control and len(NULS.findall(data)) < PARTED * len(data) and _is_utf8(data)
    if (odd > max(1, STRAY * len(data)) and not parted) or data.startswith(
        (b"\x89PNG", b"%PDF-", b"PK\x03\x04", b"\xff\xd8\xff")
    ):
        raise UnreadableFile("is not text: it holds binary data")
    data = NULS.sub(b"", ENDING.sub(b"\n", data)) if b"\0" in data else data
    if JAPANESE in data[:SAMPLE]:
        with suppress(UnicodeDecodeError):
            return data.decode("iso2022_jp")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return (
            _in_halves(data) or _nearly_utf8(data) or _frequent(data) or latin(data) or other(data) or _detected(data)
        )


def _is_utf8(data: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        return bool(data.decode())
    return False


def decode_page(data: bytes, charset: str = "") -> str:
    """``data`` in the encoding that it came with or that the web page itself declares, where it is not UTF-8."""
    if JAPANESE in data[:SAMPLE] or b"\0" in data[:SAMPLE]:
        return decode(data)
    declared = re.search(rb"""(?:charset|encoding)=["']?\s*([\w-]+)""", data[:2048])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        for label in (charset, declared[1].decode() if declared else ""):
            with suppress(LookupError, UnicodeDecodeError):
                if label and not data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
                    return data.decode(_web(label))
        try:
            return decode(data)
        except UnreadableFile:
            if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"<" not in data[:2048] or b"\0" in data:
                raise
            return data.decode("cp1252", "replace")  # as browsers do


def _web(label: str) -> str:
    """The encoding that browsers take a label for (https://encoding.spec.whatwg.org/#names-and-labels)."""
    wider = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "us-ascii": "cp1252", "latin1": "cp1252"}
    return wider.get(label.lower(), label)


def _wide(data: bytes) -> str | None:
    """``data`` in an encoding of two or four bytes a character without a mark, if it is text in one."""
    for encoding in WIDE:
        sample = _begun(data[:SAMPLE], encoding)
        odd = sum((unicodedata.category(sign) in ODD and sign not in "\r\n\t\f") or sign == "\ufffd" for sign in sample)
        blanks = sum(sample.count(sign) for sign in " \n\r，。、")
        if odd <= STRAY * len(sample) and blanks:
            text = _begun(data, encoding)
            if text.count("\ufffd") <= STRAY * len(text):
                return text.replace("\0", "")
    return None


def _begun(data: bytes, encoding: str) -> str:
    """``data`` as text, without the character that its end may tear."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(data)


def _in_halves(data: bytes) -> str | None:
    """``data`` as UTF-8 whose rarer signs are written in two halves, as some databases do (CESU-8)."""
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8-sig", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16")
    return None


def _nearly_utf8(data: bytes) -> str | None:
    """``data`` as UTF-8 with some bad bytes, which are taken for Windows-1252; None where most are bad."""
    bad = 0

    def mapped(error: UnicodeError) -> tuple[str, int]:
        nonlocal bad
        assert isinstance(error, UnicodeDecodeError)
        bad += 1
        if error.reason == "unexpected end of data":  # a file that was cut off
            return "", error.end
        return error.object[error.start : error.start + 1].decode("cp1252", "replace"), error.start + 1

    codecs.register_error("footnote.stray", mapped)
    text = data.decode("utf-8-sig", "footnote.stray")
    sound = sum(map(len, re.findall(r"[^\x00-\x7f]+", text[:SAMPLE]))) - bad
    return text if sound >= bad else None


def _frequent(data: bytes) -> str | None:
    """``data`` in the Chinese, Japanese or Korean encoding that makes it frequent characters."""
    lines = [line for line in data[:SAMPLE].splitlines() if not line.isascii()]  # others may be English
    if sum(byte >= 0x80 for line in lines for byte in line) < 0.2 * sum(map(len, lines)):
        return None
    shares = []
    for encoding, frequent in FREQUENT.items():
        with suppress(UnicodeDecodeError):
            wide = [c for c in data.decode(encoding)[:SAMPLE] if c > "\x7f"]
            count = sum(c in frequent for c in wide)
            shares.append((count / len(wide) * (count > 1), encoding))
    (share, encoding), (second, _) = sorted([*shares, (0.0, ""), (0.0, "")], reverse=True)[:2]
    return data.decode(encoding) if share >= max(SURE, RIVAL * second) else None


def _detected(data: bytes) -> str:
    """``data`` in the one encoding that makes it words of a language.

    Where several do about as well, Windows-1252 stands for the western ones, as browsers have it; otherwise we can't
    be sure.
    """
    from charset_normalizer import from_bytes

    matches = list(from_bytes(data[:SAMPLE], cp_exclusion=UNLIKELY))
    rivals = [
        match
        for match in matches
        if match.chaos <= matches[0].chaos + DOUBT and match.coherence >= max(matches[0].coherence - DOUBT, DOUBT)
    ]
    western = [match for match in rivals if "cp1252" in match.could_be_from_charset]
    texts = {str(match): match.encoding for match in western or rivals}
    if len(texts) == 1:
        with suppress(UnicodeDecodeError):
            return data.decode("cp1252" if western else texts.popitem()[1])
    names = sorted({match.encoding for match in matches[:3]})
    guess = f" (perhaps {' or '.join(names)})" if names else ""
    example = f", for example with iconv -f {names[0]} -t utf-8" if names else ""
    raise UnreadableFile(f"is in no encoding that we can be sure of{guess}: save it as UTF-8{example}")
