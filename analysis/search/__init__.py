"""`Filters` become rows, snippets and counts; reads only, always with the reader's own rights."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.postgres.search import SearchRank
from django.db import OperationalError
from django.db.models import F, OuterRef, Q, Subquery, Sum

from analysis.models import Entity, Tag
from analysis.query import FieldTerm, wanted_fields
from analysis.search.compiling import Names, compiler_for, look_up
from analysis.search.facets import NOTHING, Count, Facets, Survey, count_facets, key_of, survey
from analysis.search.fence import Wanted, fenced
from analysis.search.filters import NEWEST, RELEVANCE, SALIENCE, Filters, Key, Place, read_key
from analysis.search.narrowing import asked_days, asked_groups, asked_others, facet_conditions
from analysis.search.text import Once, TextQuery, marked, snippet
from articles.models import Article, ArticleQuerySet
from articles.models.links import page_address

RANKED = 2000  # only the newest hits are ranked: ranking all of a million takes 3 s (measured in stack notes)
PAGE_SIZE = 30
TAGS_SHOWN = 8
BY_WEIGHT = (
    "-is_about",
    "-salience",
    "-mention_count",
    "pk",
)  # order of tags; of two alike always the same comes first
COPIES_SHOWN = 60  # on one page, of all its articles together
# What a line of a list says; of a whole article with its text vector and ids, reading takes three times as long.
SHOWN = (
    *(
        "title",
        "url",
        "byline",
        "site",
        "origin",
        "word_count",
        "lead",
        "submitted_at",
        "published_at",
        "dated_at",
    ),
    *(
        "stage",
        "lease_until",
        "failed_at",
        "failure_reason",
        "hold_reason",
        "withdrawn_at",
        "work_state",
        "labels",
    ),
    *("duplicate_of", "source__name", "source__reliability", "source__credibility", "assignee__username"),
)
CANCELED = "57014"  # Postgres' code for a statement over its time

__all__ = [
    "NEWEST",
    "PAGE_SIZE",
    "RELEVANCE",
    "SALIENCE",
    "Count",
    "Facets",
    "Filters",
    "Found",
    "Key",
    "Look",
    "Place",
    "Row",
    "count_facets",
    "find_articles",
    "read_key",
    "suggestions",
]


class RowTag(NamedTuple):
    """A tag as a list shows it."""

    entity_id: int
    kind: str
    name: str

    def get_absolute_url(self) -> str:
        """The page of its entity."""
        return page_address("analysis:entity_detail", self.entity_id)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: the article, its snippet as safe HTML, the tags that matter most, its copies."""

    article: Article
    text: str
    tags: tuple[RowTag, ...]
    copies: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """One page of the list with the counts beside it; the keys lead to the pages around."""

    rows: list[Row]
    facets: Facets
    newer: Key | None = None
    older: Key | None = None
    page: int = 1
    has_next: bool = False  # of a ranked list, whose pages have numbers
    is_cut: bool = False  # the search took too long, so nothing is shown


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. `articles` is ordered, lazy and chainable; the exports iterate over it."""

    articles: ArticleQuerySet
    filters: Filters
    missing: tuple[FieldTerm, ...]  # terms that name nothing we know
    wanted: TextQuery | None = None  # the words outside of negations, for ranking and marking
    asked: tuple[int, ...] = ()  # the entities that are asked for
    hits: ArticleQuerySet | None = field(default=None, repr=False)  # the same articles, not ranked
    user: User | AnonymousUser | None = None
    understood: dict[FieldTerm, str] = field(default_factory=dict)  # what the named entities are called

    def facets(self) -> Facets:
        """The counts beside the list."""
        return count_facets(self.unranked)

    @property
    def unranked(self) -> ArticleQuerySet:
        """The articles, newest first."""
        return self.articles if self.hits is None else self.hits

    @property
    def is_ranked(self) -> bool:
        """Whether the list has another order than the date."""
        wanted = {RELEVANCE: self.wanted is not None, SALIENCE: bool(self.asked)}
        return wanted.get(self.filters.order, False)

    def look(self, place: Place) -> Look:
        """One page and the counts; a search over its time gives nothing and says so."""
        try:
            return self._ranked(place) if self.is_ranked else self._newest(place)
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", "") != CANCELED:
                raise
            return Look([], NOTHING.facets, is_cut=True)

    def _newest(self, place: Place) -> Look:
        found = survey(self.unranked, place, PAGE_SIZE + 1)
        ids = found.ids
        if len(ids) <= PAGE_SIZE and found.facets.is_capped and place.before:
            ids = self._beyond(place.before)
        if place.after and len(ids) <= PAGE_SIZE:  # the newest page, filled up
            return self._newest(Place())
        more = len(ids) > PAGE_SIZE
        shown = ids[1:] if place.after and more else ids[:PAGE_SIZE]
        rows = self.rows(self._fetched(shown))
        has_older, has_newer = (True, more) if place.after else (more, place.before is not None)
        return Look(
            rows,
            found.facets,
            newer=key_of(rows[0].article) if rows and has_newer else None,
            older=key_of(rows[-1].article) if rows and has_older else None,
        )

    def _beyond(self, key: Key) -> tuple[int, ...]:
        """Ids after those that are counted."""
        older = Q(dated_at__lt=key.dated_at) | Q(dated_at=key.dated_at, pk__lt=key.pk)
        beyond = self.unranked.filter(older, dated_at__lte=key.dated_at).order_by("-dated_at", "-pk")
        return tuple(beyond.values_list("pk", flat=True)[: PAGE_SIZE + 1])

    def _ranked(self, place: Place) -> Look:
        found: Survey = survey(self.unranked, Place(), RANKED)
        start = (place.page - 1) * PAGE_SIZE
        ids = tuple(self._order(found.ids)[start : start + PAGE_SIZE + 1]) if found.ids else ()
        rows = self.rows(self._fetched(ids[:PAGE_SIZE]))
        return Look(rows, found.facets, page=place.page, has_next=len(ids) > PAGE_SIZE)

    def _order(self, ids: tuple[int, ...]) -> Any:
        """The ids by rank, as a lazy list."""
        if self.filters.order == SALIENCE:
            tags = Tag.objects.filter(article__in=ids, entity__in=self.asked).order_by().values("article_id")
            weighed = tags.annotate(weight=Sum("salience")).order_by("-weight", "-article_id")
            return weighed.values_list("article_id", flat=True)
        return ranked(Article.objects.filter(pk__in=ids), self.wanted).values_list("pk", flat=True)

    def _fetched(self, ids: Iterable[int]) -> list[Article]:
        """Articles in the order of their ids, with the stretches of text around the words, in one statement."""
        wanted = list(ids)
        rows = Article.objects.filter(pk__in=wanted).select_related("source", "assignee").only(*SHOWN)
        if self.wanted is not None:
            rows = rows.annotate(snippet=snippet(self.wanted))
        known = {row.pk: row for row in rows} if wanted else {}
        return [known[pk] for pk in wanted if pk in known]

    def page(self, number: int) -> tuple[list[Row], bool]:
        """The rows of a page, the first is 1, and whether another one follows; without counts."""
        start = (number - 1) * PAGE_SIZE
        end = start + PAGE_SIZE + 1
        if self.is_ranked:
            end = min(end, RANKED)
        ids = list(self.articles.values_list("pk", flat=True)[start:end])
        return self.rows(self._fetched(ids[:PAGE_SIZE])), len(ids) > PAGE_SIZE

    def rows(self, articles: list[Article]) -> list[Row]:
        """Articles with tags and copies, in two statements."""
        ids = [article.pk for article in articles]
        if not ids:
            return []
        tags: dict[int, list[RowTag]] = defaultdict(list)
        # Joined, the names of all entities there are would be read first.
        name = Subquery(Entity.objects.filter(pk=OuterRef("entity_id")).values("name"))
        shown = Tag.objects.filter(article__in=ids, is_implied=False).annotate(name=name)
        shown = shown.order_by(*BY_WEIGHT)  # an article has the same tags on every page
        for article_id, *tag in shown.values_list("article_id", "entity_id", "kind", "name"):
            tags[article_id].append(RowTag(*tag))
        copies = self.copies(ids)
        return [
            Row(article, lead(article), tuple(tags[article.pk][:TAGS_SHOWN]), tuple(copies[article.pk]))
            for article in articles
        ]

    def copies(self, ids: list[int]) -> dict[int, list[Article]]:
        """The copies of these articles that the reader may see."""
        known: dict[int, list[Article]] = defaultdict(list)
        if self.user is None:
            return known
        rows = Article.objects.visible_to(self.user).present().filter(duplicate_of__in=ids)
        for row in rows.select_related("source").only(*SHOWN)[:COPIES_SHOWN]:
            known[row.duplicate_of_id or 0].append(row)
        return known


def lead(article: Article) -> str:
    """The stretch of text around the hits, else the first sentence of the summary; as safe HTML."""
    return marked(getattr(article, "snippet", "") or article.lead)


def find_articles(filters: Filters, user: User | AnonymousUser) -> Found:
    """The articles this reader may see that meet the filters, in the order asked for."""
    names = look_up(filters.query)
    compiler = compiler_for(filters.query, names, user, filters.languages)
    condition = compiler.split(filters.query.root)
    hits = Article.objects.visible_to(user).filter(condition.rest, facet_conditions(filters))
    if not asks_for_status(filters):
        hits = hits.present()
    wanted = Wanted(
        condition.text,
        condition.title,
        *asked_days(filters),
        entities=asked_groups(filters, names),
        others=asked_others(filters),
    )
    hits = fenced(hits, wanted).order_by("-dated_at", "-pk")
    marked_words = compiler.marking(filters.query.root)
    asked = asked_entities(filters, names)
    found = Found(hits, filters, names.missing, marked_words, asked, hits, user, names.called)
    return replace(found, articles=ordered(found))


def asked_entities(filters: Filters, names: Names) -> tuple[int, ...]:
    """The entities of ticked facets and of the query's field terms outside of negations."""
    named = [pk for term in wanted_fields(filters.query.root) for pk in names.ids.get(term, ())]
    return tuple(dict.fromkeys([*filters.tags, *named]))


def asks_for_status(filters: Filters) -> bool:
    """Whether the reader says which statuses to show; else the withdrawn stay out."""
    return bool(filters.statuses) or any(term.name == "status" for term in filters.query.fields)


def ordered(found: Found) -> ArticleQuerySet:
    """Newest first, or by relevance or salience among the newest `RANKED` hits."""
    if not found.is_ranked:
        return found.unranked
    newest = Article.objects.filter(pk__in=found.unranked.values("pk")[:RANKED])
    if found.filters.order == RELEVANCE:
        return ranked(newest, found.wanted)
    weight = Sum("tags__salience", filter=Q(tags__entity__in=found.asked))
    return newest.annotate(weight=weight).order_by("-weight", "-pk")


def ranked(articles: ArticleQuerySet, wanted: TextQuery | None) -> ArticleQuerySet:
    """Articles by how well they fit the words: near each other, and in the title rather than the text."""
    if wanted is None:
        return articles.order_by("-dated_at", "-pk")
    rank = SearchRank(F("search"), Once(wanted), cover_density=True)
    return articles.annotate(rank=rank).order_by("-rank", "-dated_at", "-pk")


def suggestions(term: FieldTerm) -> list[Entity]:
    """Entities with a name like the one that was not found."""
    return list(
        Entity.objects.current().filter(name__trigram_similar=term.value).order_by("-article_count")[:3]
    )
