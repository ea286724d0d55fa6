"""ROUGE: how many words, word pairs and word sequences of a reference a summary has (Lin 2004), F1 without stemming."""

import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """Words in lower case, without marks."""
    return _WORD.findall(text.lower())


def rouge_n(summary: str, reference: str, size: int) -> float:
    """F1 of the runs of `size` words that both have, each counted as often as it stands in both."""
    ours, theirs = (_runs(words_of(text), size) for text in (summary, reference))
    return _f1(sum((ours & theirs).values()), sum(ours.values()), sum(theirs.values()))


def rouge_l(summary: str, reference: str) -> float:
    """F1 of the longest common subsequence of words."""
    ours, theirs = words_of(summary), words_of(reference)
    return _f1(_longest(ours, theirs), len(ours), len(theirs))


def _runs(words: Sequence[str], size: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[at:] for at in range(size)), strict=False))


def _longest(ours: Sequence[str], theirs: Sequence[str]) -> int:
    row = [0] * (len(theirs) + 1)
    for word in ours:
        before = 0
        for at, other in enumerate(theirs, start=1):
            kept = row[at]
            row[at] = before + 1 if word == other else max(row[at], row[at - 1])
            before = kept
    return row[-1]


def _f1(shared: int, ours: int, theirs: int) -> float:
    return 2 * shared / (ours + theirs) if shared else 0.0
