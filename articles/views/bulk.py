"""Acting on several articles at once, and taking it back: ticked ones, or all that a search finds."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from analysis.forms import ArticleFilterForm
from analysis.models import Rerun
from analysis.search import find_articles
from analysis.services import pause_rerun, start_rerun
from analysis.tasks import hint_article, rerun_step
from articles.forms import BulkForm, first_error
from articles.hints import hint
from articles.models import Action, Article
from articles.services import bulk
from articles.views.safe import back, person

judge_required = permission_required("articles.judge_article", raise_exception=True)
HINTED = 200  # restored articles whose work goes on at once; the reconciler finds the others
Verb = Action.Verb


@require_POST
@judge_required
def article_bulk(request: HttpRequest) -> HttpResponse:
    """One act on the ticked articles, or with `all` on those of the list whose address this is."""
    form = BulkForm(request.POST, by=person(request))
    if not form.is_valid():
        return told(request, first_error(form), level=messages.ERROR)
    ids, note = chosen_ids(request, list(form.cleaned_data["ids"]))
    if not ids:
        return told(request, note or "Tick some articles first.", level=messages.ERROR)
    action = act(form, ids, person(request))
    if action is None:
        return told(request, "Nothing changed: they are so already.", ids=ids)
    return told(request, " ".join(filter(None, [action.text, note])), action=action, ids=ids)


def act(form: BulkForm, ids: list[int], by: User) -> Action | None:
    """Do what was asked for."""
    verb, value = form.cleaned_data["verb"], form.cleaned_data["value"]
    acts: dict[str, Callable[[], Action | None]] = {
        Verb.STATE: lambda: bulk.set_states(ids, value, by=by),
        Verb.ASSIGN: lambda: bulk.assign_many(ids, value, by=by),
        Verb.LABEL: lambda: bulk.add_label(ids, value, by=by),
        Verb.UNLABEL: lambda: bulk.remove_label(ids, value, by=by),
        Verb.WITHDRAW: lambda: bulk.withdraw_many(ids, by=by),
        Verb.RERUN: lambda: rerun_many(ids, by=by),
    }
    return acts[verb]()


def chosen_ids(request: HttpRequest, ticked: list[int]) -> tuple[list[int], str]:
    """The ticked articles, or the newest of the whole list when it was chosen; and what must be said about it."""
    if "all" not in request.POST:
        return ticked[: bulk.LIMIT], ""
    form = ArticleFilterForm(request.GET)
    filters = form.filters()
    if form.query_error:
        return [], "The search has a mistake; nothing was changed."
    found = find_articles(filters, request.user).articles.values_list("pk", flat=True)
    ids = list(found[: bulk.LIMIT + 1])
    note = (
        f"Only the first {bulk.LIMIT:,} of the list: an act reaches no further." if ids[bulk.LIMIT :] else ""
    )
    return ids[: bulk.LIMIT], note


def rerun_many(ids: list[int], *, by: User) -> Action | None:
    """Analyze again those that are ready."""
    ready = Article.objects.visible_to(by).ready().filter(pk__in=ids)
    wanted = sorted(ready.values_list("pk", flat=True))
    if not wanted:
        return None
    rerun = start_rerun(wanted, reason="Chosen from the list", by=by)
    hint(rerun_step, rerun.pk)
    text = f"Analyzing {bulk.counted(len(wanted))} again."
    return bulk.note_action(Verb.RERUN, value=str(rerun.pk), before={}, text=text, by=by)


@require_POST
def action_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an act of one's own."""
    by = person(request)
    try:
        if Action.objects.filter(pk=pk, by=by, verb=Verb.RERUN).exists():
            return stop_rerun(request, pk)
        undone = bulk.undo_action(pk, by=by)
    except bulk.NothingToUndo as refusal:
        return told(request, str(refusal), level=messages.ERROR)
    if undone.action.verb == Verb.WITHDRAW:
        for article in Article.objects.filter(pk__in=undone.restored[:HINTED]).defer("search", "lead"):
            hint_article(article)
    return told(request, undone_text(undone), ids=list(undone.restored))


def undone_text(undone: bulk.Undone) -> str:
    """What came back, and what did not."""
    text = f"Undone: {bulk.counted(len(undone.restored))}."
    if undone.kept:
        text += f" {bulk.counted(undone.kept)} changed since then and stayed as they are."
    return text


def stop_rerun(request: HttpRequest, pk: int) -> HttpResponse:
    """A re-analysis cannot be taken back, but what is left of it can be stopped."""
    action = bulk.claim_action(pk, by=person(request), verbs=[Verb.RERUN])
    rerun = Rerun.objects.filter(pk=int(action.value)).first()
    if rerun is None:
        raise bulk.NothingToUndo("That re-analysis is gone.")
    pause_rerun(rerun, by=person(request))
    return told(request, "The re-analysis is stopped. What was analyzed already stays.")


@require_POST
def latest_undo(request: HttpRequest) -> HttpResponse:
    """Lead to undoing the person's latest act; the browser posts again to where it belongs."""
    latest = Action.objects.filter(by=person(request), undone_at=None).order_by("-at", "-id").first()
    if latest is None:
        return told(request, "There is nothing to undo.", level=messages.ERROR)
    answer = HttpResponseRedirect(latest.get_undo_url())
    answer.status_code = 307
    return answer


def told(
    request: HttpRequest,
    text: str,
    *,
    action: Action | None = None,
    ids: list[int] | None = None,
    level: int = messages.SUCCESS,
) -> HttpResponse:
    """Say what happened, with a way back: for htmx a note and the rows as they are now, else a page with the note."""
    if "HX-Request" not in request.headers:
        messages.add_message(request, level, text, extra_tags=action.get_undo_url() if action else "")
        return back(request, reverse("articles:article_list"))
    context = {
        "text": text,
        "action": action,
        "is_bad": level == messages.ERROR,
        "rows": shown_rows(request, ids),
    }
    return render(request, "articles/_toast.html", context, status=422 if level == messages.ERROR else 200)


def shown_rows(request: HttpRequest, ids: list[int] | None) -> QuerySet[Article]:
    """Those of the changed articles that stand on the reader's page, as they are now."""
    shown = {int(text) for text in request.POST.getlist("shown")[:200] if text.isascii() and text.isdigit()}
    wanted = list(shown & set(ids or ()))
    rows = Article.objects.visible_to(request.user).filter(pk__in=wanted).select_related("assignee")
    return rows.only("pk", "work_state", "labels", "withdrawn_at", "assignee__username")
