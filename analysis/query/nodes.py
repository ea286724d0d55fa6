"""What a query is made of, once understood."""

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Word:
    """One word, found in any of its forms."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word."""

    text: str


@dataclass(frozen=True, slots=True)
class FieldTerm:
    """`name:value`; the value is as typed, `at` and `end` are its place in the query."""

    name: str
    value: str
    at: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Exposure:
    """`exposure:company>country`: what touches the company through the country."""

    company: FieldTerm
    country: FieldTerm


@dataclass(frozen=True, slots=True)
class Dates:
    """A range of days, ISO dates, both ends included; `days` means the last so many days instead."""

    field: str  # "published" or "submitted"
    since: str = ""
    until: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    """Entity terms count only with a tag whose score stands so to `number` (0..1)."""

    operator: str
    number: float


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that does not meet the part."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """What meets every part."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Any_:
    """What meets at least one part."""

    parts: tuple["Node", ...]


Node: TypeAlias = Word | Phrase | Prefix | FieldTerm | Exposure | Dates | Score | Not | All | Any_


@dataclass(frozen=True, slots=True)
class Part:
    """One of the parts that must all be met, and where it stands in the query."""

    node: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """What was understood. `root` is None for an empty box."""

    text: str = ""
    root: Node | None = None
    parts: tuple[Part, ...] = ()

    @property
    def fields(self) -> tuple[FieldTerm, ...]:
        """Every field term, from left to right."""
        return tuple(node for node in walk(self.root) if isinstance(node, FieldTerm))

    @property
    def words(self) -> tuple[str, ...]:
        """The words and phrases that are wanted (not those excluded), for marking them in a text."""
        return tuple(wanted_words(self.root))

    @property
    def has_text(self) -> bool:
        """Whether anything is looked up in the texts."""
        return bool(self.words)

    def without(self, part: Part) -> str:
        """The query as typed, without this part."""
        return " ".join(f"{self.text[: part.start]} {self.text[part.end :]}".split())


def walk(node: Node | None) -> list[Node]:
    """The node and all below it, from left to right."""
    if node is None:
        return []
    if isinstance(node, Not):
        return [node, *walk(node.part)]
    if isinstance(node, Exposure):
        return [node, node.company, node.country]
    if isinstance(node, All | Any_):
        return [node, *(below for part in node.parts for below in walk(part))]
    return [node]


def wanted_words(node: Node | None) -> list[str]:
    """Words, phrases and beginnings outside of negations."""
    if isinstance(node, All | Any_):
        return [word for part in node.parts for word in wanted_words(part)]
    if isinstance(node, Word | Phrase | Prefix):
        return [node.text]
    if isinstance(node, FieldTerm) and node.name == "title":
        return [node.value]
    return []


def wanted_fields(node: Node | None) -> list[FieldTerm]:
    """Field terms outside of negations."""
    if isinstance(node, All | Any_):
        return [term for part in node.parts for term in wanted_fields(part)]
    return [one for one in walk(node) if isinstance(one, FieldTerm)] if not isinstance(node, Not) else []


def describe(node: Node) -> str:
    """One part in words, for its chip."""
    if isinstance(node, Not):
        return describe(node.part)
    if isinstance(node, Word):
        return node.text
    if isinstance(node, Phrase):
        return f"“{node.text}”"
    if isinstance(node, Prefix):
        return f"{node.text}…"
    if isinstance(node, All | Any_):
        return (" and " if isinstance(node, All) else " or ").join(map(_inside, node.parts))
    return _describe_field(node)


def _inside(node: Node) -> str:
    said = describe(node)
    said = f"({said})" if isinstance(node, All | Any_) else said
    return f"not {said}" if isinstance(node, Not) else said


def _describe_field(node: "FieldTerm | Exposure | Dates | Score") -> str:
    if isinstance(node, FieldTerm):
        return f"{node.name}: {node.value.replace('_', ' ') if node.name == 'state' else node.value}"
    if isinstance(node, Exposure):
        return f"{node.company.value} exposed to {node.country.value}"
    if isinstance(node, Score):
        return f"score {node.operator} {node.number:g}"
    if node.days:
        return f"{node.field} in the last {node.days} day{'' if node.days == 1 else 's'}"
    if node.since == node.until:
        return f"{node.field} {node.since}"
    return f"{node.field} {node.since or '…'} to {node.until or '…'}"
