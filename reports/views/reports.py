"""Pages of reports, and the downloads."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from analysis.forms import ArticleFilterForm
from analysis.search import find_articles
from articles.models import Article
from articles.views.safe import person
from reports import services
from reports.exports import LIST_FORMATS, REPORT_FORMATS
from reports.forms import MAX_SELECTION, DownloadForm, ExportForm, NoteForm, ReportForm, selected_ids
from reports.models import Report, ReportItem

PAGE_SIZE = 25
Response = TypeVar("Response", HttpResponse, StreamingHttpResponse)
may_export = permission_required("articles.export_article", raise_exception=True)


@may_export
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The current result list, or the ticked selection, as a streamed file."""
    form = ExportForm(request.POST or request.GET)
    if not form.is_valid():
        return HttpResponseBadRequest("Choose CSV or JSON Lines, and tick articles by their number only.")
    user = person(request)
    articles = chosen_articles(form.cleaned_data["ids"], request.GET, user)
    kind = LIST_FORMATS[form.cleaned_data["format"]]
    services.record_export(
        kind.extension,
        by=user,
        detail={"query": request.GET.urlencode(), "ids": form.cleaned_data["ids"][:MAX_SELECTION]},
    )
    items = services.stream_items(articles, site=request.build_absolute_uri("/").rstrip("/"))
    response = StreamingHttpResponse(kind.write(items), content_type=kind.content_type)
    return _attach(response, f"newsintel-{datetime.now(UTC):%Y%m%d-%H%M}.{kind.extension}")


def chosen_articles(ids: list[int], query: QueryDict, user: User) -> QuerySet[Article]:
    """The ticked articles, else exactly what the list shows for the same address; a mistyped search shows nothing."""
    if ids:
        return Article.objects.visible_to(user).present().filter(pk__in=ids)
    form = ArticleFilterForm(query)
    filters = form.filters()
    if form.query_error:
        return Article.objects.none()
    return find_articles(filters, user).articles


def _attach(response: Response, name: str) -> Response:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def report_list(request: HttpRequest) -> HttpResponse:
    """All reports, newest first."""
    reports = Report.objects.annotate(size=Count("items")).select_related("by").order_by("-created_at", "-id")
    rows = Paginator(_readable(reports, person(request)), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "reports/report_list.html", {"page": rows, "nav": "reports"})


def _readable(reports: QuerySet[Report], user: User) -> QuerySet[Report]:
    """Reports hold articles of everybody, so only those who may read every article may read them."""
    return reports if user.has_perm("articles.view_article") else reports.filter(by=user)


@may_export
@require_POST
def report_create(request: HttpRequest) -> HttpResponse:
    """A new report from the ticked articles."""
    try:
        ids = selected_ids(request)
    except ValidationError:
        return HttpResponseBadRequest("The selection holds something that is not an article number.")
    user = person(request)
    found = {
        row.pk: row for row in chosen_articles(ids, request.GET, user).defer("search")[: MAX_SELECTION + 1]
    }
    articles = [found[number] for number in (ids or found) if number in found]
    if not 0 < len(articles) <= MAX_SELECTION:
        messages.error(
            request, f"A report holds between 1 and {MAX_SELECTION} articles. Tick some, or narrow the list."
        )
        return redirect("articles:article_list")
    title = request.POST.get("title") or f"Tagged report, {datetime.now(UTC):%d %B %Y}"
    return redirect(services.create_report(title[:300], articles=articles, by=user))


@require_GET
def report_detail(request: HttpRequest, report_id: int) -> HttpResponse:
    """One report: its articles with notes, and the downloads."""
    report = get_object_or_404(_readable(Report.objects.all(), person(request)), pk=report_id)
    items = report.items.select_related("article__source", "version").defer(
        "article__search", "version__text"
    )
    context = {
        "report": report,
        "items": items,
        "form": ReportForm(initial={"title": report.title, "note": report.note}),
    }
    return render(request, "reports/report_detail.html", context)


@may_export
@require_POST
def report_edit(request: HttpRequest, report_id: int) -> HttpResponse:
    """Change title and note."""
    report = get_object_or_404(Report, pk=report_id)
    form = ReportForm(request.POST)
    if form.is_valid():
        _tell(
            request,
            lambda: services.edit_report(report, by=person(request), **form.cleaned_data),
            "Saved.",
        )
    else:
        messages.error(request, "A report needs a title of at most 300 characters.")
    return redirect(report)


@may_export
@require_POST
def report_add(request: HttpRequest, report_id: int) -> HttpResponse:
    """Put further ticked articles into the report."""
    report = get_object_or_404(Report, pk=report_id)
    user = person(request)
    try:
        articles = list(Article.objects.visible_to(user).present().filter(pk__in=selected_ids(request)))
    except ValidationError:
        return HttpResponseBadRequest("The selection holds something that is not an article number.")
    _tell(request, lambda: services.add_articles(report, articles=articles, by=user), "Added to the report.")
    return redirect(report)


@may_export
@require_POST
def report_lock(request: HttpRequest, report_id: int) -> HttpResponse:
    """Make the report final."""
    report = get_object_or_404(Report, pk=report_id)
    services.lock_report(report, by=person(request))
    messages.success(request, "The report is final now.")
    return redirect(report)


@may_export
@require_POST
def report_delete(request: HttpRequest, report_id: int) -> HttpResponse:
    """Remove the report; its articles stay."""
    report = get_object_or_404(Report, pk=report_id)
    _tell(request, lambda: services.delete_report(report, by=person(request)), "The report is deleted.")
    return redirect("reports:report_list")


@may_export
@require_GET
def report_download(request: HttpRequest, report_id: int) -> HttpResponse:
    """The report as a document."""
    report = get_object_or_404(Report, pk=report_id)
    form = DownloadForm(request.GET)
    if not form.is_valid():
        return HttpResponseBadRequest("Choose PDF or Markdown.")
    kind = REPORT_FORMATS[form.cleaned_data["format"]]
    user = person(request)
    services.record_export(
        f"report {kind.extension}", by=user, detail={"report": report.pk, "title": report.title}
    )
    bundle = services.report_bundle(report, by=user, site=request.build_absolute_uri("/").rstrip("/"))
    response = HttpResponse(kind.write(bundle), content_type=kind.content_type)
    return _attach(response, f"{slugify(report.title) or 'report'}.{kind.extension}")


@may_export
@require_POST
def item_note(request: HttpRequest, item_id: int) -> HttpResponse:
    """Write the note on one article of the report."""
    item = get_object_or_404(ReportItem.objects.select_related("report"), pk=item_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        note = form.cleaned_data["note"]
        _tell(request, lambda: services.note_item(item, note, by=person(request)), "Note saved.")
    return redirect(item.report)


@may_export
@require_POST
def item_remove(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take one article out of the report."""
    item = get_object_or_404(ReportItem.objects.select_related("report"), pk=item_id)
    report = item.report
    _tell(request, lambda: services.remove_item(item, by=person(request)), "Removed from the report.")
    return redirect(report)


def _tell(request: HttpRequest, act: Callable[[], object], done: str) -> None:
    """Do it and say so, or say why not: a final report is the only thing that refuses."""
    try:
        act()
    except services.ReportLocked as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
