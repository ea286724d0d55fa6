"""Counts kept by day, so that no page counts a million articles: which days are stale, and what was counted.

They hold every ready article, for people who may see all of them; others get live counts of their own.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from analysis.models.entities import Entity
from articles.models import Source


class DirtyDay(models.Model):
    """A day whose counts are stale. Written by triggers on the articles' table in the transaction that changed it.

    Only appended and deleted, never updated: two transactions about the same day do not wait for each other.
    """

    day = models.DateField(help_text="UTC day of `Article.dated_at`")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.day}"


class Counts(models.Model):
    """How many articles, and how many stories with an article on that day."""

    articles = models.PositiveIntegerField()
    stories = models.PositiveIntegerField()

    class Meta:
        abstract = True


class DayTotal(Counts):
    """All ready articles of a day."""

    day = models.DateField(primary_key=True)

    def __str__(self) -> str:
        return f"{self.day}: {self.articles}"


class EntityDay(Counts):
    """Ready articles of a day that name an entity (`Article.entity_ids`, so without implied ones)."""

    pk = models.CompositePrimaryKey("entity_id", "day")
    entity = models.ForeignKey(
        Entity, on_delete=models.CASCADE, related_name="days", db_index=False, db_constraint=False
    )
    day = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["day"], include=["entity", "articles", "stories"], name="entityday_by_day")
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.day}: {self.articles}"


class EntityMonth(Counts):
    """The sum of an entity's days in one month, for periods of a year and more."""

    pk = models.CompositePrimaryKey("entity_id", "month")
    entity = models.ForeignKey(
        Entity, on_delete=models.CASCADE, related_name="months", db_index=False, db_constraint=False
    )
    month = models.DateField(help_text="Its first day")

    class Meta:
        indexes = [
            models.Index(
                fields=["month"], include=["entity", "articles", "stories"], name="entitymonth_by_month"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.month:%Y-%m}: {self.articles}"


class SourceDay(Counts):
    """Ready articles of a day from one source."""

    pk = models.CompositePrimaryKey("source_id", "day")
    source = models.ForeignKey(
        Source, on_delete=models.CASCADE, related_name="days", db_index=False, db_constraint=False
    )
    day = models.DateField()

    class Meta:
        indexes = [
            models.Index(fields=["day"], include=["source", "articles", "stories"], name="sourceday_by_day")
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.day}: {self.articles}"


class KeptRanking(models.Model):
    """Top and rising entities of a period, where counting takes long; workers count again what is looked at."""

    key = models.CharField(primary_key=True, max_length=80)
    period = models.CharField(max_length=3, help_text="Key of the period")
    since = models.DateField()
    last = models.DateField()
    measure = models.CharField(max_length=10)
    rows = models.JSONField(help_text="Fields of `analysis.search.ranking.Ranked`")
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    is_stale = models.BooleanField(default=False, help_text="Days were counted anew since")

    def __str__(self) -> str:
        return self.key
