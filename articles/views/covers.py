"""The cover picture of an article: drawn from its entities, labeled as computer-generated, cached by its content."""

import hashlib
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from analysis.models import Kind, Tag
from analysis.pipeline.cover import PALETTES, Named, draw_cover
from analysis.pipeline.types import OBSERVABLES
from articles.models import Article

ENTITIES = 12  # the most salient; arbitrary
DAY = 86_400


@require_safe
def article_cover(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture as SVG; its address changes with its content, so it may be kept for a day."""
    article = get_object_or_404(Article.objects.visible_to(request.user).only("pk"), pk=pk)
    named = named_for_cover(Tag.objects.filter(article=article).select_related("entity"))
    theme = request.GET.get("theme", "light")
    picture = draw_cover(named, theme=theme if theme in PALETTES else "light").encode()
    tag = f'"{hashlib.sha256(picture).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(picture, content_type="image/svg+xml; charset=utf-8")
    response["ETag"] = tag
    patch_cache_control(response, private=True, max_age=DAY)
    return response


def named_for_cover(tags: Iterable[Tag]) -> list[Named]:
    """The entities a cover shows, by salience; what is only implied or a technical value stays out."""
    named = [
        Named(tag.entity.name, tag.get_kind_display(), tag.entity.country if tag.kind == Kind.COUNTRY else "")
        for tag in tags
        if not tag.is_implied and tag.kind not in OBSERVABLES
    ]
    return named[:ENTITIES]


def cover_address(article: Article, named: Sequence[Named]) -> str:
    """Where the picture is, without its theme; "" when there is nothing to draw."""
    if not named:
        return ""
    digest = hashlib.sha256(repr(named).encode()).hexdigest()[:12]
    return f"{reverse('articles:article_cover', args=[article.pk])}?{urlencode({'v': digest})}"
