"""Web pages: what a reader sees, without menus, wherever it stands."""

from pathlib import Path

import pytest
from reach import out_of_reach

from index.article import UnreadableFile, read
from index.unit import units

FILL = "<p>The town of Oss lies on the south side of the bay and has had a market since the year 1412.</p>"


def said(folder: Path, body: str) -> list[str]:
    (folder / "a.html").write_text(f"<html><head><title>Oss</title></head><body>{body}</body></html>", encoding="utf-8")
    text = read(folder / "a.html").text
    assert not out_of_reach(text)
    return text.split("\n\n")


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("<ul><li><span>The ferry costs 35 crowns.</span></li><li>Dogs travel free.</li></ul>",
         "- The ferry costs 35 crowns.\n- Dogs travel free."),
        ("<ol start=3><li>Third.</li><li>Fourth.</li></ol>", "3. Third.\n4. Fourth."),
        ("<table><tr><th>Office</th><th>Holder</th></tr><tr><td>Pilot</td><td><ul><li>Einar</li><li>Ove</li></ul></td></tr>"
         "</table>", "Office\tHolder\nPilot\tEinar; Ove"),
        ("<table><tr><td rowspan=2>Signe</td><td>Harbour</td></tr><tr><td>Old Town</td></tr>"
         "<tr><td colspan=2>all</td></tr></table>", "Signe\tHarbour\nSigne\tOld Town\nall"),
        ("<table><caption>Wardens</caption><tr><td>a</td><td>b</td></tr></table>", "Wardens\n\na\tb"),
        ("<table><tr><td><p>A page laid out by a table.</p></td></tr></table>", "A page laid out by a table."),
        ("<dl><dt>Pilot</dt><dd>Yrsa</dd><dt>Cook</dt><dd>Ole</dd></dl>", "Pilot\tYrsa\nCook\tOle"),
        ("<p>Founded in 1530.<sup><a href='#n1'>1</a></sup> It ended in 1810.<sup>2</sup></p>",
         "Founded in 1530. It ended in 1810."),
        ("<p>It measures 40 m<sup>2</sup>, or 10<sup>6</sup> cells.</p>", "It measures 40 m², or 10⁶ cells."),
        ("<ol><li id=n1>By decree of Leon Faber. <a href='#r1'>↑</a> <a href='#r2'>b</a></li></ol>",
         "1. By decree of Leon Faber."),
        ("<details><summary>Where is it?</summary><p>In the bakery.</p></details>", "Where is it?\n\nIn the bakery."),
        ("<h3><button>Who empties the bins?</button></h3><p>Egon does.</p>", "Who empties the bins?\n\nEgon does."),
        ("<p>It is <math><mn>4</mn><mfrac><mn>1</mn><mn>2</mn></mfrac><msup><mi>x</mi><mn>2</mn></msup></math> long."
         "</p>", "It is 4 1/2x² long."),
        ("<table><thead><tr><th rowspan=2>Name</th><th colspan=2>Boat</th></tr><tr><th>Class</th><th>Length</th></tr>"
         "</thead><tr><td>Ida</td><td>A</td><td>9</td></tr></table>", "Name\tBoat Class\tBoat Length\nIda\tA\t9"),
        ("<table><tr><td><h2>Fees</h2><p>They rose.</p></td><td><table><tr><td>Dog</td><td>5</td></tr></table></td>"
         "</tr></table>", "Fees\n\nThey rose.\n\nDog\t5"),
        ("<div><span>Pilot</span><span>Ida Lie</span></div><p>iP<span>hone</span></p>", "Pilot Ida Lie\n\niPhone"),
        ("<pre>$ open --gate\n  north</pre>", "$ open --gate\n  north"),
        ("<p>One line<br>and another</p>", "One line\nand another"),
        ("<p>The so&shy;lici&shy;tor is Am&shy;brose.</p>", "The solicitor is Ambrose."),
        ("<ol type=a><li>First.</li><li value=9>Ninth.</li><li>Tenth.</li></ol>", "a. First.\ni. Ninth.\nj. Tenth."),
        ("<ol reversed><li>Second.</li><li>First.</li></ol>", "2. Second.\n1. First."),
        ("<table><tfoot><tr><td>All</td><td>9</td></tr></tfoot><tr><td>Eels</td><td>9</td></tr></table>"
         "<table><tr><td>Phone</td><td>55</td></tr></table>", "Eels\t9\nAll\t9\n\nPhone\t55"),
        ("<p>It costs <del>20</del><ins>30</ins>. <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>字</p>",
         "It costs 30. 漢字"),
        ("<style>@media print { .a { display: none } } .b, p.c { color: red } .d { display:none }</style>"
         "<p class=a>Seen.</p><p class='b d'>Not seen.</p><p class=c>And this.</p>", "Seen.\n\nAnd this."),
        ("<style>.d{display:none} .d.open{display:block}</style><p class=d>Seen at a click.</p>", "Seen at a click."),
        ("<p hidden>Not seen.</p><p style='display: none'>Nor this.</p><p>Seen.</p>", "Seen."),
        ("<noscript><p>Not seen.</p></noscript><template><p>Nor this.</p></template><p>Seen.</p>", "Seen."),
        ("<form><label>Boat <input name=b value='Grey Petrel'></label><p>Length: <input type=number value=9.2> m</p>"
         "<p><input type=checkbox checked> Sail <input type=radio> Oars</p><p>Berth: <select><option>North<option "
         "selected>South quay</select>, <select><option value=''>Choose one<option>a</select></p><textarea>The "
         "mast\nis away.</textarea><input type=hidden value=h><input type=password value=p>"
         "<input type=submit value=Send></form>",
         "Boat Grey Petrel\n\nLength: 9.2 m\n\n☒ Sail ☐ Oars\n\nBerth: South quay,\n\nThe mast\nis away."),
        ("<p>Catch <svg><path d=M0 /></svg>in tonnes:</p><svg><title>t</title><defs><text>no</text></defs><g><text y=1>"
         "Herring</text><text y=1>412</text></g><g><text y=1>Cod <tspan>90</tspan></text></g><text display=none style="
         "'display:none'>no</text><foreignObject><div>Eels 7</div></foreignObject></svg>",
         "Catch in tonnes:\n\nHerring 412\nCod 90\nEels 7"),
        ("<style>.v{visibility:hidden} .o{opacity:0; animation: f 1s}</style><p class=v>Not seen.</p><p class=o>Comes."
         "</p><p style='opacity:0.5'>Pale.</p><p style='position:absolute;left:-9999px'>Nor this.</p>",
         "Comes.\n\nPale."),
        ("<p style='color:#fff'>Not seen.</p><table bgcolor=#003366><tr><td style='color:white'>On blue.</table>"
         "<p style='color:#FFF;background:rgb(255, 255, 255)'>Nor this.</p><p><font color=white>No.</font> Seen.</p>",
         "On blue.\n\nSeen."),
        ("<div style='font-size:0'><p style='font-size:1em'>Seen.</p></div><p style='font-size:0px'>Not seen.</p>",
         "Seen."),
        ("<style>.w{color:#FFF} .b{color:#123}</style><p class=w>Not seen.</p><p class=b>Seen.</p>", "Seen."),
        ("<style>.w{color:#fff} .d{background:#000}</style><div class=d><p class=w>On black.</p></div>", "On black."),
        ("<p style='color:#fefefe'>No.</p><p style='color:rgba(0, 0, 0, 0)'>No.</p><p style='color:transparent'>No.</p>"
         "<p style='color:hsl(0, 0%, 100%)'>No.</p><p style='color:#zzz'>Grey.</p>"
         "<div style='background-image:url(n.png)'><p style='color:#fff'>On a picture.</p></div>",
         "Grey.\n\nOn a picture."),
        ("<p>Open<span class=sr-only> in a new tab</span></p><style>.v{position:absolute;clip:rect(0,0,0,0)}</style>"
         "<p class=v>Not seen.</p><p style='height:0; overflow:hidden'>No.</p><p style='line-height:0'>Seen.</p>",
         "Open\n\nSeen."),
        ("<table><tr><td>Gull</td><td style='color:white'>no</td><td hidden>no</td><td>9</td></tr></table>",
         "Gull\t\t\t9"),
        ("<script>fade()</script><p style='opacity:0'>A script shows it.</p>", "A script shows it."),
        ("<div role=table><div role=row><span role=columnheader>Boat</span><span role=columnheader>Fee</span></div>"
         "<div role=row><span role=cell>Gull</span><span role=cell>9</span></div></div>", "Boat\tFee\nGull\t9"),
        ("<p>It leaks.<span style='display:block'>So says Ada.</span></p>", "It leaks.\n\nSo says Ada."),
        (f"{'<div>' * 1000}The vault is below.", "The vault is below."),
        ("<dialog open><p>It is closed in May.</p></dialog><dialog>Not seen.</dialog>", "It is closed in May."),
        ("<ol><li><p>Moor.</p><p>At the quay.</p></li><li><p>Pay.</p></li></ol>",
         "1. Moor.\n\nAt the quay.\n\n2. Pay."),
        ("<dl><p><dt>Fees<dd>Due in May.</dl>", "Fees\n\nDue in May."),
        ("<h3>Fire<span class='mw-editsection'>[<a href=x>edit</a>]</span></h3><p>It burnt.</p><div id=catlinks><a "
         "href=x>Category</a>: <ul><li><a href=x>Towns</a></ul></div>", "Fire\n\nIt burnt."),
        ("<p>Three of five. <meter value=3>no</meter><progress>no</progress></p>", "Three of five."),
        ("<style>@charset 'utf-8';\n.x{display:none}</style><p class=x>Not seen.</p><p>Seen.</p>", "Seen."),
        ("<div>Bare words <b>in</b> a division<p>and a paragraph</p>and more.</div>",
         "Bare words in a division\n\nand a paragraph\n\nand more."),
    ],
)  # fmt: skip
def test_what_is_seen_is_read(tmp_path: Path, body: str, lines: str) -> None:
    assert "\n\n".join(said(tmp_path, FILL + body)[1:]) == lines


def test_cards_inside_links_are_no_menu(tmp_path: Path) -> None:
    cards = [
        f"<a href='/{n}'><article><h3>Card {n}</h3><p>The bridge {n} is closed until May.</p></article></a>"
        for n in (1, 2, 3)
    ]
    assert said(tmp_path, "".join(cards)) == [
        "Card 1", "The bridge 1 is closed until May.", "Card 2", "The bridge 2 is closed until May.", "Card 3",
        "The bridge 3 is closed until May.",
    ]  # fmt: skip


def test_menus_and_furniture_are_left_out(tmp_path: Path) -> None:
    menu = "<ul><li><a href='/'>Home</a></li><li><a href='/a'>About</a></li></ul>"
    links = "".join(f"<div><a href='/{n}'>Another page {n}</a></div>" for n in range(3))
    body = f"<header><a href='/'>Logo</a></header>{menu}<div class='cookie-banner'>We use cookies.</div>{FILL}{links}"
    assert len(said(tmp_path, f"{body}<footer>All rights reserved</footer>")) == 1


@pytest.mark.parametrize(
    "around",
    [
        "<div class='menu'>{}</div>", "<section id='shareholders'>{}</section>", "<div class='social-history'>{}</div>",
        "<div id='newsletter-may'>{}</div>", "<aside class='infobox'>{}</aside>", "<footer>{}</footer>",
    ],
)  # fmt: skip
def test_a_name_alone_makes_no_menu(tmp_path: Path, around: str) -> None:
    fact = "The herring with rye bread was cooked by Ilse Dahl."
    assert said(tmp_path, FILL + around.format(f"<p>{fact}</p>"))[-1] == fact
    links = "".join(f"<p><a href='/{n}'>Link to page {n}</a></p>" for n in range(5))
    assert len(said(tmp_path, FILL + around.format(links) + FILL)) == 2


def test_frames_show_what_stands_for_them(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        "<html><frameset><frame src=a></frameset><noframes><body><p>Grease it every 400 hours.</p></body>"
        "</noframes></html>"
    )
    assert read(path).text == "Grease it every 400 hours."


def test_a_row_is_told_with_its_columns_and_heading(tmp_path: Path) -> None:
    body = "<h2>Opening hours</h2><table><tr><th>Day</th><th>From</th><th>To</th></tr>"
    body += "<tr><td>Sunday</td><td>10</td><td>16</td></tr></table>"
    text = "\n\n".join(said(tmp_path, FILL + body))
    (unit,) = [unit for unit in units(text) if "Sunday" in unit.text]
    assert (unit.text, unit.context) == ("Sunday\t10\t16", "Opening hours › Day | From | To")


@pytest.mark.parametrize(
    ("head", "title", "date"),
    [
        ("</head><body><p class='c1 title'>The pier</p><h1>One</h1>", "The pier", None),
        ("<title>Oss – Home</title>", "The harbour", None),
        ("<meta property='og:title' content='The quay'>", "The quay", None),
        ("<meta name=date content='2024-02-30'>", "The harbour", None),
        ("<meta property='article:published_time' content='2024-03-05T10:00'>", "The harbour", "2024-03-05"),
        (
            '<script type="application/ld+json">{"datePublished": "2023-01-02T00:00"}</script>',
            "The harbour",
            "2023-01-02",
        ),
    ],
)
def test_titles_and_dates(tmp_path: Path, head: str, title: str, date: str | None) -> None:
    (tmp_path / "a.html").write_text(f"<html><head>{head}</head><body><h1>The harbour</h1>{FILL}</body></html>")
    article = read(tmp_path / "a.html")
    assert (article.title, article.date) == (title, date)


def test_a_page_nested_without_end_is_read_or_refused(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<div>" * 50_000 + "Deep words of Oss." + "</div>" * 50_000)
    try:
        assert "Deep words" in read(tmp_path / "a.html").text
    except UnreadableFile as error:
        assert "\n" not in str(error)


def test_a_page_of_xml_is_read_as_browsers_read_it(tmp_path: Path) -> None:
    body = (
        "<p>The keeper&nbsp;is <![CDATA[Ada & <Bo>]]> of &firm;.</p><a id='x'/><div/><p>The café lies below.</p>"
        "<svg xmlns='http://www.w3.org/2000/svg'><title>t</title><text>Pier 3</text></svg>"
        "<p class='d'>Not seen.</p><textarea/><p>It ends.</p>"
    )
    head = "<title/><style><![CDATA[ .d{display:none} ]]></style>"
    kind = '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html [<!ENTITY firm "Oss & Co">]>'.replace("& ", "and ")
    path = tmp_path / "a.xhtml"
    page = f"{kind}<html xmlns='http://www.w3.org/1999/xhtml'><head>{head}</head><body>{body}</body></html>"
    path.write_text(page, encoding="utf-8")
    assert read(path).text.split("\n\n") == [
        "The keeper is Ada & <Bo> of Oss and Co.", "The café lies below.", "Pier 3", "It ends.",
    ]  # fmt: skip
    path.write_text(page.replace("</div>", "").replace("<div/>", "<div>"), encoding="utf-8")  # no sound XML
    assert "The café lies below." in read(path).text


def test_a_bomb_of_entities_is_not_expanded(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 199}">' for n in range(12))
    (tmp_path / "a.xhtml").write_text(
        f"<!DOCTYPE html [{entities}]><html><body><p>Words by Ada &e11;.</p></body></html>"
    )
    assert len(read(tmp_path / "a.xhtml").text) < 100
