"""What people decided: judgments, merges and splits, re-runs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from analysis.models.entities import Entity
from articles.leases import Leased
from articles.models import Article, Source, Version


class Judgment(models.Model):
    """An analyst's decision about a surface; a ledger, undone by marking, and an input of every later run."""

    class Decision(models.TextChoices):
        ACCEPT = "accept", "Right"
        REJECT = "reject", "Wrong"
        REKIND = "rekind", "Other kind"
        RELINK = "relink", "Other entity"
        ADD = "add", "Missed tag"

    class Scope(models.TextChoices):
        ARTICLE = "article", "This article"
        SOURCE = "source", "This source"
        EVERYWHERE = "everywhere", "Everywhere"

    decision = models.CharField(max_length=8, choices=Decision.choices)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.ARTICLE)
    article = models.ForeignKey(Article, null=True, on_delete=models.SET_NULL, related_name="judgments")
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.SET_NULL, related_name="judgments"
    )
    version = models.ForeignKey(
        Version, null=True, blank=True, on_delete=models.SET_NULL, related_name="judgments"
    )
    field = models.CharField(max_length=5, blank=True, default="")
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    surface = models.CharField(max_length=500)
    kind = models.CharField(max_length=14, blank=True, default="", help_text="The kind that was judged")
    entity = models.ForeignKey(
        Entity,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="judgments",
        help_text="As it was linked",
    )
    new_kind = models.CharField(max_length=14, blank=True, default="")
    new_entity = models.ForeignKey(
        Entity, null=True, blank=True, on_delete=models.SET_NULL, related_name="new_judgments"
    )
    score = models.FloatField(null=True, blank=True, help_text="The machine's score when it was judged")
    method = models.CharField(max_length=40, blank=True, default="")
    pipeline_version = models.CharField(max_length=60, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="judgments"
    )
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="undone_judgments",
    )
    hits = models.PositiveIntegerField(default=0, help_text="How many mentions it has decided in later runs")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(
                fields=["scope", "article"], name="judgment_scope", condition=Q(undone_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.surface} ({self.scope})"


class EntityChange(models.Model):
    """One entry of the journal of merges and splits, with what is needed to undo it."""

    class ChangeKind(models.TextChoices):
        MERGE = "merge", "Merge"
        SPLIT = "split", "Split an alias off"

    kind = models.CharField(max_length=5, choices=ChangeKind.choices)
    entity = models.ForeignKey(
        Entity, on_delete=models.CASCADE, related_name="changes", help_text="The one that gave"
    )
    into = models.ForeignKey(
        Entity, on_delete=models.CASCADE, related_name="received", help_text="The one that got"
    )
    moved = models.JSONField(default=dict, help_text="Ids of moved rows by model, and rows that had to go")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="entity_changes"
    )
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="undone_changes",
    )

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.entity} → {self.into}"


class Rerun(Leased):
    """A background job that analyzes chosen articles again: progress, pause, and what changed."""

    class RerunStage(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"

    stage = models.CharField(max_length=8, choices=RerunStage.choices, default=RerunStage.RUNNING)
    article_ids = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)
    changes = models.JSONField(default=list, help_text="[[article id, [added names], [removed names]], …]")
    reason = models.CharField(max_length=300, blank=True, default="")
    is_paused = models.BooleanField(default=False)
    is_settling = models.BooleanField(
        default=False, help_text="Only follows a judgment or merge through stored findings; no pipeline runs"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="reruns"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta(Leased.Meta):
        ordering = ["-created_at"]
        constraints = [*Leased.Meta.constraints]

    def __str__(self) -> str:
        return f"Re-analysis {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("analysis:rerun_detail", args=[self.pk])
