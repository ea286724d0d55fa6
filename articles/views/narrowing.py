"""What narrows the list: the lines of the facets and the chips, each with the address behind its click."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict

from analysis.forms import replaced, with_values, without_value
from analysis.models import Entity
from analysis.query import FieldTerm, Not, Part, describe
from analysis.search import Count, Facets, Filters, Found
from analysis.search.facets import ENTITY_FACETS
from articles.models import Source

STATUS_LABELS = {
    "ready": "Ready",
    "review": "Needs a look",
    "failed": "Failed",
    "working": "In work",
    "withdrawn": "Withdrawn",
    "queued": "Queued",
}
KIND_LABELS = {str(key): str(name) for key, name in Source.SourceKind.choices}
# title, name of the parameter, name of the facet, name of the parameter that excludes
PLAIN_FACETS = (
    ("Source", "source", "source", "no_source"),
    ("Published", "month", "month", ""),
    ("Status", "status", "status", "no_status"),
    ("Kind of source", "kind", "kind", "no_kind"),
    ("Language", "lang", "language", "no_lang"),
)
SHOWN = 12  # lines of a facet; the others are found by typing


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a facet with the addresses behind its clicks."""

    count: Count
    label: str
    is_on: bool
    href: str
    out: str = ""


@dataclass(frozen=True, slots=True)
class Here:
    """The address the reader is at, and what the lines of the facets, a hundred of them, add to it."""

    params: QueryDict
    start: str
    any_day: str

    @classmethod
    def of(cls, params: QueryDict) -> Here:
        """Of the parameters of a request."""
        return cls(params, replaced(params), replaced(params, since="", until=""))

    def line(self, count: Count, label: str, name: str, out: str) -> Line:
        """A line whose click asks for its value, or no longer does; `out` is the parameter that excludes it."""
        if count.value in self.params.getlist(name):
            return Line(count, label, True, without_value(self.params, name, count.value))
        without = with_values(self.start, **{out: count.value}) if out else ""
        return Line(count, label, False, with_values(self.start, **{name: count.value}), without)


@dataclass(frozen=True, slots=True)
class Group:
    """A facet; `can_narrow` when it may hold more than it shows."""

    title: str
    lines: list[Line]
    can_narrow: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that narrows the list, and the address without it."""

    label: str
    href: str
    kind: str = ""
    is_not: bool = False


def facet_groups(params: QueryDict, facets: Facets) -> list[Group]:
    """Every facet that has lines."""
    groups, here = [], Here.of(params)
    for title in ENTITY_FACETS:
        counts = facets.groups.get(title, ())
        groups.append(Group(title, [entity_line(here, one) for one in counts], len(counts) >= SHOWN))
    for title, name, facet, out in PLAIN_FACETS:
        counts = facets.groups.get(facet, ())
        lines = [plain_line(here, one, name, out) for one in counts[:SHOWN]]
        groups.append(Group(title, lines, title == "Source" and len(counts) >= SHOWN))
    return [group for group in groups if group.lines]


def narrowed_lines(params: QueryDict, title: str, counts: tuple[Count, ...]) -> list[Line]:
    """The lines of one facet that was typed into."""
    here = Here.of(params)
    if title == "Source":
        return [plain_line(here, one, "source", "no_source") for one in counts]
    return [entity_line(here, one) for one in counts]


def entity_line(here: Here, count: Count) -> Line:
    """An entity that can be asked for or left out."""
    return here.line(count, count.label, "tag", "no_tag")


def plain_line(here: Here, count: Count, name: str, out: str) -> Line:
    """A source, month, status, kind or language."""
    if name == "month":
        return month_line(here, count)
    label = STATUS_LABELS.get(count.value, count.label) if name == "status" else count.label
    if name == "kind":
        label = KIND_LABELS.get(count.value, count.value)
    return here.line(count, label, name, out)


def month_line(here: Here, count: Count) -> Line:
    """A month is a range of days."""
    year, month = int(count.value[:4]), int(count.value[5:])
    following = f"{year + month // 12}-{month % 12 + 1:02d}-01"
    since = f"{count.value}-01"
    last = days_before(following)
    is_on = here.params.get("since") == since and here.params.get("until") == last
    href = here.any_day if is_on else with_values(here.any_day, since=since, until=last)
    return Line(count, count.value, is_on, href)


def days_before(day: str) -> str:
    """The day before an ISO day."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def query_chips(params: QueryDict, found: Found) -> list[Chip]:
    """What was understood of the search box, part by part; none when it is a single word that needs no explaining."""
    query = found.filters.query
    return [
        Chip(
            part_label(found, part),
            replaced(params, q=query.without(part)),
            part_kind(part),
            isinstance(part.node, Not),
        )
        for part in query.parts
    ]


def part_label(found: Found, part: Part) -> str:
    """The part in words; a code or other name is followed by the name it was understood as."""
    said = describe(part.node)
    node = part.node.part if isinstance(part.node, Not) else part.node
    if not isinstance(node, FieldTerm):
        return said
    names = found.understood.get(node, "")
    return f"{said} ({names})" if names and names.casefold() != node.value.casefold() else said


def part_kind(part: Part) -> str:
    """The kind of entity it names, for the color."""
    node = part.node.part if isinstance(part.node, Not) else part.node
    known = {"country", "company", "researcher", "person", "place", "threat", "product"}
    return node.name if isinstance(node, FieldTerm) and node.name in known else ""


def active_chips(params: QueryDict, filters: Filters, facets: Facets) -> list[Chip]:
    """The ticked facets and dates, each with the way back."""
    labels = labels_of(filters, facets)
    chips = []
    for name, ids in (
        ("tag", filters.tags),
        ("no_tag", filters.not_tags),
        ("source", filters.sources),
        ("no_source", filters.not_sources),
    ):
        table = "source" if name.endswith("source") else "tag"
        for row_id in ids:
            kind, label = labels.get((table, str(row_id)), ("", f"Unknown ({row_id})"))
            chips.append(Chip(label, without_value(params, name, str(row_id)), kind, name.startswith("no_")))
    return chips + word_chips(params, filters)


def labels_of(filters: Filters, facets: Facets) -> dict[tuple[str, str], tuple[str, str]]:
    """Kind and name of the ticked entities and sources; mostly the counts know them already."""
    known = {
        ("source" if title == "source" else "tag", one.value): (
            one.kind if title != "source" else "",
            one.label,
        )
        for title, counts in facets.groups.items()
        if title in ENTITY_FACETS or title == "source"
        for one in counts
    }
    tags = [pk for pk in (*filters.tags, *filters.not_tags) if ("tag", str(pk)) not in known]
    sources = [pk for pk in (*filters.sources, *filters.not_sources) if ("source", str(pk)) not in known]
    if tags:
        for entity in Entity.objects.filter(pk__in=tags):
            known["tag", str(entity.pk)] = (entity.kind, entity.name)
    if sources:
        for source in Source.objects.filter(pk__in=sources):
            known["source", str(source.pk)] = ("", source.name)
    return known


def word_chips(params: QueryDict, filters: Filters) -> list[Chip]:
    """Statuses, kinds, languages and dates."""
    chips = []
    for name, values, labels in (
        ("status", (filters.statuses, filters.not_statuses), STATUS_LABELS),
        ("kind", (filters.kinds, filters.not_kinds), KIND_LABELS),
        ("lang", (filters.languages, filters.not_languages), {}),
    ):
        for prefix, given in zip(("", "no_"), values, strict=True):
            chips += [
                Chip(
                    labels.get(one, f"Language {one}" if name == "lang" else one),
                    without_value(params, prefix + name, one),
                    is_not=bool(prefix),
                )
                for one in given
            ]
    if filters.since or filters.until:
        days = f"{filters.since or '…'} to {filters.until or '…'}"
        chips.append(Chip(f"Published {days}", replaced(params, since="", until="")))
    if filters.added_since:
        chips.append(Chip(f"Added since {filters.added_since:%Y-%m-%d %H:%M}", replaced(params, added="")))
    return chips
