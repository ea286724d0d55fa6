"""Near-duplicate recall: real articles are edited in six ways and looked up among all of them.

Labeled near-duplicates do not exist, so copies are made (ingest.md, section 2.3): boilerplate added, cut to 60 % and
30 %, 5 % of words changed, a fifth of the sentences dropped and the rest reordered, a new lead.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.pipeline.fingerprints import compare, make_bands, make_shingles

SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
MIXED = 20  # articles that lend a sentence to a made-up text
Edit = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of edit: share of copies found, other articles and candidates returned per lookup."""

    edit: str
    recall: float
    others: float
    candidates: float


def enough_texts(texts: Sequence[str], count: int, *, seed: int = 7) -> list[str]:
    """`count` texts: those given, and where they do not suffice more, each of single sentences of `MIXED` of them.

    A made-up text shares one sentence with each, so it stands for another article. (With a quarter of each of four,
    a cut to 30 % was, rightly, found inside of it.)
    """
    choice = random.Random(seed)  # noqa: S311  (a repeatable choice, not a secret)
    found = list(texts[:count])
    while len(found) < count:
        mixed = choice.sample(texts, min(MIXED, len(texts)))
        found.append(" ".join(choice.choice(SENTENCE_END.split(text)) for text in mixed))
    return found


def evaluate_duplicates(texts: Sequence[str], *, sample: int = 600, seed: int = 5) -> list[Row]:
    """One row per kind of edit, over `sample` of the texts."""
    choice = random.Random(seed)  # noqa: S311  (a repeatable sample, not a secret)
    shingles = [make_shingles(text) for text in texts]
    index: dict[int, set[int]] = {}
    for number, one in enumerate(shingles):
        for band in make_bands(one):
            index.setdefault(band, set()).add(number)
    chosen = choice.sample(range(len(texts)), min(sample, len(texts)))
    return [_row(name, edit, texts, shingles, index, chosen) for name, edit in edits(texts, choice).items()]


def _row(
    name: str,
    edit: Edit,
    texts: Sequence[str],
    shingles: list[frozenset[int]],
    index: dict[int, set[int]],
    chosen: list[int],
) -> Row:
    found = others = candidates = 0
    for number in chosen:
        copy = make_shingles(edit(texts[number]))
        near = {other for band in make_bands(copy) for other in index.get(band, ())}
        copies = {other for other in near if compare(copy, shingles[other]).is_copy}
        found += number in copies
        others += len(copies - {number})
        candidates += len(near)
    return Row(name, found / len(chosen), others / len(chosen), candidates / len(chosen))


def edits(texts: Sequence[str], choice: random.Random) -> dict[str, Edit]:
    """The six ways in which copies are edited, by name."""
    words = " ".join(texts[:200]).split()

    def reworded(text: str) -> str:
        return " ".join(choice.choice(words) if choice.random() < 0.05 else word for word in text.split())

    def reordered(text: str) -> str:
        kept = [sentence for sentence in SENTENCE_END.split(text) if choice.random() > 0.2]
        choice.shuffle(kept)
        return " ".join(kept)

    def new_lead(text: str) -> str:
        other = SENTENCE_END.split(choice.choice(texts))[:3]
        return " ".join(other + SENTENCE_END.split(text)[3:])

    return {
        "boilerplate added": lambda text: f"Sign up for our letter. {text} All rights reserved. Terms apply.",
        "cut to 60 %": lambda text: _cut(text, 0.6),
        "cut to 30 %": lambda text: _cut(text, 0.3),
        "5 % of words changed": reworded,
        "20 % of sentences dropped, rest reordered": reordered,
        "new lead": new_lead,
    }


def _cut(text: str, share: float) -> str:
    words = text.split()
    return " ".join(words[: int(len(words) * share)])
