"""Scores of extraction against labeled pages: body, segments, title, date, authors, verdict."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from statistics import mean

_TOKEN = re.compile(r"\w+")
_SHINGLE = 4
_NEAR = 0.9  # similarity from which two titles count as nearly the same


@dataclass(frozen=True, slots=True)
class Rates:
    """Precision, recall and their harmonic mean, each 0..1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(text)
    count = max(1, len(tokens) - _SHINGLE + 1)
    return Counter(tuple(tokens[start : start + _SHINGLE]) for start in range(count) if tokens)


def body_overlap(truth: str, found: str) -> Rates:
    """Precision and recall of 4-word shingles of one page, as in scrapinghub's benchmark (`evaluate.py`)."""
    wanted, got = _shingles(truth), _shingles(found)
    hits = sum((wanted & got).values())
    if wanted == got:
        return Rates(1.0, 1.0)
    return Rates(
        hits / sum(got.values()) if got else 0.0,
        hits / sum(wanted.values()) if wanted else 0.0,
    )


def body_rates(pairs: Iterable[tuple[str, str]]) -> Rates:
    """Rates averaged over pages of (truth, found); pages without found text do not count for precision."""
    rows = [(body_overlap(truth, found), truth, found) for truth, found in pairs]
    return Rates(
        mean(rates.precision for rates, _, found in rows if _TOKEN.search(found)),
        mean(rates.recall for rates, truth, _ in rows if _TOKEN.search(truth)),
    )


def segment_rates(pages: Iterable[tuple[Sequence[str], Sequence[str], str]]) -> Rates:
    """Rates over all (strings wanted, strings unwanted, text found), as in trafilatura's own evaluation."""
    hits = wrong = wanted_total = 0
    for wanted, unwanted, found in pages:
        hits += sum(segment in found for segment in wanted)
        wrong += sum(segment in found for segment in unwanted)
        wanted_total += len(wanted)
    return Rates(hits / max(1, hits + wrong), hits / max(1, wanted_total))


def plain(text: str) -> str:
    """Lower-case letters and digits with single spaces: what two titles or names are compared by."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"\w+", folded))


def title_scores(pairs: Iterable[tuple[str, str]]) -> tuple[float, float]:
    """Shares of titles found exactly and nearly (similarity of at least 0.9, or exact), punctuation aside."""
    exact = near = total = 0
    for truth, found in pairs:
        wanted, got = plain(truth), plain(found)
        same = wanted == got
        exact += same
        near += same or SequenceMatcher(None, wanted, got).ratio() >= _NEAR
        total += 1
    return exact / max(1, total), near / max(1, total)


def author_key(names: Iterable[str]) -> frozenset[str]:
    """The set of names, order, case and punctuation aside."""
    return frozenset(key for name in names if (key := plain(name)))


def share(flags: Iterable[bool]) -> float:
    """Share of true values; 0 for none."""
    values = list(flags)
    return sum(values) / len(values) if values else 0.0


_AND = re.compile(r"\s*(?:;|,|/|\s&\s|\s(?:und|and|y|et)\s)\s*")
_BY = re.compile(r"^(?:von|by)\s+", re.IGNORECASE)


def labeled_authors(value: str | Sequence[str]) -> frozenset[str]:
    """The set of names behind a label: one string with separators, or a list."""
    if not isinstance(value, str):
        return author_key(value)
    return author_key(_AND.split(_BY.sub("", value.strip())))
