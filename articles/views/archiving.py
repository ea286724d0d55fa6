"""The evidence as a file: a web archive any replay tool reads."""

from datetime import UTC, datetime

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from articles.doors.warc import write_warc
from articles.services import record_audit
from articles.services.snapshots import read_page
from articles.views.reading import visible_article


@require_safe
def article_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Every capture of the article as one .warc.gz, oldest first; served as an attachment, never rendered."""
    article = visible_article(request, pk)
    snapshots = list(article.snapshots.order_by("id"))
    if not snapshots:
        raise Http404
    archive = write_warc([read_page(snapshot) for snapshot in snapshots], written_at=datetime.now(UTC))
    if isinstance(request.user, User):
        detail = {"what": "warc", "sha256": archive.sha256, "snapshots": len(snapshots)}
        record_audit("export", article, by=request.user, detail=detail)
    response = HttpResponse(archive.data, content_type="application/gzip")
    response["Content-Disposition"] = f'attachment; filename="newsintel-article-{article.pk}.warc.gz"'
    response["X-Content-SHA256"] = archive.sha256
    return response
