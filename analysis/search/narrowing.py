"""Ticked facets and dates as conditions on articles."""

from datetime import UTC, date, timedelta
from functools import reduce
from typing import Any

from django.db.models import Q
from django.utils import timezone

from analysis.query import ENTITY_FIELDS, All, Any_, Dates, FieldTerm, Node
from analysis.search.compiling import COLUMNS, Names, from_name, midnight, status_condition
from analysis.search.filters import Filters
from articles.models import Source

# what an article names, however much it is about it
NAMED = set(ENTITY_FIELDS) - {"about", "implied"}
INDEXED = {"work_state", "language"}
MOST_VALUES = 50  # the index is read once for each


def facet_conditions(filters: Filters) -> Q:
    """The ticked facets and dates."""
    condition = Q()
    if filters.tags:
        condition &= Q(entity_ids__contains=list(filters.tags))
    if filters.not_tags:
        condition &= ~Q(entity_ids__overlap=list(filters.not_tags))
    if filters.not_sources:
        condition &= Q(source__isnull=True) | ~Q(source__in=filters.not_sources)
    if filters.not_kinds:
        condition &= Q(source__isnull=True) | ~Q(source__kind__in=filters.not_kinds)
    if filters.not_languages:
        condition &= ~Q(language__in=filters.not_languages)
    for status in filters.not_statuses:
        condition &= ~status_condition(status)
    choices = {
        "source__in": filters.sources,
        "source__kind__in": filters.kinds,
        "language__in": filters.languages,
    }
    condition &= Q(**{column: values for column, values in choices.items() if values})
    if filters.statuses:
        condition &= reduce(lambda one, other: one | other, map(status_condition, filters.statuses))
    return condition & date_conditions(filters)


def date_conditions(filters: Filters) -> Q:
    """Published and added between."""
    condition = Q()
    if filters.since:
        condition &= Q(dated_at__gte=midnight(filters.since))
    if filters.until:
        condition &= Q(
            dated_at__lte=midnight(filters.until).replace(hour=23, minute=59, second=59, microsecond=999999)
        )
    if filters.added_since:
        condition &= Q(submitted_at__gte=filters.added_since)
    return condition


def asked_days(filters: Filters) -> tuple[date | None, date | None]:
    """The first and the last day an article may be of, in UTC, by the filters and the query; None where all may."""
    dates = (part for part in must(filters) if isinstance(part, Dates))
    ranges = [(filters.since, filters.until), *map(days_of, dates)]
    first = max((since for since, _ in ranges if since), default=None)
    last = min((until for _, until in ranges if until), default=None)
    return first, last


def asked_groups(filters: Filters, names: Names) -> tuple[tuple[int, ...], ...]:
    """Groups of entities; of each an article names at least one, by the ticked facets and the query."""
    groups: list[tuple[int, ...]] = [(pk,) for pk in filters.tags]
    for part in must(filters):
        terms = part.parts if isinstance(part, Any_) else (part,)
        named = [term for term in terms if isinstance(term, FieldTerm) and term.name in NAMED]
        if len(named) == len(terms):
            groups.append(tuple(pk for term in named for pk in names.ids[term]))
    return tuple(filter(None, groups))


def asked_others(filters: Filters) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """Columns of the text's index with the values of which an article has one: state of work, language, source."""
    given: list[tuple[str, tuple[Any, ...]]] = []
    for part in must(filters):
        if isinstance(part, FieldTerm) and COLUMNS.get(part.name) in INDEXED:
            given.append((COLUMNS[part.name], (part.value,)))
        elif isinstance(part, FieldTerm) and part.name == "source":
            named = Source.objects.filter(from_name(part.value)).order_by()
            given.append(("source", tuple(named.values_list("pk", flat=True)[: MOST_VALUES + 1])))
    given += [("language", filters.languages), ("source", filters.sources)]
    found: dict[str, tuple[Any, ...]] = {}
    for column, values in given:
        if 0 < len(values) <= MOST_VALUES:
            found[column] = tuple(one for one in values if one in found.get(column, values))
    return tuple((column, values) for column, values in found.items() if values)


def must(filters: Filters) -> tuple[Node, ...]:
    """The parts of the query that all must be met."""
    root = filters.query.root
    return root.parts if isinstance(root, All) else () if root is None else (root,)


def days_of(node: Dates) -> tuple[date | None, date | None]:
    """The days of a date term, those of the day it was published."""
    if node.field != "published":
        return None, None
    if node.days:
        return (timezone.now() - timedelta(days=node.days)).astimezone(UTC).date(), None
    return read_day(node.since), read_day(node.until)


def read_day(day: str) -> date | None:
    """A day as the query has it."""
    return date.fromisoformat(day) if day else None
