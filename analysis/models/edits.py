"""What analysts wrote in place of the brief's own words."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from articles.models import Article, Version


class BriefEdit(models.Model):
    """An analyst's text for one field of an article's brief; the newest that is not undone is shown.

    It belongs to the article, not to a run: no re-run touches it. Evidence is kept as places with their words, so
    that it is found again when sentences are numbered anew or a new version comes.
    """

    class Field(models.TextChoices):
        SUMMARY = "summary", "Summary"
        TAKEAWAYS = "takeaways", "Key takeaways"
        ANALYSIS = "analysis", "Analysis"
        FACT = "fact", "Did you know"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="brief_edits")
    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, related_name="+", help_text="The text it was written on"
    )
    field = models.CharField(max_length=9, choices=Field.choices)
    line = models.CharField(
        max_length=120, blank=True, default="", help_text="Which line, where lines are switched one by one"
    )
    points = models.JSONField(
        default=list, help_text="[{text, places: [{field, start, end, quote}, …]}, …]; empty hides"
    )
    before = models.JSONField(default=list, help_text="What stood there: [{text, sentences}, …]")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="brief_edits"
    )
    at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="undone_brief_edits",
    )

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(
                fields=["article", "field"], name="brief_edit_standing", condition=Q(undone_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_field_display()} of {self.article_id}"
