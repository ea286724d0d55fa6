"""Typed findings → readable sentences, one paragraph per horizon; each sentence points at what it rests on.

Nothing is added: a sentence is put together from the finding's own values, those who share all of them are named
together, and what the text does not say is said to be not stated in the article.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.pipeline.types import Impact

NAMED = 6  # more names than this read like a list; the table below names them all
HORIZONS = (("short", "Short term"), ("long", "Long term"), ("unstated", "When is not stated"))
NOT_STATED = {
    "short": "Short-term consequences are not stated in the article.",
    "long": "Long-term consequences are not stated in the article.",
}
# What somebody faces (harm), gains (benefit), or in what respect they are affected (unclear).
EFFECTS = {
    "legal": ("legal consequences", "legal relief", "legally"),
    "financial": ("financial harm", "a financial gain", "financially"),
    "security": ("a security threat", "better security", "in security"),
    "reputation": ("harm to reputation", "a gain in reputation", "in reputation"),
    "operations": ("disrupted operations", "smoother operations", "in operations"),
    "diplomatic": ("diplomatic pressure", "diplomatic backing", "diplomatically"),
    "human": ("harm to people", "help for people", "in human terms"),
}
VERBS = {"harm": ("faces", "face", "may face"), "benefit": ("gains", "gain", "may gain")}
# Who vouches for it, when the text names somebody; and what stands before or after the verb when it names nobody.
SAID_BY = {
    "fact": "according to",
    "alleged": "alleged by",
    "predicted": "predicted by",
    "denied": "denied by",
}
WITHOUT = {"alleged": ("allegedly ", ""), "denied": ("", ", which is denied")}
PLURAL_GROUPS = ("s", "people", "men", "women", "children", "personnel", "police")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence; names are set apart so that a page can stress them."""

    text: str
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence and the numbers of the sentences it rests on; none when it says what is not stated."""

    parts: tuple[Part, ...]
    sentences: tuple[int, ...]

    @property
    def text(self) -> str:
        """The sentence as plain words."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What happens within one horizon."""

    horizon: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """One row of the table: who, and the values of all findings that agree."""

    entity: str  # key, "" when only a group is named
    name: str
    effect: str
    direction: str
    horizon: str
    certainty: str
    said_by: str
    sentences: tuple[int, ...]


def narrate(rows: Sequence[Affected]) -> tuple[Paragraph, ...]:
    """A paragraph per horizon; short and long term are named even when the text says nothing about them."""
    if not rows:
        return ()
    paragraphs = []
    for horizon, title in HORIZONS:
        lines = _lines([row for row in rows if row.horizon == horizon])
        if not lines and horizon in NOT_STATED:
            lines = (Line((Part(NOT_STATED[horizon]),), ()),)
        if lines:
            paragraphs.append(Paragraph(horizon, title, lines))
    return tuple(paragraphs)


def affected_rows(impacts: Sequence[Impact], names: Mapping[str, str]) -> tuple[Affected, ...]:
    """Findings as rows in the order of the text, equal ones joined; `names` maps keys of known entities."""
    found: dict[tuple[str, ...], Affected] = {}
    for impact in impacts:
        name = names.get(impact.affected) or impact.affected_text
        entity = impact.affected if impact.affected in names else ""
        values = (impact.effect, impact.direction, impact.horizon, impact.certainty, impact.said_by)
        key = (entity or name.casefold(), *values)
        before = found[key].sentences if key in found else ()
        found[key] = Affected(entity, name, *values, sentences=_with(before, impact.sentence))
    return tuple(found.values())


def _with(numbers: tuple[int, ...], number: int) -> tuple[int, ...]:
    return numbers if number in numbers else (*numbers, number)


def _lines(rows: Sequence[Affected]) -> tuple[Line, ...]:
    """Rows that agree in everything but who is affected become one sentence."""
    groups: dict[tuple[str, ...], list[Affected]] = {}
    for row in rows:
        groups.setdefault((row.effect, row.direction, row.certainty, row.said_by), []).append(row)
    return tuple(_line(group) for group in groups.values())


def _line(group: Sequence[Affected]) -> Line:
    first = group[0]
    names = list(dict.fromkeys(row.name for row in group))
    parts = [*_listed(names), Part(f" {_predicate(first, is_plural=_is_plural(group, names))}.")]
    numbers = tuple(dict.fromkeys(number for row in group for number in row.sentences))
    return Line(tuple(parts), numbers)


def _listed(names: Sequence[str]) -> list[Part]:
    """ "A", "A and B", "A, B and C", "A, B, … and 4 others"; the first letter is a capital."""
    shown = [name[:1].upper() + name[1:] if place == 0 else name for place, name in enumerate(names[:NAMED])]
    others = len(names) - len(shown)
    parts: list[Part] = []
    for place, name in enumerate(shown):
        is_last = place == len(shown) - 1 and not others
        parts += [Part(" and " if is_last else ", ")] if place else []
        parts.append(Part(name, is_name=True))
    return [*parts, Part(f" and {others} other{'s' if others > 1 else ''}")] if others else parts


def _is_plural(group: Sequence[Affected], names: Sequence[str]) -> bool:
    """Several names, or a group of people that no entity stands for."""
    return len(names) > 1 or (not group[0].entity and names[0].casefold().endswith(PLURAL_GROUPS))


def _predicate(row: Affected, *, is_plural: bool) -> str:
    """Verb, effect, and who says so."""
    before, after = ("", "") if row.said_by else WITHOUT.get(row.certainty, ("", ""))
    if row.said_by:
        after = f", {SAID_BY.get(row.certainty, SAID_BY['fact'])} {_inside(row.said_by)}"
    harm, benefit, respect = EFFECTS.get(row.effect, (row.effect, row.effect, row.effect))
    may_be = row.certainty == "predicted"
    if row.direction not in VERBS:
        verb = "may be" if may_be else "are" if is_plural else "is"
        return f"{verb} {before}affected {respect}{after}; whether for better or worse is not stated"
    one, many, possible = VERBS[row.direction]
    verb = possible if may_be else many if is_plural else one
    return f"{before}{verb} {harm if row.direction == 'harm' else benefit}{after}"


def _inside(speaker: str) -> str:
    """A speaker within a sentence: "The company" loses its capital, a name keeps it."""
    first, _, rest = speaker.partition(" ")
    return (
        f"{first.lower()} {rest}"
        if first in {"The", "A", "An", "Some", "Several", "Many"} and rest
        else speaker
    )
