"""Word documents: everything that a reader of them sees, in order, and nothing that is deleted or hidden."""

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document as DocxFile
from reach import out_of_reach

from index.article import Article, UnreadableFile, read

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def p(words: str, style: str = "") -> str:
    """A paragraph: words, or runs of its own."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{words if words.startswith('<') else r(words)}</w:p>"


def r(words: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def table(*rows: list[str]) -> str:
    cells = ["".join(c if c.startswith("<w:tc>") else f"<w:tc>{p(c)}</w:tc>" for c in row) for row in rows]
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def written(
    path: Path, body: str, parts: dict[str, str] | None = None, namespace: str = W, rels: str | None = None
) -> Path:
    """A document of the least parts that Word opens; ``parts`` by their names ("footnotes", "header1")."""
    parts = parts or {}
    if rels is None:
        kinds = {name: name.rstrip("0123456789") for name in parts}
        rels = "".join(
            f'<Relationship Id="{name}" Type="{R}/{kind}" Target="{name}.xml"/>' for name, kind in kinds.items()
        )
    spaces = f'xmlns:w="{namespace}" xmlns:r="{R}"'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{RELS}"><Relationship Id="a" Type="{R}/officeDocument" '
                         'Target="word/document.xml"/></Relationships>')  # fmt: skip
        archive.writestr("word/document.xml", f"<w:document {spaces}><w:body>{body}</w:body></w:document>")
        archive.writestr("word/_rels/document.xml.rels", f'<Relationships xmlns="{RELS}">{rels}</Relationships>')
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content.replace("SPACES", spaces))
    return path


def said(path: Path, body: str, **parts: str) -> list[str]:
    text = read(written(path / "a.docx", body, parts)).text
    assert not out_of_reach(text)
    return text.split("\n\n")


def test_insertions_are_read_and_deletions_are_not(tmp_path: Path) -> None:
    body = p(
        r("The fee is ")
        + f"<w:del><w:r><w:delText>900</w:delText></w:r></w:del><w:ins>{r('1,150')}</w:ins>"
        + r(" crowns.")
    )
    body += f"<w:ins>{p('All of this was inserted.')}</w:ins>" + p(f"<w:ins>{r('So was this.')}</w:ins>")
    body += p(f"<w:moveFrom>{r('Moved words.')}</w:moveFrom>") + p(f"<w:moveTo>{r('Moved words.')}</w:moveTo>")
    body += f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{r('One sentence, ')}</w:p>" + p("joined.")
    assert said(tmp_path, body) == [
        "The fee is 1,150 crowns.", "All of this was inserted.", "So was this.", "Moved words.",
        "One sentence, joined.",
    ]  # fmt: skip


def test_content_controls_fields_and_links_are_read(tmp_path: Path) -> None:
    body = f"<w:sdt><w:sdtContent>{p('The leader is Sanna.')}</w:sdtContent></w:sdt>"
    body += p(r("It costs ") + f"<w:sdt><w:sdtContent>{r('2.4 million')}</w:sdtContent></w:sdt>" + r("."))
    body += p(f"<w:hyperlink>{r('The link')}</w:hyperlink>" + f"<w:fldSimple>{r(' and the field')}</w:fldSimple>")
    body += p('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>REF x</w:instrText></w:r>' + r("Result."))
    body += p(r("Seen") + r(" hidden", "<w:vanish/>") + "<w:r><w:noBreakHyphen/><w:softHyphen/><w:t>off</w:t></w:r>")
    assert said(tmp_path, body) == [
        "The leader is Sanna.", "It costs 2.4 million.", "The link and the field", "Result.", "Seen-off",
    ]  # fmt: skip


def test_notes_and_text_boxes_follow_their_paragraph(tmp_path: Path) -> None:
    body = p(r("The toll ended in 1968.") + '<w:r><w:footnoteReference w:id="2"/></w:r>')
    body += p(r("It was dear.") + '<w:r><w:endnoteReference w:id="3"/></w:r>')
    box = f"<w:txbxContent>{p('Built by Josef.')}</w:txbxContent>"
    alternatives = (
        f'<mc:AlternateContent xmlns:mc="m"><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
    )
    body += p(r("The weir is old.") + f"<w:r>{alternatives}</w:r>") + p("End.")
    notes = '<w:{0}s SPACES><w:{0} w:type="separator" w:id="0"/><w:{0} w:id="{1}">{2}</w:{0}></w:{0}s>'
    found = said(
        tmp_path, body, footnotes=notes.format("footnote", 2, p("Alma took it.")),
        endnotes=notes.format("endnote", 3, p("As Bo says.")),
    )  # fmt: skip
    assert found == [
        "The toll ended in 1968.", "Alma took it.", "It was dear.", "As Bo says.", "The weir is old.",
        "Built by Josef.", "End.",
    ]  # fmt: skip


def test_forms_formulas_and_signs_of_fonts_are_read(tmp_path: Path) -> None:
    field = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{}</w:ffData></w:fldChar></w:r>'
    choice = '<w:ddList><w:result w:val="1"/><w:listEntry w:val="Harbour"/><w:listEntry w:val="Old Town"/></w:ddList>'
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    half = f"<m:f {math}><m:num><w:t>1</w:t></m:num><m:den><w:t>2</w:t></m:den></m:f>"
    degree = '<w:r><w:sym w:font="Symbol" w:char="F0B0"/></w:r>'
    body = (
        p(r("District: ") + field.format(choice))
        + p(r("Agreed: ") + field.format("<w:checkBox><w:checked/></w:checkBox>"))
        + p(r("It fell by 4") + half + r(" to 20 ") + degree + r("C."))
    )
    assert said(tmp_path, body) == ["District: Old Town", "Agreed: ☒", "It fell by 4 1/2 to 20 °C."]


def test_what_is_not_shown_is_not_read(tmp_path: Path) -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    inner = mark("begin") + mark("separate") + r("the condition") + mark("end")
    body = p(r("It costs ") + mark("begin") + inner + mark("separate") + r("eleven") + mark("end") + r(" crowns."))
    body += p(r("Said.") + r(" Unsaid.", '<w:rStyle w:val="Aside"/>')) + p("Nor is this.", "Draft")
    styles = "".join(f'<w:style w:styleId="{name}"><w:rPr><w:vanish/></w:rPr></w:style>' for name in ("Aside", "Draft"))
    assert said(tmp_path, body, styles=f"<w:styles SPACES>{styles}</w:styles>") == ["It costs eleven crowns.", "Said."]


def test_white_on_white_is_not_read_and_white_on_a_colour_is(tmp_path: Path) -> None:
    white, dark = '<w:color w:val="ffffff"/>', '<w:shd w:fill="003366"/>'
    body = p(r("Seen.") + r(" Unseen.", white) + r(" On blue.", white + dark))
    body += f"<w:p><w:pPr>{dark}</w:pPr>{r('On a bar.', white)}</w:p>"
    body += f"<w:p><w:pPr><w:pStyle w:val='Bar'/></w:pPr>{r('In a style.', white)}</w:p>"
    body += table([f"<w:tc>{p(r('Boat', white))}</w:tc>", "Fee"])
    styles = f"<w:styles SPACES><w:style w:styleId='Bar'><w:pPr>{dark}</w:pPr></w:style></w:styles>"
    assert said(tmp_path, body, styles=styles) == ["Seen. On blue.", "On a bar.", "In a style.", "Boat\tFee"]


def test_what_a_style_or_the_theme_makes_white_or_hides_is_not_read(tmp_path: Path) -> None:
    kinds = {"Pale": '<w:color w:val="FFFFFF"/>', "Aside": "<w:vanish/>"}
    styles = "".join(
        f'<w:style w:styleId="{name}"><w:rPr>{look}</w:rPr></w:style>'
        f'<w:style w:styleId="{name}2"><w:basedOn w:val="{name}"/></w:style>'
        for name, look in kinds.items()
    )
    themed, plain = '<w:color w:val="auto" w:themeColor="background1"/>', '<w:shd w:val="clear" w:fill="auto"/>'
    grey = '<w:color w:val="7F7F7F" w:themeColor="background1" w:themeShade="7F"/>'
    unseen = r(" No.", themed) + r(" Nor.", '<w:rStyle w:val="Pale2"/>') + r(" No.", plain + kinds["Pale"])
    body = p("No.", "Pale") + p("No.", "Pale2") + p("No.", "Aside2") + p(r("Seen.") + unseen + r(" Grey.", grey))
    assert said(tmp_path, body, styles=f"<w:styles SPACES>{styles}</w:styles>") == ["Seen. Grey."]


def test_what_says_where_to_write_is_no_text(tmp_path: Path) -> None:
    def control(words: str, about: str) -> str:
        return f"<w:sdt><w:sdtPr>{about}</w:sdtPr><w:sdtContent>{words}</w:sdtContent></w:sdt>"

    look, unfilled = '<w:rStyle w:val="Platzhaltertext"/>', "<w:showingPlcHdr/>"
    styles = '<w:style w:styleId="Platzhaltertext"><w:name w:val="Placeholder Text"/></w:style>'
    body = p(r("Tenant: ") + control(r("Klicken oder tippen Sie hier.", look), unfilled))
    body += p(r("Rent: ") + control(r("450 crowns", look), "")) + control(p(r("Boat: Petrel")), unfilled)
    body += control(p(r("Choose an item.", look)), unfilled)
    found = said(tmp_path, body, styles=f"<w:styles SPACES>{styles}</w:styles>")
    assert [words.strip() for words in found] == ["Tenant:", "Rent: 450 crowns", "Boat: Petrel"]


def test_a_cell_that_was_deleted_is_not_read(tmp_path: Path) -> None:
    gone = f"<w:tc><w:tcPr><w:cellDel/></w:tcPr>{p('Gone')}</w:tc>"
    assert said(tmp_path, table(["Boat", gone, "Fee"])) == ["Boat\tFee"]


def test_one_of_two_alternatives_is_read_and_hidden_rows_are_not(tmp_path: Path) -> None:
    ways = f"<mc:Choice>{p('Chosen.')}</mc:Choice><mc:Fallback>{p('Other.')}</mc:Fallback>"
    hidden = "<w:tr><w:trPr><w:hidden/></w:trPr>"
    rows = table(["Gull", "5"]).replace("<w:tr>", hidden) + table(["Boat", "Fee"])
    body = f'<mc:AlternateContent xmlns:mc="m">{ways}</mc:AlternateContent>' + rows.replace("</w:tbl><w:tbl>", "")
    assert said(tmp_path, body) == ["Chosen.", "Boat\tFee"]


def test_raised_numbers_greek_signs_and_big_formulas_are_read_as_they_look(tmp_path: Path) -> None:
    math = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    total = (
        f'<m:nary {math}><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{r("i=1")}</m:sub><m:sup>{r("n")}</m:sup>'
        f"<m:e><m:d><m:e>{r('i+1')}</m:e></m:d></m:e></m:nary>"
    )
    up = '<w:vertAlign w:val="superscript"/>'
    body = p(r("40 m") + r("2", up) + r(", the 1") + r("st", up) + r(" of 10") + r("3", up))
    body += p('<w:r><w:sym w:font="Symbol" w:char="F061"/><w:sym w:font="Symbol" w:char="F044"/></w:r>') + p(total)
    assert said(tmp_path, body) == ["40 m², the 1st of 10³", "αΔ", "∑_(i=1)^n (i+1)"]


def test_what_is_drawn_or_embedded_is_read(tmp_path: Path) -> None:
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    diagram = f"<d {a}><a:p><a:r><a:t>Director Runa Dahl</a:t></a:r></a:p></d>"
    points = "<cat><v>Salmon</v><v>Trout</v></cat><val><v>9</v><v>7</v></val>"
    chart = f"<c {a}><a:p><a:t>Catch of 2020</a:t></a:p><ser><tx><v>Tons</v></tx>{points}</ser></c>"
    body = p(r("See:") + '<w:drawing><relIds r:dm="diagram1"/><chart r:id="chart1"/></w:drawing>')
    rows = "\tSalmon\tTrout\nTons\t9\t7"
    assert said(tmp_path, body, diagram1=diagram, chart1=chart) == ["See:", "Director Runa Dahl", "Catch of 2020", rows]
    embedded = written(
        tmp_path / "b.docx", p("Before.") + '<w:altChunk r:id="page1"/>', {"page1": "<html><p>Vera Toft.</p></html>"}
    )
    assert read(embedded).text == "Before.\n\nVera Toft."


def test_headers_and_footers_stand_once(tmp_path: Path) -> None:
    sections = "".join(
        f'<w:sectPr><w:headerReference r:id="header{n}"/><w:footerReference r:id="footer1"/></w:sectPr>' for n in (1, 2)
    )
    found = said(
        tmp_path, p("The words.") + sections, header1=f"<w:hdr SPACES>{p('Contract TM-4471')}</w:hdr>",
        header2=f"<w:hdr SPACES>{p('Contract TM-4471')}</w:hdr>",
        footer1=f"<w:ftr SPACES>{p('Page 1 of 3')}{p('Approved by Beata')}</w:ftr>",
    )  # fmt: skip
    assert found == ["Contract TM-4471", "The words.", "Approved by Beata"]


NUMBERING = (
    "<w:numbering SPACES><w:abstractNum w:abstractNumId='0'>"
    "<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.'/></w:lvl>"
    "<w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='lowerLetter'/><w:lvlText w:val='%1.%2)'/></w:lvl>"
    "</w:abstractNum><w:abstractNum w:abstractNumId='1'><w:lvl w:ilvl='0'><w:numFmt w:val='bullet'/>"
    "<w:lvlText w:val=''/></w:lvl></w:abstractNum>"
    "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num><w:num w:numId='2'><w:abstractNumId w:val='1'/></w:num>"
    "<w:num w:numId='3'><w:abstractNumId w:val='0'/><w:lvlOverride w:ilvl='0'>"
    "<w:startOverride w:val='4'/></w:lvlOverride></w:num></w:numbering>"
)


def item(words: str, number: int, depth: int = 0) -> str:
    numbered = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{numbered}</w:pPr>{r(words)}</w:p>"


def test_lists_have_their_numbers(tmp_path: Path) -> None:
    body = item("Rent", 1) + item("in May", 1, 1) + item("in June", 1, 1) + item("Repairs", 1) + item("roof", 1, 1)
    body += p("Bring:") + item("ropes", 2) + p("And:") + item("Fees", 3) + item("Anew", 1)
    assert said(tmp_path, body, numbering=NUMBERING) == [
        "1. Rent\n1.a) in May\n1.b) in June\n2. Repairs\n2.a) roof", "Bring:", "- ropes", "And:", "4. Fees\n3. Anew",
    ]  # fmt: skip


def test_legal_numbers_are_figures_below_a_roman_chapter(tmp_path: Path) -> None:
    levels = (
        "<w:lvl w:ilvl='0'><w:numFmt w:val='upperRoman'/><w:lvlText w:val='Article %1.'/></w:lvl>"
        "<w:lvl w:ilvl='1'><w:isLgl/><w:numFmt w:val='decimalZero'/><w:lvlText w:val='Section %1.%2'/></w:lvl>"
        "<w:lvl w:ilvl='2'><w:numFmt w:val='lowerLetter'/><w:lvlText w:val='(%3)'/></w:lvl>"
    )
    numbering = (
        f"<w:numbering SPACES><w:abstractNum w:abstractNumId='0'>{levels}</w:abstractNum>"
        "<w:num w:numId='1'><w:abstractNumId w:val='0'/></w:num></w:numbering>"
    )
    body = item("Rent", 1) + item("Term", 1) + item("It ends in May.", 1, 1) + item("unless renewed", 1, 2)
    assert said(tmp_path, body, numbering=numbering) == [
        "Article I. Rent\nArticle II. Term\nSection 2.1 It ends in May.\n(a) unless renewed"
    ]


def test_word_art_is_read(tmp_path: Path) -> None:
    old = '<w:pict><v:shape xmlns:v="urn:v"><v:textpath string="Harvest fair"/></v:shape></w:pict>'
    shape = f"<wsp><txbx><w:txbxContent>{p('12 to 14 May')}</w:txbxContent></txbx></wsp>"
    body = p(f"<w:r>{old}</w:r>") + p(f"<w:r><w:drawing>{shape}</w:drawing></w:r>")
    assert said(tmp_path, body) == ["Harvest fair", "12 to 14 May"]


def test_tables_with_merged_and_nested_cells(tmp_path: Path) -> None:
    start, go_on = "<w:tcPr><w:vMerge w:val='restart'/></w:tcPr>", "<w:tcPr><w:vMerge/></w:tcPr>"
    wide = f"<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{p('Mill Hill')}</w:tc>"
    nested = f"<w:tc>{table(['Mon', '9 to 5'], ['Sun', 'closed'])}{p('')}</w:tc>"
    body = table(
        ["Warden", "District", "Hours"],
        [f"<w:tc>{start}{p('Signe')}</w:tc>", "Harbour", nested],
        [f"<w:tc>{go_on}{p('')}</w:tc>", "Old Town", "none"],
        ["Tiril", wide],
    )
    deleted = f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{p('gone')}</w:tc><w:tc>{p('gone')}</w:tc></w:tr></w:tbl>"
    frame = f"<w:tbl><w:tr><w:tc>{p('A frame.')}{p('Two paragraphs.')}</w:tc></w:tr></w:tbl>"
    assert said(tmp_path, body + deleted + frame) == [
        "Warden\tDistrict\tHours\nSigne\tHarbour\tMon 9 to 5; Sun closed\nSigne\tOld Town\tnone\nTiril\tMill Hill",
        "A frame.",
        "Two paragraphs.",
    ]


def test_strict_documents_and_broken_relationships_are_read(tmp_path: Path) -> None:
    assert read(written(tmp_path / "a.docx", p("Strict words."), namespace=STRICT)).text == "Strict words."
    broken = '<Relationship Id="x" Type="y" Target="../nowhere.xml"/><Relationship/><Nonsense'
    notes = f"<w:footnotes SPACES><w:footnote w:id='2'>{p('The note.')}</w:footnote></w:footnotes>"
    body = p(r("Words.") + "<w:r><w:footnoteReference w:id='2'/></w:r>")
    path = written(tmp_path / "b.docx", body, {"footnotes": notes}, rels=broken)
    assert read(path).text == "Words.\n\nThe note."


def test_a_title_of_its_own(tmp_path: Path) -> None:
    def article(name: str, body: str = p("Words.")) -> Article:
        path = written(tmp_path / "the-lease.docx", body)
        with zipfile.ZipFile(path, "a") as archive:
            about = f"<d:title>{name}</d:title><d:created>2021-03-04T05:06:07Z</d:created>"
            archive.writestr("docProps/core.xml", f"<c xmlns:d='d'>{about}</c>")
        return read(path)

    assert (article("The Lease").title, article("The Lease").date) == ("The Lease", "2021-03-04")
    assert article("Microsoft Word - lease.doc").title == "The lease"
    assert article("Document1", p("Lease of 2021", "Heading1")).title == "Lease of 2021"


def test_headings_are_known_by_what_word_calls_them_in_any_language(tmp_path: Path) -> None:
    style = '<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    styles = {"styles": f"<w:styles SPACES>{style}</w:styles>"}
    path = written(tmp_path / "vertrag-2.docx", p("Pachtvertrag", "berschrift1") + p("Die Pacht ist frei."), styles)
    assert read(path).title == "Pachtvertrag"


def test_other_files_under_its_name_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"{\\rtf1\\ansi The keeper is Vera.\\par}")
    assert read(path).text == "The keeper is Vera."
    for data, reason in (
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "kind before 2007.*save it as .docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "is encrypted"),
        (b"%PDF-1.4\n", "is no valid PDF file"),
    ):
        path.write_bytes(data)
        with pytest.raises(UnreadableFile, match=reason):
            read(path)


def test_a_bomb_is_refused_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<a>" + b" " * 80_000_000 + b"</a>")
    with pytest.raises(UnreadableFile, match="more than 64 MB"):
        read(tmp_path / "a.docx")
    laughs = (
        "<!DOCTYPE a [" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10 if n else 'ha'}'>" for n in range(12)) + "]>"
    )
    with zipfile.ZipFile(tmp_path / "b.docx", "w") as archive:
        archive.writestr("word/document.xml", f"{laughs}<document><body><p><r><t>&a11;</t></r></p></body></document>")
    with pytest.raises(UnreadableFile):
        read(tmp_path / "b.docx")


def test_what_python_docx_writes(tmp_path: Path) -> None:
    file = DocxFile()
    file.add_heading("The Lighthouse", 1)
    file.add_paragraph("It was lit in 1820.")
    file.add_paragraph("Ropes", style="List Bullet")
    file.add_paragraph("First", style="List Number")
    stream = io.BytesIO()
    file.save(stream)
    (tmp_path / "a.docx").write_bytes(stream.getvalue())
    article = read(tmp_path / "a.docx")
    assert " ".join(article.text.split()) == "The Lighthouse It was lit in 1820. - Ropes 1. First"
    assert article.title == "The Lighthouse"


@pytest.mark.parametrize(
    ("form", "marks"),
    [
        ("ordinal", "2nd 3rd"), ("decimalEnclosedCircle", "② ③"), ("russianLower", "б в"), ("chineseCounting", "二 三"),
        ("upperRoman", "II III"),
    ],
)  # fmt: skip
def test_lists_are_numbered_as_they_are_shown(tmp_path: Path, form: str, marks: str) -> None:
    level = f'<w:lvl w:ilvl="0"><w:start w:val="2"/><w:numFmt w:val="{form}"/><w:lvlText w:val="%1"/></w:lvl>'
    numbering = f'<w:numbering SPACES><w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>'
    numbering += '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    (words,) = said(tmp_path, item("Rope", 1) + item("Lamp", 1), numbering=numbering)
    assert words == "{} Rope\n{} Lamp".format(*marks.split())
