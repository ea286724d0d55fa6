"""Importing tables: upload, dry run with the columns to choose, progress, and the report."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analysis.tasks import import_step
from articles.forms import MappingForm, TableForm
from articles.hints import hint
from articles.models import TableImport
from articles.services import SubmissionRefused, confirm_import, remap_import, start_import
from articles.views.safe import person
from articles.views.submitting import ACCEPTED

PAGE_SIZE = 30
may_judge = permission_required("articles.judge_article", raise_exception=True)


@require_http_methods(["GET", "HEAD", "POST"])
@may_judge
def import_start(request: HttpRequest) -> HttpResponse:
    """Hand in a table, and all imports so far; nothing is imported before it was confirmed."""
    form = TableForm(initial={"rules": bool(request.session.get(ACCEPTED))})
    if request.method == "POST":
        form = TableForm(request.POST, request.FILES)
        if form.is_valid():
            request.session[ACCEPTED] = True
            file = form.cleaned_data["file"]
            try:
                return redirect(start_import(file.name, file.read(), by=person(request)))
            except SubmissionRefused as refused:
                form.add_error("file", refused.reason)
    rows = TableImport.objects.select_related("by").defer("data", "skipped", "forecast")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "nav": "submit"}
    return render(request, "articles/import_start.html", context, status=422 if form.errors else 200)


@require_safe
@may_judge
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What the import would do, how far it is, or what it did."""
    row = import_row(pk)
    if row.stage == TableImport.ImportStage.PLANNED:
        form = MappingForm(row.forecast["columns"], initial=dict(row.mapping))
        return render(request, "articles/import_plan.html", plan_context(row, form))
    context = {
        "import": row,
        "columns": [(MappingForm.LABELS[field], column) for field, column in row.mapping],
        "is_moving": row.stage == TableImport.ImportStage.RUNNING and not row.failed_at,
        "unnamed": row.counts.get("skipped", 0) - len(row.skipped),
        "nav": "submit",
    }
    return render(request, "articles/import_detail.html", context)


@require_POST
@may_judge
def import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Start it; with other columns than the dry run had, only a new dry run."""
    row = import_row(pk)
    if row.stage == TableImport.ImportStage.PLANNED:
        form = MappingForm(row.forecast["columns"], request.POST)
        if not form.is_valid():
            return render(request, "articles/import_plan.html", plan_context(row, form), status=422)
        if "try" in request.POST or dict(form.mapping()) != dict(row.mapping):
            return try_mapping(request, row, form)
    row = confirm_import(row, by=person(request))
    hint(import_step, row.pk)
    return redirect(row)


def try_mapping(request: HttpRequest, row: TableImport, form: MappingForm) -> HttpResponse:
    """The dry run again with the chosen columns."""
    try:
        remap_import(row, form.mapping(), by=person(request))
    except SubmissionRefused as refused:
        form.add_error(None, refused.reason)
        return render(request, "articles/import_plan.html", plan_context(row, form), status=422)
    messages.info(request, "This is what the import would do with these columns. Nothing is imported yet.")
    return redirect(row)


def import_row(pk: int) -> TableImport:
    """One import without its bytes, or 404."""
    return get_object_or_404(TableImport.objects.select_related("by", "batch").defer("data"), pk=pk)


def plan_context(row: TableImport, form: MappingForm) -> dict[str, Any]:
    """Everything the page of the dry run shows."""
    shown = ("number", "url", "title", "text", "byline", "source", "published_at", "language", "labels", "id")
    used = ["number", *(field for field, _ in row.mapping)]
    titles = {"number": "Row", **MappingForm.LABELS}
    fields = [name for name in shown if name in used]
    return {
        "import": row,
        "form": form,
        "heads": [titles[name] for name in fields],
        "rows": [[one[name] for name in fields] for one in row.forecast["rows"]],
        "unnamed": row.forecast["skipped"] - len(row.skipped),
        "nav": "submit",
    }
