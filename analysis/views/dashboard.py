"""The landing page: what changed, how much there is, who and what it is about; and its arrangement."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from analysis.models import DirtyDay
from analysis.search import Filters, Found
from analysis.search.overview import CAP, Days, Desk, count_days, count_desk, state_changes
from analysis.search.periods import EVER, NAMES, Period, Span, make_period, spans
from analysis.search.ranking import BASE, LEAST, MEASURES, RATIO, SMOOTHING, Ranking
from analysis.search.tallies import tally_for
from analysis.services import arrange_widgets, arrangement, ranking_of
from articles.models import Article, ArticleQuerySet, Profile
from articles.views.safe import person

RULE = {"base": BASE, "least": LEAST, "ratio": RATIO, "smoothing": SMOOTHING}
LATEST = 10


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Everything counts only what this reader may see; every number leads to its articles."""
    user = person(request)
    seen_at = note_visit(user)
    desk = count_desk(user, seen_at)
    figures = figures_of(request, user, desk)
    latest = latest_articles(request, user)
    context = {
        **figures,
        "desk": desk,
        "seen_at": seen_at,
        "is_counting": DirtyDay.objects.exists,  # asked only where nothing is counted yet
        "latest": Found(Article.objects.none(), Filters(), ()).rows(latest),
        "state": request.GET.get("state", ""),
        "states": Article.WorkState.choices,
        "periods": [(key, name, key == figures["period"].key) for key, name in NAMES.items()],
        "arrangement": arrangement(user.profile.dashboard),
        "is_arranging": "arrange" in request.GET,
        "cap": CAP,
        "nav": "dashboard",
    }
    return render(request, "analysis/dashboard.html", context)


def figures_of(request: HttpRequest, user: User, desk: Desk) -> dict[str, Any]:
    """What the panels of one period show."""
    period = make_period(request.GET.get("days", ""), today=timezone.now().date(), newest=desk.newest)
    measure = request.GET.get("count", "")
    measure = measure if measure in MEASURES else "articles"
    tally = tally_for(user)
    days = count_days(tally, period)
    _, recent, after = period.stretches(BASE)
    return {
        "period": period,
        "measure": measure,
        "measures": [(key, name, key == measure) for key, name in MEASURES.items()],
        "days": days,
        "spans": [(span, span_href(span)) for span in spans_of(days, period)],
        "ranking": ranking_of(tally, period, measure) if days.ready else Ranking({}, {}, []),
        "list_query": list_query(period),
        "list_href": f"{reverse('articles:article_list')}?{list_query(period)}&",
        "rising_href": between(recent, after - timedelta(days=1)) + "&",
        "rule": RULE,
    }


def spans_of(days: Days, period: Period) -> list[Span]:
    """The period in columns, up to today, or for everything up to the newest article."""
    if not days.ready:
        return []
    until = period.last if period.key == "all" else timezone.now().date()
    since = min(days.by_day, default=until) if period.since == EVER else period.since
    return spans(days.by_day, since=min(since, until), until=until)


def list_query(period: Period) -> str:
    """The period as a query of the list."""
    query = {"status": "ready"} if period.since == EVER else {"status": "ready", "since": period.since}
    return urlencode(query)


def span_href(span: Span) -> str:
    """The list of a span's articles."""
    return between(span.since, span.until)


def between(since: date, until: date) -> str:
    """The list of what was published in some days."""
    query = urlencode({"since": since, "until": until, "status": "ready"})
    return f"{reverse('articles:article_list')}?{query}"


def latest_articles(request: HttpRequest, user: User) -> list[Article]:
    """The newest submissions, all or those in one state of work."""
    rows: ArticleQuerySet = Article.objects.visible_to(user).present()
    state = request.GET.get("state", "")
    if state in Article.WorkState.values:
        rows = rows.filter(work_state=state)
    # by the order of submission, through the index every table has
    return list(rows.order_by("-pk").defer("search").select_related("source")[:LATEST])


def note_visit(user: User) -> datetime | None:
    """Remember this visit; when the one before began."""
    profile, _ = Profile.objects.get_or_create(user=user)
    user.profile = profile
    return profile.note_visit()


@require_POST
def dashboard_arrange(request: HttpRequest) -> HttpResponse:
    """Move, hide, show, put in order or reset the widgets of one's own dashboard."""
    step = request.POST.get("by", "0")
    try:
        arrange_widgets(
            person(request),
            do=request.POST.get("do", ""),
            keys=request.POST.getlist("key"),
            by=int(step) if step in ("1", "-1") else 0,
        )
    except ValueError as problem:
        if request.POST.get("do") == "order":
            return JsonResponse({"error": str(problem)}, status=400)
        messages.error(request, str(problem))
    if request.POST.get("do") == "order":
        return JsonResponse({"arranged": True})
    if request.POST.get("stay"):
        return redirect("analysis:dashboard")
    return redirect(reverse("analysis:dashboard") + f"?arrange=1#widget-{request.POST.get('key', '')[:40]}")


@require_safe
def dashboard_changes(request: HttpRequest) -> HttpResponse:
    """What colleagues did since the last visit: states and assignments, each with its article."""
    user = person(request)
    profile, _ = Profile.objects.get_or_create(user=user)
    audits = list(state_changes(user, profile.seen_at).select_related("by")[:200])
    articles = Article.objects.visible_to(user).in_bulk([audit.row_id for audit in audits])
    context = {
        "rows": [(audit, articles[audit.row_id]) for audit in audits if audit.row_id in articles],
        "seen_at": profile.seen_at,
        "nav": "dashboard",
    }
    return render(request, "analysis/dashboard_changes.html", context)
