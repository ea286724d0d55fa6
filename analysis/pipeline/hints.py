"""Hints for the recognizer: which words of a text match lists of known names, whatever they mean there."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np

from analysis.pipeline.wordpieces import Features, Word

KINDS = ("country", "nationality", "place", "company", "first-name", "last-name", "threat", "malware")
COLUMNS = tuple(f"{kind}-{part}" for kind in KINDS for part in ("begin", "inside"))
SHORTEST_SHOUT = 4  # letters from which a word in capitals is looked up in title case


class Hints:
    """Names by kind, looked up longest first; a match is a hint and never a decision."""

    def __init__(self, names: dict[str, tuple[int, ...]]) -> None:
        """`names`: words joined by single spaces → numbers of KINDS."""
        self._names = names
        self._longest: dict[str, int] = {}
        for name in names:
            words = name.split(" ")
            self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read names.txt: kinds with commas between, a tab, the name's words with spaces between."""
        names: dict[str, tuple[int, ...]] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            kinds, _, name = line.partition("\t")
            names[name] = tuple(KINDS.index(kind) for kind in kinds.split(","))
        return cls(names)

    def mark(self, words: Sequence[Word]) -> Features:
        """One row of 0/1 a word, columns as in COLUMNS."""
        table = np.zeros((len(words), len(COLUMNS)), dtype=np.float32)
        forms = [_unshouted(word.text) for word in words]
        free = [0] * len(KINDS)  # per kind: the first word that no match covers yet
        for at, form in enumerate(forms):
            for size in range(self._longest.get(form, 0), 0, -1):
                for kind in self._names.get(" ".join(forms[at : at + size]), ()):
                    if free[kind] <= at:
                        free[kind] = at + size
                        table[at, 2 * kind] = 1
                        table[at + 1 : at + size, 2 * kind + 1] = 1
        return table


def _unshouted(text: str) -> str:
    """A long word in capitals as a title: headlines and datelines shout ("MOSCOW"). One form of apostrophe."""
    if text == "’":
        return "'"
    return text.title() if len(text) >= SHORTEST_SHOUT and text.isupper() and text.isalpha() else text
