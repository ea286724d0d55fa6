"""What we hand on: reports; and what an analyst comes back to: saved searches and watched entities."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse

from analysis.models import Entity
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


class SavedSearch(models.Model):
    """A named query of an analyst: the parameters of the list's address, run with each reader's own rights."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches"
    )
    name = models.CharField(max_length=80)
    query = models.CharField(
        max_length=4000, blank=True, default="", help_text="q=…&tag=…, as in the address"
    )
    is_shared = models.BooleanField(default=False, help_text="Every analyst sees it")
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(db_default=Now(), help_text="When its owner last looked")

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "saved searches"
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_search_name_unique")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('articles:article_list')}?{self.query}"


class Watch(models.Model):
    """An entity somebody wants to hear of."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches")
    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="watches")
    created_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(db_default=Now(), help_text="When the person last looked")

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name_plural = "watches"
        constraints = [models.UniqueConstraint(fields=["user", "entity"], name="watch_unique")]

    def __str__(self) -> str:
        return f"{self.user} watches {self.entity}"
