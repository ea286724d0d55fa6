"""What differs between two texts: an article and its copy, or two versions of one article."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from analysis.pipeline.fingerprints import compare, find_changes, make_shingles
from articles.models import Article, Version
from articles.views.reading import visible_article

MAX_CHANGES = 200  # shown; a page of more is no longer a comparison


@require_safe
def article_differences(request: HttpRequest, pk: int, version_pk: int) -> HttpResponse:
    """The article's current text beside another version, of its own or of another visible article."""
    article = visible_article(request, pk)
    other = get_object_or_404(Version.objects.select_related("article__source", "snapshot"), pk=version_pk)
    if (
        article.version is None
        or not Article.objects.visible_to(request.user).filter(pk=other.article_id).exists()
    ):
        raise Http404
    this = article.version
    changes = find_changes(other.text, this.text)
    context = {
        "article": article,
        "this": this,
        "other": other,
        "overlap": compare(make_shingles(other.text), make_shingles(this.text)),
        "is_same_article": other.article_id == article.pk,
        "title_changed": other.title != this.title,
        "changes": changes[:MAX_CHANGES],
        "more": max(0, len(changes) - MAX_CHANGES),
        "nav": "articles",
    }
    return render(request, "articles/article_differences.html", context)
