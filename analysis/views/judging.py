"""Mentions and analysts' judgments: the card, accept, reject, change, add, undo; and what is suppressed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from analysis.forms import AddMentionForm, JudgmentForm
from analysis.models import Judgment, Kind, Mention
from analysis.services import add_mention, judge_mention, undo_judgment
from analysis.views.refusals import says_why
from articles.forms import first_error
from articles.models import Article, Version
from articles.views.safe import person

judge_required = permission_required("articles.judge_article", raise_exception=True)
SAID = {
    "accept": "Accepted",
    "reject": "Rejected",
    "rekind": "Kind changed",
    "relink": "Linked anew",
    "add": "Added",
}


def visible_mention(request: HttpRequest, pk: int) -> Mention:
    """The mention, or 404 when its article is not for this person."""
    visible = Article.objects.visible_to(request.user).values("pk")
    found: Mention = get_object_or_404(
        Mention.objects.filter(version__article__in=visible).select_related(
            "entity", "version__article", "by", "judgment__by"
        ),
        pk=pk,
    )
    return found


@require_safe
def mention_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a mention is taken for and why; as a card inside the article, or as a page of its own."""
    mention = visible_mention(request, pk)
    context = {
        "mention": mention,
        "article": mention.version.article,
        "kinds": Kind.choices,
        "scopes": Judgment.Scope.choices,
        "nav": "articles",
    }
    template = "analysis/_mention_card.html" if "card" in request.GET else "analysis/mention_detail.html"
    return render(request, template, context)


@require_POST
@judge_required
@says_why
def mention_judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, reject, another kind, another entity; here, for this source, or everywhere."""
    mention = visible_mention(request, pk)
    form = JudgmentForm(request.POST)
    article = mention.version.article
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(article)
    data = form.cleaned_data
    judge_mention(
        mention,
        decision=data["decision"],
        scope=data["scope"],
        by=person(request),
        new_kind=data["new_kind"],
        new_entity=data["new_entity"],
    )
    scope = Judgment.Scope(data["scope"]).label.lower()
    messages.success(
        request, f"{SAID[data['decision']]}: “{mention.surface}” ({scope}). It can be undone below the tags."
    )
    return redirect(article)


@require_POST
@judge_required
@says_why
def mention_add(request: HttpRequest, version_pk: int) -> HttpResponse:
    """Tag a place in the text that the machine missed."""
    visible = Article.objects.visible_to(request.user).values("pk")
    version = get_object_or_404(
        Version.objects.filter(article__in=visible).select_related("article"), pk=version_pk
    )
    form = AddMentionForm(request.POST, text=version.text, title=version.title)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(version.article)
    data: dict[str, Any] = form.cleaned_data
    add_mention(
        version,
        field=data["field"],
        start=data["start"],
        end=data["end"],
        kind=data["kind"],
        name=data["name"],
        scope=data["scope"],
        by=person(request),
    )
    messages.success(request, "Added.")
    return redirect(version.article)


@require_POST
@judge_required
@says_why
def judgment_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a judgment back; the machine's finding returns."""
    visible = Article.objects.visible_to(request.user).values("pk")
    judgment = get_object_or_404(Judgment.objects.filter(undone_at=None, article__in=visible), pk=pk)
    undo_judgment(judgment, by=person(request))
    messages.success(request, f"Undone: “{judgment.surface}”.")
    if "list" in request.POST or judgment.article is None:
        return redirect("analysis:suppression_list")
    return redirect(judgment.article)


@require_safe
@judge_required
def suppression_list(request: HttpRequest) -> HttpResponse:
    """Standing judgments, with how often each has decided in later runs."""
    judgments = Judgment.objects.filter(undone_at=None).select_related(
        "by", "article", "source", "entity", "new_entity"
    )
    decision, scope = request.GET.get("decision", ""), request.GET.get("scope", "")
    if decision in Judgment.Decision.values:
        judgments = judgments.filter(decision=decision)
    if scope in Judgment.Scope.values:
        judgments = judgments.filter(scope=scope)
    page = Paginator(judgments, 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "decisions": Judgment.Decision.choices,
        "scopes": Judgment.Scope.choices,
        "decision": decision,
        "scope": scope,
        "nav": "suppressions",
    }
    return render(request, "analysis/suppression_list.html", context)
