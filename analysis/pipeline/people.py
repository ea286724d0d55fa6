"""Spans of persons → one group per person: full names, titles, surnames alone, initials."""

import re
from dataclasses import dataclass, field

from analysis.pipeline.identity import bare_words, slug
from analysis.pipeline.types import Kind, Parsed, Span

_TITLES = frozenset(
    "mr mrs ms miss mx sir dame lord lady dr prof professor president prime minister king queen prince princess "
    "pope father rev reverend gen general lt col colonel maj major capt captain sgt sen senator rep governor "
    "gov justice judge chief secretary chancellor ambassador imam sheikh sheik ayatollah mayor the".split()
)
_SUFFIXES = frozenset("jr sr ii iii iv phd md esq obe mbe".split())


@dataclass(slots=True)
class Group:
    """All spans of one article that name the same thing."""

    spans: list[Span]
    words: tuple[str, ...]  # of the fullest form, case folded, without titles
    name: str
    ambiguous: set[int] = field(default_factory=set)  # starts of spans that could mean another group too
    rivals: dict[int, list[str]] = field(default_factory=dict)

    def key(self, prefix: str) -> str:
        """Deterministic identity from the fullest name in the article."""
        return f"{prefix}:x-{slug(' '.join(self.words))}"


def name_words(written: str) -> tuple[str, ...]:
    """The words that make the name: no titles, no generation marks, no initials' dots."""
    words = [word for word in bare_words(written) if word not in _SUFFIXES]
    while len(words) > 1 and words[0] in _TITLES:
        words.pop(0)
    return tuple(words)


def group_people(parsed: Parsed, spans: list[Span]) -> list[Group]:
    """Join the mentions of each person; a part of a name joins the full name that fits best."""
    people = [span for span in spans if span.kind in (Kind.PERSON, Kind.RESEARCHER)]
    ordered = sorted(people, key=lambda span: (-len(name_words(_written(parsed, span))), span.start))
    groups: list[Group] = []
    for span in ordered:
        words = name_words(_written(parsed, span))
        homes = [group for group in groups if is_same_person(words, group.words)]
        if homes:
            best = _nearest(homes, span)
            best.spans.append(span)
            if len({home.words for home in homes}) > 1:
                best.ambiguous.add(span.start)
                best.rivals[span.start] = [home.key("person") for home in homes if home is not best]
        elif words:
            groups.append(Group([span], words, _display(parsed, span)))
    for group in groups:
        group.spans.sort(key=lambda span: span.start)
    return sorted(groups, key=lambda group: group.spans[0].start)


def is_same_person(part: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """May `part` name the person called `full`? Equal, a run of its words, or first and last name agree."""
    if not part or part == full:
        return bool(part)
    if len(part) > len(full):
        return False
    if len(part) == 1:
        # A single initial is no name; "al", "bin" are parts of names, not names.
        return part[0] in (full[0], full[-1]) and len(part[0]) > 2
    if any(full[at : at + len(part)] == part for at in range(len(full) - len(part) + 1)):
        return True
    return part[-1] == full[-1] and _same_first(part[0], full[0])


def _same_first(left: str, right: str) -> bool:
    if left == right:
        return True
    short, long = sorted((left, right), key=len)
    return len(short) <= 1 and long.startswith(short)


def _nearest(homes: list[Group], span: Span) -> Group:
    """The person named in full most recently before; else the first named after. Surname beats first name."""

    def distance(group: Group) -> tuple[bool, int]:
        starts = [other.start for other in group.spans]
        before = [span.start - start for start in starts if start <= span.start]
        return (not before, min(before, default=min(starts)))

    return min(homes, key=distance)


def _written(parsed: Parsed, span: Span) -> str:
    return parsed.string[span.start : span.end]


_TITLE_WORD = re.compile(r"^(\w+)\.?\s+")


def _display(parsed: Parsed, span: Span) -> str:
    """The name as printed, without title, spaces collapsed."""
    name = re.sub(r"\s+", " ", parsed.surface(span.start, span.end)).strip("\"'“”‘’.,;: ")
    while (title := _TITLE_WORD.match(name)) and title[1].lower() in _TITLES:
        name = name[title.end() :]
    return name
