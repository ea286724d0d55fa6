"""Ticked facets and dates as conditions on articles."""

from functools import reduce

from django.db.models import Q

from analysis.search.compiling import midnight, status_condition
from analysis.search.filters import Filters


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
