"""Handing in: an address, a text, a file, or many addresses; and the progress of many."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from analysis.tasks import hint_article
from articles.doors import File
from articles.forms import FileForm, ManyForm, TextForm, UrlForm
from articles.models import Article, Batch, Status
from articles.services import (
    SubmissionRefused,
    Submitted,
    submit_many,
    submit_rendered,
    submit_text,
    submit_together,
    submit_url,
)
from articles.views.safe import person

MAX_HINTS = 50  # sent from the page itself; the reconciler sends the rest of a large batch
BATCH_PAGE = 200
SETTLED = (Status.WITHDRAWN, Status.FAILED, Status.REVIEW, Status.READY)
ACCEPTED = "rules_accepted"  # in the session: the tick is asked for once a visit


def hand_in_url(data: dict[str, Any], by: User) -> Submitted:
    """One address; with the page as the browser has it when the bookmarklet sent it along."""
    if data["page"].strip():
        return submit_rendered(data["url"], data["page"], by=by)
    return submit_url(data["url"], by=by)


def hand_in_text(data: dict[str, Any], by: User) -> Submitted:
    """A pasted text."""
    names = ("title", "source_name", "published_on", "byline", "url")
    return submit_text(data["text"], by=by, **{name: data[name] for name in names})


def hand_in_file(data: dict[str, Any], by: User) -> Submitted | Batch:
    """One file or several; the batch when they hold several articles, with what was skipped and why."""
    report = submit_together([File(file.name, file.read()) for file in data["file"]], by=by)
    if report.batch is not None:
        return report.batch
    first = report.submitted[0]
    notes = [f"Not taken: {skipped.name}: {skipped.reason}" for skipped in report.skipped]
    return replace(first, message=" ".join([first.message, *notes]))


def hand_in_many(data: dict[str, Any], by: User) -> Batch:
    """Many addresses."""
    return submit_many(data["addresses"], by=by)


# tab: title, icon, form, what happens, the field a refusal belongs to
Way = tuple[str, str, type[Form], Callable[[dict[str, Any], User], Submitted | Batch], str]
WAYS: dict[str, Way] = {
    "url": ("Address", "link", UrlForm, hand_in_url, "url"),
    "text": ("Text", "clipboard-paste", TextForm, hand_in_text, "text"),
    "file": ("File", "upload", FileForm, hand_in_file, "file"),
    "many": ("Many addresses", "list", ManyForm, hand_in_many, "addresses"),
}


@require_http_methods(["GET", "HEAD", "POST"])
def article_submit(request: HttpRequest) -> HttpResponse:
    """The form; the page answers as soon as the row is saved."""
    given = request.POST.get("tab") or request.GET.get("tab", "url")
    tab = given if given in WAYS else "url"
    _, _, form_class, hand_in, field = WAYS[tab]
    if request.method == "POST":
        form = form_class(request.POST, request.FILES)
        if form.is_valid():
            request.session[ACCEPTED] = True
            try:
                return answer(request, hand_in(form.cleaned_data, person(request)))
            except SubmissionRefused as refused:
                form.add_error(field, refused.reason)
    else:
        form = form_class(initial=first_values(request))
    context = {"form": form, "tab": tab, "ways": WAYS, "nav": "submit", "bookmarklet": bookmarklet(request)}
    response = render(request, "articles/article_submit.html", context, status=422 if form.errors else 200)
    # The page that opened this one may hand its content over (static/js/rendered.js); a person still submits it.
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


def first_values(request: HttpRequest) -> dict[str, Any]:
    """What the bookmarklet brings along, and the tick when it was made before in this visit."""
    values: dict[str, Any] = {name: request.GET.get(name, "")[:2000] for name in ("url", "title", "text")}
    values["rules"] = bool(request.session.get(ACCEPTED))
    return values


def answer(request: HttpRequest, submitted: Submitted | Batch) -> HttpResponse:
    """Hint the work and show the article, or the batch."""
    if isinstance(submitted, Batch):
        for article in Article.objects.filter(submissions__batch=submitted).defer("search")[:MAX_HINTS]:
            hint_article(article)
        return redirect(submitted)
    hint_article(submitted.article)
    (messages.success if submitted.is_new else messages.info)(request, submitted.message)
    return redirect(submitted.article)


BOOKMARKLET = (
    "javascript:(()=>{const f='%(form)s?url='+encodeURIComponent(location.href),o='%(origin)s',w=open(f);"
    "if(!w){location.href=f;return}addEventListener('message',e=>{if(e.source===w&&e.origin===o&&"
    "e.data==='newsintel-ready')w.postMessage({newsintel:'page',html:document.documentElement.outerHTML},o)})})()"
)


def bookmarklet(request: HttpRequest) -> str:
    """A link for the bookmarks bar that opens the form with the address and the content of the page being read."""
    origin = f"{request.scheme}://{request.get_host()}"
    return BOOKMARKLET % {"form": request.build_absolute_uri(request.path), "origin": origin}


@require_safe
def batch_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far many addresses are; refreshes itself while something moves."""
    batches = (
        Batch.objects.all()
        if request.user.has_perm("articles.view_article")
        else Batch.objects.filter(by=request.user.pk)
    )
    batch = get_object_or_404(batches.select_related("by"), pk=pk)
    articles = Article.objects.filter(pk__in=batch.submissions.values("article_id"))
    counts = {status: articles.with_status(status).count() for status in Status}
    total, done = articles.count(), sum(counts[status] for status in SETTLED)
    listed = articles.defer("search").select_related("source").order_by("pk")
    context = {
        "batch": batch,
        "page": Paginator(listed, BATCH_PAGE).get_page(request.GET.get("page")),
        "noun": "article" if articles.exclude(origin=Article.Origin.URL).exists() else "address",
        "counts": [(status.label, number) for status, number in counts.items() if number],
        "done": min(done, total),
        "total": total,
        "is_moving": done < total,
        "nav": "submit",
    }
    return render(request, "articles/batch_detail.html", context)


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """What may be handed in."""
    return render(request, "articles/rules.html", {"nav": "rules"})
