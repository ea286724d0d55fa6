"""Editing the brief: a form for each field, its history, and what the article page shows in the field's place."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from analysis.forms import BriefEditForm
from analysis.models import Analysis, BriefEdit
from analysis.pipeline.rewriting import to_lines
from analysis.services.edits import (
    EditedPoint,
    EditRefused,
    edit_brief,
    points_in,
    restore_edit,
    shown_points,
    standing_edits,
    undo_edit,
)
from articles.models import Article, Version
from articles.views.safe import person

judge_required = permission_required("articles.judge_article", raise_exception=True)
WRITTEN = {field.value: field.label for field in BriefEdit.Field if field != BriefEdit.Field.FACT}


@dataclass(frozen=True, slots=True)
class EditedField:
    """A field of the brief that an analyst rewrote, as the page of one version shows it."""

    edit: BriefEdit
    points: Sequence[EditedPoint]
    is_on_other_text: bool  # the text has changed since


def edited_brief(article: Article, version: Version, analysis: Analysis | None) -> dict[str, EditedField]:
    """The edited fields of the article as one version shows them, by field; no statement when there are none."""
    if not getattr(article, "has_edits", True):
        return {}
    edits = standing_edits([article.pk]).get(article.pk, {})
    return {
        field: EditedField(edit, points_in(edit, version, analysis), edit.version_id != version.pk)
        for field, edit in edits.items()
    }


@require_http_methods(["GET", "HEAD", "POST"])
@judge_required
def brief_edit(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """Rewrite one field of the brief; see and undo what was written before."""
    if field not in WRITTEN:
        raise Http404
    article = get_object_or_404(
        Article.objects.visible_to(request.user).defer("search").select_related("version"), pk=pk
    )
    analysis = Analysis.objects.filter(version=article.version_id or 0).defer("tags").first()
    if article.version is None or analysis is None:
        messages.error(request, "The text is still being analyzed; try again in a moment.")
        return redirect(article)
    points = shown_points(article, article.version, analysis, field)
    form = BriefEditForm(
        request.POST or None, sentences=len(analysis.sentences), initial={"lines": to_lines(points)}
    )
    if request.method == "POST" and form.is_valid():
        return saved(request, article, field, form)
    context = {
        "article": article,
        "field": field,
        "field_name": WRITTEN[field],
        "form": form,
        "sentences": numbered(article.version, analysis),
        "history": BriefEdit.objects.filter(article=article, field=field).select_related("by", "undone_by"),
        "nav": "articles",
    }
    return render(request, "analysis/brief_edit.html", context)


def saved(request: HttpRequest, article: Article, field: str, form: BriefEditForm) -> HttpResponse:
    """Write the edit and say so, with a way back."""
    try:
        edit = edit_brief(article, field, form.cleaned_data["lines"], by=person(request))
        undo = reverse("analysis:brief_edit_undo", args=[edit.pk])
        messages.success(request, f"{WRITTEN[field]}: your words are shown now.", extra_tags=undo)
    except EditRefused as refused:
        messages.error(request, refused.reason)
    return redirect(article)


def numbered(version: Version, analysis: Analysis) -> list[tuple[int, str]]:
    """The article's sentences with their numbers, to name as evidence."""
    texts = {"title": version.title, "body": version.text}
    return [
        (number, " ".join(texts[where][start:end].split()))
        for number, (where, start, end) in enumerate(analysis.sentences)
    ]


@require_POST
@judge_required
def brief_edit_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an edit back."""
    edit = undo_edit(visible_edit(request, pk), by=person(request))
    again = reverse("analysis:brief_edit_restore", args=[edit.pk])
    messages.success(request, f"{edit.get_field_display()}: the edit is undone.", extra_tags=again)
    return redirect(edit.article)


@require_POST
@judge_required
def brief_edit_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an undone edit stand again."""
    edit = restore_edit(visible_edit(request, pk), by=person(request))
    messages.success(request, f"{edit.get_field_display()}: the edit stands again.")
    return redirect(edit.article)


def visible_edit(request: HttpRequest, pk: int) -> BriefEdit:
    """The edit, or 404 when its article is not for this person."""
    visible = Article.objects.visible_to(request.user).values("pk")
    return get_object_or_404(BriefEdit.objects.filter(article__in=visible).select_related("article"), pk=pk)
