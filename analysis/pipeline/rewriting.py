"""A field of the brief as lines an analyst can edit: one sentence a line, its evidence in brackets at the end.

    The rules take effect in November. [3 5]

Numbers are those of the article's sentences. A line without any is the analyst's own words.
"""

import re
from collections.abc import Sequence

from analysis.pipeline.types import Point

EVIDENCE = re.compile(r"\s*\[([\d\s,;]+)\]\s*$")
MOST_LINES = 40
LONGEST_LINE = 1000  # code points


class LineError(ValueError):
    """A line cannot be taken; the message says which and why."""


def to_lines(points: Sequence[Point]) -> str:
    """Points as text for a form."""
    return "\n".join(
        f"{' '.join(point.text.split())} [{' '.join(map(str, point.sentences))}]"
        if point.sentences
        else " ".join(point.text.split())
        for point in points
    )


def to_points(text: str, sentences: int) -> tuple[Point, ...]:
    """The lines of a form as points; raises LineError for a sentence the article does not have (it has `sentences`)."""
    lines = [line for line in text.replace("\x00", "").splitlines() if line.strip()]
    if not lines:
        raise LineError("Write at least one sentence, or undo the edit to see the original again.")
    if len(lines) > MOST_LINES:
        raise LineError(f"{len(lines)} lines were given; at most {MOST_LINES} are taken.")
    return tuple(_point(line, number, sentences) for number, line in enumerate(lines, 1))


def _point(line: str, number: int, sentences: int) -> Point:
    found = EVIDENCE.search(line)
    words = " ".join((line[: found.start()] if found else line).split())
    if not words or len(words) > LONGEST_LINE:
        raise LineError(f"Line {number} needs words, at most {LONGEST_LINE:,} characters.")
    numbers = tuple(dict.fromkeys(int(one[:6]) for one in re.findall(r"\d+", found[1]))) if found else ()
    for one in numbers:
        if one >= sentences:
            raise LineError(f"Line {number} names sentence {one}, which this text does not have.")
    return Point(words, numbers)
