"""New articles from labelled ones: names replaced by others of their kind, the same way throughout an article."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

RawSpan = tuple[int, int, str, str]
Row = tuple[str, str, list[RawSpan]]

RATE = 0.5  # share of an article's entities that are replaced
PEOPLE = frozenset({"PERSON", "RESEARCHER"})
LISTED = {"COMPANY": "company", "PLACE": "place", "MALWARE": "malware", "THREAT": "threat"}
FROM_LIST = 0.5  # share of those taken from the lists; the rest come from other labelled articles
COUNTRY_KINDS = frozenset({"COUNTRY", "NATIONALITY"})
SWAPPED = PEOPLE | COUNTRY_KINDS | set(LISTED) | {"MEDIA", "ORG", "PRODUCT"}


class Replacer:
    """Draws replacements from names.txt and from the labelled articles themselves."""

    def __init__(self, rows: Sequence[Row], names: Path, dice: np.random.Generator) -> None:
        self._dice = dice
        self._lists: dict[str, list[str]] = defaultdict(list)
        for line in names.read_text(encoding="utf-8").splitlines():
            kinds, _, name = line.partition("\t")
            if "," not in kinds:
                self._lists[kinds].append(re.sub(r" ?([-'.’]) ?", r"\1", name))
        self._seen: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._countries: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for _, text, spans in rows:
            for start, end, label, canonical in spans:
                self._seen[label, text[start:end].count(" ")].append(text[start:end])
                if label in COUNTRY_KINDS:
                    self._countries[canonical][label].append(text[start:end])

    def _pick(self, options: Sequence[str]) -> str:
        return options[int(self._dice.integers(len(options)))]

    def _person(self, canonical: str) -> dict[str, str]:
        """A new word for each word of a person's name."""
        words = re.findall(r"[^\W\d_]{2,}", canonical.split("|", maxsplit=1)[0])
        first = {words[0]: self._pick(self._lists["first-name"])} if len(words) > 1 else {}
        return first | {word: self._pick(self._lists["last-name"]) for word in words[len(first) :]}

    def _renamer(self, label: str, canonical: str) -> Callable[[str], str]:
        if label in PEOPLE:
            table = self._person(canonical)
            return lambda surface: re.sub(r"[^\W\d_]{2,}", lambda m: table.get(m.group(), m.group()), surface)
        country = self._pick(sorted(self._countries))
        made: dict[str, str] = {}

        def other(surface: str) -> str:
            if surface not in made:
                made[surface] = self._pick(self._pool(label, surface, country))
            return made[surface]

        return other

    def _pool(self, label: str, surface: str, country: str) -> list[str]:
        if label in COUNTRY_KINDS:
            return self._countries[country][label] or [surface]
        kind = LISTED.get(label)
        if kind and self._dice.random() < FROM_LIST:
            return self._lists[kind]
        return self._seen[label, surface.count(" ")]

    def replace(self, row: Row) -> Row:
        """The article with about RATE of its entities renamed, and its spans where they are now."""
        key, text, spans = row
        renamers: dict[tuple[str, str], Callable[[str], str] | None] = {}
        parts: list[str] = []
        moved: list[RawSpan] = []
        position = length = 0
        for start, end, label, canonical in sorted(spans):
            entity = (_group(label), canonical)
            if entity not in renamers:
                chosen = label in SWAPPED and self._dice.random() < RATE
                renamers[entity] = self._renamer(label, canonical) if chosen else None
            rename = renamers[entity]
            surface = rename(text[start:end]) if rename else text[start:end]
            parts += [text[position:start], surface]
            length += start - position
            moved.append((length, length + len(surface), label, canonical))
            length += len(surface)
            position = end
        return key, "".join([*parts, text[position:]]), moved


def _group(label: str) -> str:
    return "COUNTRY" if label in COUNTRY_KINDS else label
