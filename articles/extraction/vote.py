"""The learned vote: boosted trees that weigh what the readers say about a block and how it looks.

The weights in `vote.json` were trained on the labeled pages of AEB and of trafilatura's evaluation, once with and
once without the hints from class names, so that a page with other names is judged alike (docs/quality.md).
"""

import json
import math
from functools import lru_cache
from pathlib import Path

from articles.extraction.features import NAMES

_WEIGHTS = Path(__file__).with_name("vote.json")

Node = tuple[int, float, int, int]  # feature (-1: leaf), threshold or value, left, right


@lru_cache(maxsize=1)
def _load() -> tuple[float, list[list[Node]]]:
    """The base score and the trees; raises ValueError when the weights belong to other features."""
    stored = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
    if tuple(stored["names"]) != NAMES:
        raise ValueError("vote.json was trained on other features")
    return stored["base"], [[(n[0], n[1], n[2], n[3]) for n in tree] for tree in stored["trees"]]


def probabilities(rows: list[list[float]]) -> list[float]:
    """For each row of `features.describe` the probability that the block belongs to the article."""
    base, trees = _load()
    return [1 / (1 + math.exp(-(base + _sum(trees, row)))) for row in rows]


def _sum(trees: list[list[Node]], row: list[float]) -> float:
    """The values of the leaves that a row reaches, one in each tree."""
    total = 0.0
    for tree in trees:
        feature, value, left, right = tree[0]
        while feature >= 0:
            feature, value, left, right = tree[left if row[feature] <= value else right]
        total += value
    return total
