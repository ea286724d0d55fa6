"""Finding a passage again by its exact words, in the text it was marked in or in a later one. No database in here."""

from dataclasses import dataclass

AROUND = 40  # code points kept on each side, to tell equal passages apart


@dataclass(frozen=True, slots=True)
class Passage:
    """A marked place: exact words, what stood around them, where they began. Offsets are code points."""

    quote: str
    before: str
    after: str
    start: int


def passage_at(text: str, start: int, end: int) -> Passage:
    """The passage between two offsets, with its surroundings."""
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return Passage(text[start:end], before, after, start)


def find_passage(passage: Passage, text: str) -> tuple[int, int] | None:
    """Where the passage stands in a text; None when its words do not occur.

    Of several places that with the most of the old surroundings is taken, then the nearest to the old one.
    """
    places = []
    at = text.find(passage.quote) if passage.quote else -1
    while at >= 0:
        places.append(at)
        at = text.find(passage.quote, at + 1)
    if not places:
        return None
    best = max(places, key=lambda place: (_kept(passage, text, place), -abs(place - passage.start)))
    return best, best + len(passage.quote)


def _kept(passage: Passage, text: str, at: int) -> int:
    """How many code points around a place are those that stood around the passage."""
    end = at + len(passage.quote)
    before = text[max(0, at - AROUND) : at]
    return _same(passage.before[::-1], before[::-1]) + _same(passage.after, text[end : end + AROUND])


def _same(one: str, other: str) -> int:
    """The length of the common beginning."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
