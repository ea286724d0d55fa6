"""String + Lexicon → known names: the longest match at each place, with attention to case."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.pipeline.readable import smooth
from analysis.pipeline.types import Alias, Lexicon

_PIECE = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Known:
    """A place in the string whose words are aliases of one or more entities."""

    start: int
    end: int
    aliases: tuple[Alias, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """The aliases of one lexicon by their word pieces, and the longest entry that begins with each piece."""

    aliases: Mapping[str, tuple[Alias, ...]]
    longest: Mapping[str, int]


_indexes: dict[int, tuple[Lexicon, Index]] = {}


def index_of(lexicon: Lexicon) -> Index:
    """The index of a lexicon, built once while the lexicon lives in this process (the last two are kept)."""
    held = _indexes.get(id(lexicon))
    if held is None or held[0] is not lexicon:
        while len(_indexes) > 1:
            del _indexes[next(iter(_indexes))]
        held = _indexes[id(lexicon)] = (lexicon, _build(lexicon))
    return held[1]


def _build(lexicon: Lexicon) -> Index:
    aliases: dict[str, tuple[Alias, ...]] = {}
    longest: dict[str, int] = {}
    for group in lexicon.aliases.values():
        for alias in group:
            pieces = _PIECE.findall(smooth(alias.surface).casefold())
            if len(pieces) > 1 and pieces[0] == "the" and alias.entity.startswith("country:"):
                pieces = pieces[1:]  # "the Republic of the Congo" is also met without its article
            if pieces:
                key = " ".join(pieces)
                aliases[key] = (*aliases.get(key, ()), alias)
                longest[pieces[0]] = max(longest.get(pieces[0], 0), len(pieces))
    return Index(aliases, longest)


def find_known(string: str, lexicon: Lexicon) -> Iterator[Known]:
    """Longest match first, left to right; a match that fails on case gives way to a shorter one."""
    index = index_of(lexicon)
    pieces = [(found.start(), found.end(), found.group().casefold()) for found in _PIECE.finditer(string)]
    at = 0
    while at < len(pieces):
        known, width = _match_at(string, pieces, at, index)
        if known is not None:
            yield known
        at += width


def _match_at(
    string: str, pieces: list[tuple[int, int, str]], at: int, index: Index
) -> tuple[Known | None, int]:
    start, _, first = pieces[at]
    for width in range(min(index.longest.get(first, 0), len(pieces) - at), 0, -1):
        key = " ".join(piece for _, _, piece in pieces[at : at + width])
        if key in index.aliases:
            end = pieces[at + width - 1][1]
            fitting = _fitting(string[start:end], index.aliases[key])
            if fitting:
                return Known(start, end, fitting), width
    return None, 1


def look_up(surface: str, lexicon: Lexicon) -> tuple[Alias, ...]:
    """All aliases with exactly these words, case permitting."""
    plain = smooth(surface)
    key = " ".join(_PIECE.findall(plain.casefold()))
    return _fitting(plain, index_of(lexicon).aliases.get(key, ()))


def _fitting(written: str, aliases: tuple[Alias, ...]) -> tuple[Alias, ...]:
    return tuple(alias for alias in aliases if is_written_like(written, alias))


def is_written_like(written: str, alias: Alias) -> bool:
    """Does the case in the text allow this alias? A name in small letters is a word ("apple", "turkey", "us")."""
    surface = smooth(alias.surface)
    if written == surface:
        return True
    if alias.is_case_sensitive:
        return False
    capitals = [word for word in _PIECE.findall(written) if word[0].isupper()]
    wanted = [word for word in _PIECE.findall(surface) if word[0].isupper()]
    return bool(capitals) and len(capitals) >= len(wanted) and not written[0].islower()
