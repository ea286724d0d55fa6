"""What the articles say, over all of them: who is affected, who says what, who is tied to whom."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analysis.forms import FindingFilterForm, RelationFilterForm, StatementFilterForm, replaced
from analysis.models import Finding, Kind, Relation, Statement
from analysis.search.periods import next_start
from analysis.search.typed import (
    FACETS,
    Month,
    TypedFilters,
    count_facets_of,
    count_months,
    find_findings,
    find_relations,
    find_statements,
    name_about,
    rank_entities,
    with_words,
)
from analysis.views.entities import visible_entities
from articles.templatetags.charts import Bar

PAGE = 40
MOST_PAGES = 500
LABELED = 8  # columns of the chart with a label below
CHOICES = {
    "effect": ("Effect", Finding.Effect),
    "direction": ("Direction", Finding.Direction),
    "horizon": ("Horizon", Finding.Horizon),
    "certainty": ("Certainty", Finding.Certainty),
}
PLURALS = {"company": "Companies", "country": "Countries", "person": "People", "researcher": "Researchers"}


@require_safe
def finding_list(request: HttpRequest) -> HttpResponse:
    """Who is affected, how, when and how sure: filtered, counted by month, each with its sentence."""
    form = FindingFilterForm(request.GET, among=visible_entities(request))
    filters = form.filters()
    found = find_findings(filters, request.user) if filters else Finding.objects.none()
    counts, total = count_facets_of(found)
    rows = with_words(found.select_related("affected", "speaker"))
    counted, title = charted(found, filters or TypedFilters())
    months = count_months(counted)
    context = {
        **listed(request, rows),
        "form": form,
        "total": total,
        "facets": [facet(request, name, counts[name]) for name in FACETS],
        "months": months,
        "bars": [month_bar(request, month, place, len(months)) for place, month in enumerate(months)],
        "chart_title": title,
        "ranks": rank_entities(found, "affected"),
        "tab": "findings",
    }
    return render(request, "analysis/finding_list.html", context)


def charted(found: Any, filters: TypedFilters) -> tuple[Any, str]:
    """What the chart counts and what it is called: companies, unless another kind or one entity is asked for."""
    if filters.entity:
        return found, f"Findings on {filters.entity.name}, by month"
    kind = filters.kind or Kind.COMPANY.value
    name = PLURALS.get(kind, f"Entities of kind {Kind(kind).label.lower()}")
    return found.filter(affected__kind=kind), f"{name} named as affected, by month"


def month_bar(request: HttpRequest, month: Month, place: int, total: int) -> Bar:
    """A column; it leads to the findings of the month."""
    last = next_start(month.first, "month") - timedelta(days=1)
    number = month.findings if request.GET.get("entity") else month.entities
    href = replaced(request.GET, since=month.first.isoformat(), until=last.isoformat())
    every = max(1, -(-total // LABELED))
    return Bar(f"{month.first:%Y-%m}", number, href, f"{month.first:%b %Y}" if place % every == 0 else "")


@require_safe
def statement_list(request: HttpRequest) -> HttpResponse:
    """Who says what about whom, quoted or reported."""
    form = StatementFilterForm(request.GET, among=visible_entities(request))
    filters = form.filters()
    found = find_statements(filters, request.user) if filters else Statement.objects.none()
    page = listed(request, with_words(found.select_related("speaker")))
    context = {
        **page,
        "form": form,
        "about": name_about(page["rows"]),
        "ranks": rank_entities(found, "speaker"),
        "tab": "statements",
    }
    return render(request, "analysis/statement_list.html", context)


@require_safe
def relation_list(request: HttpRequest) -> HttpResponse:
    """Who is tied to whom, with the sentence that says so."""
    form = RelationFilterForm(request.GET, among=visible_entities(request))
    filters = form.filters()
    found = find_relations(filters, request.user) if filters else Relation.objects.none()
    rows = with_words(found.select_related("subject", "object"))
    context = {**listed(request, rows), "form": form, "tab": "relations"}
    return render(request, "analysis/relation_list.html", context)


def listed(request: HttpRequest, rows: Any) -> dict[str, Any]:
    """One page of rows and the ways to the next and the one before."""
    given = request.GET.get("page", "1")
    if not (given.isascii() and given.isdigit() and 0 < int(given[:6]) <= MOST_PAGES):
        raise Http404
    number = int(given)
    found: Sequence[Any] = list(rows[(number - 1) * PAGE : number * PAGE + 1])
    return {
        "rows": found[:PAGE],
        "newer": replaced(request.GET, page=str(number - 1)) if number > 1 else "",
        "older": replaced(request.GET, page=str(number + 1)) if len(found) > PAGE else "",
        "params": request.GET.urlencode(),
        "is_filtered": any(value for name, value in request.GET.items() if name != "page"),
        "nav": "findings",
    }


def facet(request: HttpRequest, name: str, counts: Any) -> dict[str, Any]:
    """One group of values beside the list; the one chosen is taken away by its own link."""
    title, choices = CHOICES[name]
    chosen = request.GET.get(name, "")
    lines = [
        {
            "label": label,
            "number": counts[value],
            "is_on": value == chosen,
            "href": replaced(request.GET, **{name: "" if value == chosen else value}),
        }
        for value, label in choices.choices
        if counts[value] or value == chosen
    ]
    return {"title": title, "lines": lines}
