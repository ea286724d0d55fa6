"""The draft of a summary on the article page: asking, progress, the checked sentences, using and discarding."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from analysis.models import Draft
from analysis.pipeline.draft_checks import Verdict
from analysis.services.drafts import (
    DraftRefused,
    accepted_in,
    ask_draft,
    discard_draft,
    is_current,
    newest_draft,
    restore_draft,
    use_draft,
)
from analysis.services.writer import writer
from analysis.tasks import write_draft
from articles.hints import hint
from articles.models import Article
from articles.views.safe import person

judge_required = permission_required("articles.judge_article", raise_exception=True)


def writer_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Without a writer there are no such pages."""

    @wraps(view)
    def answered(request: HttpRequest, **named: Any) -> HttpResponse:
        if writer() is None:
            raise Http404
        return view(request, **named)

    return answered


@require_safe
@writer_required
@judge_required
def draft_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the draft is, or its sentences: a part of the article page, or a page of its own without scripts.

    While nothing has changed since `seen` the answer is empty, so that nothing is read out or moved for nothing.
    """
    article = visible_article(request, pk)
    draft = newest_draft(article)
    if draft is not None and request.GET.get("seen", "") == state_of(draft):
        return HttpResponse(status=204)
    return shown(request, article, draft)


def shown(request: HttpRequest, article: Article, draft: Draft | None) -> HttpResponse:
    """The panel for what there is, alone for htmx, else inside a page."""
    analysis = getattr(article.version, "analysis", None) if article.version else None
    asked = writer()
    sentences = draft.sentences if draft is not None else []
    context = {
        "article": article,
        "draft": draft,
        "seen": state_of(draft) if draft is not None else "",
        "writer": asked,
        "is_current": draft is not None and is_current(draft, article.version, analysis),
        "lines": [one for one in sentences if one["verdict"] != Verdict.DROPPED],
        "dropped": [one for one in sentences if one["verdict"] == Verdict.DROPPED],
        "accepted": accepted_in(draft) if draft is not None else [],
        "is_used": draft is not None and draft.edit is not None and draft.edit.undone_at is None,
        "nav": "articles",
    }
    template = "analysis/_draft.html" if is_part(request) else "analysis/draft_detail.html"
    return render(request, template, context)


def is_part(request: HttpRequest) -> bool:
    """Only the panel is wanted."""
    return request.headers.get("HX-Request") == "true"


def state_of(draft: Draft) -> str:
    """What the reader has seen when this is what there is."""
    return f"{draft.pk}-{draft.state}"


@require_POST
@writer_required
@judge_required
def draft_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a draft."""
    article = visible_article(request, pk)
    try:
        draft = ask_draft(article, by=person(request))
    except DraftRefused as refused:
        messages.error(request, refused.reason)
        # A script would follow a redirect by itself and put the whole page into the panel.
        away = {"HX-Redirect": article.get_absolute_url()}
        return HttpResponse(status=204, headers=away) if is_part(request) else redirect(article)
    hint(write_draft, draft.pk)
    if is_part(request):
        return shown(request, article, newest_draft(article))
    return redirect("analysis:draft_detail", pk=article.pk)


@require_POST
@writer_required
@judge_required
def draft_use(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the accepted sentences in the summary's place."""
    draft = visible_draft(request, pk)
    try:
        edit = use_draft(draft, by=person(request))
        undo = reverse("analysis:brief_edit_undo", args=[edit.pk])
        messages.success(request, "Summary: the accepted sentences are shown now.", extra_tags=undo)
    except DraftRefused as refused:
        messages.error(request, refused.reason)
    return redirect(draft.article)


@require_POST
@writer_required
@judge_required
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a draft no more, or stop one that is waited for."""
    draft = visible_draft(request, pk)
    was_moving = draft.is_moving
    discard_draft(draft, by=person(request))
    if was_moving:
        messages.success(request, "The draft is stopped.")
    else:
        undo = reverse("analysis:draft_restore", args=[draft.pk])
        messages.success(request, "The draft is discarded.", extra_tags=undo)
    return redirect(draft.article)


@require_POST
@writer_required
@judge_required
def draft_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a discarded draft again."""
    draft = restore_draft(visible_draft(request, pk), by=person(request))
    messages.success(request, "The draft is shown again.")
    return redirect(draft.article)


def visible_article(request: HttpRequest, pk: int) -> Article:
    """The article with its text and analysis, or 404 when it is not for this person."""
    articles = Article.objects.visible_to(request.user).defer("search", "version__analysis__tags")
    found: Article = get_object_or_404(articles.select_related("version__analysis"), pk=pk)
    return found


def visible_draft(request: HttpRequest, pk: int) -> Draft:
    """The draft, or 404 when its article is not for this person."""
    visible = Article.objects.visible_to(request.user).values("pk")
    return get_object_or_404(Draft.objects.filter(article__in=visible).select_related("article"), pk=pk)
