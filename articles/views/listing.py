"""The list of articles: search box, facets, chips, sort and pages, all of it in the address."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analysis.forms import MAX_PAGE, ORDERS, ArticleFilterForm, replaced, with_value, without_value
from analysis.models import Entity
from analysis.query import FieldTerm
from analysis.search import PAGE_SIZE, Count, Facets, Filters, find_articles, suggestions
from analysis.search.facets import ENTITY_FACETS
from articles.models import Profile, Source

STATUS_LABELS = {
    "ready": "Ready",
    "review": "Needs a look",
    "failed": "Failed",
    "working": "In work",
    "withdrawn": "Withdrawn",
    "queued": "Queued",
}
# title, name of the parameter, name of the facet, name of the parameter that excludes
PLAIN_FACETS = (
    ("Source", "source", "source", "no_source"),
    ("Published", "month", "month", ""),
    ("Status", "status", "status", ""),
    ("Kind of source", "kind", "kind", ""),
    ("Language", "lang", "language", ""),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a facet with the addresses behind its clicks."""

    count: Count
    label: str
    is_on: bool
    href: str
    out: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """One active filter and the address without it."""

    label: str
    href: str
    kind: str = ""
    is_not: bool = False


@require_safe
def article_list(request: HttpRequest) -> HttpResponse:
    """Everything the reader may see that meets the filters in the address."""
    form = ArticleFilterForm(request.GET)
    filters = form.filters()
    context = {
        "filters": filters,
        "chips": active_chips(request.GET, filters),
        "orders": [
            (name, replaced(request.GET, sort=key), key == filters.order) for key, name in ORDERS.items()
        ],
        "params": request.GET.urlencode(),
        "nav": "articles",
    }
    if form.query_error:
        context |= {
            "query_error": form.query_error,
            "retry": replaced(request.GET, q=form.query_error.suggestion),
        }
        return render(request, "articles/article_list.html", context)
    found = find_articles(filters, request.user)
    facets = found.facets()
    number = form.cleaned_data["page"]
    rows, has_next = found.page(number)
    context |= {
        "rows": rows,
        "facets": facets,
        "facet_groups": facet_groups(request.GET, facets),
        "missing": [missing_note(request.GET, term) for term in found.missing],
        "number": number,
        "first": (number - 1) * PAGE_SIZE + 1,
        "last": (number - 1) * PAGE_SIZE + len(rows),
        "seen_at": seen_at(request),
        "newer": replaced(request.GET, page=str(number - 1)) if number > 1 else "",
        "older": replaced(request.GET, page=str(number + 1)) if has_next and number < MAX_PAGE else "",
    }
    return render(request, "articles/article_list.html", context)


def seen_at(request: HttpRequest) -> datetime | None:
    """When the reader was here before this visit; later articles are new to them."""
    profile = Profile.objects.filter(user=request.user.pk).first()
    return profile.seen_at if profile else None


def facet_groups(params: QueryDict, facets: Facets) -> list[tuple[str, list[Line]]]:
    """Every facet that has lines, with its title."""
    groups = [
        (title, [entity_line(params, count) for count in facets.groups.get(title, ())])
        for title in ENTITY_FACETS
    ]
    for title, name, facet, out in PLAIN_FACETS:
        counts = facets.groups.get(facet, ())
        groups.append((title, [plain_line(params, count, name, out) for count in counts]))
    return [(title, lines) for title, lines in groups if lines]


def entity_line(params: QueryDict, count: Count) -> Line:
    """An entity that can be asked for or left out."""
    is_on = count.value in params.getlist("tag")
    href = without_value(params, "tag", count.value) if is_on else with_value(params, "tag", count.value)
    return Line(count, count.label, is_on, href, "" if is_on else with_value(params, "no_tag", count.value))


def plain_line(params: QueryDict, count: Count, name: str, out: str) -> Line:
    """A source, month, status, kind or language."""
    if name == "month":
        return month_line(params, count)
    is_on = count.value in params.getlist(name)
    href = without_value(params, name, count.value) if is_on else with_value(params, name, count.value)
    label = STATUS_LABELS.get(count.value, count.label) if name == "status" else count.label
    if name == "kind":
        label = str(dict(Source.SourceKind.choices).get(count.value, count.value))
    return Line(count, label, is_on, href, with_value(params, out, count.value) if out and not is_on else "")


def month_line(params: QueryDict, count: Count) -> Line:
    """A month is a range of days."""
    year, month = int(count.value[:4]), int(count.value[5:])
    following = f"{year + month // 12}-{month % 12 + 1:02d}-01"
    since = f"{count.value}-01"
    last = days_before(following)
    is_on = params.get("since") == since and params.get("until") == last
    href = replaced(params, since="", until="") if is_on else replaced(params, since=since, until=last)
    return Line(count, count.value, is_on, href)


def days_before(day: str) -> str:
    """The day before an ISO day."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def active_chips(params: QueryDict, filters: Filters) -> list[Chip]:
    """What is switched on, each with the way back."""
    entities = (
        Entity.objects.in_bulk([*filters.tags, *filters.not_tags]) if filters.tags or filters.not_tags else {}
    )
    sources = (
        Source.objects.in_bulk([*filters.sources, *filters.not_sources])
        if filters.sources or filters.not_sources
        else {}
    )
    chips = []
    for name, ids, rows in (
        ("tag", filters.tags, entities),
        ("no_tag", filters.not_tags, entities),
        ("source", filters.sources, sources),
        ("no_source", filters.not_sources, sources),
    ):
        for row_id in ids:
            row = rows.get(row_id)
            kind = row.kind if isinstance(row, Entity) else ""
            label = str(row) if row else f"Unknown ({row_id})"
            chips.append(Chip(label, without_value(params, name, str(row_id)), kind, name.startswith("no_")))
    return chips + word_chips(params, filters)


def word_chips(params: QueryDict, filters: Filters) -> list[Chip]:
    """Statuses, kinds, languages and dates."""
    kinds = {str(key): str(name) for key, name in Source.SourceKind.choices}
    chips = [
        Chip(STATUS_LABELS.get(one, one), without_value(params, "status", one)) for one in filters.statuses
    ]
    chips += [Chip(kinds.get(one, one), without_value(params, "kind", one)) for one in filters.kinds]
    chips += [Chip(f"Language {one}", without_value(params, "lang", one)) for one in filters.languages]
    if filters.since or filters.until:
        days = f"{filters.since or '…'} to {filters.until or '…'}"
        chips.append(Chip(f"Published {days}", replaced(params, since="", until="")))
    if filters.added_since:
        chips.append(Chip(f"Added since {filters.added_since:%Y-%m-%d %H:%M}", replaced(params, added="")))
    return chips


def missing_note(params: QueryDict, term: FieldTerm) -> tuple[FieldTerm, list[tuple[str, str]]]:
    """A name nobody has, and the names it may have been, each as an address."""
    near = [
        (
            entity.name,
            replaced(
                params, q=params.get("q", "").replace(term.value, f'"{entity.name}"').replace('""', '"')
            ),
        )
        for entity in suggestions(term)
    ]
    return term, near
