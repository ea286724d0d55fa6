"""What we hand on: reports."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

from articles.models import Article, Version


class Report(models.Model):
    """An analyst's selection of article versions with notes, for export."""

    title = models.CharField(max_length=300)
    note = models.TextField(blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="reports"
    )
    created_at = models.DateTimeField(db_default=Now())
    locked_at = models.DateTimeField(null=True, blank=True, help_text="Final: cannot be changed any more")

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("reports:report_detail", args=[self.pk])


class ReportItem(models.Model):
    """One article version in a report; including freezes it."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="items")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="report_items")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="report_items")
    position = models.PositiveIntegerField(default=0)
    note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["report", "article"], name="report_item_unique")]

    def __str__(self) -> str:
        return f"{self.article} in {self.report}"
