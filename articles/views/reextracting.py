"""Re-extraction: stored pages read again by the present extractor, with progress, pause and what changed."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from analysis.tasks import reextraction_step
from articles.extraction import EXTRACTOR_VERSION
from articles.hints import hint
from articles.models import Article, Reextraction
from articles.services import older_articles, pause_reextraction, resume_reextraction, start_reextraction
from articles.views.reading import visible_article
from articles.views.safe import person

SHOWN = 200  # changes on the page of one job
judge_required = permission_required("articles.judge_article", raise_exception=True)


@require_safe
@judge_required
def reextraction_list(request: HttpRequest) -> HttpResponse:
    """All re-extractions, newest first, and how many articles another extractor read."""
    jobs = Reextraction.objects.select_related("by").defer("changes")
    context = {
        "page": Paginator(jobs, 30).get_page(request.GET.get("page")),
        "due": len(older_articles()),
        "extractor_version": EXTRACTOR_VERSION,
        "nav": "reruns",
    }
    return render(request, "articles/reextraction_list.html", context)


@require_POST
@judge_required
def reextraction_start(request: HttpRequest) -> HttpResponse:
    """Read everything again that another extractor read."""
    due = older_articles()
    if not due:
        messages.info(request, "Every stored page was read by the present extractor.")
        return redirect("articles:reextraction_list")
    return _start(request, due, f"Extractor {EXTRACTOR_VERSION}")


@require_POST
@judge_required
def article_reextract(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the stored page of one article again."""
    return _start(request, [visible_article(request, pk).pk], "Asked for on the article's evidence page")


def _start(request: HttpRequest, article_ids: list[int], reason: str) -> HttpResponse:
    job = start_reextraction(article_ids, reason=reason, by=person(request))
    hint(reextraction_step, job.pk)
    return redirect(job)


@require_safe
@judge_required
def reextraction_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress, and per article what changed; refreshes itself while it runs."""
    job = get_object_or_404(Reextraction.objects.select_related("by"), pk=pk)
    lines = job.changes[-SHOWN:]
    known = Article.objects.defer("search").in_bulk([line["article"] for line in lines])
    context = {
        "job": job,
        "total": len(job.article_ids),
        "changes": [(known.get(line["article"]), line) for line in reversed(lines)],
        "counts": sorted(job.counts.items()),
        "nav": "reruns",
    }
    return render(request, "articles/reextraction_detail.html", context)


@require_POST
@judge_required
def reextraction_pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop after the article in hand."""
    job = get_object_or_404(Reextraction, pk=pk)
    pause_reextraction(job, by=person(request))
    return redirect(job)


@require_POST
@judge_required
def reextraction_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on where it stopped."""
    job = get_object_or_404(Reextraction, pk=pk)
    resume_reextraction(job, by=person(request))
    hint(reextraction_step, job.pk)
    return redirect(job)
