"""Paragraphs and names to make articles of: real paragraphs recombined where a corpus lies, else generated."""

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from analysis.pipeline.knowledge import load_lexicon, read_table
from analysis.pipeline.types import Kind, KnownEntity

DEMO = Path(__file__).resolve().parents[3] / "articles" / "demo"
WORDS = (200, 600)  # of one article; 400 in the mean
RESEARCHERS, PERSONS = 3_000, 6_000
PERSON = "person:x-corpus-"  # how the keys of invented people begin
WITHOUT_CORPUS = 40_000  # paragraphs generated
SYLLABLES = (
    "ba be bo da de dra el en fa fen ga gor ha hol in ka kel lan lo ma mir na nor os pa per ra ros "
    "sa sel ta tor ul va ven wa zan"
).split()


@dataclass(frozen=True, slots=True)
class Draft:
    """Title and text of one article that does not exist."""

    title: str
    byline: str
    text: str


def read_paragraphs(folder: Path) -> list[str]:
    """Every paragraph of 20 to 250 words of the JSON Lines below `folder`; generated ones when there are none."""
    found = [part for path in sorted(folder.glob("*.jsonl.gz")) for part in _paragraphs(path)]
    return found or list(_generated(random.Random(2)))  # noqa: S311  (repeatable)


def _paragraphs(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            for part in str(json.loads(line).get("text") or "").split("\n"):
                if 20 <= part.count(" ") <= 250:
                    yield part.strip().replace("\x00", "")


def _generated(draw: random.Random) -> Iterator[str]:
    """Sentences over a vocabulary with Zipf frequencies: the demonstration articles' words, then invented ones."""
    seen: dict[str, int] = {}
    for path in sorted(DEMO.glob("2*.md")):
        for word in path.read_text(encoding="utf-8").split():
            seen[word] = seen.get(word, 0) + 1
    known = sorted(seen, key=lambda word: -seen[word])
    words = known + [invented(draw) for _ in range(60_000)]
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))  # Zipf and Mandelbrot's law
    for _ in range(WITHOUT_CORPUS):
        yield " ".join(draw.choices(words, cum_weights=weights, k=draw.randint(40, 160))) + "."


def invented(draw: random.Random) -> str:
    """A word nobody has used."""
    return "".join(draw.choices(SYLLABLES, k=draw.randint(2, 4)))


def drafts(paragraphs: list[str], count: int, draw: random.Random) -> Iterator[Draft]:
    """`count` articles, each of a few paragraphs under a title of some of their words."""
    writers = person_names(400, draw)
    for _ in range(count):
        wanted, words, parts = draw.randint(*WORDS), 0, []
        while words < wanted:
            part = draw.choice(paragraphs)
            parts.append(part)
            words += part.count(" ") + 1
        title = " ".join(draw.choice(parts).split()[: draw.randint(5, 12)]).strip(" ,;:.")
        yield Draft(title[:300], draw.choice(writers), "\n\n".join(parts))


def person_names(count: int, draw: random.Random) -> list[str]:
    """Different names of a known first name and an invented last one."""
    first = [row["word"].title() for row in read_table("first_names") if row.get("word", "").isalpha()]
    names: dict[str, None] = {}
    while len(names) < count:
        names[f"{draw.choice(first)} {invented(draw).title()}"] = None
    return list(names)


def people(draw: random.Random) -> list[KnownEntity]:
    """Researchers and other persons, none of them real."""
    names = person_names(RESEARCHERS + PERSONS, draw)
    kinds = [Kind.RESEARCHER] * RESEARCHERS + [Kind.PERSON] * PERSONS
    return [
        KnownEntity(key=f"{PERSON}{number}", kind=kind, name=name)
        for number, (name, kind) in enumerate(zip(names, kinds, strict=True))
    ]


def known() -> list[KnownEntity]:
    """The entities of the knowledge tables, those with most names (so, the best known) first."""
    lexicon = load_lexicon()
    names = Counter(alias.entity for found in lexicon.aliases.values() for alias in found)
    return sorted(lexicon.entities.values(), key=lambda entity: (-names[entity.key], entity.key))
