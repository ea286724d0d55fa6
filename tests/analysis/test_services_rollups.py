"""Counts by day: equal to counting live after anything that can happen to articles, and settling twice is once."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.models import DayTotal, DirtyDay, Entity, EntityDay, EntityMonth, SourceDay
from analysis.services import merge_entities, recount_days, settle_days, undo_change
from analysis.tasks import reconcile
from articles.models import Article, Status
from articles.services.work import restore_article, withdraw_article
from tests.factories import analyze_as, make_entity, make_ready_article, make_source

pytestmark = pytest.mark.django_db
CHAD = (("Chad", "country", "country:TD"),)
AMAZON = (("Amazon", "company", "company:amazon"),)
BOTH = (*CHAD, *AMAZON)
DAYS = ("2026-01-30", "2026-01-31", "2026-02-01")


def settle_all() -> None:
    """Until nothing is stale."""
    while settle_days():
        pass


def counted() -> dict[str, dict[object, tuple[int, int]]]:
    """What the tables say: articles and stories."""
    return {
        "total": {row.day: (row.articles, row.stories) for row in DayTotal.objects.all()},
        "entity": {(r.entity_id, r.day): (r.articles, r.stories) for r in EntityDay.objects.all()},
        "month": {(r.entity_id, r.month): (r.articles, r.stories) for r in EntityMonth.objects.all()},
        "source": {(r.source_id, r.day): (r.articles, r.stories) for r in SourceDay.objects.all()},
    }


def live() -> dict[str, dict[object, tuple[int, int]]]:
    """The same, counted from the articles one by one."""
    articles: dict[str, Counter[object]] = defaultdict(Counter)
    stories: dict[str, dict[object, set[int]]] = defaultdict(lambda: defaultdict(set))
    for row in Article.objects.with_status(Status.READY):
        day = row.dated_at.astimezone(UTC).date()
        keys: list[tuple[str, object]] = [("total", day), *(("entity", (pk, day)) for pk in row.entity_ids)]
        keys += [("source", (row.source_id, day))] if row.source_id else []
        for table, key in keys:
            articles[table][key] += 1
            stories[table][key].add(story_of(row))
    found = {
        table: {key: (number, len(stories[table][key])) for key, number in articles[table].items()}
        for table in ("total", "entity", "source")
    }
    months: dict[object, tuple[int, int]] = {}
    for (entity, day), (n, told) in found["entity"].items():  # type: ignore[misc]
        before = months.get((entity, day.replace(day=1)), (0, 0))
        months[entity, day.replace(day=1)] = (before[0] + n, before[1] + told)
    return {**found, "month": months}


def story_of(row: Article) -> int:
    return row.story_id or -row.pk


def test_a_ready_article_counts_on_its_day(analyst):
    article = make_ready_article(by=analyst, published_on="2026-02-01")
    assert DirtyDay.objects.exists()
    settle_all()
    assert DayTotal.objects.get().day == date(2026, 2, 1)
    assert EntityDay.objects.count() == len(article.entity_ids) == 3
    assert counted() == live()
    assert settle_days() == 0


def test_an_article_on_its_way_leaves_no_note(analyst):
    article = make_ready_article(by=analyst)
    settle_all()
    Article.objects.filter(pk=article.pk).update(work_state="done", title="Other")
    assert not DirtyDay.objects.exists()


@pytest.mark.parametrize(
    "columns",
    [
        {"withdrawn_at": datetime(2026, 3, 1, tzinfo=UTC)},
        {"failed_at": datetime(2026, 3, 1, tzinfo=UTC), "failure_reason": "x"},
        {"hold_reason": "not an article"},
        {"dated_at": datetime(2025, 3, 1, 23, 59, tzinfo=UTC)},
        {"entity_ids": []},
        {"story_id": 7},
        {"stage": "submitted"},
    ],
)
def test_every_column_that_counts_is_followed(analyst, columns):
    article = make_ready_article(by=analyst, published_on="2026-02-01")
    settle_all()
    Article.objects.filter(pk=article.pk).update(**columns)
    settle_all()
    assert counted() == live()


def test_sources_are_counted_and_deleted_articles_are_not(analyst):
    article = make_ready_article(by=analyst, published_on="2026-02-01")
    Article.objects.filter(pk=article.pk).update(source=make_source())
    settle_all()
    assert SourceDay.objects.get().articles == 1
    with transaction.atomic():
        Article.objects.filter(pk=article.pk)._raw_delete("default")
        settle_all()
        assert counted() == {"total": {}, "entity": {}, "month": {}, "source": {}}
        transaction.set_rollback(True)


def test_the_reconciler_settles_and_rebuild_counts_anew(analyst, capsys):
    make_ready_article(by=analyst)
    reconcile()
    assert counted() == live() != {}
    EntityDay.objects.all().delete()
    DayTotal.objects.update(articles=7)
    call_command("rebuild", "--counts")
    assert "1 days counted anew" in capsys.readouterr().out
    assert counted() == live()
    assert recount_days() == 1


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["submit", "withdraw", "restore", "again", "merge", "undo", "date", "settle"]),
        st.integers(0, 3),
        st.sampled_from(DAYS),
        st.sampled_from([CHAD, AMAZON, BOTH]),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_rollups_equal_live_counts_after_anything(analyst, steps):
    """Submitting, withdrawing, re-running, merging, taking back, dating anew, settling between or not."""
    with transaction.atomic():
        changes: list[object] = []
        for place, (what, which, day, names) in enumerate(steps):
            rows = list(Article.objects.order_by("pk"))
            row = rows[which % len(rows)] if rows else None
            if what == "submit":
                text = f"Chad and Amazon number {place}."
                made = make_ready_article(text, by=analyst, published_on=day)
                Article.objects.filter(pk=made.pk).update(source=make_source() if which % 2 else None)
                analyze_as(made, names)
            elif what == "settle":
                settle_days()
            elif what == "undo":
                for change in changes:
                    undo_change(change, by=analyst)
                changes.clear()
            elif what == "merge" and not changes and Entity.objects.filter(key="company:amazon").exists():
                other = make_entity("company:x-other")
                amazon = Entity.objects.get(key="company:amazon")
                changes.append(merge_entities(amazon, into=other, by=analyst))
            elif row is not None and what == "withdraw":
                withdraw_article(row, by=analyst)
            elif row is not None and what == "restore":
                restore_article(row, by=analyst)
            elif row is not None and what == "again":
                analyze_as(row, names)
            elif row is not None and what == "date":
                Article.objects.filter(pk=row.pk).update(dated_at=f"{day}T23:30:00Z")
        settle_all()
        assert counted() == live()
        transaction.set_rollback(True)
