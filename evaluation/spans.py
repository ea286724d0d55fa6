"""Precision, recall and F1 of named spans: strict, the same start, end and label."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Span = tuple[int, int, str]

ALL = "all"
# The groups of the targets: one answer is right when it names any label of the group at the right place.
GROUPS = {
    "COUNTRY+NATIONALITY": frozenset({"COUNTRY", "NATIONALITY"}),
    "PERSON+RESEARCHER": frozenset({"PERSON", "RESEARCHER"}),
}


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of right, wrong and missed spans; the rates are 0 where nothing could be counted."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of the found spans that are right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the wanted spans that were found."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def count(wanted: Iterable[Iterable[Span]], found: Iterable[Iterable[Span]]) -> Score:
    """Strict counts over all articles; raises ValueError when the two have not the same number of articles."""
    right = wrong = missed = 0
    for gold, seen in zip(wanted, found, strict=True):
        expected, given = Counter(gold), Counter(seen)
        hits = sum((expected & given).values())
        right += hits
        wrong += given.total() - hits
        missed += expected.total() - hits
    return Score(right, wrong, missed)


def _only(articles: Sequence[Sequence[Span]], labels: frozenset[str], name: str) -> list[list[Span]]:
    return [[(start, end, name) for start, end, label in spans if label in labels] for spans in articles]


def score_spans(wanted: Sequence[Sequence[Span]], found: Sequence[Sequence[Span]]) -> dict[str, Score]:
    """A score per label (alphabetical), per group of GROUPS (labels merged) and, under ALL, over everything."""
    labels = sorted({label for spans in (*wanted, *found) for _, _, label in spans})
    groups = {label: frozenset({label}) for label in labels} | GROUPS
    scores = {
        name: count(_only(wanted, kinds, name), _only(found, kinds, name)) for name, kinds in groups.items()
    }
    return scores | {ALL: count(wanted, found)}
