"""Tables of articles: what was handed in, what an import would do, and how far it is."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

from articles.leases import Leased
from articles.models.articles import Batch


class TableImport(Leased):
    """A CSV or JSON Lines file on its way in: tried without writing an article, confirmed, then taken in by rows."""

    class ImportStage(models.TextChoices):
        PLANNED = "planned", "Planned"
        RUNNING = "running", "Running"
        DONE = "done", "Done"

    stage = models.CharField(max_length=8, choices=ImportStage.choices, default=ImportStage.PLANNED)
    name = models.CharField(max_length=255, blank=True, default="", help_text="Of the file")
    data = models.BinaryField(help_text="zlib-compressed bytes as handed in; kept as evidence of every row")
    sha256 = models.CharField(max_length=64, help_text="Of the uncompressed bytes")
    mapping = models.JSONField(default=list, blank=True, help_text="[[our field, their column], …]")
    forecast = models.JSONField(
        default=dict,
        blank=True,
        help_text="The dry run: columns, unused columns, first rows, numbers of new, known and skipped rows",
    )
    position = models.PositiveIntegerField(
        default=0, help_text="Rows that are done, of those that can be read"
    )
    total = models.PositiveIntegerField(default=0, help_text="Rows that can be read")
    counts = models.JSONField(
        default=dict, blank=True, help_text="What became of the rows: {new, known, skipped}"
    )
    skipped = models.JSONField(default=list, blank=True, help_text="[[row, why], …], the first thousand")
    batch = models.OneToOneField(
        Batch, null=True, blank=True, on_delete=models.SET_NULL, related_name="table_import"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="imports"
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta(Leased.Meta):
        ordering = ["-created_at", "-id"]
        constraints = [*Leased.Meta.constraints]

    def __str__(self) -> str:
        return f"Import {self.pk}: {self.name}" if self.name else f"Import {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("articles:import_detail", args=[self.pk])
