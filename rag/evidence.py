"""Evidence: the units of the best passages that fit a question, in the order in which the articles say them."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from index.article import Article
from index.language import ENGLISH
from index.markup import plain
from index.outline import BELOW
from index.passage import Passage
from index.search import Hit
from index.sentence import STOP, asks, blocks, sentences
from index.table import named_cells
from index.term import terms
from index.unit import Unit, units
from rag.answer_type import expected
from rag.checker import POINTING, PRONOUN
from rag.prompt import Line, one_line

FUSED = 0.1  # weight of a passage's fused score, against 1 for all of the question's words
FITS = 0.2  # weight of a match of the expected answer type
NAMED = 0.35  # share of a word's weight that counts where it stands only in the title or heading
AKIN = 4  # letters: words that begin with the same ones are akin ("proclaimed", "proclamation") and count for KINSHIP
KINSHIP = 0.6
NAME = re.compile(r"[A-Z][\w’'-]*(?:\s+(?:of\s+|the\s+|de\s+)?[A-Z][\w’'-]*)*|\b\d{4}\b")
DATED = re.compile(r" \(\d{4}(?:-\d\d){2}\)$")
RETRIEVED = 0.3  # weight of a unit's retrieval score, against 1 for the reader's probability
ENDS = '.!?”"。！？'  # of sentences
FAR = 1000  # characters before a sentence in which the one before it is looked for
OPENING = 3  # words of a sentence in which it may point to the one before it
LEADING = (":", "：", ",", ";", "?", "？", "–", "—", "-")  # ends of a line that the next ones go on from
PARTED = (",", ";", "，", "；", "、")  # ends of a part of a sentence
PARTS = 4  # names of a question that are searched for on their own, at most

ArticleOf = Callable[[str], Article]


@dataclass(frozen=True)
class Evidence:
    """A unit of an article: ``article.text[start:end] == text``.

    ``title`` is the article's, with its date where it has one; ``context`` holds the headings or column names above.
    ``asked`` holds the cells of a row that a question is about, where it says which. ``before`` is the sentence before
    one that points there ("It has 17 farms"). ``above`` is what else it says, its title, headings or the sentence
    before: "14 March 1911: Lost the mizzen mast."
    """

    article: str
    start: int
    end: int
    text: str
    score: float
    title: str = ""
    context: str = ""
    language: str = ENGLISH
    asked: tuple[tuple[str, str], ...] = ()
    before: str = ""
    above: tuple[str, ...] = ()

    @property
    def line(self) -> Line:
        """It as a writer reads it: a row with the names of its columns, a title with its date."""
        return self._under(self.title, self.spoken)

    @property
    def spoken(self) -> str:
        """It as a person would say it: a row with the names of its columns, lines with signs between them."""
        return self._said(_listed(self._cells) if self._cells else plain(_in_one_line(self.text)))

    @property
    def headings(self) -> list[str]:
        """What stands above it and is no title: headings, outermost first, and what leads to a list."""
        above = self.context.rpartition(BELOW)[0] if self._cells else self.context
        title = undated(self.title).casefold()
        return [words for words in above.split(BELOW) if words and words.casefold() != title]

    def under_headings(self) -> "Evidence":
        """It with its headings, where it has any and does not say them already; a sentence is none."""
        return replace(self, above=self.above or tuple(one for one in self.headings if not STOP.search(one)))

    def under_title(self) -> "Evidence":
        """It with its article's title and its headings."""
        return replace(self, above=(undated(self.title), *self.headings))

    def in_context(self) -> "Evidence":
        """It with the sentence before it, where it points there and says nothing else already."""
        return replace(self, above=self.above or tuple(filter(None, [self.before])))

    def _said(self, words: str) -> str:
        above = [f"{plain(one_line(one)).rstrip(':： ')}{' ' if one == self.before else ': '}" for one in self.above]
        return "".join([*above, words])

    def value(self, words: str) -> str:
        """Some ``words`` of it without the name of the column that they begin with: "Entries: 55"."""
        named = [f"{name}: " for name, _ in self._cells if name]
        return next((words.removeprefix(name) for name in named if words.startswith(name)), words)

    @property
    def _cells(self) -> list[tuple[str, str]]:
        return named_cells(self.text, self.context)

    @property
    def cells(self) -> list[str]:
        """What stands in its cells, where it is a row of a table whose columns have names."""
        return [value for _, value in self._cells]

    @property
    def is_row(self) -> bool:
        """Whether it is such a row."""
        return bool(self._cells)

    @property
    def is_sentence(self) -> bool:
        """Whether it ends as a sentence does, and is no heading ("Abstract."), date or signature."""
        return self.text[-1:] in ENDS and (
            len(self.text.split()) > 1 or not self.text.isascii()
        )  # no blanks in Chinese

    @property
    def names_a_section(self) -> bool:
        """Whether it is no sentence and has no colon: a heading, if it stands above others, which say it, too."""
        return not self.is_sentence and not {":", "："} & set(self.text)

    @property
    def asks(self) -> bool:
        """Whether it is a question, which states nothing."""
        return asks(self.text)

    @property
    def speaks_of_it(self) -> bool:
        """Whether it begins with a pronoun that the sentence before it explains, which begins with none."""
        return bool(self.before and _opens_with_pronoun(self.text) and not _opens_with_pronoun(self.before))

    @property
    def undated(self) -> Line:
        """It as the reader does, who would take the date of a title for a year that is asked for, and any cell of a
        row for the one that is."""
        return self._under(undated(self.title), self._said(_listed(self.asked)) if self.asked else self.spoken)

    def _under(self, title: str, words: str) -> Line:
        headings = BELOW.join(heading for heading in self.headings if heading not in self.above)
        return Line(words, " — ".join(filter(None, ("" if undated(title) in self.above else title, headings))))


def queries(question: str) -> list[str]:
    """What to search for: the question, and each of several names or years in it together with its other words."""
    names = list(dict.fromkeys(m.group() for m in NAME.finditer(question[1:]) if len(m.group()) > 3))[:PARTS]
    if len(names) < 2:
        return [question]
    rest = question
    for name in names:
        rest = rest.replace(name, " ")
    return [question, *(f"{name} {' '.join(rest.split())}" for name in names)]


def merged_hits(found: Sequence[Sequence[Hit]]) -> list[Hit]:
    """The hits of several searches, each passage once, the first search's best first and then in turns."""
    seen: dict[tuple[str, int], Hit] = {}
    for place in range(max(map(len, found), default=0)):
        for hits in found:
            if place < len(hits):
                hit = hits[place]
                seen.setdefault((hit.passage.article_id, hit.passage.start), hit)
    return list(seen.values())


def select(question: str, hits: Sequence[Hit], count: int, article_of: ArticleOf | None = None) -> list[Evidence]:
    """The ``count`` units that fit ``question`` best, grouped by passage, best passage first.

    A unit scores the weight of the question's words in it, each word weighted by how few of the candidates hold it
    (inverse document frequency), what its passage's fused score lacks to the best one, and whether it holds the
    expected answer type. Words that stand only in its title or heading count for a share. What is said again in the
    same words under the same title and headings, as in copies of an article, takes no place from others, nor do
    questions and the headings of other units: what follows them says them, too.
    """
    once: dict[tuple[str, ...], tuple[int, Hit, Evidence]] = {}
    for rank, hit in enumerate(hits):
        for e in _units(hit.passage, article_of):
            if not e.asks:
                once.setdefault((e.title or e.article, e.context, e.text), (rank, hit, e))
    below = {heading for _, _, e in once.values() for heading in e.headings}
    candidates = [found for found in once.values() if not (found[2].names_a_section and found[2].spoken in below)]
    stems = [set(terms(e.text, e.language)) for _, _, e in candidates]
    above = [set(terms(f"{e.title} {e.context}", e.language)) for _, _, e in candidates]
    spread = Counter(stem for own, title in zip(stems, above, strict=True) for stem in own | title)
    asked = {language: dict.fromkeys(terms(question, language)) for language in {e.language for _, _, e in candidates}}
    weights = {
        language: {s: math.log(1 + len(candidates) / (1 + spread[s])) for s in found}
        for language, found in asked.items()
    }
    wanted = expected(question)
    scored: list[tuple[tuple[int, int], Evidence]] = []
    for (rank, hit, evidence), own, title in zip(candidates, stems, above, strict=True):
        akin = {s[:AKIN] for s in own}
        overlap, weight = 0.0, weights[evidence.language]
        for s, w in weight.items():
            share = 1.0 if s in own else KINSHIP if s[:AKIN] in akin else NAMED if s in title else 0.0
            overlap += w * share
        score = overlap / (sum(weight.values()) or 1.0) + FUSED * (hit.score - hits[0].score)
        if wanted and wanted.search(evidence.text):
            score += FITS
        cells = _asked(evidence, set(weight))
        scored.append(((rank, evidence.start), replace(evidence, score=score, asked=cells)))
    chosen = sorted(scored, key=lambda s: (-s[1].score, s[0]))[:count]
    return [evidence for _, evidence in sorted(chosen, key=lambda s: s[0])]


def _asked(evidence: Evidence, asked: set[str]) -> tuple[tuple[str, str], ...]:
    """The cells of a row whose columns the question names, and those that it names; none where it leaves that open."""
    cells = named_cells(evidence.text, evidence.context)
    held = [bool(asked & set(terms(value, evidence.language))) for _, value in cells]
    wanted = [bool(asked & set(terms(name, evidence.language))) for name, _ in cells]
    if not any(column and not cell for column, cell in zip(wanted, held, strict=True)):
        return ()
    return tuple(c for c, column, cell in zip(cells, wanted, held, strict=True) if column or cell)


def _listed(cells: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f"{name}: {value}" if name else value for name, value in cells)


def _in_one_line(text: str) -> str:
    """``text`` with what a line break says where lines stand for themselves: a label before its value, or a list."""
    if "\n" not in text or STOP.search(text) or text.endswith(PARTED):  # a sentence, or a part of a long one
        return one_line(text)
    lines = text.splitlines()
    if any(line.lstrip()[:1].islower() for line in lines):
        lines = [text[start:end] for start, end in blocks(text)]
    first, *rest = (line.strip() for line in lines)
    if not rest:
        return one_line(text)
    if first.endswith(LEADING):
        return f"{first} {'; '.join(rest)}"
    return f"{first}: {rest[0]}" if len(rest) == 1 else "; ".join([first, *rest])


def _units(passage: Passage, article_of: ArticleOf | None) -> Iterable[Evidence]:
    if article_of is None:
        for unit in units(passage.text):
            found = _evidence(passage.article_id, unit, passage.start, "")
            yield replace(found, before=_before(passage.text, unit, ENGLISH))
        return
    article = article_of(passage.article_id)
    for unit in units(article.text, passage.start, passage.end, article.language):
        before = _before(article.text, unit, article.language)
        yield replace(_evidence(article.id, unit, 0, named(article)), language=article.language, before=before)


def _evidence(article: str, unit: Unit, offset: int, title: str) -> Evidence:
    context = "" if unit.context.strip().lower() == title.lower() else unit.context
    return Evidence(article, offset + unit.start, offset + unit.end, unit.text, 0.0, title, context)


def _opens_with_pronoun(text: str) -> bool:
    return bool(PRONOUN.search(" ".join(text.split()[:OPENING])))


def _before(text: str, unit: Unit, language: str) -> str:
    """The sentence before ``unit`` in its paragraph, where its first words point there."""
    if unit.text[-1:] not in ENDS or not POINTING.search(" ".join(unit.text.split()[:OPENING])):
        return ""
    paragraph = max(text.rfind("\n\n", 0, unit.start) + 1, unit.start - FAR, 0)
    return next((s.text for s in reversed(sentences(text[paragraph : unit.start], language))), "")


def named(article: Article) -> str:
    """An article's title, with its date where it has one."""
    return f"{article.title} ({article.date})" if article.date else article.title


def undated(title: str) -> str:
    """``title`` as ``named`` makes it, without the date."""
    return DATED.sub("", title)


def lead(article: Article, passages: Sequence[Passage], count: int) -> list[Evidence]:
    """The first real sentences of up to ``count`` passages, spread evenly over an article: what a summary draws on.

    Of a short article there are several of each passage, up to ``count`` in all.
    """
    chosen = passages[:: max(1, math.ceil(len(passages) / count))]
    found = []
    for passage in chosen:
        whole = [e for e in _units(passage, lambda _: article) if e.is_sentence]
        found += whole[: math.ceil(count / len(chosen))]
    return found[:count]


def most_probable(
    evidence: Sequence[Evidence], labels: Sequence[float], fewest: int, most: int, enough: float
) -> list[Evidence]:
    """The units that the reader finds most probable, in their order.

    ``labels[k]`` is the probability of unit k, counted from 1; what retrieval makes of a unit counts a little, too.
    They are at least ``fewest``, then as many as hold ``enough`` of the probability, at most ``most``.
    """
    order = sorted(range(len(evidence)), key=lambda i: -(labels[i + 1] + RETRIEVED * evidence[i].score))
    whole, held, kept = sum(labels[1:]) or 1.0, 0.0, list[int]()
    for i in order[:most]:
        if len(kept) >= fewest and held >= enough * whole:
            break
        kept.append(i)
        held += labels[i + 1]
    return [evidence[i] for i in sorted(kept)]
