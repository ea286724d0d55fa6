"""From the network's scores to spans: the best valid row of tags, one voice per article, calibrated scores."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from analysis.pipeline.wordpieces import Word

Scores = npt.NDArray[np.float32]

SURE = 0.98  # probability of "outside" from which a word is taken as a border between independent stretches
MIN_ALTERNATIVE = 0.05  # a label below this share is no alternative worth showing (arbitrary)
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Found:
    """A named span: code point offsets, label, calibrated probability that place and label are right.

    `alternatives` are other labels with their share of the network's answer, best first.
    """

    start: int
    end: int
    label: str
    score: float
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words first..last (inclusive) with the index of a label and the share the network gives to each label."""

    first: int
    last: int
    label: int
    raw: float  # product of the tags' probabilities
    shares: tuple[float, ...]  # one a label


def to_probabilities(scores: Scores) -> Scores:
    """Softmax over the tags: O, then B- of each label, then I- of each label."""
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True), dtype=np.float32)


def _is_valid(tags: npt.NDArray[np.int64], labels: int) -> bool:
    previous = np.concatenate(([0], tags[:-1]))
    inside = tags > labels
    return bool(np.all((previous[inside] == tags[inside]) | (previous[inside] == tags[inside] - labels)))


def _best_row(logs: Scores, labels: int) -> list[int]:
    """The most probable row of tags in which every I- follows the B- or I- of its own label."""
    best = logs[0].copy()
    best[1 + labels :] = -np.inf
    back = np.zeros(logs.shape, dtype=np.int64)
    for step in range(1, len(logs)):
        top = int(best.argmax())
        begun, inside = best[1 : 1 + labels], best[1 + labels :]
        back[step, : 1 + labels] = top
        back[step, 1 + labels :] = np.arange(1, 1 + labels) + labels * (inside > begun)
        best = logs[step] + np.concatenate((np.full(1 + labels, best[top]), np.maximum(begun, inside)))
    row = [int(best.argmax())]
    for step in range(len(logs) - 1, 0, -1):
        row.append(int(back[step, row[-1]]))
    return row[::-1]


def best_tags(chances: Scores) -> npt.NDArray[np.int64]:
    """One tag a word; stretches between surely outside words are solved on their own."""
    labels = (chances.shape[1] - 1) // 2
    tags = np.asarray(chances.argmax(axis=1), dtype=np.int64)
    if _is_valid(tags, labels):
        return tags
    borders = [-1, *np.flatnonzero(chances[:, 0] > SURE).tolist(), len(tags)]
    for left, right in pairwise(borders):
        part = slice(left + 1, right)
        if right - left > 1 and not _is_valid(tags[part], labels):
            tags[part] = _best_row(np.log(chances[part] + TINY), labels)
    return tags


def read_stretches(chances: Scores, tags: npt.NDArray[np.int64]) -> list[Stretch]:
    """The spans a valid row of tags describes, in order."""
    labels = (chances.shape[1] - 1) // 2
    found = []
    for first in np.flatnonzero((tags > 0) & (tags <= labels)).tolist():
        last = first
        while last + 1 < len(tags) and tags[last + 1] == tags[first] + labels:
            last += 1
        found.append(measure(chances, first, last, int(tags[first]) - 1))
    return found


def measure(chances: Scores, first: int, last: int, label: int) -> Stretch:
    """The stretch with the probability of its tags and the mean share of each label over its words."""
    labels = (chances.shape[1] - 1) // 2
    part = chances[first : last + 1]
    raw = float(part[0, 1 + label]) * float(np.prod(part[1:, 1 + labels + label]))
    shares = (part[:, 1 : 1 + labels] + part[:, 1 + labels :]).mean(axis=0)
    return Stretch(first, last, label, raw, tuple(shares.tolist()))


@dataclass(frozen=True, slots=True)
class Voice:
    """How an article's occurrences of one name agree on its label; figures chosen on the development articles."""

    relabel: float = 0.6  # share of the votes from which a dissenting occurrence follows the others
    adopt: float = 0.5  # mean vote over all occurrences from which a missed one is added
    role: float = (
        1.01  # share of "researcher" in any mention of a person from which all mentions get that label
    )


def agree(stretches: list[Stretch], words: Sequence[Word], chances: Scores, voice: Voice) -> list[Stretch]:
    """Give equal names one label within the article, and add occurrences that were missed."""
    groups: dict[tuple[str, ...], list[Stretch]] = defaultdict(list)
    for item in stretches:
        groups[tuple(word.text for word in words[item.first : item.last + 1])].append(item)
    places = _occurrences(groups, words)
    taken = np.zeros(len(words), dtype=bool)
    for item in stretches:
        taken[item.first : item.last + 1] = True
    out: list[Stretch] = []
    for name, group in sorted(groups.items(), key=lambda pair: (-len(pair[0]), pair[1][0].first)):
        votes = np.sum([np.asarray(item.shares) for item in group], axis=0)
        label = int(votes.argmax())
        is_strong = votes[label] >= voice.relabel * votes.sum()
        out += [_follow(item, label, chances) if is_strong else item for item in group]
        free = [at for at in places[name] if not taken[at : at + len(name)].any()]
        if free and is_strong and votes[label] / (len(group) + len(free)) >= voice.adopt:
            for at in free:
                taken[at : at + len(name)] = True
                added = measure(chances, at, at + len(name) - 1, label)
                out.append(replace(added, raw=float(votes[label]) / (len(group) + len(free))))
    return sorted(out, key=lambda item: item.first)


def unify_people(
    stretches: list[Stretch], words: Sequence[Word], people: tuple[int, int], role: float
) -> list[Stretch]:
    """Mentions of a person that end in the same word get one label: whom one sentence calls a researcher is one.

    `people` holds the numbers of the labels for persons and for researchers.
    """
    groups: dict[str, list[Stretch]] = defaultdict(list)
    for item in stretches:
        if item.label in people:
            groups[words[item.last].text].append(item)
    chosen = {
        name: people[
            max(item.shares[people[1]] / (sum(item.shares[i] for i in people) + TINY) for item in group)
            >= role
        ]
        for name, group in groups.items()
    }
    return [
        replace(item, label=chosen[words[item.last].text]) if item.label in people else item
        for item in stretches
    ]


def _follow(item: Stretch, label: int, chances: Scores) -> Stretch:
    return item if item.label == label else measure(chances, item.first, item.last, label)


def _occurrences(
    names: Mapping[tuple[str, ...], object], words: Sequence[Word]
) -> dict[tuple[str, ...], list[int]]:
    """Where each name that begins with a capital or digit stands, as word numbers."""
    by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for name in names:
        if not name[0].islower():
            by_first[name[0]].append(name)
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, word in enumerate(words):
        for name in by_first.get(word.text, ()):
            if tuple(other.text for other in words[at : at + len(name)]) == name:
                places[name].append(at)
    return places


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns raw scores into probabilities: logistic in the log-odds of the raw score, one offset a label."""

    slope: float = 1.0
    offsets: tuple[float, ...] = ()  # one a label

    def score(self, stretch: Stretch) -> float:
        """Estimated probability that place and label are right."""
        raw = min(max(stretch.raw, 1e-4), 1 - 1e-4)
        odds = self.slope * np.log(raw / (1 - raw)) + (self.offsets[stretch.label] if self.offsets else 0.0)
        return float(1 / (1 + np.exp(-odds)))


def to_found(
    stretch: Stretch, words: Sequence[Word], labels: Sequence[str], calibration: Calibration
) -> Found:
    """The public form of a stretch."""
    others = sorted(
        (
            (labels[i], round(share, 3))
            for i, share in enumerate(stretch.shares)
            if i != stretch.label and share >= MIN_ALTERNATIVE
        ),
        key=lambda pair: -pair[1],
    )
    score = round(calibration.score(stretch), 4)
    return Found(
        words[stretch.first].start, words[stretch.last].end, labels[stretch.label], score, tuple(others)
    )
