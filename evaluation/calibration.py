"""Are scores probabilities? Expected calibration error and the table behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Mentions whose score lies between `low` and `high`: how many, their mean score, the share that is right."""

    low: float
    high: float
    count: int
    mean: float
    right: float


def reliability(pairs: Sequence[tuple[float, bool]]) -> list[Bin]:
    """Pairs of (score, is it right?) sorted into ten equal bins; empty bins are left out."""
    bins = []
    for number in range(BINS):
        low, high = number / BINS, (number + 1) / BINS
        held = [(score, right) for score, right in pairs if low <= score < high or (score == high == 1)]
        if held:
            mean = sum(score for score, _ in held) / len(held)
            bins.append(Bin(low, high, len(held), mean, sum(right for _, right in held) / len(held)))
    return bins


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error: mean distance of score and share right, weighted by bin (Naeini 2015)."""
    total = max(1, len(pairs))
    return sum(found.count * abs(found.mean - found.right) for found in reliability(pairs)) / total
