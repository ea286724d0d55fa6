"""Saved searches and watched entities: every write, and what is new in them since their owner last looked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import IntegrityError, transaction
from django.db.models import F, IntegerField, Max, Q, QuerySet, Value
from django.db.models.functions import Now
from django.http import QueryDict

from analysis.forms import ArticleFilterForm
from analysis.models import Entity
from analysis.search import Filters, find_articles
from articles.models import Action, Article
from articles.services import record_audit
from articles.services.bulk import NothingToUndo, claim_action, note_action
from reports.models import SavedSearch, Watch

MAX_SAVED = 50  # of one person
PINNED = 8  # shown in the rail
TOTAL = 10_000  # counting all that a search finds stops here
MANY = 100  # counting what is new stops here: "99+"
FRESH_SECONDS = 60
KEPT = (
    "q",
    "tag",
    "no_tag",
    "source",
    "no_source",
    "kind",
    "status",
    "lang",
    "since",
    "until",
    "added",
    "sort",
)


class SearchRefused(Exception):
    """Why a search cannot be saved, as a sentence."""


@dataclass(frozen=True, slots=True)
class News:
    """A saved search with how much is new in it; `label` is "" for nothing, "99+" for many."""

    search: SavedSearch
    new: int

    @property
    def label(self) -> str:
        return "" if not self.new else f"{MANY - 1}+" if self.new >= MANY else str(self.new)


# --- saved searches: writing --------------------------------------------------------------------------


def cleaned_query(text: str) -> str:
    """The parameters of a list's address that make a search, in one order, without empty ones and pages."""
    given, kept = QueryDict(text.lstrip("?")[:8000]), QueryDict(mutable=True)
    known = [*KEPT, *sorted(set(ArticleFilterForm.base_fields) - {*KEPT, "page"})]
    for name in known:
        values = [value for value in given.getlist(name) if value and "\x00" not in value]
        if values:
            kept.setlist(name, values)
    return kept.urlencode()


@transaction.atomic
def save_search(name: str, query: str, *, by: User, is_shared: bool = False) -> SavedSearch:
    """Keep a search under a name. Raises SearchRefused for a name that is taken, or too many searches."""
    title, text = " ".join(name.split())[:80], cleaned_query(query)
    mine = SavedSearch.objects.filter(owner=by)
    if not title:
        raise SearchRefused("Give the search a name.")
    if len(text) > 4000:
        raise SearchRefused("This search is too long to be kept.")
    if has_mistake(text):
        raise SearchRefused("The search has a mistake; correct it before you save it.")
    if mine.count() >= MAX_SAVED:
        raise SearchRefused(f"You have {MAX_SAVED} saved searches. Delete one first.")
    if mine.filter(name=title).exists():
        raise SearchRefused(f"You have a search called “{title}” already.")
    last = mine.aggregate(last=Max("position"))["last"] or 0
    row = SavedSearch.objects.create(owner=by, name=title, query=text, is_shared=is_shared, position=last + 1)
    record_audit("save search", row, by=by, detail={"query": text, "shared": is_shared})
    return row


def has_mistake(query: str) -> bool:
    """Whether the search box would refuse it."""
    form = ArticleFilterForm(QueryDict(query))
    form.filters()
    return form.query_error is not None


@transaction.atomic
def edit_search(search: SavedSearch, *, name: str, is_shared: bool, by: User) -> SavedSearch:
    """Rename it, share it or keep it to oneself. Raises SearchRefused for a name that is taken."""
    title = " ".join(name.split())[:80]
    if not title:
        raise SearchRefused("Give the search a name.")
    before = {"name": [search.name, title], "shared": [search.is_shared, is_shared]}
    search.name, search.is_shared = title, is_shared
    try:
        with transaction.atomic():
            search.save(update_fields=["name", "is_shared"])
    except IntegrityError as taken:
        raise SearchRefused(f"You have a search called “{title}” already.") from taken
    record_audit("edit search", search, by=by, detail=before)
    return search


@transaction.atomic
def move_search(search: SavedSearch, *, up: bool) -> None:
    """One place up or down among its owner's."""
    rows = list(SavedSearch.objects.select_for_update().filter(owner=search.owner_id))
    at = next(place for place, row in enumerate(rows) if row.pk == search.pk)
    to = min(max(at + (-1 if up else 1), 0), len(rows) - 1)
    rows.insert(to, rows.pop(at))
    for place, row in enumerate(rows, 1):
        row.position = place
    SavedSearch.objects.bulk_update(rows, ["position"])


@transaction.atomic
def delete_search(search: SavedSearch, *, by: User) -> Action:
    """Remove it; the act can be undone."""
    values = {name: getattr(search, name) for name in ("name", "query", "is_shared", "position")} | {
        name: getattr(search, name).isoformat() for name in ("created_at", "last_seen_at")
    }
    record_audit("delete search", search, by=by, detail={"query": search.query})
    text = f"Deleted “{search.name}”."
    search.delete()
    return note_action(Action.Verb.UNSAVE, value="", before=values, text=text, by=by)


@transaction.atomic
def restore_search(pk: int, *, by: User) -> SavedSearch:
    """Undo a deletion. Raises NothingToUndo, also when another search has the name by now."""
    values = claim_action(pk, by=by, verbs=[Action.Verb.UNSAVE]).before
    moments = {name: datetime.fromisoformat(values[name]) for name in ("created_at", "last_seen_at")}
    if SavedSearch.objects.filter(owner=by, name=values["name"]).exists():
        raise NothingToUndo("Another search has that name by now.")
    row = SavedSearch.objects.create(owner=by, **{**values, **moments})
    record_audit("restore search", row, by=by, detail={"query": row.query})
    return row


def note_look(search: SavedSearch, *, by: User) -> None:
    """Its owner looks at it now; what is there is no longer new."""
    if search.owner_id == by.pk:
        SavedSearch.objects.filter(pk=search.pk).update(last_seen_at=Now())


# --- saved searches: reading --------------------------------------------------------------------------


def searches_for(user: User) -> QuerySet[SavedSearch]:
    """One's own, and for those who may read every article also what colleagues share."""
    own = Q(owner=user.pk)
    return SavedSearch.objects.filter(
        own | Q(is_shared=True) if user.has_perm("articles.view_article") else own
    )


def filters_of(search: SavedSearch) -> Filters | None:
    """The search as the list understands it; None when a mistake crept in, as after a change of the language."""
    form = ArticleFilterForm(QueryDict(search.query))
    filters = form.filters()
    return None if form.query_error else filters


def new_since(filters: Filters, moment: datetime, user: User) -> QuerySet[Article]:
    """What came in since then and meets the search, in no order."""
    since = max(moment, filters.added_since) if filters.added_since else moment
    return find_articles(replace(filters, added_since=since, order="newest"), user).articles.order_by()


def with_news(searches: Iterable[SavedSearch], user: User) -> list[News]:
    """How much is new in each: all counts in one statement, kept for a minute."""
    rows = list(searches)
    keys = {row.pk: f"saved-new:{user.pk}:{row.pk}:{row.last_seen_at.timestamp()}" for row in rows}
    known = cache.get_many(list(keys.values()))
    unknown = [row for row in rows if keys[row.pk] not in known]
    counted = count_new(unknown, user)
    cache.set_many({keys[pk]: number for pk, number in counted.items()}, FRESH_SECONDS)
    return [News(row, known.get(keys[row.pk], counted.get(row.pk, 0))) for row in rows]


def count_new(searches: Sequence[SavedSearch], user: User) -> dict[int, int]:
    """New articles of each search, at most `MANY`; one statement for all of them."""
    numbers = dict.fromkeys((row.pk for row in searches), 0)
    parts = []
    for row in searches:
        filters = filters_of(row)
        if filters is not None:
            new = new_since(filters, row.last_seen_at, user)
            mark = Value(row.pk, output_field=IntegerField())
            parts.append(new.annotate(search_pk=mark).values_list("search_pk", "pk")[:MANY])
    if not parts:
        return numbers
    try:
        for pk, _ in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
            numbers[pk] += 1
    except EmptyResultSet:
        return numbers
    return numbers


# --- watched entities ---------------------------------------------------------------------------------


@transaction.atomic
def toggle_watch(entity: Entity, *, by: User) -> bool:
    """Begin or end watching; returns whether it is watched now."""
    entity = entity.merged_into or entity
    row, is_new = Watch.objects.get_or_create(user=by, entity=entity)
    if not is_new:
        row.delete()
    record_audit("watch" if is_new else "stop watching", entity, by=by)
    return is_new


def note_watch_look(watches: QuerySet[Watch]) -> int:
    """Their owner has seen what there is."""
    return watches.update(last_seen_at=Now())


def watched_news(
    watches: Sequence[Watch], user: User, *, latest: int = 3
) -> list[tuple[Watch, int, list[Article]]]:
    """For each watch: how many articles are new (at most `MANY`), and the latest; three statements for all."""
    if not watches:
        return []
    seen = Article.objects.visible_to(user).ready().defer("search", "lead").order_by()
    of = {watch.pk: seen.filter(entity_ids__contains=[watch.entity_id]) for watch in watches}
    new = dict.fromkeys(of, 0)
    mark = {pk: Value(pk, output_field=IntegerField()) for pk in of}
    fresh = [
        of[watch.pk]
        .filter(submitted_at__gt=watch.last_seen_at)
        .annotate(w=mark[watch.pk])
        .values_list("w", "pk")[:MANY]
        for watch in watches
    ]
    for pk, _ in fresh[0].union(*fresh[1:], all=True) if fresh[1:] else fresh[0]:
        new[pk] += 1
    newest = [
        rows.order_by("-dated_at", "-pk").annotate(w=mark[pk]).values_list("w", "pk")[:latest]
        for pk, rows in of.items()
    ]
    pairs = list(newest[0].union(*newest[1:], all=True) if newest[1:] else newest[0])
    articles = Article.objects.defer("search").select_related("source").in_bulk({pk for _, pk in pairs})
    return [
        (
            watch,
            new[watch.pk],
            [articles[pk] for number, pk in pairs if number == watch.pk and pk in articles],
        )
        for watch in watches
    ]


def worth_watching(user: User, number: int = 12) -> QuerySet[Entity]:
    """The most named countries, companies and researchers that are not watched yet."""
    kinds = ("country", "company", "researcher", "threat")
    entities = (
        Entity.objects.current().filter(kind__in=kinds, article_count__gt=0).exclude(watches__user=user.pk)
    )
    return entities.order_by(F("article_count").desc(), "name")[:number]
