"""A `Query` becomes a condition on articles; names are looked up in one statement."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import and_, or_

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q
from django.db.models.functions import Coalesce, Upper
from django.utils import timezone

from analysis.models import Alias, Entity, Mention, Tag
from analysis.query import (
    ENTITY_FIELDS,
    OBSERVABLE_FIELDS,
    All,
    Any_,
    Dates,
    FieldTerm,
    Node,
    Not,
    Phrase,
    Prefix,
    Query,
    Score,
    Word,
    walk,
)
from analysis.search.text import TextQuery, negated, prefix_query, text_query
from articles.models import Article, Source, Status

NOTHING = Q(pk__in=[])
LOOKUPS = {">": "score__gt", ">=": "score__gte", "<": "score__lt", "<=": "score__lte", "=": "score"}
STATUS_GROUPS = {
    "working": (Status.QUEUED, Status.FETCHING, Status.EXTRACTING, Status.ANALYZING),
}


@dataclass(frozen=True, slots=True)
class Names:
    """The entities each field term names, and the terms that name none."""

    ids: dict[FieldTerm, tuple[int, ...]]
    missing: tuple[FieldTerm, ...] = ()


def look_up(query: Query) -> Names:
    """Find the entities of all field terms by name, alias or key, in one statement."""
    terms = [term for term in query.fields if term.name in ENTITY_FIELDS]
    if not terms:
        return Names(ids={})
    wanted = {said for term in terms for said in spellings(term)}
    by_name = Entity.objects.annotate(said=Upper("name")).filter(said__in=wanted)
    by_key = Entity.objects.annotate(said=Upper("key")).filter(said__in=wanted)
    by_alias = Alias.objects.annotate(said=Upper("surface")).filter(said__in=wanted)
    rows = by_name.values_list("said", "kind", Coalesce("merged_into_id", "id")).union(
        by_key.values_list("said", "kind", Coalesce("merged_into_id", "id")),
        by_alias.values_list("said", "entity__kind", Coalesce("entity__merged_into_id", "entity_id")),
    )
    known: dict[str, set[tuple[str, int]]] = defaultdict(set)
    for said, kind, entity_id in rows:
        known[said].add((kind, entity_id))
    ids = {term: matches(term, known) for term in terms}
    return Names(ids=ids, missing=tuple(term for term in terms if not ids[term]))


def spellings(term: FieldTerm) -> set[str]:
    """How the term may stand in our tables, in capitals."""
    value = term.value.upper()
    return {
        value,
        *(f"{kind.upper()}:{value}" for kind in ENTITY_FIELDS[term.name] or ("country", "company")),
    }


def matches(term: FieldTerm, known: dict[str, set[tuple[str, int]]]) -> tuple[int, ...]:
    """The ids among what was found that have a kind the field asks for."""
    kinds = ENTITY_FIELDS[term.name]
    found = {
        entity_id
        for said in spellings(term)
        for kind, entity_id in known.get(said, ())
        if not kinds or kind in kinds
    }
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Compiler:
    """Turns nodes into conditions for one reader."""

    names: Names
    user: User | AnonymousUser
    score: Score | None = None

    def condition(self, node: Node | None) -> Q:
        """The condition an article must meet."""
        if node is None or (text := text_of(node)) is not None:
            return Q(search=text) if node else Q()
        if isinstance(node, Not):
            return ~self.condition(node.part)
        if isinstance(node, All):
            return self.together(node)
        if isinstance(node, Any_):
            return reduce(or_, (self.condition(part) for part in node.parts))
        if isinstance(node, Dates):
            return dates(node)
        return self.term(node)

    def together(self, node: All) -> Q:
        """All parts; those about the text become one text query, so that the index answers once."""
        texts = [text for part in node.parts if (text := text_of(part)) is not None]
        others = [self.condition(part) for part in node.parts if text_of(part) is None]
        joined = [Q(search=reduce(and_, texts))] if texts else []
        return reduce(and_, [*joined, *others], Q())

    def term(self, node: Node) -> Q:
        """A field term, or the score, which counts through the entity terms where there are any."""
        if isinstance(node, Score):
            if self.names.ids:
                return Q()
            return Q(pk__in=Tag.objects.filter(**{LOOKUPS[node.operator]: node.number}).values("article_id"))
        assert isinstance(node, FieldTerm)  # noqa: S101 (all other nodes were met before)
        if node.name in ENTITY_FIELDS:
            return self.entity(node)
        if node.name in OBSERVABLE_FIELDS:
            seen = Mention.objects.filter(kind=node.name, value__iexact=refang(node.value))
            return Q(version__in=seen.values("version_id"))
        return self.plain(node)

    def entity(self, node: FieldTerm) -> Q:
        """Tagged with one of the entities of that name."""
        ids = list(self.names.ids[node])
        if not ids:
            return NOTHING
        if self.score:
            tags = Tag.objects.filter(entity__in=ids, **{LOOKUPS[self.score.operator]: self.score.number})
            return Q(pk__in=tags.values("article_id"))
        column = {"about": "about_ids", "implied": "implied_ids"}.get(node.name, "entity_ids")
        return Q(**{f"{column}__overlap": ids})

    def plain(self, node: FieldTerm) -> Q:
        """Fields of the article row itself."""
        value = node.value
        if node.name == "source":
            named = Source.objects.filter(
                Q(name__iexact=value) | Q(host=value.lower()) | Q(host__iendswith="." + value)
            )
            return Q(source__in=named)
        if node.name == "title":
            return Q(search=text_query(value, is_phrase=True)) & Q(title__icontains=value)
        if node.name == "status":
            return status_condition(value.lower())
        if node.name == "assignee":
            return Q(assignee=self.user.pk) if value == "me" else Q(assignee__username__iexact=value)
        if node.name == "is":
            return {"duplicate": Q(duplicate_of__isnull=False), "original": Q(duplicate_of__isnull=True)}.get(
                value.lower(), NOTHING
            )
        columns = {
            "lang": "language__iexact",
            "byline": "byline__icontains",
            "state": "work_state__iexact",
            "origin": "origin__iexact",
            "kind": "source__kind__iexact",
        }
        return Q(**{columns[node.name]: value.replace(" ", "_") if node.name == "state" else value})


def compile_query(query: Query, names: Names, user: User | AnonymousUser) -> Q:
    """The condition for the whole query."""
    scores = [node for node in walk(query.root) if isinstance(node, Score)]
    return Compiler(names, user, scores[0] if scores else None).condition(query.root)


def text_of(node: Node) -> TextQuery | None:
    """The text query for a node that is about the text only, else None."""
    if isinstance(node, Word | Phrase):
        return text_query(node.text, is_phrase=isinstance(node, Phrase))
    if isinstance(node, Prefix):
        return prefix_query(node.text)
    if isinstance(node, Not):
        inner = text_of(node.part)
        return None if inner is None else negated(inner)
    if isinstance(node, All | Any_):
        texts = [text for part in node.parts if (text := text_of(part)) is not None]
        if len(texts) == len(node.parts):
            return reduce(and_ if isinstance(node, All) else or_, texts)
    return None


def refang(value: str) -> str:
    """Observables are stored without the brackets that keep readers from clicking."""
    return value.replace("[.]", ".").replace("[", "").replace("]", "").replace("hxxp", "http")


def dates(node: Dates) -> Q:
    """A range of days in UTC."""
    column = "dated_at" if node.field == "published" else "submitted_at"
    if node.days:
        return Q(**{f"{column}__gte": timezone.now() - timedelta(days=node.days)})
    condition = Q()
    if node.since:
        condition &= Q(**{f"{column}__gte": midnight(date.fromisoformat(node.since))})
    if node.until:
        condition &= Q(**{f"{column}__lt": midnight(date.fromisoformat(node.until) + timedelta(days=1))})
    return condition


def midnight(day: date) -> datetime:
    """The first moment of a day, UTC."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def status_condition(status: str) -> Q:
    """Articles a reader sees in that status; "working" is everything on its way."""
    known = STATUS_GROUPS.get(status) or ((Status(status),) if status in Status.values else ())
    conditions = [Q(pk__in=Article.objects.order_by().with_status(one).values("pk")) for one in known]
    return reduce(or_, conditions, Q()) if conditions else NOTHING
