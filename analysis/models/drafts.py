"""Summaries that the optional writer drafted, with what its check found."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from analysis.models.edits import BriefEdit
from articles.leases import Leased
from articles.models import Article, Version


class Draft(Leased):
    """A request to draft a summary of one version, and the checked sentences that came back.

    `stage`: ASKED → WRITTEN; a failure is final, asking again makes another row. It holds for one text and one
    numbering of its sentences, and is not shown when either has changed.
    """

    class DraftStage(models.TextChoices):
        ASKED = "asked", "Asked for"
        WRITTEN = "written", "Written"

    stage = models.CharField(max_length=7, choices=DraftStage.choices, default=DraftStage.ASKED)
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="drafts")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="drafts")
    numbering = models.CharField(max_length=64, help_text="Hash of the places of the version's sentences")
    model_name = models.CharField(max_length=200, help_text="The model that was asked")
    sentences = models.JSONField(default=list, help_text="[{text, cites, verdict, reasons, own}, …]")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="drafts"
    )
    asked_at = models.DateTimeField(db_default=Now())
    edit = models.OneToOneField(
        BriefEdit,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="draft",
        help_text="The edit of the summary that was made of it",
    )
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="discarded_drafts",
    )

    class Meta(Leased.Meta):
        ordering = ["-asked_at", "-id"]
        constraints = [
            *Leased.Meta.constraints,
            models.UniqueConstraint(
                fields=["article"],
                name="draft_one_asked_for",
                condition=Q(stage="asked", failed_at__isnull=True, discarded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="draft_written_is_free", condition=~Q(stage="written") | Q(lease_token__isnull=True)
            ),
        ]
        indexes = [
            models.Index(
                fields=["article", "-asked_at"], name="draft_newest", condition=Q(discarded_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"Draft {self.pk} of article {self.article_id}"

    @property
    def is_moving(self) -> bool:
        """Something will still happen by itself."""
        return self.stage == self.DraftStage.ASKED and not self.failed_at and not self.discarded_at

    @property
    def state(self) -> str:
        """What a reader is shown: "waiting", "working", "failed" or "written"."""
        if self.failed_at:
            return "failed"
        if self.stage == self.DraftStage.WRITTEN:
            return "written"
        return "working" if self.lease_token else "waiting"
