"""The labeled events as profiles: BASIL and NeuS, alone and among articles of no event."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from analysis.pipeline.profiles import Profile, describe

EPOCH = date(2000, 1, 1)


def load_basil(folder: Path) -> tuple[list[Profile], dict[int, str]]:
    """150 whole articles of 50 events."""
    return _describe(_lines(folder / "basil" / "articles.jsonl.gz"), start=0)


def load_neus(folder: Path) -> tuple[list[Profile], dict[int, str]]:
    """The openings of three articles for each of 307 events."""
    rows = [
        {**article, "event_id": event["event_id"]}
        for event in _lines(folder / "neus" / "val.jsonl.gz")
        for article in event["articles"]
    ]
    return _describe(rows, start=0)


def load_others(path: Path, number: int, *, without: Sequence[str], start: int) -> list[Profile]:
    """Articles of a corpus that carry no label, but those whose titles are labeled elsewhere."""
    known = {title.casefold().strip() for title in without}
    rows = [row for row in _lines(path) if row["title"].casefold().strip() not in known]
    return _describe(rows[:number], start=start)[0]


def titles(folder: Path) -> list[str]:
    """Every labeled title."""
    basil = [row["title"] for row in _lines(folder / "basil" / "articles.jsonl.gz")]
    return basil + [
        article["title"]
        for event in _lines(folder / "neus" / "val.jsonl.gz")
        for article in event["articles"]
    ]


def _describe(rows: Any, *, start: int) -> tuple[list[Profile], dict[int, str]]:
    found: list[Profile] = []
    events: dict[int, str] = {}
    for number, row in enumerate(rows, start):
        found.append(
            describe(number, row["title"] or "", row["text"], day=_day(row["date"] or ""), language="en")
        )
        events[number] = row.get("event_id", "")
    return found, events


def _day(printed: str) -> float | None:
    """Noon of the day, counted from 2000; None for dates in another form."""
    try:
        return (date.fromisoformat(printed[:10]) - EPOCH).days + 0.5
    except ValueError:
        return None


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
