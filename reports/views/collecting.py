"""Chosen articles into a report, its undo, and what the command palette offers."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from articles.models import Action, Article
from articles.services.bulk import NothingToUndo, counted
from articles.views.safe import back, person
from reports import services
from reports.forms import MAX_SELECTION, CollectForm
from reports.models import Report
from reports.services import searches
from reports.services.collecting import collect, undo_collect
from reports.views.reports import chosen_articles

OFFERED = 30  # reports, labels and people each
may_export = permission_required("articles.export_article", raise_exception=True)
Verb = Action.Verb


@may_export
@require_POST
def report_collect(request: HttpRequest) -> HttpResponse:
    """The ticked articles, or with `all` the list of this address, into a report or a new one."""
    form = CollectForm(request.POST, reports=Report.objects.filter(locked_at=None))
    if not form.is_valid():
        return told(
            request, "Choose a report that is not final yet, and tick articles by their number.", is_bad=True
        )
    user, data = person(request), form.cleaned_data
    if not data["ids"] and "all" not in request.POST:
        return told(request, "Tick some articles first.", is_bad=True)
    found = chosen_articles([] if "all" in request.POST else data["ids"], request.GET, user)
    articles = list(found.defer("search", "lead")[: MAX_SELECTION + 1])
    if not 0 < len(articles) <= MAX_SELECTION:
        return told(request, f"A report holds between 1 and {MAX_SELECTION:,} articles.", is_bad=True)
    title = data["title"] or f"Tagged report, {timezone.now():%d %B %Y}"
    try:
        action = collect(data["report"], articles=articles, by=user, title=title)
    except services.ReportLocked as refusal:
        return told(request, str(refusal), is_bad=True)
    return told(request, action.text if action else "All of them are in it already.", action=action)


@require_POST
def action_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an act of one's own on a report or a saved search."""
    user = person(request)
    try:
        if Action.objects.filter(pk=pk, by=user, verb=Verb.UNSAVE).exists():
            text = f"“{searches.restore_search(pk, by=user).name}” is back."
        else:
            gone, kept = undo_collect(pk, by=user)
            stay = f" {counted(kept)} got a note since and stayed." if kept else ""
            text = f"Undone: {counted(gone)} taken out again.{stay}"
    except NothingToUndo as refusal:
        return told(request, str(refusal), is_bad=True)
    return told(request, text)


def told(
    request: HttpRequest, text: str, *, action: Action | None = None, is_bad: bool = False
) -> HttpResponse:
    """Say what happened, with a way back: a note for htmx, else a page with the note."""
    if "HX-Request" in request.headers:
        report = action.value.removeprefix("new:") if action else ""
        href = reverse("reports:report_detail", args=[report]) if report else ""
        context = {"text": text, "action": action, "is_bad": is_bad, "href": href, "link": "Open it"}
        return render(request, "articles/_toast.html", context, status=422 if is_bad else 200)
    level = messages.ERROR if is_bad else messages.SUCCESS
    messages.add_message(request, level, text, extra_tags=action.get_undo_url() if action else "")
    return back(request, "reports:report_list")


@require_safe
def palette(request: HttpRequest) -> JsonResponse:
    """What the command palette offers beside the page's own actions; fetched when it opens."""
    user = person(request)
    rows = searches.searches_for(user)[: 2 * OFFERED]
    saved = [(row.name, reverse("reports:saved_open", args=[row.pk])) for row in rows]
    body: dict[str, object] = {"saved": saved, "reports": [], "labels": [], "people": [], "states": []}
    if user.has_perm("articles.export_article"):
        body["reports"] = list(Report.objects.filter(locked_at=None).values_list("pk", "title")[:OFFERED])
    if user.has_perm("articles.judge_article"):
        body |= {
            "labels": known_labels(),
            "people": list(
                User.objects.filter(is_active=True)
                .exclude(pk=user.pk)
                .order_by("username")
                .values_list("pk", "username")[:OFFERED]
            ),
            "states": Article.WorkState.choices,
        }
    return JsonResponse(body)


def known_labels() -> list[str]:
    """The words put on articles lately, the newest first."""
    used = Action.objects.filter(verb=Verb.LABEL, undone_at=None).values_list("value", flat=True)[:200]
    return list(dict.fromkeys(used))[:OFFERED]
