"""What grouping sees of an article: its weighted words and word pairs, and the meaning of its beginning.

Weights are TF-IDF (Salton and Buckley 1988: logarithmic count, inverse document frequency, length one). How common a
term is comes from a table that ships with the product (training/stories), so that an article's profile never depends
on what else is in the archive, nor on the order in which articles came.
"""

import re
import zlib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analysis.pipeline.fingerprints import UNSPACED
from analysis.pipeline.vectors import SIZE, Vectors, embed

__all__ = ["METHOD", "Profile", "describe", "hash_term", "list_terms", "shared_terms"]

METHOD = "stories-2"  # changes with everything below, so that stored profiles are made anew
TABLE = Path(__file__).parent / "data" / "story_terms.npz"
WORD = re.compile(r"[^\W_]+")
MAX_TERMS = 400  # the weightiest are kept; more changed nothing on other events than those measured
MAX_WORDS = 3000  # of a text; an event is named long before
KEYS = (
    48  # terms by which neighbors are found; with half as many every fifteenth was missed (docs/quality.md)
)
COMMON = 0.02  # share of texts from which a term is too common to find anybody by
TITLE_WEIGHT = 2  # the title counts twice
LEAD_WORDS = 60  # words after the title whose meaning is compared

Numbers = npt.NDArray[np.int32]
Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """One article as grouping sees it. `id` is any number; profiles are taken in its order."""

    id: int
    day: float | None  # days since some fixed day; None when the article says no date
    language: str
    terms: Numbers  # hashes, ascending
    weights: Weights  # of `terms`, of length one together
    vector: Vectors  # of unit length; all zeros where the model does not know the language
    keys: tuple[int, ...] = ()  # the weightiest terms that few texts have


@dataclass(frozen=True, slots=True)
class Table:
    """In how many of `texts` texts each term occurs; terms that are not in it are rarer than all in it."""

    texts: int
    terms: Numbers
    counts: npt.NDArray[np.int32]

    def rarity(self, terms: Numbers) -> Weights:
        """Inverse document frequency: 1 for what every text has, most for what no text of the table has."""
        counts = self.count(terms)
        return (np.log((self.texts + 1) / (counts + 1)) + 1).astype(np.float32)

    def count(self, terms: Numbers) -> npt.NDArray[np.int32]:
        """How many texts have each of `terms`."""
        at = np.searchsorted(self.terms, terms).clip(max=len(self.terms) - 1)
        return np.where(self.terms[at] == terms, self.counts[at], 0).astype(np.int32)


@lru_cache(maxsize=1)
def load_table(path: Path = TABLE) -> Table:
    """The table of common terms; raises OSError when it is missing."""
    with np.load(path) as stored:
        return Table(int(stored["texts"]), stored["terms"], stored["counts"])


def describe(number: int, title: str, text: str, *, day: float | None, language: str) -> Profile:
    """The profile of one article; its terms depend on the text alone."""
    terms, weights = weigh(count_terms(title, text), load_table())
    is_known = language in ("en", "")
    vector = embed([lead_of(title, text)])[0] if is_known else np.zeros(SIZE, np.float32)
    return Profile(number, day, language, terms, weights, vector, choose_keys(terms, weights, load_table()))


def lead_of(title: str, text: str) -> str:
    """Title and first words: where news says what happened."""
    return f"{title}. {' '.join(text.split(maxsplit=LEAD_WORDS)[:LEAD_WORDS])}"


def hash_term(term: str) -> int:
    """A signed 32-bit number for a term."""
    number = zlib.crc32(term.encode())
    return number - (1 << 32) if number >= 1 << 31 else number


def list_terms(string: str) -> list[str]:
    """Words and pairs of neighboring words, folded; pairs of characters where a script has no spaces."""
    folded = string.casefold()
    if len(UNSPACED.findall(folded)) > len(folded) / 4:
        signs = [sign for sign in folded if sign.isalnum()]
        return [left + right for left, right in pairwise(signs)]
    words = WORD.findall(folded)[:MAX_WORDS]
    pairs = [f"{left} {right}" for left, right in pairwise(words)]
    return [word for word in words if len(word) > 1] + pairs


def count_terms(title: str, text: str) -> Counter[int]:
    """How often each term occurs, those of the title twice as often."""
    counts: Counter[int] = Counter()
    counts.update(hash_term(term) for term in list_terms(text))
    for term in list_terms(title):
        counts[hash_term(term)] += TITLE_WEIGHT
    return counts


def weigh(counts: Counter[int], table: Table) -> tuple[Numbers, Weights]:
    """The weightiest terms in ascending order, and their weights of length one together."""
    terms = np.fromiter(counts.keys(), np.int32, len(counts))
    often = np.fromiter(counts.values(), np.float32, len(counts))
    weights = (1 + np.log(often)) * table.rarity(terms)
    order = np.lexsort((terms, -weights))[:MAX_TERMS]
    order = order[np.argsort(terms[order])]
    kept = weights[order].astype(np.float32)
    length = float(np.linalg.norm(kept))
    return terms[order], kept / np.float32(length) if length else kept


def choose_keys(terms: Numbers, weights: Weights, table: Table) -> tuple[int, ...]:
    """The weightiest terms that few texts have, by which neighbors are looked up."""
    rare = table.count(terms) <= COMMON * table.texts
    order = np.lexsort((terms[rare], -weights[rare]))[:KEYS]
    return tuple(sorted(int(term) for term in terms[rare][order]))


def shared_terms(profile: Profile, other: Profile, words: dict[int, str], *, limit: int = 5) -> list[str]:
    """The terms that make two articles alike, weightiest first; `words` gives the wording of the first one's terms."""
    both, mine, theirs = np.intersect1d(profile.terms, other.terms, return_indices=True)
    order = np.argsort(-(profile.weights[mine] * other.weights[theirs]), kind="stable")
    named = [words[int(both[at])] for at in order if int(both[at]) in words]
    return [term for term in named if not _is_part(term, named)][:limit]


def _is_part(term: str, terms: list[str]) -> bool:
    """A word that stands in one of the pairs as well."""
    return any(term != other and f" {term} " in f" {other} " for other in terms)
