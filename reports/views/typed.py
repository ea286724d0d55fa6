"""Downloads of the lists of findings, statements and relations, exactly as filtered."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from analysis.forms import FindingFilterForm, RelationFilterForm, StatementFilterForm
from analysis.models import Entity
from analysis.search.typed import find_findings, find_relations, find_statements
from articles.views.safe import person
from reports.exports import rows as csv_rows
from reports.services import record_export
from reports.services.typed import COLUMNS, typed_rows

may_export = permission_required("articles.export_article", raise_exception=True)
LISTS: dict[str, tuple[Any, Any]] = {
    "findings": (FindingFilterForm, find_findings),
    "statements": (StatementFilterForm, find_statements),
    "relations": (RelationFilterForm, find_relations),
}


@may_export
@require_GET
def finding_export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Findings as CSV."""
    return written(request, "findings")


@may_export
@require_GET
def statement_export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Statements as CSV."""
    return written(request, "statements")


@may_export
@require_GET
def relation_export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Relations as CSV."""
    return written(request, "relations")


def written(request: HttpRequest, name: str) -> HttpResponse | StreamingHttpResponse:
    """The list of that name under the filters of the address, streamed; an audit row says who took it."""
    form_class, find = LISTS[name]
    filters = form_class(request.GET, among=Entity.objects.all()).filters()
    if filters is None:
        return HttpResponseBadRequest("A filter has a mistake; open the page to see which.")
    user = person(request)
    record_export(f"{name} csv", by=user, detail={"query": request.GET.urlencode()})
    site = request.build_absolute_uri("/").rstrip("/")
    lines = csv_rows.write(COLUMNS[name], typed_rows(name, find(filters, user), site=site))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{datetime.now(UTC):%Y%m%d-%H%M}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
