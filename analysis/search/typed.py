"""Findings, statements and relations over all articles a reader may see: filtered, counted, with their sentences."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models import Count as CountRows
from django.db.models.functions import Substr, TruncMonth

from analysis.models import Entity, Finding, Relation, Statement
from analysis.search.compiling import midnight
from analysis.search.periods import next_start
from articles.models import Article

Row = TypeVar("Row", Finding, Statement, Relation)
FACETS = ("effect", "direction", "horizon", "certainty")
TOGETHER = "mentioned-together"  # the relation that no pattern supports
MONTHS = 60  # shown in the chart at most
RANKED = 15


@dataclass(frozen=True, slots=True)
class TypedFilters:
    """What narrows a list of findings, statements or relations; empty parts ask for nothing."""

    effect: str = ""
    direction: str = ""
    horizon: str = ""
    certainty: str = ""
    kind: str = ""  # of the affected entity; of a relation
    entity: Entity | None = None  # the affected one, the speaker, the subject
    other: Entity | None = None  # whom a statement is about, a relation's object
    country: Entity | None = None  # tagged in the article
    source: int | None = None
    quote: str = ""  # "1" quoted, "0" reported
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entity and how many articles name it so."""

    key: str
    name: str
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Month:
    """What the articles of one month say: distinct entities, findings, articles."""

    first: date
    entities: int = 0
    findings: int = 0
    articles: int = 0


def find_findings(filters: TypedFilters, user: User | AnonymousUser) -> QuerySet[Finding]:
    """Findings in articles this reader may see, newest first; withdrawn articles are left out."""
    rows = _narrowed(Finding.objects.all(), filters, user)
    wanted: dict[str, Any] = {name: getattr(filters, name) for name in FACETS}
    wanted |= {"affected": filters.entity, "affected__kind": filters.kind}
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def find_statements(filters: TypedFilters, user: User | AnonymousUser) -> QuerySet[Statement]:
    """Who says what about whom, newest first."""
    rows = _narrowed(Statement.objects.all(), filters, user)
    if filters.entity:
        rows = rows.filter(speaker=filters.entity)
    if filters.other:
        rows = rows.filter(about__contains=[filters.other.pk])
    return rows.filter(is_quote=filters.quote == "1") if filters.quote else rows


def find_relations(filters: TypedFilters, user: User | AnonymousUser) -> QuerySet[Relation]:
    """Typed relations, newest first; those that are only mentioned together when asked for by kind."""
    rows = _narrowed(Relation.objects.all(), filters, user)
    for entity in filter(None, (filters.entity, filters.other)):
        rows = rows.filter(Q(subject=entity) | Q(object=entity))
    return rows.filter(kind=filters.kind) if filters.kind else rows.exclude(kind=TOGETHER)


def _narrowed(rows: QuerySet[Row], filters: TypedFilters, user: User | AnonymousUser) -> QuerySet[Row]:
    """What all three lists have in common: rights, country, source, period."""
    articles = Article.objects.visible_to(user).ready().order_by()
    if filters.country:
        articles = articles.filter(entity_ids__contains=[filters.country.pk])
    if filters.source:
        articles = articles.filter(source=filters.source)
    rows = rows.filter(article__in=articles.values("pk"))
    if filters.since:
        rows = rows.filter(dated_at__gte=midnight(filters.since))
    if filters.until:
        rows = rows.filter(dated_at__lte=datetime.combine(filters.until, time.max, tzinfo=UTC))
    return rows


def with_words(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Each row with `words`: the sentence or statement it rests on, cut from its version by the database."""
    length = F("end") - F("start")
    cut = Case(
        When(field=Value("title"), then=Substr("version__title", F("start") + 1, length)),
        default=Substr("version__text", F("start") + 1, length),
    )
    return (
        rows.annotate(words=cut).select_related("article__source").defer("article__search", "article__lead")
    )


def count_facets_of(findings: QuerySet[Finding]) -> tuple[dict[str, Counter[str]], int]:
    """How many findings have which effect, direction, horizon and certainty, and how many there are; one statement."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    total = 0
    for row in findings.order_by().values(*FACETS).annotate(n=CountRows("pk")):
        total += row["n"]
        for name in FACETS:
            counts[name][row[name]] += row["n"]
    return counts, total


def count_months(findings: QuerySet[Finding]) -> list[Month]:
    """Months from the first to the last with a finding on somebody linked, empty ones included."""
    counted = (
        findings.filter(affected__isnull=False)
        .order_by()
        .annotate(at=TruncMonth("dated_at", tzinfo=UTC))
        .values("at")
        .annotate(
            entities=CountRows("affected", distinct=True),
            findings=CountRows("pk"),
            articles=CountRows("article", distinct=True),
        )
        .order_by("-at")[:MONTHS]
    )
    months = {
        row["at"].date(): Month(row["at"].date(), row["entities"], row["findings"], row["articles"])
        for row in counted
    }
    return _filled(months)


def _filled(months: dict[date, Month]) -> list[Month]:
    """In order, with the months between; the newest `MONTHS`."""
    filled: list[Month] = []
    at, last = min(months, default=date.max), max(months, default=date.min)
    while at <= last:
        filled.append(months.get(at, Month(at)))
        at = next_start(at, "month")
    return filled[-MONTHS:]


def rank_entities(rows: QuerySet[Any], column: str) -> list[Ranked]:
    """The entities in a column, by the number of articles; one statement."""
    names = [f"{column}__{name}" for name in ("key", "name", "kind")]
    counted = (
        rows.filter(**{f"{column}__isnull": False})
        .order_by()
        .values_list(*names)
        .annotate(n=CountRows("article", distinct=True))
        .order_by("-n", f"{column}__key")[:RANKED]
    )
    return [Ranked(*row) for row in counted]


def name_about(statements: Sequence[Statement]) -> dict[int, Entity]:
    """The entities the statements are about, by id; one statement."""
    return Entity.objects.in_bulk({pk for row in statements for pk in row.about})
