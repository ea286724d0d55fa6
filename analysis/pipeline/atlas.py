"""Where countries lie and how they are drawn: `data/world.json`, 1000 units wide, in the Equal Earth projection."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORLD = Path(__file__).parent / "data" / "world.json"


@dataclass(frozen=True, slots=True)
class Place:
    """One country or territory: region in words, middle, and where it is drawn the box of its largest part."""

    region: str
    at: tuple[int, int] | None  # None: Antarctica
    box: tuple[int, int, int, int] | None = None  # left, top, right, bottom
    path: str = ""  # of an SVG path, "" for what is too small to be drawn


@dataclass(frozen=True, slots=True)
class Atlas:
    """All places by ISO 3166-1 alpha-2 code."""

    width: int
    height: int
    places: Mapping[str, Place]


def _pair(numbers: list[int]) -> tuple[int, int]:
    x, y = numbers
    return x, y


@cache
def load_atlas() -> Atlas:
    """The table, read once per process."""
    found = json.loads(WORLD.read_text(encoding="utf-8"))
    places = {
        code: Place(
            region=row["region"],
            at=_pair(row["at"]) if "at" in row else None,
            box=(*_pair(row["box"][:2]), *_pair(row["box"][2:])) if "box" in row else None,
            path=row.get("path", ""),
        )
        for code, row in found["places"].items()
    }
    return Atlas(found["width"], found["height"], places)
