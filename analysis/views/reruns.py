"""Analyzing chosen articles again: start, watch, pause, go on; and what it changed."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from analysis.forms import ArticleFilterForm, NumbersField
from analysis.models import Rerun
from analysis.search import find_articles
from analysis.services import pause_rerun, resume_rerun, start_rerun
from analysis.tasks import rerun_step
from articles.hints import hint
from articles.models import Article
from articles.views.safe import person

MOST = 10_000  # articles of one re-run; arbitrary, about a day of one worker
judge_required = permission_required("articles.judge_article", raise_exception=True)


@require_safe
@judge_required
def rerun_list(request: HttpRequest) -> HttpResponse:
    """All re-runs, newest first."""
    page = Paginator(Rerun.objects.select_related("by"), 30).get_page(request.GET.get("page"))
    return render(request, "analysis/rerun_list.html", {"page": page, "nav": "reruns"})


@require_POST
@judge_required
def rerun_start(request: HttpRequest) -> HttpResponse:
    """The ticked articles, or every article of the list in the address when `all` is posted."""
    ids = list(NumbersField().clean(request.POST.getlist("ids")))
    if "all" in request.POST:
        found = find_articles(ArticleFilterForm(request.GET).filters(), request.user).articles.ready()
        ids = list(found.values_list("pk", flat=True)[:MOST])
    visible = Article.objects.visible_to(request.user).ready().filter(pk__in=ids)
    wanted = sorted(visible.values_list("pk", flat=True))
    if not wanted:
        messages.error(request, "Tick the articles that should be analyzed again.")
        return redirect("articles:article_list")
    reason = request.POST.get("reason", "").strip()[:300] or "Chosen from the list"
    rerun = start_rerun(wanted, reason=reason, by=person(request))
    hint(rerun_step, rerun.pk)
    return redirect(rerun)


@require_safe
@judge_required
def rerun_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress, and per article what came and went; refreshes itself while it runs."""
    rerun = get_object_or_404(Rerun.objects.select_related("by"), pk=pk)
    changes = rerun.changes[-200:]
    titles = Article.objects.defer("search").in_bulk([change[0] for change in changes])
    context = {
        "rerun": rerun,
        "total": len(rerun.article_ids),
        "changes": [(titles.get(pk), added, removed) for pk, added, removed in reversed(changes)],
        "is_moving": rerun.stage == Rerun.RerunStage.RUNNING and not rerun.is_paused and not rerun.failed_at,
        "nav": "reruns",
    }
    return render(request, "analysis/rerun_detail.html", context)


@require_POST
@judge_required
def rerun_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop after the article in hand."""
    rerun = get_object_or_404(Rerun, pk=pk)
    pause_rerun(rerun, by=person(request))
    return redirect(rerun)


@require_POST
@judge_required
def rerun_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on where it stopped."""
    rerun = get_object_or_404(Rerun, pk=pk)
    resume_rerun(rerun, by=person(request))
    hint(rerun_step, rerun.pk)
    return redirect(rerun)
