"""Entities: what one is, where it occurs, with whom; merging, splitting off a name, undoing either."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from analysis.forms import MergeForm
from analysis.models import HAS_ROLE, PEOPLE, Alias, Entity, EntityChange, EntityQuerySet, Kind, Tag
from analysis.search import PAGE_SIZE, Filters, Found
from analysis.search.overview import count_entity
from analysis.search.periods import Span, spans
from analysis.search.tallies import tally_for
from analysis.search.together import POOL, companions
from analysis.services import merge_entities, split_alias, undo_change
from analysis.views.dashboard import span_href
from analysis.views.refusals import says_why
from articles.forms import first_error
from articles.models import Article, ArticleQuerySet
from articles.views.safe import person

judge_required = permission_required("articles.judge_article", raise_exception=True)
PAGE = 60
OFFERED = 8
LISTED = 12_000  # entities a list can be paged through
ORDERS = {
    "articles": ("Most articles", ("-article_count", "name", "pk")),
    "name": ("Name", ("name", "pk")),
    "new": ("Newest", ("-pk",)),
}
COMPANIONS, MAPPED = 24, 200
ROLES = 200  # articles, the last submitted ones that say what somebody is


def visible_entities(request: HttpRequest) -> EntityQuerySet:
    """Analysts see all; contributors the well-known ones and those in their own articles."""
    if request.user.has_perm("articles.view_article"):
        return Entity.objects.all()
    own = Tag.objects.filter(article__in=Article.objects.visible_to(request.user).values("pk"))
    return Entity.objects.filter(Q(is_known=True) | Q(pk__in=own.values("entity_id")))


def asked_words(request: HttpRequest) -> str:
    """What was typed, without what Postgres cannot store."""
    return request.GET.get("q", "").replace("\x00", "")[:200].strip()


@require_safe
def entity_list(request: HttpRequest) -> HttpResponse:
    """Entities by name and kind, in the order asked for."""
    words, kind, order = asked_words(request), request.GET.get("kind", ""), request.GET.get("order", "")
    order = order if order in ORDERS else "articles"
    entities = visible_entities(request).current().order_by(*ORDERS[order][1])
    if words:
        entities = entities.named_like(words)
    elif kind not in Kind.values:
        entities = entities.filter(article_count__gt=0)
    if kind in Kind.values:
        entities = entities.filter(kind=kind)
    page = Paginator(entities.select_related("parent")[:LISTED], PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "words": words,
        "kind": kind,
        "order": order,
        "orders": [(key, name, key == order) for key, (name, _) in ORDERS.items()],
        "kinds": Kind.choices,
        "query": urlencode({"q": words, "kind": kind, "order": order}),
        "is_capped": page.paginator.count == LISTED,
        "nav": "entities",
    }
    return render(request, "analysis/entity_list.html", context)


@require_safe
def entity_suggest(request: HttpRequest) -> JsonResponse:
    """Names for completion: {"names": [{pk, key, name, kind}, …]}."""
    words, kinds = asked_words(request)[:100], request.GET.getlist("kind")
    if len(words) < 2:
        return JsonResponse({"names": []})
    entities = visible_entities(request).current().named_like(words)
    if kinds:
        entities = entities.filter(kind__in=kinds)
    rows = entities.order_by("-article_count", "name").values("pk", "key", "name", "kind")[:OFFERED]
    return JsonResponse({"names": list(rows)})


@require_safe
def entity_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One entity: identity, names, timeline, company it keeps, its articles, the journal of merges."""
    entity = get_object_or_404(with_names(visible_entities(request)), pk=pk)
    if entity.merged_into:
        messages.info(request, f"“{entity.name}” is merged into this entity.")
        return redirect(entity.merged_into)
    ready = Article.objects.visible_to(request.user).ready().filter(entity_ids__contains=[entity.pk])
    named: Any = entity  # with_names added what the model does not know
    number = page_number(request)
    rows, has_next = Found(ready.order_by("-dated_at", "-pk"), Filters(), ()).page(number)
    by_day, total = count_entity(tally_for(request.user), entity.pk)
    others = companions(entity, ready, total, by_day) if rows else []
    context = {
        "entity": entity,
        "aliases": named.alias_rows,
        "brands": named.brand_rows,
        "rows": rows,
        "number": number,
        "has_next": has_next,
        "spans": timeline(entity, by_day),
        "counted": sum(articles for articles, _ in by_day.values()),
        "others": others[:COMPANIONS],
        "countries": [one for one in others if one.code][:MAPPED],
        "pool": POOL,
        "roles": roles(entity, Article.objects.visible_to(request.user).ready()),
        "changes": EntityChange.objects.filter(Q(entity=entity) | Q(into=entity)).select_related(
            "entity", "into", "by"
        )[:20],
        "list_href": reverse("articles:article_list") + "?" + urlencode({"tag": entity.pk}),
        "nav": "entities",
    }
    return render(request, "analysis/entity_detail.html", context)


def with_names(entities: EntityQuerySet) -> EntityQuerySet:
    """Each with its names, brands, owner and who it was merged into, in one statement."""
    aliases = Alias.objects.filter(entity=OuterRef("pk")).order_by("surface")
    brands = Entity.objects.filter(parent=OuterRef("pk"), merged_into=None).order_by("name")
    return entities.select_related("parent", "merged_into").annotate(
        alias_rows=ArraySubquery(
            aliases.values(row=JSONObject(pk="id", surface="surface", relation="relation"))[:100]
        ),
        brand_rows=ArraySubquery(brands.values(row=JSONObject(pk="id", name="name", kind="kind"))[:30]),
    )


def page_number(request: HttpRequest) -> int:
    """The page asked for, 1 to 300."""
    given = request.GET.get("page", "1")
    if not (given.isascii() and given.isdigit() and 0 < int(given[:6]) <= 10_000 // PAGE_SIZE):
        raise Http404
    return int(given)


def timeline(entity: Entity, by_day: dict[date, tuple[int, int]]) -> list[tuple[Span, str]]:
    """Its articles and stories over time; each column leads to them."""
    if not by_day:
        return []
    today = timezone.now().date()
    until = min(max(by_day), today)
    found = spans(by_day, since=min(*by_day, until), until=until)
    return [(span, f"{span_href(span)}&tag={entity.pk}") for span in found]


def roles(entity: Entity, articles: ArticleQuerySet) -> list[dict[str, Any]]:
    """Roles and affiliations as the `ROLES` last submitted articles print them, each with its days, newest first."""
    if entity.kind not in PEOPLE:
        return []
    tags = Tag.objects.filter(HAS_ROLE, entity=entity, article__in=articles.order_by().values("pk"))
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    # by the order of submission, in which the index has them: a spokesperson has tens of thousands
    newest = tags.order_by("-article_id").select_related("article").defer("article__search")[:ROLES]
    for tag in sorted(newest, key=lambda one: one.article.dated_at, reverse=True):
        line = seen.setdefault(
            (tag.role, tag.affiliation),
            {"tag": tag, "article": tag.article, "last": tag.article.dated_at, "number": 0},
        )
        line["number"] += 1
        line["first"] = tag.article.dated_at
    return list(seen.values())[:12]


@require_POST
@judge_required
@says_why
def entity_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that two are the same; can be undone."""
    entity = get_object_or_404(Entity.objects.current(), pk=pk)
    form = MergeForm(request.POST, entity=entity)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect(entity)
    into = form.cleaned_data["into"]
    merge_entities(entity, into=into, by=person(request))
    messages.success(request, f"“{entity.name}” is merged into “{into.name}”. It can be undone below.")
    return redirect(into)


@require_POST
@judge_required
@says_why
def alias_split(request: HttpRequest, pk: int) -> HttpResponse:
    """A name that means somebody else becomes an entity of its own."""
    alias = get_object_or_404(Alias.objects.select_related("entity"), pk=pk)
    entity = alias.entity
    split_alias(alias, by=person(request))
    messages.success(request, f"“{alias.surface}” is an entity of its own now. It can be undone below.")
    return redirect(entity)


@require_POST
@judge_required
@says_why
def change_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a merge or a split."""
    change = get_object_or_404(
        EntityChange.objects.filter(undone_at=None).select_related("entity", "into"), pk=pk
    )
    undo_change(change, by=person(request))
    messages.success(request, "Undone.")
    return redirect(change.entity)
