"""What people do with an article: retry, withdraw, accept a capture, fetch again, replace its text, claim it."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from analysis.tasks import hint_article
from articles.forms import AssignForm, ReplaceTextForm, ThemeForm, WorkStateForm, first_error
from articles.models import Article, Profile
from articles.services import (
    SubmissionRefused,
    accept_capture,
    assign_article,
    refetch_article,
    replace_text,
    restore_article,
    retry_article,
    set_work_state,
    withdraw_article,
)
from articles.views.reading import visible_article
from articles.views.safe import back, person

judge_required = permission_required("articles.judge_article", raise_exception=True)


def change(request: HttpRequest, pk: int, service: Callable[..., Article], message: str) -> HttpResponse:
    """Call the service on a visible article, hint the next step, say what happened."""
    article = visible_article(request, pk)
    try:
        hint_article(service(article, by=person(request)))
        messages.success(request, message)
    except SubmissionRefused as refused:
        messages.error(request, refused.reason)
    return redirect(article)


@require_POST
def article_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try again where it failed; whoever may see it may do so."""
    return change(request, pk, retry_article, "Trying again.")


@require_POST
def article_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it out of lists and search: analysts any, contributors their own while nobody else handed it in."""
    article = visible_article(request, pk)
    if not request.user.has_perm("articles.judge_article") and handed_in_by_others(article, person(request)):
        raise PermissionDenied
    return change(request, pk, withdraw_article, "Withdrawn. It can be restored here.")


def handed_in_by_others(article: Article, user: User) -> bool:
    """Whether somebody else submitted the same article."""
    return article.submissions.exclude(by=user).exists()


@require_POST
@judge_required
def article_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a withdrawal."""
    return change(request, pk, restore_article, "Restored.")


@require_POST
@judge_required
def article_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Tag what was captured although it does not look like an article."""
    return change(request, pk, accept_capture, "Accepted; it is being analyzed.")


@require_POST
@judge_required
def article_refetch(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the site again; a changed text becomes a new version."""
    return change(
        request, pk, refetch_article, "Fetching the page again. A changed text becomes a new version."
    )


@require_http_methods(["GET", "HEAD", "POST"])
@judge_required
def article_replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Paste the right text under the same address."""
    article = visible_article(request, pk)
    form = ReplaceTextForm(request.POST or None, initial={"title": article.title})
    if request.method == "POST" and form.is_valid():
        try:
            changed = replace_text(
                article, form.cleaned_data["text"], by=person(request), title=form.cleaned_data["title"]
            )
            hint_article(changed)
            messages.success(request, "The text is replaced; it is being analyzed.")
            return redirect(article)
        except SubmissionRefused as refused:
            form.add_error("text", refused.reason)
    return render(
        request, "articles/article_replace.html", {"article": article, "form": form, "nav": "articles"}
    )


@require_POST
@judge_required
def article_state(request: HttpRequest, pk: int) -> HttpResponse:
    """New, in review, done, important."""
    article = visible_article(request, pk)
    form = WorkStateForm(request.POST)
    if form.is_valid():
        before = article.work_state
        changed = set_work_state(article, form.cleaned_data["state"], by=person(request))
        undo = reverse("articles:article_work_undo", args=[pk, "state", before])
        messages.success(request, f"{changed.get_work_state_display()}.", extra_tags=undo)
    else:
        messages.error(request, first_error(form))
    return redirect(article)


@require_POST
@judge_required
def article_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it to a person, or to nobody."""
    article = visible_article(request, pk)
    form = AssignForm(request.POST)
    if form.is_valid():
        before = article.assignee_id or 0
        changed = assign_article(article, form.cleaned_data["to"], by=person(request))
        said = (
            f"Assigned to {changed.assignee.get_username()}." if changed.assignee else "Assigned to nobody."
        )
        undo = reverse("articles:article_work_undo", args=[pk, "assign", before])
        messages.success(request, said, extra_tags=undo)
    else:
        messages.error(request, first_error(form))
    return redirect(article)


@require_POST
@judge_required
def article_work_undo(request: HttpRequest, pk: int, what: str, before: str) -> HttpResponseBase:
    """Give the article back the state, or the person, it had before the last click."""
    article = visible_article(request, pk)
    data = {"state": before} if what == "state" else {"to": "" if before == "0" else before}
    form = WorkStateForm(data) if what == "state" else AssignForm(data)
    if not form.is_valid():
        messages.error(request, first_error(form))
    elif what == "state":
        set_work_state(article, form.cleaned_data["state"], by=person(request))
        messages.success(request, "Undone.")
    else:
        assign_article(article, form.cleaned_data["to"], by=person(request))
        messages.success(request, "Undone.")
    return redirect(article)


@require_POST
def theme(request: HttpRequest) -> HttpResponseBase:
    """Light, dark, or what the system says; kept with the person."""
    profile, _ = Profile.objects.get_or_create(user=person(request))
    form = ThemeForm(request.POST, instance=profile)
    if form.is_valid():
        form.save()
    return back(request)
