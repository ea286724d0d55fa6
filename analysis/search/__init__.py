"""`Filters` become rows, snippets and counts; reads only, always with the reader's own rights."""

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.postgres.search import SearchRank
from django.db.models import F, Q

from analysis.models import Entity, Tag
from analysis.query import All, FieldTerm, Not, Query
from analysis.search.compiling import compile_query, look_up, midnight, status_condition, text_of
from analysis.search.facets import CAP, Count, Facets, count_facets
from analysis.search.filters import NEWEST, RELEVANCE, Filters
from analysis.search.text import TextQuery, marked, snippet, text_query
from articles.models import Article, ArticleQuerySet

RANKED = 2000  # only the newest hits are ranked: ranking all of a million takes 3 s (measured in stack notes)
PAGE_SIZE = 30
TAGS_SHOWN = 8

__all__ = [
    "CAP",
    "NEWEST",
    "PAGE_SIZE",
    "RELEVANCE",
    "Count",
    "Facets",
    "Filters",
    "Found",
    "Row",
    "count_facets",
    "find_articles",
]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: the article, its snippet as safe HTML, the tags that matter most."""

    article: Article
    text: str
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. `articles` is ordered, lazy and chainable; the exports iterate over it."""

    articles: ArticleQuerySet
    filters: Filters
    missing: tuple[FieldTerm, ...]  # terms that name nothing we know

    def facets(self) -> Facets:
        """The counts beside the list."""
        return count_facets(self.articles)

    def page(self, number: int) -> tuple[list[Row], bool]:
        """The rows of a page, the first is 1, and whether another one follows."""
        start = (number - 1) * PAGE_SIZE
        end = start + PAGE_SIZE + 1
        if self.filters.order == RELEVANCE:
            end = min(end, RANKED)
        articles = list(self.articles.defer("search").select_related("source", "assignee")[start:end])
        return self.rows(articles[:PAGE_SIZE]), len(articles) > PAGE_SIZE

    def rows(self, articles: list[Article]) -> list[Row]:
        """Articles with snippets and tags, in two statements."""
        ids = [article.pk for article in articles]
        tags: dict[int, list[Tag]] = defaultdict(list)
        for tag in Tag.objects.filter(article__in=ids, is_implied=False).select_related("entity"):
            tags[tag.article_id].append(tag)
        texts = self.snippets(ids)
        return [
            Row(article, texts.get(article.pk) or marked(article.lead), tuple(tags[article.pk][:TAGS_SHOWN]))
            for article in articles
        ]

    def snippets(self, ids: list[int]) -> dict[int, str]:
        """The stretches of text around the words that were looked for."""
        wanted = wanted_text(self.filters.query)
        if wanted is None or not ids:
            return {}
        rows = Article.objects.filter(pk__in=ids).values_list("pk", snippet(wanted))
        return {pk: marked(text) for pk, text in rows if text}


def find_articles(filters: Filters, user: User | AnonymousUser) -> Found:
    """The articles this reader may see that meet the filters, in the order asked for."""
    names = look_up(filters.query)
    articles = Article.objects.visible_to(user).filter(
        compile_query(filters.query, names, user), facet_conditions(filters)
    )
    if not asks_for_status(filters):
        articles = articles.present()
    return Found(articles=ordered(articles, filters), filters=filters, missing=names.missing)


def asks_for_status(filters: Filters) -> bool:
    """Whether the reader says which statuses to show; else the withdrawn stay out."""
    return bool(filters.statuses) or any(term.name == "status" for term in filters.query.fields)


def facet_conditions(filters: Filters) -> Q:
    """The ticked facets and dates."""
    condition = Q()
    if filters.tags:
        condition &= Q(entity_ids__contains=list(filters.tags))
    if filters.not_tags:
        condition &= ~Q(entity_ids__overlap=list(filters.not_tags))
    if filters.not_sources:
        condition &= Q(source__isnull=True) | ~Q(source__in=filters.not_sources)
    choices = {
        "source__in": filters.sources,
        "source__kind__in": filters.kinds,
        "language__in": filters.languages,
    }
    condition &= Q(**{column: values for column, values in choices.items() if values})
    if filters.statuses:
        condition &= reduce(lambda one, other: one | other, map(status_condition, filters.statuses))
    return condition & date_conditions(filters)


def date_conditions(filters: Filters) -> Q:
    """Published and added between."""
    condition = Q()
    if filters.since:
        condition &= Q(dated_at__gte=midnight(filters.since))
    if filters.until:
        condition &= Q(
            dated_at__lte=midnight(filters.until).replace(hour=23, minute=59, second=59, microsecond=999999)
        )
    if filters.added_since:
        condition &= Q(submitted_at__gte=filters.added_since)
    return condition


def ordered(articles: ArticleQuerySet, filters: Filters) -> ArticleQuerySet:
    """Newest first, or by relevance among the newest `RANKED` hits."""
    wanted = wanted_text(filters.query)
    if filters.order != RELEVANCE or wanted is None:
        return articles.order_by("-dated_at", "-pk")
    newest = articles.order_by("-dated_at", "-pk").values("pk")[:RANKED]
    ranked = Article.objects.filter(pk__in=newest).annotate(
        rank=SearchRank(F("search"), wanted, cover_density=True)
    )
    return ranked.order_by("-rank", "-dated_at", "-pk")


def wanted_text(query: Query) -> TextQuery | None:
    """The words outside of negations as one text query, for ranking and marking."""
    root = query.root
    if root is not None and (text := text_of(root)) is not None and not isinstance(root, Not):
        return text if query.words else None
    if isinstance(root, All):
        texts = [
            text for part in root.parts if not isinstance(part, Not) and (text := text_of(part)) is not None
        ]
        titles = [
            text_query(part.value)
            for part in root.parts
            if isinstance(part, FieldTerm) and part.name == "title"
        ]
        return reduce(and_, [*texts, *titles]) if texts or titles else None
    if isinstance(root, FieldTerm) and root.name == "title":
        return text_query(root.value)
    return None


def suggestions(term: FieldTerm) -> list[Entity]:
    """Entities with a name like the one that was not found."""
    return list(
        Entity.objects.current().filter(name__trigram_similar=term.value).order_by("-article_count")[:3]
    )
