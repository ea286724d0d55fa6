"""What analysts write beside a text: notes on an article or a passage, and highlights."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from articles.models.articles import Article
from articles.models.captures import Version


class Note(models.Model):
    """An analyst's words on a whole article or on a passage of one version; a highlight is one without words.

    The place belongs to `version`. In another version the passage is looked for by its exact words
    (`articles.services.anchoring`), so nothing here has to change when a new text comes.
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="notes")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="notes"
    )
    text = models.TextField(blank=True, default="", help_text="Plain text; empty for a highlight")
    field = models.CharField(
        max_length=5, blank=True, default="", choices=[("", "Article"), ("title", "Title"), ("body", "Text")]
    )
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    quote = models.TextField(blank=True, default="", help_text="The passage, exactly")
    before = models.CharField(max_length=40, blank=True, default="", help_text="What stood before it")
    after = models.CharField(max_length=40, blank=True, default="", help_text="What followed it")
    created_at = models.DateTimeField(db_default=Now())
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="note_on_a_passage_or_the_whole",
                condition=Q(field="", start=None, end=None, quote="")
                | (~Q(field="") & ~Q(quote="") & Q(start__lt=F("end"))),
            ),
            models.CheckConstraint(name="note_says_something", condition=~Q(text="", quote="")),
        ]
        indexes = [
            models.Index(fields=["article"], name="note_standing", condition=Q(removed_at__isnull=True))
        ]

    def __str__(self) -> str:
        return (self.text or f"“{self.quote}”")[:80]

    @property
    def is_highlight(self) -> bool:
        """A passage marked without a word."""
        return not self.text
