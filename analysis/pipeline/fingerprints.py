"""Is this almost the same text as another? Shingles, MinHash bands to find candidates, exact overlap to decide.

Bands of two rows find nearly every pair whose 3-word shingles overlap by 0.3 or more (1 - (1 - 0.3²)^64 = 99.8 %)
and one unrelated pair in several hundred; the decision is then made on the exact shingle sets, so that a banding
accident never becomes a duplicate. The usual MinHash threshold of 0.8 misses most real edits (docs/quality.md).
"""

import difflib
import hashlib
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHINGLE = 3
ROWS, BANDS = 2, 64
# A copy shares half of all shingles, or the shorter text lies to 60 % inside the longer (a cut, a paywall).
MIN_JACCARD = 0.5
MIN_CONTAINMENT = 0.6
MIN_SHARED = 20  # shingles: below that, stock phrases (of a newsletter, say) look like a copy
WORD = re.compile(r"[^\W_]+")
UNSPACED = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]"
)  # scripts without spaces: shingles of characters

_random = np.random.default_rng(20260101)
# Multiply-shift hashing (Dietzfelbinger 1997): odd 64-bit factors that wrap around, of which the high half is kept.
_FACTOR = _random.integers(0, 1 << 63, size=ROWS * BANDS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_OFFSET = _random.integers(0, 1 << 63, size=ROWS * BANDS, dtype=np.uint64)
_HIGH_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much two texts share: Jaccard of all shingles, and the share of the shorter one found in the longer."""

    jaccard: float
    containment: float
    shared: int

    @property
    def is_copy(self) -> bool:
        """Whether the two are one text, edited or cut."""
        return self.shared >= MIN_SHARED and (
            self.jaccard >= MIN_JACCARD or self.containment >= MIN_CONTAINMENT
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two texts: what the first has and what the second has in its place."""

    before: str
    after: str


def make_shingles(text: str) -> frozenset[int]:
    """32-bit hashes of every three words in a row (three characters where a script has no spaces)."""
    words = _words(text)
    return frozenset(
        int.from_bytes(
            hashlib.blake2b(" ".join(words[at : at + SHINGLE]).encode(), digest_size=4).digest(), "big"
        )
        for at in range(max(0, len(words) - SHINGLE + 1))
    )


def make_bands(shingles: frozenset[int]) -> list[int]:
    """64 signed 32-bit integers; two texts that share one are worth comparing. Empty for texts too short."""
    if len(shingles) < MIN_SHARED:
        return []
    values = np.fromiter(shingles, dtype=np.uint64, count=len(shingles))
    lowest = ((values[:, None] * _FACTOR + _OFFSET) >> _HIGH_HALF).min(axis=0)
    return _band_hashes(lowest.reshape(BANDS, ROWS))


def _band_hashes(rows: NDArray[np.uint64]) -> list[int]:
    return [
        int.from_bytes(
            hashlib.blake2b(bytes([band]) + row.tobytes(), digest_size=4).digest(), "big", signed=True
        )
        for band, row in enumerate(rows)
    ]


def compare(left: frozenset[int], right: frozenset[int]) -> Overlap:
    """Exact overlap of two shingle sets."""
    shared = len(left & right)
    shorter = min(len(left), len(right))
    either = len(left) + len(right) - shared
    return Overlap(shared / either if either else 0.0, shared / shorter if shorter else 0.0, shared)


def find_changes(before: str, after: str) -> list[Change]:
    """Paragraphs or sentences that differ, in order; unchanged ones are left out."""
    left, right = _pieces(before), _pieces(after)
    matcher = difflib.SequenceMatcher(a=left, b=right, autojunk=False)
    return [
        Change(" ".join(left[a:b]), " ".join(right[c:d]))
        for verb, a, b, c, d in matcher.get_opcodes()
        if verb != "equal"
    ]


def _pieces(text: str) -> list[str]:
    return [" ".join(piece.split()) for piece in re.split(r"\n+|(?<=[.!?。！？])\s+", text) if piece.strip()]


def _words(text: str) -> list[str]:
    folded = text.casefold()
    if len(UNSPACED.findall(folded)) > len(folded) / 4:
        return [character for character in folded if character.isalnum()]
    return WORD.findall(folded)
