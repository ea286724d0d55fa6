"""Rows for made-up articles, as fast as Postgres takes them: COPY the first ones, multiply them by INSERT … SELECT."""

import io
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection

from analysis.management.corpus import statements
from analysis.management.corpus.drawing import (
    DAYS,
    PER_ARTICLE,
    SOURCE_KINDS,
    SOURCES,
    Drawn,
    Pool,
    draw_articles,
)
from analysis.management.corpus.texts import PERSON, Draft, drafts, known, people, read_paragraphs
from analysis.models import Alias, Entity
from analysis.pipeline.knowledge import load_lexicon
from analysis.pipeline.types import KnownEntity
from analysis.services import recount_entities
from analysis.services.rollups import recount_days
from articles.models import Article, Source

Report = Callable[[str], None]
LANES = 2  # statements at once: the work is the processor's, and the smallest machine of ours has two
DRAWN = 20_000  # articles drawn one by one; more are these again, on other days and about other entities
HOST = "corpus.invalid"  # every source of ours lies below it: that is how they are found again
CHUNK = 5_000
TABLES = (
    "articles_article",
    "articles_version",
    "analysis_tag",
    "analysis_mention",
    "analysis_finding",
    "analysis_entity",
    "analysis_alias",
)
COUNTED = ("analysis_daytotal", "analysis_entityday", "analysis_entitymonth", "analysis_sourceday")


@dataclass(frozen=True, slots=True)
class Plan:
    """How many articles, from which paragraphs, and whom to tell how it goes."""

    articles: int
    folder: Path
    report: Report

    @property
    def drawn(self) -> int:
        """Articles drawn one by one."""
        return min(self.articles, DRAWN)


def load(plan: Plan) -> None:
    """Make the articles; the tables must hold none of an earlier load."""
    draw = random.Random(1)  # noqa: S311  (the same desk every time, not a secret)
    prepare_session()
    with without_autovacuum(), indexes_afterwards(plan):
        with told(plan, "entities and sources"):
            pools = {kind: Pool(ids) for kind, ids in store_entities([*known(), *people(draw)]).items()}
            sources = store_sources()
        with told(plan, f"{plan.drawn:,} texts"):
            copy_drawn(plan, pools, sources, draw)
        with told(plan, "search vectors"):
            run(statements.VECTORS)
        multiply(plan)
    with told(plan, "vacuum"):
        for table in (*TABLES, *COUNTED, "articles_source"):
            run(f"VACUUM ANALYZE {table}")


def multiply(plan: Plan) -> None:
    """From the drawn articles to the rows of all."""
    turns = -(-plan.articles // plan.drawn)
    with told(plan, "plan"):
        run(statements.PLAN.format(seconds=DAYS * 86_400, turns=turns, articles=plan.articles))
    made = (
        statements.ARTICLES,
        statements.VERSIONS,
        statements.TAGS,
        statements.OBSERVABLES,
        statements.FINDINGS,
    )
    in_lanes([partial(insert, plan, rows) for rows in made])
    with told(plan, "counts"):
        run(statements.COUNTS)
        run(statements.CLEAN)


def insert(plan: Plan, rows: statements.Rows) -> None:
    """All the rows of one table."""
    with told(plan, rows[0]._meta.db_table):
        run(*statements.insert(rows))


def count_days(plan: Plan) -> None:
    """The counts by day, as the workers keep them."""
    with told(plan, "counts by day"):
        recount_days()


def in_lanes(jobs: Sequence[Callable[[], None]]) -> None:
    """Do independent jobs some at a time, each on its own connection; when all ended, the first failure is raised."""

    def alone(job: Callable[[], None]) -> None:
        try:
            prepare_session()
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(LANES) as lanes:
        for done in [lanes.submit(alone, job) for job in jobs]:
            done.result()


def remove() -> int:
    """Take every made-up article away, with the people in them; how many articles went."""
    run("SET statement_timeout = 0")
    allow_autovacuum()  # a load that was killed could not
    run(statements.OURS, [f"%.{HOST}"])
    for statement in statements.REMOVE:
        run(statement)
    gone = 0
    ours = Article.objects.filter(source__host__endswith=f".{HOST}").order_by()
    while ids := list(ours.values_list("pk", flat=True)[:CHUNK]):
        Article.objects.filter(pk__in=ids).delete()
        gone += len(ids)
    Source.objects.filter(host__endswith=f".{HOST}").delete()
    Entity.objects.filter(key__startswith=PERSON).delete()
    run("DROP TABLE corpus_gone")
    recount_entities()
    recount_days()
    return gone


def real_articles() -> int:
    """Articles that nobody made up."""
    return Article.objects.exclude(source__host__endswith=f".{HOST}").order_by().count()


def made_articles() -> int:
    """Articles of an earlier load."""
    return Article.objects.filter(source__host__endswith=f".{HOST}").order_by().count()


def prepare_session() -> None:
    """Long statements may run, foreign keys are not checked row by row (needs a superuser)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET statement_timeout = 0; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB';"
            "SET synchronous_commit = off; SET session_replication_role = replica"
        )


def run(statement: str, params: list[Any] | None = None) -> None:
    """One or several statements of ours."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


@contextmanager
def told(plan: Plan, name: str) -> Iterator[None]:
    """Say how long it took."""
    begun = time.monotonic()
    yield
    plan.report(f"{name}: {time.monotonic() - begun:.1f} s")


@contextmanager
def without_autovacuum() -> Iterator[None]:
    """Postgres tidies these tables up once, at our end, and not beside the making of their indexes."""
    try:
        for table in TABLES:
            run(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        yield
    finally:
        allow_autovacuum()


def allow_autovacuum() -> None:
    """As every table has it."""
    for table in TABLES:
        run(f"ALTER TABLE {table} RESET (autovacuum_enabled)")


@contextmanager
def indexes_afterwards(plan: Plan) -> Iterator[None]:
    """Drop what can be made again faster than kept up to date row by row, and make it while the days are counted."""
    with connection.cursor() as cursor:
        cursor.execute(statements.INDEXES, [list(TABLES)])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    indexes.sort(key=lambda index: "USING gin" not in index[1])  # the longest first
    again = [partial(make_index, plan, name, definition) for name, definition in indexes]
    try:
        yield
    except BaseException:
        in_lanes(again)
        raise
    in_lanes([partial(count_days, plan), *again])


def make_index(plan: Plan, name: str, definition: str) -> None:
    """One of the dropped indexes."""
    with told(plan, f"index {name}"):
        run(definition)


def store_entities(entities: list[KnownEntity]) -> dict[str, list[int]]:
    """Insert those that are not there, with their names; ids by kind, the most frequent first."""
    rows = [
        Entity(
            key=one.key,
            kind=one.kind.value,
            name=one.name[:300],
            country=one.country,
            ticker=one.ticker[:20],
            wikidata=one.wikidata[:20],
            is_known=not one.key.startswith(PERSON),
        )
        for one in entities
    ]
    Entity.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)
    ids = dict(Entity.objects.values_list("key", "pk"))
    store_aliases(ids)
    pools: dict[str, list[int]] = {}
    for one in entities:
        if one.kind.value in PER_ARTICLE:
            pools.setdefault(one.kind.value, []).append(ids[one.key])
    return pools


def store_aliases(ids: dict[str, int]) -> None:
    """The names of the knowledge tables."""
    rows = [
        Alias(entity_id=ids[alias.entity], surface=alias.surface[:300], relation=alias.relation.value[:10])
        for found in load_lexicon().aliases.values()
        for alias in found
        if alias.entity in ids
    ]
    Alias.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)


def store_sources() -> list[int]:
    """Two hundred publishers."""
    rows = [
        Source(
            name=f"Corpus {number + 1:03d}",
            host=f"source-{number + 1:03d}.{HOST}",
            kind=SOURCE_KINDS[number % len(SOURCE_KINDS)],
            reliability="ABCDEF"[number % 6] if number % 3 else "",
            credibility="123456"[number % 5] if number % 3 else "",
            language="en",
        )
        for number in range(SOURCES)
    ]
    Source.objects.bulk_create(rows, ignore_conflicts=True)
    ids = dict(Source.objects.filter(host__endswith=f".{HOST}").values_list("host", "pk"))
    return [ids[row.host] for row in rows]


def copy_drawn(plan: Plan, pools: dict[str, Pool], sources: list[int], draw: random.Random) -> None:
    """Draw the articles and COPY them into a table of their own, in blocks."""
    run(statements.STAGING)
    paragraphs = read_paragraphs(plan.folder)
    names = dict(Entity.objects.values_list("pk", "name"))
    pairs = zip(drafts(paragraphs, plan.drawn, draw), draw_articles(pools, plan.drawn, draw), strict=True)
    lines: list[str] = []
    for number, (draft, drawn) in enumerate(pairs):
        lines.append(line(number, draft, drawn, sources[drawn.source], names))
        if len(lines) == CHUNK:
            copy(lines)
            lines = []
    copy(lines)
    store_shifts(pools)


def store_shifts(pools: dict[str, Pool]) -> None:
    """Which entity stands for which in the n-th repetition: its neighbors in frequency take turns, by eights."""
    lines = []
    for pool in pools.values():
        for place, entity in enumerate(pool.ids):
            first = place - place % 8
            block = pool.ids[first : first + 8]
            lines += [f"{turn}\t{entity}\t{block[(place - first + turn) % len(block)]}" for turn in range(8)]
    copy(lines, table="corpus_shift")


def line(number: int, draft: Draft, drawn: Drawn, source: int, names: dict[int, str]) -> str:
    """One row of the staging table in COPY's text format."""
    kind, value = drawn.observable
    text = f"{draft.text}\n\nSeen: {value}" if value else draft.text
    everybody = "\n".join(names[entity] for entity in drawn.entities)
    values = (
        number,
        draft.title,
        draft.byline,
        text,
        everybody,
        source,
        drawn.seconds_ago,
        drawn.language,
        drawn.state,
        numbers(drawn.entities),
        numbers(drawn.implied),
        kind,
        value,
    )
    return "\t".join(escaped(str(one)) for one in values)


def numbers(ids: tuple[int, ...]) -> str:
    """An array as Postgres writes it."""
    return "{" + ",".join(map(str, ids)) + "}"


def escaped(value: str) -> str:
    """As COPY wants it."""
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def copy(lines: list[str], table: str = "corpus_drawn") -> None:
    """COPY lines into one of our tables."""
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO("\n".join(lines) + "\n" if lines else ""))
