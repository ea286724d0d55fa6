"""Watched entities: begin and end watching, and what is new about each."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from analysis.models import Entity, Tag
from articles.models import Article
from articles.views.safe import back, person
from reports.models import Watch
from reports.services import searches

PAGE_SIZE = 12


@require_safe
def watch_list(request: HttpRequest) -> HttpResponse:
    """Each watched entity with what is new and what came last; without any, what is worth watching."""
    user = person(request)
    watches = Watch.objects.filter(user=user).select_related("entity")
    page = Paginator(watches, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "watched": searches.watched_news(list(page), user),
        "worth": [] if page.paginator.count else list(searches.worth_watching(user)),
        "many": searches.MANY,
        "nav": "watch",
    }
    return render(request, "reports/watch_list.html", context)


@require_POST
def watch_toggle(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin or end watching an entity that the person may see."""
    entity = visible_entity(request, pk)
    is_watched = searches.toggle_watch(entity, by=person(request))
    if "HX-Request" in request.headers:
        return render(request, "reports/_watch_button.html", {"entity": entity, "is_watched": is_watched})
    text = f"You watch {entity.name} now." if is_watched else f"You no longer watch {entity.name}."
    messages.success(request, text, extra_tags=reverse("reports:watch_toggle", args=[entity.pk]))
    return back(request, "reports:watch_list")


@require_safe
def watch_button(request: HttpRequest, pk: int) -> HttpResponse:
    """The button for an entity's page; a fragment, so that those pages need not know of watching."""
    entity = visible_entity(request, pk)
    is_watched = Watch.objects.filter(user=person(request), entity=entity).exists()
    return render(request, "reports/_watch_button.html", {"entity": entity, "is_watched": is_watched})


@require_POST
def watch_seen(request: HttpRequest) -> HttpResponse:
    """What there is now is no longer new: of one entity, or of all."""
    watches = Watch.objects.filter(user=person(request))
    given = request.POST.get("watch", "")
    searches.note_watch_look(
        watches.filter(pk=int(given)) if given.isascii() and given.isdigit() and len(given) < 18 else watches
    )
    return redirect("reports:watch_list")


@require_safe
def watch_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The articles about a watched entity; what is there now is no longer new."""
    watch = get_object_or_404(Watch, pk=pk, user=person(request))
    searches.note_watch_look(Watch.objects.filter(pk=watch.pk))
    return redirect(f"{reverse('articles:article_list')}?tag={watch.entity_id}")


def visible_entity(request: HttpRequest, pk: int) -> Entity:
    """An entity; contributors know the well-known ones and those that their own articles name."""
    entity = get_object_or_404(Entity.objects.select_related("merged_into"), pk=pk)
    user = person(request)
    if entity.is_known or user.has_perm("articles.view_article"):
        return entity
    own = Tag.objects.filter(entity=pk, article__in=Article.objects.visible_to(user).values("pk"))
    if not own.exists():
        raise Http404
    return entity
