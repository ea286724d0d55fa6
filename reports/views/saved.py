"""Saved searches: keep one from the list, open it, see what is new in it, rename, share, order and delete it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from analysis.search import find_articles
from articles.views.safe import back, person
from reports.forms import SavedSearchForm
from reports.models import SavedSearch
from reports.services import searches

WIDGET_ROWS = 5


@require_safe
def saved_list(request: HttpRequest) -> HttpResponse:
    """One's own searches, and what colleagues share."""
    user = person(request)
    news = searches.with_news(searches.searches_for(user).select_related("owner"), user)
    context = {
        "own": [one for one in news if one.search.owner_id == user.pk],
        "shared": [one for one in news if one.search.owner_id != user.pk],
        "nav": "saved",
    }
    return render(request, "reports/saved_list.html", context)


@require_POST
def saved_save(request: HttpRequest) -> HttpResponse:
    """Keep the list whose parameters are posted."""
    form = SavedSearchForm(request.POST)
    query = searches.cleaned_query(request.POST.get("query", ""))
    try:
        row = searches.save_search(
            form.given("name"), query, by=person(request), is_shared="is_shared" in request.POST
        )
    except searches.SearchRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(SavedSearch(query=query))
    messages.success(request, f"Saved as “{row.name}”. It stands in the rail now.")
    return redirect(row)


@require_safe
def saved_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The list it stands for; for its owner what is there now is no longer new."""
    row = own_or_shared(request, pk)
    searches.note_look(row, by=person(request))
    return redirect(row)


@require_POST
def saved_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename, share."""
    row = own(request, pk)
    name = SavedSearchForm(request.POST).given("name")
    try:
        searches.edit_search(row, name=name, is_shared="is_shared" in request.POST, by=person(request))
        messages.success(request, "Saved.")
    except searches.SearchRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("reports:saved_list")


@require_POST
def saved_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up, or down."""
    searches.move_search(own(request, pk), up=request.POST.get("way") != "down")
    return redirect("reports:saved_list")


@require_POST
def saved_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete; the message has the way back."""
    action = searches.delete_search(own(request, pk), by=person(request))
    messages.success(request, action.text, extra_tags=action.get_undo_url())
    return back(request, "reports:saved_list")


@require_safe
def saved_rail(request: HttpRequest) -> HttpResponse:
    """The first searches with how much is new in each, for the rail; fetched after the page."""
    user = person(request)
    rows = searches.searches_for(user).filter(owner=user)[: searches.PINNED]
    return render(request, "reports/_saved_rail.html", {"news": searches.with_news(rows, user)})


@require_safe
def saved_widget(request: HttpRequest, pk: int) -> HttpResponse:
    """A fragment for the dashboard: title, how many, how many new, the newest five; with the reader's own rights."""
    user, row = person(request), own_or_shared(request, pk)
    filters = searches.filters_of(row)
    context: dict[str, object] = {"search": row, "filters": filters}
    if filters is not None:
        found = find_articles(filters, user)
        newest = found.articles.select_related("source").defer("search", "lead")[:WIDGET_ROWS]
        total = found.articles.order_by()[: searches.TOTAL + 1].count()
        context |= {
            "rows": list(newest),
            "total": f"{searches.TOTAL:,}+" if total > searches.TOTAL else f"{total:,}",
            "news": searches.with_news([row], user)[0],
        }
    return render(request, "reports/_saved_widget.html", context)


def own(request: HttpRequest, pk: int) -> SavedSearch:
    """One's own search, else nothing is found."""
    return get_object_or_404(SavedSearch, pk=pk, owner=person(request))


def own_or_shared(request: HttpRequest, pk: int) -> SavedSearch:
    """A search the person may open."""
    return get_object_or_404(searches.searches_for(person(request)), pk=pk)
