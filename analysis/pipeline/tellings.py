"""What each article of a story adds to the others, and where they contradict each other: sentences and figures.

A sentence is an addition when its words, weighted by rarity, stand neither together in one sentence of another article
nor scattered over all of them. Figures contradict when the same thing is counted differently in sentences that are
otherwise alike, and neither article names the other's figure. Limits such as "at least" are heard.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.pipeline.profiles import WORD, hash_term, load_table

__all__ = [
    "Addition",
    "Contradiction",
    "Figure",
    "Telling",
    "find_additions",
    "find_contradictions",
    "read_figures",
]

MAX_SENTENCES = 40  # of an article; what a story turns on stands near the beginning
TOGETHER = 0.35  # share of a sentence's weight that one other sentence may hold
SCATTERED = 0.6  # share that the other articles may hold all together
FEWEST_WORDS = 6  # a shorter sentence tells too little to be shown
SHOWN = 3  # additions of one article
ALIKE = 0.2  # share of the shorter sentence's weight that two contradicting ones have in common
STEM = 6  # letters by which forms of one word are held together

_UNITS = dict(
    zip("two three four five six seven eight nine ten eleven twelve".split(), range(2, 13), strict=True)
)
_UNITS |= dict(
    zip("thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), range(13, 20), strict=True)
)
_UNITS |= dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)
)
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_FIGURE = re.compile(
    r"(?P<sign>[$€£]\s?)?(?<![\w.,-])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|"
    + "|".join(_UNITS)
    + r")(?:[\s-](?P<scale>"
    + "|".join(_SCALES)
    + r"))?(?P<percent>\s?%|\spercent|\sper\scent)?(?![\w-])(?!,\d)",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?\s*$|^\s*(?:january|february|march|april|may|june|july|august|september|"
    r"october|november|december)\b",
    re.IGNORECASE,
)
# Words that say what is counted wherever they stand beside the figure.
_CUES = {
    "killed": "killed kill kills dead died deaths death toll fatalities lives",
    "injured": "injured injuring wounded wounding injuries hurt hospitalized",
    "arrested": "arrested arrests detained detentions",
    "missing": "missing unaccounted",
    "evacuated": "evacuated evacuation displaced",
}
_CUE_OF = {word: cue for cue, words in _CUES.items() for word in words.split()}
_STOP = frozenset(
    "a an the of in on at to and or but by for from with as was were is are be been has have had that this it its his "
    "her their more than least about around nearly almost some up over under out into after before not no who which "
    "when while he she they said says would will could may also other people".split()
)
_AT_LEAST = re.compile(r"(?:at least|more than|over|upwards? of)\s+[$€£]?\s?$", re.IGNORECASE)
_AT_MOST = re.compile(r"(?:up to|at most|fewer than|less than|under)\s+[$€£]?\s?$", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:about|around|nearly|almost|some|roughly|approximately|close to)\s+[$€£]?\s?$", re.IGNORECASE
)
_ROUGH = 0.15  # how far "about" reaches
_CUE_REACH = 80  # characters to either side of a figure in which a cue may stand


@dataclass(frozen=True, slots=True)
class Telling:
    """One article of a story: its sentences as (number, words), the title left out."""

    article: int
    sentences: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Addition:
    """A sentence whose content no other article of the story carries."""

    article: int
    sentence: int
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that counts something: `low` to `high` is what it allows."""

    article: int
    sentence: int
    text: str  # the sentence
    printed: str
    noun: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Figures of different articles for one thing that cannot all be right."""

    noun: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class _Sentence:
    article: int
    number: int
    text: str
    weights: dict[str, float]

    @property
    def weight(self) -> float:
        return sum(self.weights.values())


def find_additions(tellings: Sequence[Telling]) -> list[Addition]:
    """For each article up to three sentences that the others do not carry, in the order of the text."""
    rows = list(_weigh(tellings))
    holders: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        for stem in row.weights:
            holders[stem].append(at)
    articles = {stem: {rows[at].article for at in places} for stem, places in holders.items()}
    news: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for at, row in enumerate(rows):
        fresh = _fresh_weight(row, rows, holders, articles)
        if fresh > 0:
            news[row.article].append((-fresh, at))
    chosen = sorted(at for found in news.values() for _, at in sorted(found)[:SHOWN])
    return [Addition(rows[at].article, rows[at].number, rows[at].text) for at in chosen]


def _fresh_weight(
    row: _Sentence, rows: Sequence[_Sentence], holders: dict[str, list[int]], articles: dict[str, set[int]]
) -> float:
    """The weight of what only this article says in the sentence; 0 when others carry the sentence."""
    if len(row.weights) < FEWEST_WORDS:
        return 0.0
    shared: Counter[int] = Counter()
    for stem, weight in row.weights.items():
        for at in holders[stem]:
            if rows[at].article != row.article:
                shared[at] += weight  # type: ignore[assignment]  # weights are fractions
    fresh = sum(weight for stem, weight in row.weights.items() if articles[stem] == {row.article})
    whole = row.weight
    if max(shared.values(), default=0) > TOGETHER * whole or fresh < (1 - SCATTERED) * whole:
        return 0.0
    return fresh


def find_contradictions(tellings: Sequence[Telling]) -> list[Contradiction]:
    """Figures for one thing that differ between articles, most rivals first."""
    sentences = {(row.article, row.number): row for row in _weigh(tellings)}
    by_noun: dict[str, list[Figure]] = defaultdict(list)
    for figure in (found for telling in tellings for found in _figures_of(telling)):
        by_noun[figure.noun].append(figure)
    found = [_rivals(noun, figures, sentences) for noun, figures in by_noun.items()]
    return sorted((one for one in found if one), key=lambda one: (-len(one.figures), one.noun))


def _rivals(
    noun: str, figures: Sequence[Figure], sentences: dict[tuple[int, int], _Sentence]
) -> Contradiction | None:
    """The first figure of each article that another article's figure contradicts."""
    ranges: dict[int, list[Figure]] = defaultdict(list)
    for figure in figures:
        ranges[figure.article].append(figure)
    against: dict[int, Figure] = {}
    for one, other in combinations(figures, 2):
        if one.article == other.article or not _differ(one, other):
            continue
        if any(not _differ(one, mine) for mine in ranges[other.article]) or any(
            not _differ(other, mine) for mine in ranges[one.article]
        ):
            continue
        if (
            _alikeness(sentences[one.article, one.sentence], sentences[other.article, other.sentence])
            >= ALIKE
        ):
            against.setdefault(one.article, one)
            against.setdefault(other.article, other)
    if len({figure.value for figure in against.values()}) < 2:
        return None
    return Contradiction(noun, tuple(sorted(against.values(), key=lambda one: (one.value, one.article))))


def _differ(one: Figure, other: Figure) -> bool:
    return one.high < other.low or other.high < one.low


def _alikeness(one: _Sentence, other: _Sentence) -> float:
    shared = sum(weight for stem, weight in one.weights.items() if stem in other.weights)
    return shared / min(one.weight, other.weight) if one.weight and other.weight else 0.0


def _figures_of(telling: Telling) -> Iterator[Figure]:
    for number, text in telling.sentences[:MAX_SENTENCES]:
        yield from read_figures(telling.article, number, text)


def read_figures(article: int, number: int, text: str) -> Iterator[Figure]:
    """The numbers of a sentence that count something; dates, years and ages count nothing."""
    for match in _FIGURE.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if _MONTH.search(before[-12:]) or _MONTH.search(after[:12]) or _is_year(match):
            continue
        noun = _noun(match, before, after)
        if noun:
            value = _value(match)
            low, high = _range(value, before)
            yield Figure(article, number, text, match.group().strip(), noun, value, low, high)


def _is_year(match: re.Match[str]) -> bool:
    bare = not (match["sign"] or match["scale"] or match["percent"])
    return bare and match["number"].isdigit() and 1900 <= int(match["number"]) <= 2100


def _value(match: re.Match[str]) -> float:
    printed = match["number"].casefold()
    value = float(_UNITS[printed]) if printed in _UNITS else float(printed.replace(",", ""))
    return value * _SCALES.get((match["scale"] or "").casefold(), 1)


def _range(value: float, before: str) -> tuple[float, float]:
    """What a figure allows, with the words before it."""
    if _AT_LEAST.search(before):
        return value, float("inf")
    if _AT_MOST.search(before):
        return 0, value
    if _ABOUT.search(before):
        return value * (1 - _ROUGH), value * (1 + _ROUGH)
    return value, value


def _noun(match: re.Match[str], before: str, after: str) -> str:
    """What is counted: a cue beside the figure, else the word after it; money and shares by their words around."""
    if match["sign"]:
        return "money"
    if match["percent"]:
        return "percent"
    near = [(_CUE_OF[word], at) for word, at in _beside(before, after) if word in _CUE_OF]
    if near:
        return min(near, key=lambda one: one[1])[0]
    follows = re.match(r"\s+(?:\w+\s+)?(?P<word>[^\W\d_]{3,})", after)
    words = [word.casefold() for word in WORD.findall(after[:40])[:2]] if follows else []
    kept = [word for word in words if word not in _STOP and not word.isdigit()]
    return kept[0] if kept else ""


def _beside(before: str, after: str) -> list[tuple[str, int]]:
    """Words within reach of a figure, not beyond a comma or the like, with their distance in words."""
    left = WORD.findall(re.split(r"[,;:()]", before[-_CUE_REACH:])[-1].casefold())
    right = WORD.findall(re.split(r"[,;:()]", after[:_CUE_REACH])[0].casefold())
    return [(word, at) for at, word in enumerate(reversed(left), 1)] + [
        (word, at) for at, word in enumerate(right, 1)
    ]


def _weigh(tellings: Iterable[Telling]) -> Iterator[_Sentence]:
    """Each sentence with its words' stems and how rare they are."""
    table = load_table()
    for telling in tellings:
        for number, text in telling.sentences[:MAX_SENTENCES]:
            words = [
                word for word in WORD.findall(text.casefold()) if word not in _STOP and not word.isdigit()
            ]
            kept = {word[:STEM]: word for word in words if len(word) > 1}
            rarity = table.rarity(np.asarray([hash_term(word) for word in kept.values()], np.int32))
            weights = dict(zip(kept, (float(one) for one in rarity), strict=True))
            yield _Sentence(telling.article, number, text, weights)
