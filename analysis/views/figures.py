"""The dashboard's figures one by one: as CSV, and the network, which is worked out only when somebody looks."""

import csv
from collections.abc import Callable, Iterable
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analysis.search.overview import Days, count_desk
from analysis.search.periods import Period, make_period
from analysis.search.ranking import Ranked, Ranking
from analysis.search.together import POOL, Pair, network
from analysis.views.dashboard import figures_of, list_query
from articles.models import Article, Status
from articles.views.safe import person

KEPT = 120  # seconds a network is kept, per reader and period
RANK_COLUMNS = ("name", "key", "articles", "stories", "recent", "usual", "ratio")
Row = Iterable[Any]


@require_safe
def dashboard_csv(request: HttpRequest, name: str) -> HttpResponse:
    """The table behind one chart: volume, sources, rising, countries, companies, … as CSV."""
    user = person(request)
    if name == "network":
        return csv_response(name, ("one", "other", "articles", "weight"), network_rows(pairs_for(request)))
    if name not in TABLES:
        raise Http404
    columns, rows = TABLES[name]
    figures = figures_of(request, user, count_desk(user, None))
    return csv_response(name, columns, rows(figures))


def volume_rows(figures: dict[str, Any]) -> Iterable[Row]:
    """One row a day."""
    days: Days = figures["days"]
    return ((day, *numbers) for day, numbers in sorted(days.by_day.items()))


def source_rows(figures: dict[str, Any]) -> Iterable[Row]:
    """One row a source."""
    days: Days = figures["days"]
    return ((one.name, one.grade, one.articles, one.stories) for one in days.sources)


def rising_rows(figures: dict[str, Any]) -> Iterable[Row]:
    """What rises, of every facet."""
    ranking: Ranking = figures["ranking"]
    return (rank_row(one) for rows in ranking.rising.values() for one in rows)


def facet_rows(title: str) -> Callable[[dict[str, Any]], Iterable[Row]]:
    """The first of one facet; of countries all."""

    def rows(figures: dict[str, Any]) -> Iterable[Row]:
        ranking: Ranking = figures["ranking"]
        ranked = ranking.countries if title == "Countries" else ranking.top.get(title, [])
        return (rank_row(one) for one in ranked)

    return rows


def rank_row(one: Ranked) -> Row:
    """An entity's counts."""
    return (one.name, one.key, one.articles, one.stories, one.recent, one.usual, round(one.ratio, 2))


def network_rows(pairs: list[Pair]) -> Iterable[Row]:
    """One row a pair."""
    return ((pair.one.name, pair.other.name, pair.number, round(pair.weight, 2)) for pair in pairs)


TABLES: dict[str, tuple[tuple[str, ...], Callable[[dict[str, Any]], Iterable[Row]]]] = {
    "volume": (("day", "articles", "stories"), volume_rows),
    "sources": (("source", "grade", "articles", "stories"), source_rows),
    "rising": (RANK_COLUMNS, rising_rows),
    **{
        title.lower(): (RANK_COLUMNS, facet_rows(title))
        for title in ("Countries", "Companies", "Researchers", "Organizations", "Threats")
    },
}


def csv_response(name: str, columns: tuple[str, ...], rows: Iterable[Row]) -> HttpResponse:
    """A file; cells a spreadsheet would take for a formula get an apostrophe in front."""
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="newsintel-{name}.csv"'},
    )
    writer = csv.writer(response)
    writer.writerow(columns)
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return response


def plain(cell: Any) -> Any:
    """A text cell that no spreadsheet runs."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


@require_safe
def dashboard_network(request: HttpRequest) -> HttpResponse:
    """Pairs of entities as a fragment for the dashboard, or as a page of its own."""
    period = period_for(request)
    pairs = pairs_for(request)
    context = {
        "pairs": pairs,
        "top": pairs[0].weight if pairs else 1,
        "period": period,
        "list_query": list_query(period),
        "pool": POOL,
        "nav": "dashboard",
    }
    whole = "analysis/network.html"
    return render(request, "analysis/_network.html" if request.headers.get("HX-Request") else whole, context)


def pairs_for(request: HttpRequest) -> list[Pair]:
    """The network of the period asked for, kept for a while: it reads thousands of articles."""
    user = person(request)
    period = period_for(request)
    key = f"network:{user.pk}:{period.key}:{timezone.now().date()}"
    pairs: list[Pair] | None = cache.get(key)
    if pairs is None:
        articles = Article.objects.visible_to(user).with_status(Status.READY)
        pairs = network(articles, period.since)
        cache.set(key, pairs, KEPT)
    return pairs


def period_for(request: HttpRequest) -> Period:
    """The period asked for; without a wish everything."""
    today = timezone.now().date()
    return make_period(request.GET.get("days", "all"), today=today, newest=None)
