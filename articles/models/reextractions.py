"""Captured pages read again by a newer extractor: a background job with progress, pause and what changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

from articles.leases import Leased


class Reextraction(Leased):
    """A background job that extracts chosen articles again from their stored bytes; nothing is fetched."""

    class ReextractionStage(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"

    stage = models.CharField(
        max_length=8, choices=ReextractionStage.choices, default=ReextractionStage.RUNNING
    )
    article_ids = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True, help_text="{outcome: number of articles}")
    changes = models.JSONField(
        default=list,
        blank=True,
        help_text="[{article, outcome, fields, before, after, note}, …] (before, after: ids of versions), "
        "the first thousand; unchanged articles are only counted",
    )
    extractor_version = models.CharField(max_length=40, help_text="The one that read the pages")
    reason = models.CharField(max_length=300, blank=True, default="")
    is_paused = models.BooleanField(default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="reextractions"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta(Leased.Meta):
        ordering = ["-created_at", "-id"]
        constraints = [*Leased.Meta.constraints]

    def __str__(self) -> str:
        return f"Re-extraction {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("articles:reextraction_detail", args=[self.pk])

    @property
    def is_moving(self) -> bool:
        """Something will still happen by itself."""
        return self.stage == self.ReextractionStage.RUNNING and not self.is_paused and not self.failed_at
