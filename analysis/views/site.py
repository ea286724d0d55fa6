"""The machine's health, and the parts every page is made of."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from analysis.models import Kind
from analysis.search.overview import database_answers
from analysis.tasks import reconcile
from articles.models import Status
from articles.templatetags.charts import Bar

RECONCILE_SECONDS = 15
EXAMPLES = (
    {
        "title": "Open server held drawings for studios",
        "text": "A server that anybody could open held drawings.",
    },
    {"title": "W" * 90, "text": "A title without a single space, and a text that goes on. " * 12},
)
log = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For a monitor: 200 while pages can be served, else 503. Also wakes the reconciler should beat be dead."""
    try:
        database = database_answers()
    except DatabaseError:
        database = False
    cache.set("health", 1, 30)
    redis = cache.get("health") == 1
    if database and cache.add("reconcile-hinted", 1, RECONCILE_SECONDS):
        wake_reconciler()
    body = {
        "status": "ok" if database else "failing",
        "database": database,
        "redis": redis,
        "at": timezone.now(),
    }
    return JsonResponse(body, status=200 if database else 503)


def wake_reconciler() -> None:
    """Send the hint; a dead broker is logged."""
    try:
        reconcile.delay()
    except reconcile.OperationalError:
        log.warning("The broker does not answer; the reconciler was not woken.")


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Every component in all its states."""
    bars = [
        Bar(f"Week {place}", number, "#", f"W{place}")
        for place, number in enumerate((3, 8, 5, 0, 13, 21, 9, 4))
    ]
    context = {
        "kinds": Kind.choices,
        "statuses": [(status.value, status.label) for status in Status],
        "bars": bars,
        "themes": ("light", "dark"),
        "results": EXAMPLES,
        "ranks": (("Chad", "country", 92), ("Amazon", "company", 64), ("Nick Roy", "researcher", 18)),
    }
    return render(request, "analysis/design.html", context)
