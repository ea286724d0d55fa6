"""Precision, recall and F1 of an article's tags against labels of whole articles.

The rules are those of the project's scorer of tags: a predicted company or researcher meets a labeled one when they
share a surface (case folded, quotes and a possessive 's trimmed), for researchers also when a surname ends the full
name. Two predictions for one labeled thing count once, the second as wrong: a split identity. What meets only an
optional label counts neither for nor against.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from evaluation.spans import Score

KINDS = ("countries", "companies", "researchers")

Article = Mapping[str, Any]
Item = Mapping[str, Any]


def score_articles(pairs: Iterable[tuple[Article, Article]]) -> dict[str, Score]:
    """A score per kind over pairs of (labels, prediction), each as in the gold files and `analyze_texts`."""
    totals = dict.fromkeys(KINDS, Score(0, 0, 0))
    for wanted, found in pairs:
        for kind in KINDS:
            totals[kind] = _add(totals[kind], score_article(wanted, found, kind))
    return totals


def score_article(wanted: Article, found: Article, kind: str) -> Score:
    """One article's counts for one of KINDS."""
    optional = wanted.get(f"{kind}_optional", [])
    if kind == "countries":
        return _score_codes(set(wanted[kind]), set(optional), set(found.get(kind, [])))
    return _score_items(wanted[kind], optional, found.get(kind, []), by_surname=kind == "researchers")


def article_labels(identifier: str, text: str, spans: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Span labels [start, end, label, canonical] → labels of the whole article, for sets that have only spans."""
    labels = [(text[start:end], label, canonical) for start, end, label, canonical in spans]
    named = {canonical for _, label, canonical in labels if label in ("COUNTRY", "NATIONALITY")}
    return {
        "id": identifier,
        "countries": sorted(code for code in named if len(code) == 2),
        "countries_optional": sorted(
            {canonical for _, label, canonical in labels if label in ("GOV", "PLACE")}
        ),
        "companies": _group(labels, ("COMPANY",), " < "),
        "companies_optional": _group(labels, ("MEDIA", "PRODUCT", "IGO", "OTHER"), " < "),
        "researchers": _group(labels, ("RESEARCHER",), " | "),
    }


def is_same(left: Item, right: Item, *, by_surname: bool) -> bool:
    """Do two items share a surface, or (researchers) a surname and a full name?"""
    ours, theirs = _forms(left), _forms(right)
    if ours & theirs:
        return True
    return by_surname and any(
        _is_surname(one, two) or _is_surname(two, one) for one in ours for two in theirs
    )


def _group(
    labels: Iterable[tuple[str, str, str]], wanted: tuple[str, ...], mark: str
) -> list[dict[str, Any]]:
    groups: dict[str, list[str]] = {}
    for surface, label, canonical in labels:
        if label in wanted:
            groups.setdefault(canonical.split(mark)[0].strip() or surface, []).append(surface)
    return [{"name": name, "surfaces": sorted(set(surfaces))} for name, surfaces in groups.items()]


def _add(left: Score, right: Score) -> Score:
    return Score(left.right + right.right, left.wrong + right.wrong, left.missed + right.missed)


def _score_codes(wanted: set[str], optional: set[str], found: set[str]) -> Score:
    return Score(len(wanted & found), len(found - wanted - optional), len(wanted - found))


def _score_items(
    wanted: Sequence[Item], optional: Sequence[Item], found: Sequence[Item], *, by_surname: bool
) -> Score:
    used: set[int] = set()
    wrong = 0
    for item in found:
        hits = [number for number, gold in enumerate(wanted) if is_same(item, gold, by_surname=by_surname)]
        fresh = [number for number in hits if number not in used]
        if fresh:
            used.add(fresh[0])
        elif hits or not any(is_same(item, other, by_surname=by_surname) for other in optional):
            wrong += 1
    return Score(len(used), wrong, len(wanted) - len(used))


def _forms(item: Item) -> set[str]:
    return {_fold(form) for form in [item.get("name", ""), *item.get("surfaces", [])] if form}


def _fold(surface: str) -> str:
    trimmed = re.sub(r"[’']s$", "", surface.strip().strip("\"'“”‘’().,[]"))
    return re.sub(r"\s+", " ", trimmed).casefold()


def _is_surname(short: str, full: str) -> bool:
    return len(short) > 3 and full.endswith(f" {short}")
