"""A `Query` becomes a condition on articles; names are looked up in one statement."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import and_, or_

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, Upper
from django.utils import timezone

from analysis.models import Alias, Entity, Finding, Mention, Relation, Tag
from analysis.query import (
    ENTITY_FIELDS,
    OBSERVABLE_FIELDS,
    All,
    Any_,
    Dates,
    Exposure,
    FieldTerm,
    Node,
    Not,
    Phrase,
    Prefix,
    Query,
    Score,
    Word,
    walk,
    wanted_words,
)
from analysis.search.text import (
    STOP_WORDS,
    TextQuery,
    configurations,
    negated,
    prefix_query,
    text_query,
    title_query,
)
from articles.models import Article, Note, Source, Status

NOTHING = Q(pk__in=[])
LOOKUPS = {">": "score__gt", ">=": "score__gte", "<": "score__lt", "<=": "score__lte", "=": "score"}
TOGETHER = "mentioned-together"  # the relation that no pattern supports
STATUS_GROUPS = {
    "working": (Status.QUEUED, Status.FETCHING, Status.EXTRACTING, Status.ANALYZING),
}


@dataclass(frozen=True, slots=True)
class Names:
    """The entities each field term names, and the terms that name none."""

    ids: dict[FieldTerm, tuple[int, ...]]
    missing: tuple[FieldTerm, ...] = ()
    called: dict[FieldTerm, str] = field(default_factory=dict)  # what the entities are called, for the reader


def look_up(query: Query) -> Names:
    """Find the entities of all field terms by name, alias or key, in one statement."""
    terms = [term for term in query.fields if term.name in ENTITY_FIELDS]
    if not terms:
        return Names(ids={})
    wanted = {said for term in terms for said in spellings(term)}
    columns = ("said", "kind", Coalesce("merged_into_id", "id"), Coalesce("merged_into__name", "name"))
    by_name = Entity.objects.annotate(said=Upper("name")).filter(said__in=wanted).order_by()
    by_key = Entity.objects.annotate(said=Upper("key")).filter(key__in=keys(wanted)).order_by()
    by_alias = Alias.objects.annotate(said=Upper("surface")).filter(said__in=wanted).order_by()
    said_by = by_name.values_list(*columns).union(
        by_key.values_list(*columns),
        by_alias.values_list(
            "said",
            "entity__kind",
            Coalesce("entity__merged_into_id", "entity_id"),
            Coalesce("entity__merged_into__name", "entity__name"),
        ),
    )
    known: dict[str, set[tuple[str, int]]] = defaultdict(set)
    called: dict[int, str] = {}
    for said, kind, entity_id, name in said_by:
        known[said].add((kind, entity_id))
        called[entity_id] = name
    ids = {term: matches(term, known) for term in terms}
    return Names(
        ids=ids,
        missing=tuple(term for term in terms if not ids[term]),
        called={term: ", ".join(called[pk] for pk in found[:3]) for term, found in ids.items()},
    )


def keys(wanted: set[str]) -> list[str]:
    """Keys as they are stored: the kind in small letters, a country's code in capitals, else all small."""
    made = {said.partition(":")[0].lower() + ":" + said.partition(":")[2] for said in wanted if ":" in said}
    return sorted(made | {said.lower() for said in wanted if ":" in said})


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
class Condition:
    """What an article must meet: words in its text and its title, each answered by an index, and everything else."""

    text: TextQuery | None
    rest: Q
    title: TextQuery | None = None  # `rest` has it too

    @property
    def whole(self) -> Q:
        """Both in one."""
        return self.rest if self.text is None else Q(search=self.text) & self.rest


@dataclass(frozen=True, slots=True)
class Compiler:
    """Turns nodes into conditions for one reader; `configs` are the text search configurations to look words up in."""

    names: Names
    user: User | AnonymousUser
    configs: tuple[str, ...]
    score: Score | None = None

    def split(self, root: Node | None) -> Condition:
        """The condition with the words that must be met set apart."""
        parts = root.parts if isinstance(root, All) else (root,) if root is not None else ()
        titles = {part: words for part in parts if (words := self.title_of(part)) is not None}
        title = reduce(and_, titles.values()) if titles else None
        asked = [part for part in parts if part not in titles]
        texts = [text for part in asked if (text := self.required(part)) is not None]
        rest = [self.condition(part) for part in parts if self.text_of(part) is None]
        if texts and not any(map(needs_words, asked)):
            # The index cannot say which articles lack words, so each is asked, the newest first.
            return Condition(None, reduce(and_, rest, Q(search=reduce(and_, texts))), title)
        return Condition(reduce(and_, texts) if texts else None, reduce(and_, rest, Q()), title)

    def title_of(self, node: Node) -> TextQuery | None:
        """The words that a title must have, where the index of titles knows them."""
        if isinstance(node, FieldTerm) and node.name == "title" and is_in_index(node):
            return title_query(node.value)
        return None

    def required(self, node: Node) -> TextQuery | None:
        """The words without which a part cannot be met."""
        if isinstance(node, FieldTerm) and is_in_index(node):
            return text_query(node.value, self.configs, is_phrase=True)
        return self.text_of(node)

    def text_of(self, node: Node) -> TextQuery | None:
        """The text query for a node that is about the text only, else None."""
        if isinstance(node, Word | Phrase):
            return text_query(node.text, self.configs, is_phrase=isinstance(node, Phrase))
        if isinstance(node, Prefix):
            return prefix_query(node.text)
        if isinstance(node, Not):
            inner = self.text_of(node.part)
            return None if inner is None else negated(inner)
        if isinstance(node, All | Any_):
            texts = [text for part in node.parts if (text := self.text_of(part)) is not None]
            if len(texts) == len(node.parts):
                return reduce(and_ if isinstance(node, All) else or_, texts)
        return None

    def marking(self, root: Node | None) -> TextQuery | None:
        """The words outside of negations as one text query, for ranking and marking."""
        parts = root.parts if isinstance(root, All) else (root,) if root is not None else ()
        texts = [
            text
            for part in parts
            if not isinstance(part, Not) and wanted_words(part) and (text := self.required(part)) is not None
        ]
        return reduce(and_, texts) if texts else None

    def condition(self, node: Node) -> Q:
        """The condition an article must meet."""
        if (text := self.text_of(node)) is not None:
            return Q(search=text)
        if isinstance(node, Not):
            return ~self.condition(node.part)
        if isinstance(node, All):
            return self.split(node).whole
        if isinstance(node, Any_):
            return reduce(or_, (self.condition(part) for part in node.parts))
        return self.term(node)

    def term(self, node: Node) -> Q:
        """Dates, an exposure, the score (which counts through the entity terms where there are any), or a field."""
        if isinstance(node, Dates):
            return dates(node)
        if isinstance(node, Exposure):
            return self.exposed(node)
        if isinstance(node, Score):
            sure = Tag.objects.filter(article=OuterRef("pk"), **{LOOKUPS[node.operator]: node.number})
            return Q() if self.names.ids else Q(Exists(sure))
        assert isinstance(node, FieldTerm)  # noqa: S101 (all other nodes were met before)
        if node.name in ENTITY_FIELDS:
            return self.entity(node)
        if node.name in OBSERVABLE_FIELDS:
            seen = Mention.objects.filter(kind=node.name, value__in=observable_spellings(node.value))
            return Q(version__in=seen.values("version_id"))
        return field_condition(node, self.user)

    def entity(self, node: FieldTerm) -> Q:
        """Tagged with one of the entities of that name."""
        ids = list(self.names.ids[node])
        if not ids:
            return NOTHING
        column = {"about": "about_ids", "implied": "implied_ids"}.get(node.name, "entity_ids")
        tagged = Q(**{f"{column}__overlap": ids})
        if self.score:
            sure = {LOOKUPS[self.score.operator]: self.score.number}
            tagged &= Q(Exists(Tag.objects.filter(article=OuterRef("pk"), entity__in=ids, **sure)))
        return tagged

    def exposed(self, node: Exposure) -> Q:
        """A sentence relates the company to the country, in words that say more than both names."""
        companies, countries = self.names.ids[node.company], self.names.ids[node.country]
        if not companies or not countries:
            return NOTHING
        ways = Q(subject__in=companies, object__in=countries) | Q(subject__in=countries, object__in=companies)
        return Q(pk__in=Relation.objects.order_by().filter(ways).exclude(kind=TOGETHER).values("article_id"))


def needs_words(node: Node) -> bool:
    """Whether a text without any of the words cannot meet it."""
    if isinstance(node, All):
        return any(needs_words(part) for part in node.parts)
    if isinstance(node, Any_):
        return all(needs_words(part) for part in node.parts)
    if isinstance(node, FieldTerm):
        return is_in_index(node)
    return isinstance(node, Word | Phrase | Prefix)


def field_condition(node: FieldTerm, user: User | AnonymousUser) -> Q:
    """Fields that are no entity's and no observable's."""
    value = node.value
    if node.name == "assignee":
        return Q(assignee=user.pk) if value.lower() == "me" else Q(assignee__username__iexact=value)
    if node.name == "story":
        return Q(story_id__isnull=True) if value.lower() == "none" else Q(story_id=int(value))
    if node.name == "status":
        return status_condition(value)
    made = FIELD_CONDITIONS.get(node.name)
    return made(value) if made else Q(**{COLUMNS[node.name]: value})


def from_source(value: str) -> Q:
    """Of a source by its name, host or the end of its host."""
    return Q(source__in=Source.objects.filter(from_name(value)))


def from_name(value: str) -> Q:
    """The sources that are called so."""
    return Q(name__iexact=value) | Q(host=value.lower()) | Q(host__iendswith="." + value)


def with_something(what: str) -> Q:
    """has: notes, labels, findings, a story, copies, a byline, somebody who looks after it."""
    if what == "notes":
        return Q(Exists(Note.objects.order_by().filter(article=OuterRef("pk"), removed_at__isnull=True)))
    if what == "findings":
        return Q(Exists(Finding.objects.order_by().filter(article=OuterRef("pk"))))
    if what == "copies":
        copies = Article.objects.filter(duplicate_of__isnull=False, withdrawn_at__isnull=True)
        return Q(pk__in=copies.order_by().values("duplicate_of_id"))
    if what in ("labels", "byline"):
        return ~Q(**{what: [] if what == "labels" else ""})
    return Q(**{f"{what}_id__isnull" if what == "story" else f"{what}__isnull": False})


FIELD_CONDITIONS: dict[str, Callable[[str], Q]] = {
    "source": from_source,
    "title": lambda value: Q(title__unaccent__icontains=value),
    "byline": lambda value: Q(byline__unaccent__icontains=value),
    "label": lambda value: Q(labels__overlap=[value, value.lower()]),
    "finding": lambda value: Q(pk__in=Finding.objects.order_by().filter(effect=value).values("article_id")),
    "has": with_something,
    "is": lambda value: Q(duplicate_of__isnull=value != "duplicate"),
}
COLUMNS = {"lang": "language", "state": "work_state", "origin": "origin", "kind": "source__kind"}


def is_in_index(node: FieldTerm) -> bool:
    """Whether the words of the field stand in the text index too."""
    return node.name in ("title", "byline") and has_words(node.value)


def has_words(value: str) -> bool:
    """Whether the text index knows something of the value: it has no stop words, and none of mere signs."""
    return bool(re.search(r"\w", value)) and value.lower() not in STOP_WORDS


def compiler_for(
    query: Query, names: Names, user: User | AnonymousUser, languages: tuple[str, ...]
) -> Compiler:
    """The compiler of one query; `languages` are those the reader narrows the list to."""
    scores = [node for node in walk(query.root) if isinstance(node, Score)]
    asked = [term.value for term in query.fields if term.name == "lang"]
    configs = configurations(" ".join(query.words), (*languages, *asked))
    return Compiler(names, user, configs, scores[0] if scores else None)


def observable_spellings(value: str) -> list[str]:
    """How an observable may stand in the tables: without the brackets that keep readers from clicking."""
    plain = refang(value)
    return list(dict.fromkeys([plain, plain.lower(), plain.upper()]))


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
