"""The landing page: what is new, how much there is, who and what it is about."""

from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analysis.search import Filters, Found, count_facets
from analysis.search.overview import Span, count_desk, first_day, last_day, volume
from articles.models import Article, ArticleQuerySet, Profile
from articles.templatetags.charts import Bar
from articles.views.safe import person

PERIODS = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "1 year", "all": "All"}
SHOWN = ("Countries", "Companies", "Researchers", "Organizations", "Threats", "source")


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Everything counts only what this reader may see; every number leads to its articles."""
    user = person(request)
    seen_at = note_visit(user)
    ready = Article.objects.visible_to(user).ready()
    latest = list(
        Article.objects.visible_to(user)
        .present()
        .order_by("-pk")  # the order of submission, by the index every table has
        .defer("search")
        .select_related("source")[:10]
    )
    period, since = chosen_period(request, ready)
    today = timezone.now().date()
    inside = ready.filter(dated_at__date__gte=since) if period != "all" else ready
    facets = count_facets(inside)
    spans = volume(inside, since=since, until=last_day(ready) if period == "all" else today) if latest else []
    context = {
        "desk": count_desk(user, seen_at),
        "seen_at": seen_at,
        "latest": Found(ready, Filters(), ()).rows(latest),
        "periods": [(key, name, key == period) for key, name in PERIODS.items()],
        "since": since if period != "all" else "",
        "facets": facets,
        "ranks": [(title, facets.groups.get(title, ())[:8]) for title in SHOWN],
        "bars": [bar(span, place, len(spans)) for place, span in enumerate(spans)],
        "nav": "dashboard",
    }
    return render(request, "analysis/dashboard.html", context)


def chosen_period(request: HttpRequest, ready: ArticleQuerySet) -> tuple[str, date]:
    """The period asked for and its first day. Without a wish: 90 days, or everything when nothing is that new."""
    today = timezone.now().date()
    wished = request.GET.get("days", "")
    if wished not in PERIODS:
        recent = ready.filter(dated_at__date__gte=today - timedelta(days=90))
        wished = "90" if recent.exists() else "all"
    if wished == "all":
        return wished, first_day(ready)
    return wished, today - timedelta(days=int(wished) - 1)


def note_visit(user: User) -> datetime | None:
    """Remember this visit; when the one before began."""
    profile, _ = Profile.objects.get_or_create(user=user)
    user.profile = profile
    return profile.note_visit()


def bar(span: Span, place: int, total: int) -> Bar:
    """A column of the chart; about eight of them are labeled."""
    href = (
        reverse("articles:article_list")
        + "?"
        + urlencode({"since": span.since, "until": span.until, "status": "ready"})
    )
    every = max(1, -(-total // 8))
    return Bar(span.label, span.number, href, span.short if place % every == 0 else "")
