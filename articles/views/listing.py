"""The list of articles: search box, facets, chips, sort and pages, all of it in the address."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from analysis.forms import MAX_PAGE, ORDERS, ArticleFilterForm, replaced
from analysis.query import FIELD_HELP, GRAMMAR_HELP, FieldTerm, QueryError, quoted
from analysis.search import NEWEST, RELEVANCE, SALIENCE, Filters, Found, Look, find_articles, suggestions
from analysis.search.completing import offers
from analysis.search.facets import CAP, ENTITY_FACETS, narrowed
from analysis.search.spelling import corrected
from articles.models import Profile
from articles.templatetags.repeated import facet_lines
from articles.views.narrowing import active_chips, facet_groups, narrowed_lines, query_chips

FEW = 3  # with fewer hits than this another spelling is offered


@require_safe
def article_list(request: HttpRequest) -> HttpResponse:
    """Everything the reader may see that meets the filters in the address."""
    form = ArticleFilterForm(request.GET)
    filters = form.filters()
    context = {
        "filters": filters,
        "params": request.GET.urlencode(),
        "nav": "articles",
        "grammar_help": GRAMMAR_HELP,
        "field_help": FIELD_HELP,
    }
    if form.query_error:
        context |= mistake(request.GET, form.query_error, filters)
        return render(request, "articles/article_list.html", context)
    found = find_articles(filters, request.user)
    look = found.look(form.place())
    context |= results(request.GET, found, look) | {"seen_at": seen_at(request)}
    return render(request, "articles/article_list.html", context)


def mistake(params: QueryDict, error: QueryError, filters: Filters) -> dict[str, Any]:
    """The message, its place, and the address of the corrected search."""
    return {
        "query_error": error,
        "retry": replaced(params, q=error.suggestion),
        "orders": orders(params, filters, None),
    }


def results(params: QueryDict, found: Found, look: Look) -> dict[str, Any]:
    """What the page shows of a search that was understood."""
    filters, facets = found.filters, look.facets
    better = corrected(filters.query) if facets.total < FEW and not look.is_cut else ""
    return {
        "look": look,
        "rows": look.rows,
        "facets": facets,
        "facet_groups": facet_groups(params, facets),
        "chips": query_chips(params, found) + active_chips(params, filters, facets),
        "missing": [missing_note(params, term) for term in found.missing],
        "better": better,
        "better_href": replaced(params, q=better) if better else "",
        "orders": orders(params, filters, found),
        "counted": CAP,
    } | pages(params, look)


def orders(params: QueryDict, filters: Filters, found: Found | None) -> list[tuple[str, str, bool]]:
    """The orders that make sense: relevance needs words, salience an entity that is asked for."""
    useful = {NEWEST: True, RELEVANCE: found is not None and found.wanted is not None}
    useful[SALIENCE] = found is not None and bool(found.asked)
    current = filters.order if useful[filters.order] else NEWEST
    return [
        (name, replaced(params, sort="" if key == NEWEST else key), key == current)
        for key, name in ORDERS.items()
        if useful[key]
    ]


def pages(params: QueryDict, look: Look) -> dict[str, str]:
    """The addresses of the pages around: by a key in the list of the newest, by a number in a ranked one."""
    newer = replaced(params, after=str(look.newer), before="") if look.newer else ""
    older = replaced(params, before=str(look.older), after="") if look.older else ""
    if look.page > 1:
        newer = replaced(params, page=str(look.page - 1))
    if look.has_next and look.page < MAX_PAGE:
        older = replaced(params, page=str(look.page + 1))
    return {"newer": newer, "older": older}


@require_safe
def article_facet(request: HttpRequest) -> HttpResponse:
    """The lines of one facet whose names contain what was typed into it; a fragment."""
    title = request.GET.get("facet", "")
    if title not in (*ENTITY_FACETS, "Source"):
        raise Http404
    words = request.GET.get("starts", "").replace("\x00", "")[:100].strip()
    params = request.GET.copy()
    for name in ("facet", "starts"):
        params.pop(name, None)
    form = ArticleFilterForm(params)
    filters = form.filters()
    counts = () if form.query_error else narrowed(find_articles(filters, request.user).unranked, title, words)
    return HttpResponse(facet_lines(narrowed_lines(params, title, counts)))


@require_safe
def query_help(request: HttpRequest) -> HttpResponse:
    """Everything that can stand in the search box."""
    context = {"grammar_help": GRAMMAR_HELP, "field_help": FIELD_HELP, "nav": "articles"}
    return render(request, "articles/query_help.html", context)


@require_safe
def query_complete(request: HttpRequest) -> JsonResponse:
    """What could stand at a place of the search box: {"start", "end", "offers": [{text, label, hint, kind}, …]}."""
    text, at = request.GET.get("q", "").replace("\x00", " ")[:1000], request.GET.get("at", "")
    place = int(at) if at.isascii() and at.isdigit() and len(at) < 5 else len(text)
    return JsonResponse(offers(text, place, request.user))


def seen_at(request: HttpRequest) -> datetime | None:
    """When the reader was here before this visit; later articles are new to them."""
    try:
        return request.user.profile.seen_at  # type: ignore[union-attr]
    except Profile.DoesNotExist:
        return None


def missing_note(params: QueryDict, term: FieldTerm) -> tuple[FieldTerm, list[tuple[str, str]]]:
    """A name nobody has, and the names it may have been, each as an address."""
    text = params.get("q", "").replace("\x00", " ")
    typed = text[term.at : term.end]
    near = []
    for entity in suggestions(term):
        said = typed.replace(term.value, quoted(entity.name)).replace('""', '"')
        near.append((entity.name, replaced(params, q=text[: term.at] + said + text[term.end :])))
    return term, near
