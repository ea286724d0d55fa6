"""Which articles tell of one event? Average linkage over words and meaning, within days, under analysts' decisions.

Similarity: half TF-IDF of words and word pairs (times WORDS, at most 1), half MiniLM of title and lead; less when the
dates lie apart. Average linkage (UPGMA, Sokal and Michener 1958) joins the two groups whose articles are on average
most alike until no two reach LINK. Since a joined pair of groups always holds a pair of articles that alike, only the
stories of an article's neighbors can change when it arrives: those are grouped anew, so that the outcome hardly
depends on the order of arrival (docs/quality.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt

from analysis.pipeline.profiles import Profile

__all__ = [
    "LINK",
    "Group",
    "Place",
    "Rules",
    "Ruling",
    "compare_all",
    "compare_one",
    "find_neighbors",
    "group",
    "resolve",
]

LINK = 0.34  # this and the four below: chosen on 150 training events of NeuS (docs/quality.md)
WORDS = 3.0  # what a cosine of rare words is worth beside one of meaning; a third is as good as equal
WINDOW_DAYS = 3.0  # full similarity up to FULL_DAYS, none beyond the window
FULL_DAYS = 1.5
FADING = 0.8  # share left at the window's end
UNDATED = 0.9  # share left where a date is missing
MAX_CANDIDATES = 200  # articles compared with a new one, those that share most rare terms

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision of an analyst: articles that belong together, and articles that some do not belong with."""

    together: tuple[int, ...] = ()
    chosen: tuple[int, ...] = ()
    apart: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What decisions say about some articles: groups that are one story, and pairs that are not."""

    together: tuple[frozenset[int], ...] = ()
    apart: frozenset[frozenset[int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """How well an article fits its group: mean similarity to the others, and the one most alike."""

    score: float
    nearest: int | None
    similarity: float


@dataclass(frozen=True, slots=True)
class Group:
    """Articles of one story, by id."""

    ids: tuple[int, ...]
    places: dict[int, Place] = field(compare=False)


def compare_one(profile: Profile, others: Sequence[Profile]) -> Matrix:
    """Similarity of one article to each of the others, 0 to 1."""
    if not others:
        return np.zeros(0, np.float32)
    words = np.asarray([_overlap(profile, other) for other in others], dtype=np.float32)
    meaning = np.asarray([other.vector for other in others], dtype=np.float32)
    near = np.asarray([_nearness(profile, other) for other in others], dtype=np.float32)
    return _blend(words, meaning @ profile.vector) * near


def compare_all(profiles: Sequence[Profile]) -> Matrix:
    """Similarity of every two articles; symmetric, the diagonal is 1."""
    size = len(profiles)
    if not size:
        return np.zeros((0, 0), np.float32)
    words = _overlaps(profiles)
    vectors = np.asarray([profile.vector for profile in profiles])
    near = np.ones((size, size), np.float32)
    for left, right in combinations(range(size), 2):
        near[left, right] = near[right, left] = _nearness(profiles[left], profiles[right])
    similar: Matrix = _blend(words, vectors @ vectors.T) * near
    np.fill_diagonal(similar, 1)
    return similar


def find_neighbors(profile: Profile, others: Sequence[Profile]) -> list[int]:
    """Ids of the articles alike enough to be joined, most alike first."""
    similar = compare_one(profile, others)
    order = np.lexsort((np.array([other.id for other in others]), -similar)) if others else ()
    return [others[at].id for at in order if similar[at] >= LINK]


def group(profiles: Iterable[Profile], rules: Rules | None = None) -> list[Group]:
    """The stories of these articles, single ones among them; the same whatever the order given."""
    ordered = sorted(profiles, key=lambda profile: profile.id)
    similar = compare_all(ordered)
    parts = link_average(_ruled(similar, ordered, rules or Rules()))
    return [
        Group(
            tuple(ordered[at].id for at in part),
            {ordered[at].id: _place(similar, ordered, at, part) for at in part},
        )
        for part in parts
    ]


def link_average(similar: Matrix) -> list[list[int]]:
    """Groups of row numbers. Rows at +inf are one from the start, groups at -inf are never joined."""
    groups = [[number] for number in range(len(similar))]
    table = similar.astype(np.float64)
    np.fill_diagonal(table, -np.inf)
    while len(groups) > 1:
        left, right = divmod(int(np.argmax(table)), len(groups))
        if table[left, right] < LINK:
            break
        left, right = min(left, right), max(left, right)
        table = _join(table, left, right, len(groups[left]), len(groups[right]))
        groups[left] = sorted(groups[left] + groups.pop(right))
    return sorted(groups)


def _join(
    table: npt.NDArray[np.float64], left: int, right: int, ours: int, theirs: int
) -> npt.NDArray[np.float64]:
    """The table with the row of the joined group, the average over all its members, in the place of the first."""
    with np.errstate(invalid="ignore"):  # a pair that must not join outweighs one that must
        row = (table[left] * ours + table[right] * theirs) / (ours + theirs)
    row[np.isneginf(table[left]) | np.isneginf(table[right])] = -np.inf
    row[left] = -np.inf
    table[left], table[:, left] = row, row
    return np.delete(np.delete(table, right, axis=0), right, axis=1)


def resolve(rulings: Sequence[Ruling]) -> Rules:
    """What decisions, oldest first, say together: where two contradict each other the newer one holds."""
    parts: dict[int, set[int]] = {}
    apart: set[frozenset[int]] = set()
    for ruling in reversed(rulings):
        for left in ruling.chosen:
            apart |= {
                frozenset((left, right))
                for right in ruling.apart
                if right != left and right not in parts.get(left, ())
            }
        _unite(ruling.together, parts, apart)
    whole = {frozenset(part) for part in parts.values() if len(part) > 1}
    return Rules(tuple(sorted(whole, key=min)), frozenset(apart))


def _unite(ids: Sequence[int], parts: dict[int, set[int]], apart: set[frozenset[int]]) -> None:
    """Make one of the parts of these articles, as far as newer decisions do not keep them apart."""
    for number in ids[1:]:
        ours, theirs = parts.get(ids[0], {ids[0]}), parts.get(number, {number})
        if any(frozenset((one, other)) in apart for one in ours for other in theirs if one != other):
            continue
        both = ours | theirs
        parts.update(dict.fromkeys(both, both))


def _ruled(similar: Matrix, profiles: Sequence[Profile], rules: Rules) -> Matrix:
    """The similarities as decisions want them: +inf for what is one story, -inf for what is not."""
    at = {profile.id: number for number, profile in enumerate(profiles)}
    ruled = similar.copy()
    for part in rules.together:
        rows = sorted(at[number] for number in part if number in at)
        for left, right in combinations(rows, 2):
            ruled[left, right] = ruled[right, left] = np.inf
    for pair in rules.apart:
        rows = [at[number] for number in pair if number in at]
        if len(rows) == 2:
            ruled[rows[0], rows[1]] = ruled[rows[1], rows[0]] = -np.inf
    return ruled


def _place(similar: Matrix, profiles: Sequence[Profile], row: int, part: Sequence[int]) -> Place:
    others = [other for other in part if other != row]
    if not others:
        return Place(1.0, None, 1.0)
    alike = similar[row, others]
    best = int(np.argmax(alike))
    return Place(
        round(float(np.clip(alike.mean(), 0, 1)), 4),
        profiles[others[best]].id,
        round(float(np.clip(alike[best], 0, 1)), 4),
    )


def _blend(words: Matrix, meaning: Matrix) -> Matrix:
    blended: Matrix = 0.5 * np.minimum(1, WORDS * words) + 0.5 * np.clip(meaning, 0, 1)
    return blended


def _nearness(one: Profile, other: Profile) -> float:
    """What the dates leave of a similarity: all within a day and a half, less to the window's end, then nothing."""
    if one.language != other.language and one.language and other.language:
        return 0.0
    if one.day is None or other.day is None:
        return UNDATED
    days = abs(one.day - other.day)
    if days <= FULL_DAYS:
        return 1.0
    return 0.0 if days > WINDOW_DAYS else FADING


def _overlap(one: Profile, other: Profile) -> float:
    """Cosine of the weighted terms."""
    at = np.searchsorted(other.terms, one.terms).clip(max=max(len(other.terms) - 1, 0))
    if not len(other.terms):
        return 0.0
    same = other.terms[at] == one.terms
    return float(one.weights[same] @ other.weights[at[same]])


def _overlaps(profiles: Sequence[Profile]) -> Matrix:
    """Cosine of the weighted terms of every two articles, over the terms that at least two have."""
    terms = np.concatenate([profile.terms for profile in profiles])
    weights = np.concatenate([profile.weights for profile in profiles])
    rows = np.repeat(np.arange(len(profiles)), [len(profile.terms) for profile in profiles])
    _, column, counts = np.unique(terms, return_inverse=True, return_counts=True)
    is_shared = counts > 1
    place = np.cumsum(is_shared) - 1
    kept = is_shared[column]
    table = np.zeros((len(profiles), int(is_shared.sum())), np.float32)
    table[rows[kept], place[column[kept]]] = weights[kept]
    return table @ table.T
